/** The REST side of the client: log in, keep the tokens fresh, call operations. */

import { LoggedOut, Refused, Unreachable } from "./errors.js";
import { MemorySessions } from "./stores.js";

export class Api {
  #refreshing = null;

  /**
   * `sessions` keeps the tokens over page reloads (see stores.js). With `getToken` there is no
   * session of ours: somebody else's tokens are used, and `getToken(true)` asks for a new one.
   */
  constructor(url, { sessions = new MemorySessions(), getToken = null, fetch = globalThis.fetch, basePath = "/v1" } = {}) {
    this.root = url.replace(/\/+$/, "") + basePath;
    this.sessions = sessions;
    this.getToken = getToken;
    this.fetch = (...words) => fetch(...words); // a browser's fetch wants no other `this`
    this.session = null;
    this.token = null;
    this.#use(sessions.load());
  }

  get socketUrl() {
    return `${this.root.replace(/^http/, "ws")}/ws`;
  }

  /** Begin a session. Throws `Refused` (the name or the password is wrong) or `Unreachable`. */
  async logIn(username, password, deviceName) {
    const body = { username, password, ...(deviceName && { deviceName }) };
    this.#keep(await this.#send("POST", "/auth/login", { body }));
    return this.session.user;
  }

  /** End the session on the server, too, if it can be reached. */
  async logOut() {
    if (this.session) await this.call("POST", "/auth/logout").catch(() => {});
    this.#keep(null);
  }

  /**
   * One call; the JSON of its answer. An expired token is renewed, then the call is made again.
   * Throws `Refused`, `Unreachable` (the call may have been done) or `LoggedOut`.
   */
  async call(method, path, { body, query } = {}) {
    const token = await this.freshToken();
    try {
      return await this.#send(method, path, { body, query, token });
    } catch (error) {
      if (error.code !== "AUTH_TOKEN_EXPIRED") throw error;
    }
    await this.refresh(token);
    return await this.#send(method, path, { body, query, token: this.token });
  }

  /** The token to use now. */
  async freshToken() {
    if (this.token === null && this.getToken) await this.refresh(null);
    if (this.token === null) throw new LoggedOut("log in first");
    return this.token;
  }

  /**
   * Get a new token, unless somebody else got one since `stale`: many who ask at once share one
   * answer. Throws `LoggedOut` (the session is over) or `Unreachable`.
   */
  async refresh(stale) {
    if (this.token !== stale) return;
    this.#refreshing ??= this.#renew().finally(() => (this.#refreshing = null));
    await this.#refreshing;
  }

  async #renew() {
    if (this.getToken) {
      this.token = await this.getToken(this.token !== null);
      return;
    }
    if (!this.session) throw new LoggedOut("log in first");
    const kept = this.sessions.load(); // another tab may have renewed it
    if (kept && kept.accessToken !== this.token) return this.#use(kept);
    try {
      const body = { refreshToken: this.session.refreshToken };
      this.#keep(await this.#send("POST", "/auth/refresh", { body }));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.isOfTheMoment) throw new Unreachable(error.message);
      this.#keep(null);
      throw new LoggedOut(error.message);
    }
  }

  #keep(session) {
    this.#use(session);
    this.sessions.save(session);
  }

  #use(session) {
    this.session = session;
    this.token = session?.accessToken ?? null;
  }

  async #send(method, path, { body, query, token }) {
    const headers = {};
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const search = query ? `?${new URLSearchParams(query)}` : "";
    let response, text;
    try {
      response = await this.fetch(this.root + path + search, { method, headers, body: body && JSON.stringify(body) });
      text = await response.text();
    } catch (error) {
      throw new Unreachable(`${this.root} does not answer: ${error.message}`);
    }
    if (response.status === 204) return {};
    let answer;
    try {
      answer = JSON.parse(text);
    } catch {
      throw new Unreachable(`${this.root} is no altlas-chat server`);
    }
    if (!response.ok) throw new Refused(answer);
    return answer;
  }
}

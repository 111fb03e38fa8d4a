/**
 * The client of altlas-chat for browsers and Node.js: no dependencies, nothing to build.
 *
 *     import { Chat, LocalSessions, LocalStore } from "https://chat.example.org/v1/client.js";
 *
 *     const chat = new Chat("https://chat.example.org", { sessions: new LocalSessions(), store: new LocalStore() });
 *     if (!chat.isLoggedIn) await chat.logIn("ayse", "…");
 *     chat.on("message.created", ({ message }) => console.log(message.text));
 *     await chat.start();
 *     await chat.send(conversationId, "Merhaba");
 *
 * It reconnects, resumes, and sends what was written without a connection. `docs/clients.md` tells
 * the rest; the types are in `client.d.ts`.
 */

import { Api } from "./client/api.js";
import { Connection, pauseMs } from "./client/connection.js";
import { LoggedOut, Refused, Unreachable } from "./client/errors.js";
import { Outbox } from "./client/outbox.js";
import { State } from "./client/state.js";
import { MemoryStore } from "./client/stores.js";

export { Api, Connection, LoggedOut, Outbox, Refused, State, Unreachable };
export { Positions } from "./client/positions.js";
export { ConversationState } from "./client/state.js";
export { IndexedDbStore, LocalSessions, LocalStore, MemorySessions, MemoryStore } from "./client/stores.js";

export class Chat {
  #listeners = new Map();
  #started = null;
  #options;

  /** Options: see `ChatOptions` in `client.d.ts`. */
  constructor(url, options = {}) {
    this.#options = { store: new MemoryStore(), backoff: {}, ...options };
    this.api = new Api(url, options);
    /** What is known, once `start()` has begun; replaced upon `resync_required`. */
    this.state = null;
    this.connection = null;
    this.outbox = null;
  }

  get isLoggedIn() {
    return this.api.token !== null || this.api.getToken !== null;
  }

  /** `"offline"`, `"online"` or `"over"`. */
  get status() {
    return this.connection?.status ?? "offline";
  }

  /** Drafts that are not messages yet: show them as being on their way. */
  get unsent() {
    return this.outbox?.drafts ?? [];
  }

  async logIn(username, password, deviceName) {
    return await this.api.logIn(username, password, deviceName);
  }

  /** End the session, and forget what was not sent. */
  async logOut() {
    await this.outbox?.clear();
    await this.api.logOut();
    this.close();
  }

  /**
   * Hear an event of the protocol by its name, `"*"` for all of them, or one of the client's own:
   * `"status"`, `"change"` (the state or `unsent` changed), `"refused"` (a draft will never be a
   * message). `listener(data, frame)`; gives a function that ends it.
   */
  on(name, listener) {
    if (!this.#listeners.has(name)) this.#listeners.set(name, new Set());
    this.#listeners.get(name).add(listener);
    return () => this.#listeners.get(name).delete(listener);
  }

  /** Begin: take the snapshot and connect, however long that takes. Throws `LoggedOut` or `Refused`. */
  async start() {
    this.#started ??= this.#start();
    return await this.#started;
  }

  /** Stop; `start()` begins anew. */
  close() {
    this.connection?.stop();
    this.#started = null;
  }

  /** Send a command and give the data of its reply, across reconnections. */
  async request(event, data) {
    return await this.#connected().request(event, data);
  }

  /** A call of REST: `await chat.call("GET", "/users/me")`. */
  async call(method, path, words) {
    return await this.api.call(method, path, words);
  }

  /**
   * Send a message; resolves when it is durable, however long that takes. `more` may have
   * `replyToId`, `mentions`, `fileIds`, `kind`, `content`, `forwardFromId`, `scheduledAt`, `clientId`.
   */
  async send(conversationId, text, more = {}) {
    this.#connected();
    const draft = { conversationId, clientId: newId(), ...(text !== undefined && { text }), ...more };
    return await this.outbox.send(draft);
  }

  /** Say that everything up to `seq` was read; the last message if it is left out. */
  async read(conversationId, seq = this.state.conversations[conversationId].view.seq) {
    return await this.request("conversation.read", { conversationId, seq });
  }

  /** Load earlier messages into the state; gives whether there are more. */
  async loadEarlier(conversationId, limit = 50) {
    const conversation = this.state.conversations[conversationId];
    for (;;) {
      const { seq } = conversation.view;
      const before = conversation.timeline[0]?.seq;
      const query = { limit, ...(before && { before }) };
      const page = await this.call("GET", `/conversations/${conversationId}/messages`, { query });
      if (conversation.view.seq !== seq) continue; // it may have changed what was read before
      conversation.add(page.items);
      this.#tell("change");
      return page.hasBefore;
    }
  }

  async #start() {
    const { store, backoff, WebSocket } = this.#options;
    this.connection = new Connection(this.api, {
      WebSocket,
      backoff,
      onFrame: (frame) => this.#take(frame),
      onStatus: (status, reason) => this.#onStatus(status, reason),
    });
    const { connection } = this;
    this.outbox = new Outbox((...command) => connection.request(...command), {
      store,
      backoff,
      onChange: () => this.#tell("change"),
      onRefused: (refused) => this.#tell("refused", refused),
    });
    if (this.api.session) await this.outbox.open(this.api.session.user.id);
    try {
      const snapshot = await this.#snapshot();
      this.state = new State(snapshot);
      connection.start(snapshot);
      this.#tell("change");
      await this.outbox.open(snapshot.user.id);
    } catch (error) {
      connection.stop(error);
      throw error;
    }
    return this.state;
  }

  async #snapshot() {
    for (let tries = 0; ; tries += 1) {
      try {
        return await this.call("GET", "/sync");
      } catch (error) {
        if (error instanceof LoggedOut || (error instanceof Refused && !error.isOfTheMoment)) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs(tries, this.#options.backoff)));
      if (this.status === "over") throw new LoggedOut("the client was closed");
    }
  }

  #take(frame) {
    if (frame.event === "resync_required") this.state = new State(frame.data.snapshot);
    else this.state?.apply(frame);
    this.#tell(frame.event, frame.data, frame);
    this.#tell("*", frame.data, frame);
    this.#tell("change");
  }

  #onStatus(status, reason) {
    if (status === "over") this.outbox.close(reason);
    this.#tell("status", status, reason);
  }

  #tell(name, data, frame) {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) {
      try {
        listener(data, frame);
      } catch (error) {
        queueMicrotask(() => {
          throw error; // the listener's own affair, and no reason to lose the connection
        });
      }
    }
  }

  #connected() {
    if (!this.connection) throw new Error("start() comes first");
    return this.connection;
  }
}

/** A UUID; `crypto.randomUUID` is not there on pages without TLS. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

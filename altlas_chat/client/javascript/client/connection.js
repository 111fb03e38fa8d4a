/**
 * A person's live connection: it reconnects, resumes and repeats by itself.
 *
 * Every numbered event is given out once and in its stream's order, however often the connection
 * breaks. A command that was not answered when the connection broke is sent again; the server
 * knows a repeated message by its `clientId`.
 */

import { LoggedOut, Refused } from "./errors.js";
import { Positions } from "./positions.js";

const RESTART = 1012;
const NOT_AUTHENTICATED = 4001;
const REVOKED = 4003;
const TOO_MANY_FRAMES = 4008;
const PROTOCOL_ERROR = 4010;
/** The page's own: nothing was heard, something is missing, or the token is to be changed. */
const LOST = 1006;
const NEW_TOKEN = 0;
const OPEN = 1;
const SILENCE_MS = 60_000;
const SLOWED_TRIES = 3;
/** Which part of the time that a socket has is left when it is renewed, at most a minute. */
const RENEW_AHEAD = 0.2;

/** The pause before a try: anything between 0 and a ceiling that doubles (full jitter). */
export function pauseMs(tries, { firstMs = 1000, longestMs = 30_000 } = {}) {
  return Math.random() * Math.min(longestMs, firstMs * 2 ** tries);
}

export class Connection {
  #socket = null;
  #token = null;
  #timers = [];
  #waking = null;
  #wake = () => this.#now();
  #pending = new Map();
  #lastId = 0;
  #tries = 0;
  #heardAt = 0;
  #silenceMs = SILENCE_MS;
  #maxFrameBytes = Infinity;
  #cursorOfReady = null;

  /**
   * `onFrame` gets every event, `ready` and `resync_required`; `onStatus` the `status`:
   * `"offline"`, `"online"`, or `"over"` with the reason.
   */
  constructor(api, { WebSocket = globalThis.WebSocket, backoff = {}, onFrame = () => {}, onStatus = () => {} } = {}) {
    if (!WebSocket) throw new Error("there is no WebSocket here: give one as an option (in Node.js before 22)");
    Object.assign(this, { api, WebSocket, backoff, onFrame, onStatus });
    this.status = "offline";
    this.positions = new Positions();
    this.reconnects = 0;
  }

  /** Begin, from the snapshot if there is one. */
  start(snapshot = null) {
    if (snapshot) this.positions.startWith(snapshot);
    globalThis.addEventListener?.("online", this.#wake);
    this.#open();
  }

  /** End for good; whoever waits is told. */
  stop(reason = new LoggedOut("the client was closed")) {
    if (this.status === "over") return;
    globalThis.removeEventListener?.("online", this.#wake);
    this.#drop();
    clearTimeout(this.#waking);
    this.#tell("over", reason);
    for (const { reject } of this.#pending.values()) reject(reason);
    this.#pending.clear();
  }

  /** Send a command and give the data of its reply, across reconnections. Throws `Refused` or `LoggedOut`. */
  request(event, data) {
    if (this.status === "over") return Promise.reject(new LoggedOut("the session is over"));
    const frame = { event, data, id: ++this.#lastId };
    return new Promise((resolve, reject) => {
      this.#pending.set(frame.id, { frame, resolve, reject });
      if (this.status === "online") this.#ask(frame);
    });
  }

  #tell(status, reason) {
    if (this.status === status) return;
    this.status = status;
    this.onStatus(status, reason);
  }

  // -- the life of the connection ----------------------------------------------

  async #open() {
    try {
      this.#token = await this.api.freshToken();
    } catch (error) {
      return this.#failed(error);
    }
    if (this.status === "over") return;
    const socket = (this.#socket = new this.WebSocket(this.api.socketUrl, "altlas.chat.v1"));
    this.#heardAt = Date.now();
    socket.onopen = () => this.#introduce(this.#token);
    socket.onmessage = ({ data }) => socket === this.#socket && this.#take(JSON.parse(data));
    socket.onclose = ({ code }) => socket === this.#socket && this.#lost(code);
    // `close` follows at once, but for a socket of Node.js 20 that never opened.
    socket.onerror = () => setTimeout(() => socket === this.#socket && this.#lost(LOST));
    this.#watch();
  }

  #introduce(token) {
    const { cursor, seen } = this.positions;
    this.#put({ event: "auth", data: { token, ...(cursor && { resume: { cursor, seen } }) } });
  }

  /** A browser does not show the server's pings: ask when it is silent, and give it up at last. */
  #watch() {
    const timer = setInterval(() => {
      const silentMs = Date.now() - this.#heardAt;
      if (silentMs > this.#silenceMs) this.#lost(LOST);
      else if (silentMs > this.#silenceMs / 3) this.#put({ event: "ping", data: {} });
    }, this.#silenceMs / 6);
    this.#timers.push(() => clearInterval(timer));
  }

  async #lost(code) {
    this.#drop();
    this.#tell("offline");
    if (code === REVOKED) return this.stop(new LoggedOut("the session was ended"));
    if (code === PROTOCOL_ERROR) return this.stop(new LoggedOut("the server does not understand this client"));
    if (code === TOO_MANY_FRAMES) this.#tries = Math.max(this.#tries, SLOWED_TRIES);
    if (code === NEW_TOKEN) return this.#open();
    try {
      if (code === NOT_AUTHENTICATED) await this.api.refresh(this.#token);
    } catch (error) {
      return this.#failed(error);
    }
    this.#later();
  }

  #failed(error) {
    if (error instanceof LoggedOut) this.stop(error);
    else this.#later();
  }

  #later() {
    if (this.status === "over") return;
    this.#waking = setTimeout(() => this.#now(), pauseMs(this.#tries++, this.backoff));
  }

  /** Try again without waiting for the pause to end: the device has a network again. */
  #now() {
    if (this.#waking === null) return;
    clearTimeout(this.#waking);
    this.#waking = null;
    this.reconnects += 1;
    this.#open();
  }

  #drop() {
    this.#timers.forEach((clear) => clear());
    this.#timers = [];
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  // -- frames --------------------------------------------------------------------

  #put(frame) {
    if (this.#socket?.readyState === OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #ask(frame) {
    const size = new TextEncoder().encode(JSON.stringify(frame)).length;
    if (size <= this.#maxFrameBytes) return this.#put(frame);
    // The server could not tell whose command it is that is too large to be read.
    const detail = `A frame may have ${this.#maxFrameBytes} bytes.`;
    this.#settle(frame.id, ({ reject }) => reject(new Refused({ code: "FRAME_TOO_LARGE", status: 413, detail })));
  }

  #settle(id, how) {
    const waiting = this.#pending.get(id);
    this.#pending.delete(id);
    if (waiting) how(waiting);
  }

  #take(frame) {
    this.#heardAt = Date.now();
    const { event, data, id, seq } = frame;
    if (event === "reply" || event === "pong" || (event === "error" && id !== undefined)) {
      this.#answered(event, data, id);
    } else if (event === "ready") {
      if (this.status !== "online") this.#ready(frame);
    } else if (event === "resync_required") {
      this.#cursorOfReady = null;
      this.positions.startWith(data.snapshot);
      this.onFrame(frame);
    } else if (seq !== undefined) {
      const heard = this.positions.hear(frame);
      if (heard === "gap") this.#lost(LOST);
      else if (heard === "new") this.onFrame(frame);
    } else if (event !== "session.closing" && event !== "error") {
      this.onFrame(frame);
    }
  }

  #answered(event, data, id) {
    // What was missed came before the answer to any command: from here the newer cursor is true.
    if (this.#cursorOfReady) this.positions.cursor = this.#cursorOfReady;
    this.#cursorOfReady = null;
    if (event === "error") this.#settle(id, ({ reject }) => reject(new Refused(data)));
    else this.#settle(id, ({ resolve }) => resolve(data));
  }

  #ready(frame) {
    const { heartbeatSeconds, expiresInSeconds, limits, cursor, resumed } = frame.data;
    this.#tries = 0;
    this.#silenceMs = Math.max(SILENCE_MS, 2000 * heartbeatSeconds);
    this.#maxFrameBytes = limits.maxFrameBytes;
    if (!this.positions.cursor) this.positions.startAt(cursor);
    this.#cursorOfReady = resumed ? cursor : null;
    if (expiresInSeconds) this.#renewBefore(expiresInSeconds);
    this.#tell("online");
    this.onFrame(frame);
    this.#put({ event: "ping", data: {} });
    for (const { frame } of [...this.#pending.values()]) this.#ask(frame);
  }

  // -- the token -------------------------------------------------------------------

  /** A new token before the socket's own ends. Where it takes none, a new socket begins with it. */
  #renewBefore(seconds) {
    const socket = this.#socket;
    const timer = setTimeout(() => this.#renew(socket), 1000 * (seconds - Math.min(60, seconds * RENEW_AHEAD)));
    this.#timers.push(() => clearTimeout(timer));
  }

  async #renew(socket) {
    try {
      await this.api.refresh(this.#token);
    } catch {
      return; // the server closes the socket in time, and then it is tried again
    }
    if (socket !== this.#socket) return;
    const id = ++this.#lastId;
    this.#timers.push(() => this.#pending.delete(id)); // the next socket begins with the new token
    this.#pending.set(id, {
      resolve: ({ expiresInSeconds }) => this.#renewBefore(expiresInSeconds),
      reject: () => this.#lost(NEW_TOKEN),
    });
    this.#token = this.api.token;
    this.#put({ event: "auth.renew", data: { token: this.#token }, id });
  }
}

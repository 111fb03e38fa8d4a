/**
 * Messages on their way: written down first, then sent, for as long as it takes.
 *
 * Each conversation's drafts go one after the other, so they keep their order also when the server
 * refuses one for the moment. A draft that is sent again under its `clientId` is one message.
 */

import { pauseMs } from "./connection.js";
import { LoggedOut, Refused } from "./errors.js";

export class Outbox {
  /** By `clientId`, in their order: `{clientId, ownerId, number, draft}`. */
  #entries = new Map();
  #waiting = new Map();
  #busy = new Set();
  #lastNumber = 0;
  #ownerId = null;
  #isOver = false;

  /**
   * `request(event, data)` sends a command across reconnections. `onChange` hears when the drafts
   * change, `onRefused` of one that will never be a message, `{draft, problem}`.
   */
  constructor(request, { store, backoff = {}, onChange = () => {}, onRefused = () => {} }) {
    Object.assign(this, { request, store, backoff, onChange, onRefused });
  }

  /** Drafts that are not messages yet, in their order. */
  get drafts() {
    return [...this.#entries.values()].map(({ draft }) => draft);
  }

  /** Send what this person wrote earlier and what comes; other people's drafts are left alone. */
  async open(ownerId) {
    if (this.#ownerId === ownerId) return;
    this.#ownerId = ownerId;
    const kept = (await this.store.all()).filter((entry) => entry.ownerId === ownerId);
    const own = [...kept.sort((one, other) => one.number - other.number), ...this.#entries.values()];
    this.#entries = new Map(own.map((entry) => [entry.clientId, entry]));
    for (const entry of this.#entries.values()) {
      this.#lastNumber = Math.max(this.#lastNumber, entry.number);
      if (entry.ownerId === null) await this.#keep({ ...entry, ownerId });
    }
    this.onChange();
    for (const { draft } of own) this.#send(draft.conversationId);
  }

  /** Take a draft; the message when it is durable. Throws `Refused`, or `LoggedOut`: it may go later. */
  async send(draft) {
    const entry = { clientId: draft.clientId, ownerId: this.#ownerId, number: this.#nextNumber(), draft };
    if (this.#isOver) throw new LoggedOut("the session is over");
    try {
      await this.#keep(entry);
    } catch (error) {
      this.#entries.delete(entry.clientId);
      throw error; // the store is full, say
    }
    this.onChange();
    return await new Promise((resolve, reject) => {
      this.#waiting.set(entry.clientId, { resolve, reject });
      this.#send(draft.conversationId);
    });
  }

  /** Whoever waits is told; drafts stay in the store. */
  close(reason) {
    this.#isOver = true;
    for (const { reject } of this.#waiting.values()) reject(reason);
    this.#waiting.clear();
  }

  /** Throw all drafts away. */
  async clear() {
    for (const clientId of [...this.#entries.keys()]) await this.#forget(clientId);
  }

  /** In the order of writing, also after a reload. */
  #nextNumber() {
    return (this.#lastNumber = Math.max(this.#lastNumber + 1, Date.now()));
  }

  async #keep(entry) {
    this.#entries.set(entry.clientId, entry);
    if (entry.ownerId !== null) await this.store.put(entry);
  }

  async #forget(clientId) {
    this.#entries.delete(clientId);
    await this.store.remove(clientId);
    this.onChange();
  }

  async #send(conversationId) {
    if (this.#busy.has(conversationId) || this.#ownerId === null) return;
    this.#busy.add(conversationId);
    let entry;
    const isNext = ({ draft }) => draft.conversationId === conversationId;
    while (!this.#isOver && (entry = [...this.#entries.values()].find(isNext))) await this.#sendOne(entry);
    this.#busy.delete(conversationId);
  }

  async #sendOne({ clientId, draft }, tries = 0) {
    try {
      const reply = await this.request("message.send", draft);
      await this.#forget(clientId);
      this.#waiting.get(clientId)?.resolve(reply.message ?? reply.scheduledMessage);
    } catch (error) {
      if (!(error instanceof Refused)) return this.close(error);
      if (error.isOfTheMoment) {
        await new Promise((resolve) => setTimeout(resolve, pauseMs(tries, this.backoff)));
        return await this.#sendOne({ clientId, draft }, tries + 1);
      }
      await this.#forget(clientId);
      this.#waiting.get(clientId)?.reject(error);
      this.onRefused({ draft, problem: error.problem });
    }
    this.#waiting.delete(clientId);
  }
}

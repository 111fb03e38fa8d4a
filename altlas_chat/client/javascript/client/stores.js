/**
 * Where a client keeps what must outlive a page: its session, and messages that are not sent yet.
 *
 * Sessions: `load()` and `save(session or null)`. Drafts: `all()`, `put(entry)` and
 * `remove(clientId)`, each of which may give a promise; an entry is plain JSON with a `clientId`.
 * Anything with these methods will do.
 */

export class MemorySessions {
  load() {
    return null;
  }
  save() {}
}

/** In `localStorage`, for all tabs of the page's origin. Scripts of the page can read it. */
export class LocalSessions {
  constructor(key = "altlas-chat-session", storage = globalThis.localStorage) {
    Object.assign(this, { key, storage });
  }
  load() {
    return JSON.parse(this.storage.getItem(this.key));
  }
  save(session) {
    if (session === null) this.storage.removeItem(this.key);
    else this.storage.setItem(this.key, JSON.stringify(session));
  }
}

export class MemoryStore {
  #entries = new Map();
  all() {
    return [...this.#entries.values()];
  }
  put(entry) {
    this.#entries.set(entry.clientId, entry);
  }
  remove(clientId) {
    this.#entries.delete(clientId);
  }
}

/** In `localStorage`: at hand everywhere, and small (some 5 MB for all of an origin). */
export class LocalStore {
  constructor(prefix = "altlas-chat-draft:", storage = globalThis.localStorage) {
    Object.assign(this, { prefix, storage });
  }
  all() {
    const keys = Object.keys(this.storage).filter((key) => key.startsWith(this.prefix));
    return keys.map((key) => JSON.parse(this.storage.getItem(key)));
  }
  put(entry) {
    this.storage.setItem(this.prefix + entry.clientId, JSON.stringify(entry));
  }
  remove(clientId) {
    this.storage.removeItem(this.prefix + clientId);
  }
}

/** In IndexedDB: larger, and for workers, too. */
export class IndexedDbStore {
  #database = null;
  constructor(name = "altlas-chat", indexedDB = globalThis.indexedDB) {
    Object.assign(this, { name, indexedDB });
  }
  all() {
    return this.#ask("readonly", (drafts) => drafts.getAll());
  }
  put(entry) {
    return this.#ask("readwrite", (drafts) => drafts.put(entry));
  }
  remove(clientId) {
    return this.#ask("readwrite", (drafts) => drafts.delete(clientId));
  }

  async #ask(mode, work) {
    const database = await (this.#database ??= this.#open());
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction("drafts", mode);
      const asked = work(transaction.objectStore("drafts"));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = () => reject(transaction.error);
    });
  }

  #open() {
    return new Promise((resolve, reject) => {
      const opening = this.indexedDB.open(this.name, 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore("drafts", { keyPath: "clientId" });
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => reject(opening.error);
    });
  }
}

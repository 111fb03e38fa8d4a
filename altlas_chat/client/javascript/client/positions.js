/**
 * How far a client has heard each stream: what is new, what is double, what is missing.
 *
 * A stream's numbers have no holes, so a gap is found by arithmetic.
 */
export class Positions {
  /** What `auth` says to go on from: the cursor, and the last event of each stream heard since. */
  cursor = null;
  seen = {};
  #origin = null;
  #first = {};

  /** Everything up to the cursor is known; forget the rest. */
  startAt(cursor) {
    this.cursor = this.#origin = cursor;
    this.seen = {};
    this.#first = {};
  }

  /** Everything in the snapshot is known; forget the rest. */
  startWith(snapshot) {
    this.startAt(snapshot.cursor);
    this.#first[`user:${snapshot.user.id}`] = snapshot.seq;
    for (const { id, seq } of snapshot.conversations) this.#first[`conversation:${id}`] = seq;
  }

  /** Take note of a numbered event; `"new"`, `"double"` or `"gap"`. */
  hear({ event, stream, seq, data }) {
    const last = this.seen[stream] ?? this.#first[stream];
    if (seq <= last) return "double";
    if (seq > last + 1) {
      this.cursor = this.#origin; // a later one may stand behind what is missing
      return "gap";
    }
    this.seen[stream] = seq;
    if (event === "conversation.joined" && data.conversation) {
      const joined = `conversation:${data.conversation.id}`;
      this.seen[joined] = Math.max(data.conversation.seq, this.seen[joined] ?? 0);
    } else if (event === "conversation.left") {
      delete this.seen[`conversation:${data.conversationId}`];
      delete this.#first[`conversation:${data.conversationId}`];
    }
    return "new";
  }
}

/**
 * What a client knows: a snapshot, and every event applied to it. Plain objects, ready to be shown.
 *
 * An old snapshot with the events that came after it says the same as a fresh snapshot. Events may
 * be applied twice, and those of different streams in any order; each stream's own order must be
 * kept. `altlas_chat/client/state.py` is the same in Python; a test holds both together.
 */

/** One conversation as its member sees it: `view`, `messages` and `members` by id, as far as loaded. */
export class ConversationState {
  #countedTo;
  #clearedTo = 0;
  #hidden = new Set();

  constructor(view, messages, members = []) {
    this.view = structuredClone(view);
    this.messages = Object.fromEntries(messages.map((message) => [message.id, structuredClone(message)]));
    this.members = Object.fromEntries(members.map((member) => [member.userId, structuredClone(member)]));
    this.#countedTo = view.seq;
  }

  /** Messages in their order. */
  get timeline() {
    return Object.values(this.messages).sort((one, other) => one.seq - other.seq);
  }

  /** Apply an event of the conversation's stream; one that is known already is nothing. */
  apply({ event, seq, data }, ownId) {
    if (seq <= this.view.seq) return;
    this.view.seq = seq;
    if (data.message) this.#applyMessage(event, data, ownId);
    else if (data.reactions) this.#change(data.messageId, { reactions: data.reactions });
    else if (event === "message.pinned") this.#change(data.messageId, { isPinned: true });
    else if (event === "message.unpinned") this.#change(data.messageId, { isPinned: false });
    else if (event === "file.deleted") this.#loseFile(data.fileId);
    else if (event === "conversation.created" || event === "conversation.updated") Object.assign(this.view, data.conversation);
    else if (event.startsWith("member.")) this.#applyMember(event, data, ownId);
  }

  /** Add messages that were loaded; those that are here already are in their present form. */
  add(messages) {
    for (const message of messages) {
      if (!this.#isAway(message)) this.messages[message.id] ??= message;
    }
    this.#showLast();
  }

  #isAway({ id, seq }) {
    return this.#hidden.has(id) || seq <= this.#clearedTo;
  }

  #applyMessage(event, { message, thread }, ownId) {
    const isNew = event === "message.created";
    // One that is not known, though it is not new, was hidden or never loaded.
    if (message.id in this.messages || (isNew && !this.#isAway(message))) this.messages[message.id] = message;
    for (const { replyTo } of Object.values(this.messages)) {
      if (replyTo?.id !== message.id) continue;
      const text = [...message.text].slice(0, 200).join(""); // characters, as the server counts them
      Object.assign(replyTo, { text, isDeleted: message.deletedAt !== null });
    }
    if (thread) this.#change(thread.rootId, { replyCount: thread.replyCount });
    if (isNew) this.#count(message, ownId);
    this.#showLast();
  }

  #applyMember(event, { member, userId, memberCount }, ownId) {
    if (event === "member.removed") delete this.members[userId];
    else if (member) this.members[member.userId] = member;
    if (member?.userId === ownId) this.view.membership.role = member.role;
    if (memberCount !== undefined) this.view.memberCount = memberCount;
  }

  /** The messages keep their places without it. */
  #loseFile(fileId) {
    for (const message of Object.values(this.messages)) message.files = message.files.filter(({ id }) => id !== fileId);
    this.#showLast();
  }

  /** Change a part of a message; of one that is not known nothing is needed. */
  #change(messageId, changes) {
    if (!(messageId in this.messages)) return;
    Object.assign(this.messages[messageId], changes);
    this.#showLast();
  }

  #showLast() {
    const last = this.timeline.at(-1);
    this.view.lastMessage = last ? { ...last } : null;
  }

  #count({ kind, seq, senderId }, ownId) {
    if (kind === "system" || seq <= this.#countedTo) return;
    const { membership } = this.view;
    if (senderId !== ownId) this.view.unreadCount += 1;
    else if (this.view.unreadCount === 0) membership.readSeq = Math.max(membership.readSeq, seq);
  }

  // -- events of the person's own stream ------------------------------------------

  /** The person read on some device; the count given is true up to `upToSeq`. */
  read({ readSeq, unreadCount, upToSeq }, ownId) {
    this.#countedTo = upToSeq;
    this.view.membership.readSeq = readSeq;
    this.view.unreadCount = unreadCount;
    for (const message of this.timeline) this.#count(message, ownId);
  }

  settings({ notifications, mutedUntil, isArchived, isFavourite }) {
    Object.assign(this.view.membership, { notifications, mutedUntil, isArchived, isFavourite });
  }

  hide(messageId) {
    this.#hidden.add(messageId);
    delete this.messages[messageId];
    this.#showLast();
  }

  /** The person deleted what was written so far. */
  clear(clearedSeq) {
    this.#countedTo = Math.max(this.#countedTo, clearedSeq);
    this.#clearedTo = Math.max(this.#clearedTo, clearedSeq);
    for (const { id, seq } of this.timeline) if (seq <= clearedSeq) delete this.messages[id];
    this.view.membership.readSeq = clearedSeq;
    this.view.unreadCount = 0;
    this.#showLast();
  }
}

/** Everything that a client knows of one person's chat. */
export class State {
  /** `conversations` by id; `starred`, `drafts`, `scheduled`, `tasks`: what was loaded, and heard of since. */
  constructor(snapshot) {
    const { user, preferences, blockedUserIds, unreadNotifications, conversations } = structuredClone(snapshot);
    Object.assign(this, { user, preferences, unreadNotifications });
    this.blocked = new Set(blockedUserIds);
    Object.assign(this, { conversations: {}, starred: {}, drafts: {}, scheduled: {}, tasks: {} });
    /** Passing things: by conversation and person (`receipts`, `typing` until when), by person (`presence` of who is watched). */
    Object.assign(this, { receipts: {}, typing: {}, presence: {} });
    for (const view of conversations) this.begin(view);
  }

  /** Know a conversation from its view alone. */
  begin(view) {
    this.conversations[view.id] = new ConversationState(view, view.lastMessage ? [view.lastMessage] : []);
  }

  /** Know a conversation with all of its messages and members. */
  load(view, messages, members) {
    this.conversations[view.id] = new ConversationState(view, messages, members);
  }

  /** Know what the person alone sees: starred messages, drafts, messages for later. */
  loadOwn({ starred = [], drafts = [], scheduled = [], tasks = [] }) {
    this.starred = Object.fromEntries(starred.map((one) => [one.id, one.conversationId]));
    this.drafts = Object.fromEntries(drafts.map((one) => [one.conversationId, one]));
    this.scheduled = Object.fromEntries(scheduled.map((one) => [one.id, one]));
    this.tasks = Object.fromEntries(tasks.map((one) => [one.id, one]));
  }

  /** Apply an event; one that says nothing to a state is nothing. */
  apply(frame) {
    if (frame.seq === undefined) return this.#applyPassing(frame);
    const { event, stream, seq, data } = frame;
    if (!stream.startsWith("conversation:")) return this.#applyOwn(event, data);
    if (event === "message.deleted") delete this.starred[data.message.id];
    const conversation = this.conversations[stream.slice("conversation:".length)];
    if (!conversation) return;
    if (event === "message.created" && data.message) delete this.typing[data.message.conversationId]?.[data.message.senderId];
    if (seq > conversation.view.seq) this.#applyTask(event, data);
    conversation.apply(frame, this.user.id);
  }

  #applyTask(event, { taskId, task }) {
    if ((event === "task.created" || event === "task.updated") && task) this.tasks[taskId] = task;
    else if (event.startsWith("task.")) delete this.tasks[taskId];
  }

  #applyOwn(event, data) {
    const handle = OWN[event];
    if (handle) handle(this, data);
    else if (event.startsWith("task.")) this.#applyTask(event, data);
    else if (event.startsWith("notification.")) this.unreadNotifications = data.unread;
  }

  leave(conversationId) {
    delete this.conversations[conversationId];
    delete this.drafts[conversationId];
    this.forgetStars(conversationId);
    for (const [id, task] of Object.entries(this.tasks)) if (task.conversationId === conversationId) delete this.tasks[id];
  }

  forgetStars(conversationId) {
    for (const [id, where] of Object.entries(this.starred)) if (where === conversationId) delete this.starred[id];
  }

  #applyPassing({ event, data }) {
    const { conversationId, userId } = data;
    // What passed while there was no connection was not heard: `presence.watch` tells who is there now.
    if (event === "ready") Object.assign(this, { typing: {}, presence: {} });
    if (event === "receipt.updated") {
      const known = ((this.receipts[conversationId] ??= {})[userId] ??= { deliveredSeq: 0, readSeq: 0 });
      known.deliveredSeq = Math.max(known.deliveredSeq, data.deliveredSeq);
      known.readSeq = Math.max(known.readSeq, data.readSeq);
    } else if (event === "typing.started") {
      (this.typing[conversationId] ??= {})[userId] = Date.now() + 1000 * data.expiresInSeconds;
    } else if (event === "typing.stopped") {
      delete this.typing[conversationId]?.[userId];
    } else if (event === "presence.updated") {
      for (const one of data.presences) this.presence[one.userId] = one;
    } else if (event === "user.profile_updated") {
      this.#applyProfile(data);
    }
  }

  /** Somebody has another name, other words or another image. */
  #applyProfile({ userId, displayName, bio, avatarFileId }) {
    for (const { view } of Object.values(this.conversations)) {
      if (view.peer?.id === userId) Object.assign(view.peer, { displayName, bio, avatarFileId });
    }
  }
}

/** What an event of the own stream does to a conversation that is known; of another nothing is needed. */
const there = (act) => (state, data) => {
  const conversation = state.conversations[data.conversationId];
  if (conversation) act(conversation, data, state);
};

const OWN = {
  "conversation.joined": (state, { conversation }) => conversation && state.begin(conversation),
  "conversation.left": (state, { conversationId }) => state.leave(conversationId),
  "conversation.read": there((conversation, data, state) => conversation.read(data, state.user.id)),
  "conversation.settings_updated": there((conversation, { membership }) => conversation.settings(membership)),
  "conversation.cleared": there((conversation, { conversationId, clearedSeq }, state) => {
    conversation.clear(clearedSeq);
    state.forgetStars(conversationId);
  }),
  "message.hidden": there((conversation, { messageId }, state) => {
    conversation.hide(messageId);
    delete state.starred[messageId];
  }),
  "message.starred": there((_, { messageId, conversationId }, state) => (state.starred[messageId] = conversationId)),
  "message.unstarred": there((_, { messageId }, state) => delete state.starred[messageId]),
  "user.updated": (state, { user }) => (state.user = user),
  "preferences.updated": (state, { preferences }) => (state.preferences = preferences),
  "user.blocked": (state, { block }) => state.blocked.add(block.user.id),
  "user.unblocked": (state, { userId }) => state.blocked.delete(userId),
  "draft.updated": (state, { draft }) => draft && (state.drafts[draft.conversationId] = draft),
  "draft.deleted": (state, { conversationId }) => delete state.drafts[conversationId],
  "scheduled_message.created": (state, { scheduledMessage: one }) => one && (state.scheduled[one.id] = one),
  "scheduled_message.updated": (state, { scheduledMessage: one }) => one && (state.scheduled[one.id] = one),
  "scheduled_message.deleted": (state, { scheduledId }) => delete state.scheduled[scheduledId],
};

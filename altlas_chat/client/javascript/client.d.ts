// The types of client.js; a test holds both together. What the server gives is typed by contract.d.ts.

import type {
  Commands,
  Conversation,
  CurrentUser,
  Events,
  Member,
  Message,
  MessageDraft,
  Preferences,
  Presence,
  Problem,
  SavedDraft,
  ScheduledMessage,
  Snapshot,
  Task,
  Tokens,
} from "./client/contract.js";

export * from "./client/contract.js";

/** An event as it came: numbered if it has `stream` and `seq`. */
export interface Frame<Name extends keyof Events = keyof Events> {
  event: Name;
  data: Events[Name];
  stream?: string;
  seq?: number;
  at?: string;
}

/** The server refused; `problem` is its problem document (RFC 9457), `code` its stable code. */
export class Refused extends Error {
  constructor(problem: Problem);
  problem: Problem;
  code: Problem["code"];
  /** The same may be taken later: the server is in trouble, or asked to wait. */
  get isOfTheMoment(): boolean;
}

/** There is no server at the address, or the connection broke. What was asked may have been done. */
export class Unreachable extends Error {}

/** The session is over, or the client was closed: log in again. */
export class LoggedOut extends Error {}

/** Keeps a session over page reloads. */
export interface Sessions {
  load(): Tokens | null;
  save(session: Tokens | null): void;
}

export class MemorySessions implements Sessions {
  load(): null;
  save(session: Tokens | null): void;
}

export class LocalSessions implements Sessions {
  constructor(key?: string, storage?: Storage);
  load(): Tokens | null;
  save(session: Tokens | null): void;
}

/** A draft on its way; `ownerId` is null until it is known who wrote it. */
export interface Entry {
  clientId: string;
  ownerId: string | null;
  number: number;
  draft: MessageDraft;
}

type Maybe<T> = T | Promise<T>;

/** Keeps drafts until they are messages. */
export interface Store {
  all(): Maybe<Entry[]>;
  put(entry: Entry): Maybe<unknown>;
  remove(clientId: string): Maybe<unknown>;
}

export class MemoryStore implements Store {
  all(): Entry[];
  put(entry: Entry): void;
  remove(clientId: string): void;
}

export class LocalStore implements Store {
  constructor(prefix?: string, storage?: Storage);
  all(): Entry[];
  put(entry: Entry): void;
  remove(clientId: string): void;
}

export class IndexedDbStore implements Store {
  constructor(name?: string, indexedDB?: IDBFactory);
  all(): Promise<Entry[]>;
  put(entry: Entry): Promise<unknown>;
  remove(clientId: string): Promise<unknown>;
}

export interface ApiOptions {
  sessions?: Sessions;
  /** Somebody else's tokens instead of a session; `isStale`: the last one was refused, or is about to end. */
  getToken?: (isStale: boolean) => Promise<string>;
  fetch?: typeof fetch;
  basePath?: string;
}

export interface CallOptions {
  body?: unknown;
  query?: Record<string, string | number | boolean>;
}

/** The REST side of the client. */
export class Api {
  constructor(url: string, options?: ApiOptions);
  root: string;
  session: Tokens | null;
  token: string | null;
  get socketUrl(): string;
  logIn(username: string, password: string, deviceName?: string): Promise<CurrentUser>;
  logOut(): Promise<void>;
  call<Answer = unknown>(method: string, path: string, options?: CallOptions): Promise<Answer>;
  freshToken(): Promise<string>;
  refresh(stale: string | null): Promise<void>;
}

/** How far a client has heard each stream. */
export class Positions {
  cursor: string | null;
  seen: Record<string, number>;
  startAt(cursor: string): void;
  startWith(snapshot: Snapshot): void;
  hear(frame: Frame): "new" | "double" | "gap";
}

export type Status = "offline" | "online" | "over";

export interface Backoff {
  firstMs?: number;
  longestMs?: number;
}

/** Anything that is like a browser's; that of `ws` or of `undici`, say. */
export type WebSocketLike = new (url: string, protocol: string) => unknown;

export interface ConnectionOptions {
  WebSocket?: WebSocketLike;
  backoff?: Backoff;
  onFrame?: (frame: Frame) => void;
  onStatus?: (status: Status, reason?: Error) => void;
}

/** The live connection: it reconnects, resumes and repeats by itself. */
export class Connection {
  constructor(api: Api, options?: ConnectionOptions);
  status: Status;
  positions: Positions;
  reconnects: number;
  start(snapshot?: Snapshot | null): void;
  stop(reason?: Error): void;
  request<Name extends keyof Commands>(
    event: Name,
    data: Commands[Name]["data"],
  ): Promise<Commands[Name]["reply"]>;
}

export interface RefusedDraft {
  draft: MessageDraft;
  problem: Problem;
}

export interface OutboxOptions {
  store: Store;
  backoff?: Backoff;
  onChange?: () => void;
  onRefused?: (refused: RefusedDraft) => void;
}

/** Messages on their way. */
export class Outbox {
  constructor(request: Connection["request"], options: OutboxOptions);
  get drafts(): MessageDraft[];
  open(ownerId: string): Promise<void>;
  send(draft: MessageDraft): Promise<Message | ScheduledMessage>;
  close(reason: Error): void;
  clear(): Promise<void>;
}

/** One conversation as its member sees it; messages and members as far as loaded. */
export class ConversationState {
  constructor(view: Conversation, messages: Message[], members?: Member[]);
  view: Conversation;
  messages: Record<string, Message>;
  members: Record<string, Member>;
  get timeline(): Message[];
  apply(frame: Frame, ownId: string): void;
  add(messages: Message[]): void;
  read(data: Events["conversation.read"], ownId: string): void;
  settings(membership: Conversation["membership"]): void;
  hide(messageId: string): void;
  clear(clearedSeq: number): void;
}

/** Everything that a client knows of one person's chat. */
export class State {
  constructor(snapshot: Snapshot);
  user: CurrentUser;
  preferences: Preferences;
  unreadNotifications: number;
  blocked: Set<string>;
  conversations: Record<string, ConversationState>;
  /** The conversation of each starred message. */
  starred: Record<string, string>;
  /** By conversation. */
  drafts: Record<string, SavedDraft>;
  scheduled: Record<string, ScheduledMessage>;
  tasks: Record<string, Task>;
  /** By conversation and person; what is there is what was heard since the client listens. */
  receipts: Record<string, Record<string, { deliveredSeq: number; readSeq: number }>>;
  /** Until when (`Date.now()`) they are taken as typing. */
  typing: Record<string, Record<string, number>>;
  /** Of those who are watched. */
  presence: Record<string, Presence>;
  begin(view: Conversation): void;
  load(view: Conversation, messages: Message[], members: Member[]): void;
  loadOwn(own: { starred?: Message[]; drafts?: SavedDraft[]; scheduled?: ScheduledMessage[]; tasks?: Task[] }): void;
  apply(frame: Frame): void;
  leave(conversationId: string): void;
  forgetStars(conversationId: string): void;
}

export interface ChatOptions extends ApiOptions {
  /** Where drafts outlive the page; in memory if it is left out. */
  store?: Store;
  /** For Node.js before 22, where there is none without a flag. */
  WebSocket?: WebSocketLike;
  backoff?: Backoff;
}

/** What the client itself tells. */
export interface OwnEvents {
  status: Status;
  change: undefined;
  refused: RefusedDraft;
}

/** One person's chat. */
export class Chat {
  constructor(url: string, options?: ChatOptions);
  api: Api;
  state: State | null;
  connection: Connection | null;
  outbox: Outbox | null;
  get isLoggedIn(): boolean;
  get status(): Status;
  get unsent(): MessageDraft[];
  logIn(username: string, password: string, deviceName?: string): Promise<CurrentUser>;
  logOut(): Promise<void>;
  on(name: "status", listener: (status: Status, reason?: Error) => void): () => void;
  on<Name extends keyof OwnEvents>(name: Name, listener: (data: OwnEvents[Name]) => void): () => void;
  on<Name extends keyof Events>(name: Name, listener: (data: Events[Name], frame: Frame) => void): () => void;
  on(name: "*", listener: (data: unknown, frame: Frame) => void): () => void;
  start(): Promise<State>;
  close(): void;
  request: Connection["request"];
  call<Answer = unknown>(method: string, path: string, options?: CallOptions): Promise<Answer>;
  send(conversationId: string, text?: string, more?: Partial<MessageDraft>): Promise<Message | ScheduledMessage>;
  read(conversationId: string, seq?: number): Promise<Commands["conversation.read"]["reply"]>;
  loadEarlier(conversationId: string, limit?: number): Promise<boolean>;
}

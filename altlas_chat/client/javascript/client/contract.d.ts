// Made of the contract by `python -m altlas_chat.contract.typescript --write`; not to be edited.

/** A JWT for the `Authorization` header or the `auth` frame. Short-lived. */
export type AccessToken = string;

/** The members that were added. */
export type AddedMembers = {
  items: Array<Member>;
};

/** Several notifications are read at once - those of a conversation that the person read, or, without a conversation, those that were there at `until`. */
export type AllNotificationsReadData = {
  conversationId: IdOrNull;
  until: Timestamp;
  readAt: Timestamp;
  unread: UnreadNotifications;
};

/** Words from the operators to everybody who is connected. */
export type Announcement = {
  /** What is shown to people. */
  text: string;
  /** How loud it is. */
  level?: "info" | "warning";
};

/** What the server says of the socket itself, or to one command, whose `id` it has. */
export type AnswerFrame = {
  event: EventName;
  data: Record<string, unknown>;
  id?: FrameId;
};

/** A document whose form is described by its own specification. */
export type AnyDocument = Record<string, unknown>;

/** A user name. Names that came from another system may break the rules for new ones. */
export type AnyUsername = string;

/** An API key, without the secret. */
export type ApiKey = {
  id: Id;
  name: ApiKeyName;
  scopes: Scopes;
  createdAt: Timestamp;
  lastUsedAt: TimestampOrNull;
  expiresAt: TimestampOrNull;
};

/** The asker's API keys, the newest first. */
export type ApiKeyList = {
  items: Array<ApiKey>;
};

/** What the key is for. */
export type ApiKeyName = string;

/** A new API key for a bot or a service. */
export type ApiKeyRequest = {
  name: ApiKeyName;
  scopes: Scopes;
  expiresAt?: MomentOrNull;
};

/** How the chat looks. */
export type AppearancePreferences = {
  theme?: "system" | "light" | "dark";
  density?: "comfortable" | "compact";
  textSize?: "small" | "medium" | "large";
};

/** Everybody, contacts, or nobody. Contacts are the people to whom one has written directly; nobody makes himself a contact by writing. */
export type Audience = "everyone" | "contacts" | "nobody";

/** Who is there, and where to go on. `token` may be left out where the upgrade request had an Authorization header (and `?resume=frame`). Without `resume` the client begins at the present. */
export type AuthData = {
  token?: AccessToken;
  resume?: Resume;
};

/** The image that stands for a person from now on. */
export type AvatarChoice = {
  fileId: Id;
};

/** A few words about oneself. */
export type Bio = string;

/** A person whom the asker does not want to hear from. */
export type Block = {
  user: User;
  createdAt: Timestamp;
};

/** Who is blocked. */
export type BlockData = {
  block: Block;
};

/** A page of blocked people, the latest first. */
export type BlockPage = {
  items: Array<Block>;
  nextCursor: PageCursor;
};

/** Everything up to this place is out of the person's sight. */
export type ClearedData = {
  conversationId: Id;
  clearedSeq: Seq;
};

/** Chosen by the sender's client, new for each message (a UUID, say). The same draft sent again under it is the same message, so a client that got no answer sends it again. */
export type ClientId = string;

/** Why the server closes the socket; the close frame with the same code follows. */
export type ClosingData = {
  /** One of the server's own codes in `x-close-codes`. */
  code: 1012 | 4001 | 4003 | 4008 | 4009 | 4010 | 4011;
  /** The same for each occurrence of the code. */
  reason: string;
};

/** A command as a client sends it - JSON in one text frame. `data` is `{}` where it is left out. */
export type CommandFrame = {
  event: EventName;
  data?: Record<string, unknown>;
  id?: FrameId;
};

/** A conversation as the asker sees it. */
export type Conversation = {
  id: Id;
  kind: ConversationKind;
  name: GroupNameOrNull;
  description: GroupDescriptionOrNull;
  avatarFileId: IdOrNull;
  createdBy: UserId;
  createdAt: Timestamp;
  updatedAt: Timestamp;
  memberCount: Count;
  seq: Seq;
  permissions: GroupPermissionsOrNull;
  peer: UserOrNull;
  lastMessage: MessageOrNull;
  unreadCount: Count;
  membership: Membership;
};

/** Which conversation. */
export type ConversationIdData = {
  conversationId: Id;
};

/** Two people, or a group. */
export type ConversationKind = "direct" | "group";

/** As much of a conversation as a search result shows. */
export type ConversationLabel = {
  id: Id;
  kind: ConversationKind;
  /** The group's name; the peer's name in a direct conversation. */
  name: string;
  avatarFileId: IdOrNull;
};

/** A page of conversations. */
export type ConversationPage = {
  items: Array<Conversation>;
  nextCursor: PageCursor;
};

/** The asker's own settings of a conversation. What is left out stays. */
export type ConversationSettings = {
  notifications?: NotificationLevel;
  mutedUntil?: MomentOrNull;
  isArchived?: boolean;
  isFavourite?: boolean;
};

/** The stream of a conversation; every member hears the same in it. */
export type ConversationStream = string;

/** How many there are. */
export type Count = number;

/** A person as the person sees it - everything of `User`, and what is nobody else's. */
export type CurrentUser = {
  id: UserId;
  username: AnyUsername;
  displayName: DisplayName;
  bio: Bio;
  avatarFileId: IdOrNull;
  role: Role;
  isActive: boolean;
  presence: PresenceState;
  lastSeenAt: TimestampOrNull;
  createdAt: Timestamp;
  email: EmailOrNull;
  language: Language;
  /** What this person may do, by its role. */
  permissions: Array<Permission>;
};

/** The own account in its present form. */
export type CurrentUserData = {
  user: CurrentUser;
};

/** Which message, and for whom. */
export type DeleteData = {
  messageId: Id;
  scope?: DeleteScope;
};

/** For everyone, or for the asker alone; left out it is for everyone. */
export type DeleteScope = "everyone" | "me";

/** Which message is deleted. */
export type DeletedData = {
  messageId: Id;
};

/** How the person calls this device in the list of sessions. */
export type DeviceName = string;

/** Whom to talk with. */
export type DirectRequest = {
  userId: UserId;
};

/** What others read as this person's name. */
export type DisplayName = string;

/** Coordinates for `location`, duration for `voice`, nothing for the others. */
export type DraftContent = (LocationContent | VoiceContent | NoContent);

/** What is written so far. Replayed after the draft is gone, it has `conversationId` in the place of `draft`. */
export type DraftData = {
  draft?: SavedDraft;
  conversationId?: Id;
};

/** What the asker has written so far. */
export type DraftUpdate = {
  text: MessageText;
  replyToId?: IdOrNull;
};

/** What a message said before one of its edits. */
export type EarlierForm = {
  /** 1 for the form that was sent. */
  editNumber: number;
  text: MessageText;
  content: (LocationContent | VoiceContent | NoContent);
  editedAt: Timestamp;
};

/** All earlier forms of a message, the first one first; none for a deleted message. */
export type EarlierForms = {
  items: Array<EarlierForm>;
};

/** A message's new text. Mentions that are left out stay as they are. */
export type EditData = {
  messageId: Id;
  text: MessageText;
  mentions?: (Mentions | null);
};

/** An e-mail address; unique whatever its case. */
export type Email = string;

/** An e-mail address, or null when none is known. */
export type EmailOrNull = string | null;

/** One emoji, with its modifiers. */
export type Emoji = string;

/** Emoji and nothing else but space between them, to be shown large. */
export type EmojiMessage = {
  kind: "emoji";
  content?: NoContent;
};

/** A numbered event. The `seq` of a stream are dense - a client finds what it missed by arithmetic. Applying an event twice does no harm. */
export type Envelope = {
  event: EventName;
  stream: StreamName;
  seq: Seq;
  at: Timestamp;
  /** Depends on `event`; the AsyncAPI document gives each event's form. */
  data: Record<string, unknown>;
};

/** What happened, or what was announced; the AsyncAPI document lists them. */
export type EventName = string;

/** Server-sent events, as text or as the fields of each. The `data` of each is a frame of the AsyncAPI document; `retry` comes once at the beginning. */
export type EventStream = string | {
  id?: SyncCursor;
  event?: EventName;
  /** JSON, on one line. */
  data?: string;
  /** After how many milliseconds to come back when the stream broke. */
  retry?: number | string;
};

/** One thing wrong with the input, at a JSON pointer (RFC 6901) or in a parameter. */
export type FieldError = {
  /** Where in the body; empty for the body as a whole. */
  pointer?: string;
  /** Which parameter of path, query or header. */
  parameter?: string;
  /** What is wrong, in one stable word. */
  code: string;
  /** What is wrong, in words. */
  detail: string;
};

/** What is known of an uploaded file. All of it is known when the upload is answered. */
export type File = {
  id: Id;
  ownerId: UserId;
  /** In a message: the message's conversation, wherever else the file was sent. Elsewhere: for its owner the conversation that it was uploaded for, null for none; for others one in which they see it. */
  conversationId: IdOrNull;
  /** The name that the sender gave, without folders and control characters. */
  name: string;
  mediaType: MediaType;
  kind: FileKind;
  sizeBytes: Count;
  /** The SHA-256 of the bytes, in hexadecimal. */
  sha256: string;
  width: PixelsOrNull;
  height: PixelsOrNull;
  /** Length of sound or film; null for others. */
  durationMs: number | null;
  /** Whether there is a small image of it. */
  hasPreview: boolean;
  createdAt: Timestamp;
};

/** The bytes of a file. */
export type FileBytes = string;

/** The file. Replayed when it is gone, only its ids are left. */
export type FileData = {
  fileId: Id;
  conversationId: IdOrNull;
  file?: File;
};

/** Which file is no longer there. In a conversation's stream `conversationId` is that conversation; in its owner's the one that it was uploaded for, if it was for one. */
export type FileDeletedData = {
  fileId: Id;
  conversationId: IdOrNull;
};

/** Uploaded files that the message carries, in the order of their showing. */
export type FileIds = Array<Id>;

/** Decided from the content, not from the name. */
export type FileKind = "image" | "video" | "audio" | "document" | "archive" | "other";

/** An address that needs no token until it expires. Whoever has it can read the file. */
export type FileLink = {
  /** Relative to the server's origin. */
  url: string;
  expiresAt: Timestamp;
};

/** What the link opens, and for how long. */
export type FileLinkRequest = {
  /** The file itself or its preview. */
  variant?: "original" | "preview";
  expiresInSeconds?: number;
};

/** One or more files; `text` is their caption. */
export type FileMessage = {
  kind: "file";
  content?: NoContent;
};

/** A page of shared files, the newest first. */
export type FilePage = {
  items: Array<SharedFile>;
  nextCursor: PageCursor;
};

/** A form with the file in the field `file`. The name of the part is the file's name; its media type is not believed. */
export type FileUpload = {
  /** The bytes, whatever they are. */
  file: unknown;
};

/** A job of another system that this task is about. */
export type ForeignJobId = string | null;

/** Chosen by the client for a command; its one reply or error carries it again. Without it (or with null) the answer has none either. */
export type FrameId = string | number | null;

/** A conversation whose kind is `group`. */
export type Group = Conversation & {
  kind?: "group";
};

/** What a group is for. */
export type GroupDescription = string;

/** What a group is for; null when nothing was said. */
export type GroupDescriptionOrNull = string | null;

/** A group of the asker that was found. */
export type GroupHit = {
  kind: "group";
  group: ConversationLabel;
};

/** What a group is called. */
export type GroupName = string;

/** A group's name; null for a direct conversation, which is called like the peer. */
export type GroupNameOrNull = string | null;

/** Who may post, invite, and edit name, description and avatar. */
export type GroupPermissions = {
  posting: WhoMay;
  inviting: WhoMay;
  editing: WhoMay;
};

/** A group's permissions; null for a direct conversation. */
export type GroupPermissionsOrNull = (GroupPermissions | null);

/** Who may do what. What is left out stays; in a new group it is `members`. */
export type GroupPermissionsUpdate = {
  posting?: WhoMay;
  inviting?: WhoMay;
  editing?: WhoMay;
};

/** A new group. Its maker becomes its owner. */
export type GroupRequest = {
  name: GroupName;
  description?: GroupDescription;
  /** Who belongs to it from the start, besides the maker. Who is named twice counts once. */
  memberIds?: Array<UserId>;
  permissions?: GroupPermissionsUpdate;
};

/** What changes of a group. What is left out stays; a null description is taken away. */
export type GroupUpdate = {
  name?: GroupName;
  description?: GroupDescriptionOrNull;
  avatarFileId?: IdOrNull;
  permissions?: GroupPermissionsUpdate;
};

/** A piece of the text around what was found. */
export type Highlight = {
  text: string;
  /** Whether this piece is what was looked for. */
  isMatch: boolean;
};

/** Names one thing for ever. The server makes UUIDv7 (RFC 9562); treat it as an opaque word. */
export type Id = string;

/** An id, or null when there is no such thing. */
export type IdOrNull = string | null;

/** One or more images; `text` is their caption. */
export type ImageMessage = {
  kind: "image";
  content?: NoContent;
};

/** The conversation as the person sees it. Replayed after the person left again, only its id and how far its stream had come. */
export type JoinedData = ({
  conversation: Conversation;
} | {
  conversationId: Id;
  seq: Seq;
});

/** A password as it was chosen before. */
export type KnownPassword = string;

/** A language that the server speaks. */
export type Language = "tr" | "en";

/** Which conversation the person no longer belongs to, and why. */
export type LeftData = {
  conversationId: Id;
  /** By oneself, by somebody else, or because it is deleted. */
  reason: "left" | "removed" | "deleted";
};

/** A place on earth (WGS 84). */
export type LocationContent = {
  latitude: number;
  longitude: number;
  /** What the place is called. */
  name?: string | null;
};

/** A place. Without content once it is deleted. */
export type LocationMessage = {
  kind: "location";
  content?: (LocationContent | NoContent);
};

/** A user name or an e-mail address. */
export type LoginName = string;

/** Who one is, by exactly one of `username`, `email` and `login`; `login` may hold either. */
export type LoginRequest = {
  username?: LoginName;
  email?: LoginName;
  login?: LoginName;
  password: KnownPassword;
  deviceName?: DeviceName;
};

/** A person as administrators see the person. */
export type ManagedUser = {
  id: UserId;
  username: AnyUsername;
  displayName: DisplayName;
  email: EmailOrNull;
  role: Role;
  /** Where the account was made. */
  origin: "local" | "alt_las" | "import";
  language: Language;
  isActive: boolean;
  lastSeenAt: TimestampOrNull;
  createdAt: Timestamp;
  updatedAt: Timestamp;
};

/** A page of accounts. */
export type ManagedUserPage = {
  items: Array<ManagedUser>;
  nextCursor: PageCursor;
};

/** A media type (RFC 6838), without parameters. */
export type MediaType = string;

/** Somebody who belongs to a conversation, and how far this person has come. Pointers that the person does not share stand at 0. */
export type Member = {
  userId: UserId;
  role: MemberRole;
  joinedAt: Timestamp;
  readSeq: Seq;
  deliveredSeq: Seq;
  readAt: TimestampOrNull;
  deliveredAt: TimestampOrNull;
  user: User;
};

/** The new member, and how many there are now. Replayed after the member left again, it has `userId` in the place of `member`. */
export type MemberAddedData = {
  conversationId: Id;
  member?: Member;
  userId?: UserId;
  memberCount: Count;
};

/** Who is to belong to the group from now on. */
export type MemberInvitation = {
  /** Who is named twice counts once. */
  userIds: Array<UserId>;
};

/** A page of members, in the order in which they joined. */
export type MemberPage = {
  items: Array<Member>;
  nextCursor: PageCursor;
};

/** Who is no longer a member, and how many there are now. */
export type MemberRemovedData = {
  conversationId: Id;
  userId: UserId;
  /** By oneself, or by somebody else. */
  reason: "left" | "removed";
  memberCount: Count;
};

/** Owners may everything in a group, administrators all but end it. */
export type MemberRole = "owner" | "admin" | "member";

/** The member's role from now on. */
export type MemberRoleChange = {
  role: MemberRole;
};

/** The member with the new role. Replayed after the member left, it has `userId` in the place of `member`. */
export type MemberUpdatedData = {
  conversationId: Id;
  member?: Member;
  userId?: UserId;
};

/** The asker's own standing and settings in a conversation. Nobody else sees the settings. */
export type Membership = {
  role: MemberRole;
  joinedAt: Timestamp;
  readSeq: Seq;
  deliveredSeq: Seq;
  notifications: NotificationLevel;
  mutedUntil: TimestampOrNull;
  isArchived: boolean;
  isFavourite: boolean;
};

/** The members who are mentioned. */
export type Mentions = Array<UserId>;

/** One message in its present form. Where a message was deleted for everyone, a tombstone keeps its place - `deletedAt` is set, `text` is empty, there is no content. */
export type Message = (TextMessage | EmojiMessage | FileMessage | ImageMessage | VoiceMessage | LocationMessage | SystemMessage) & {
  id: Id;
  conversationId: Id;
  seq: Seq;
  senderId: UserIdOrNull;
  /** What the sender's client chose; null for messages that no client sent. */
  clientId: string | null;
  kind: MessageKind;
  text: MessageText;
  /** What the kind has beside text; its form depends on `kind`. */
  content: unknown;
  replyTo: QuotedMessageOrNull;
  forwardedFrom: MessageOriginOrNull;
  threadRootId: IdOrNull;
  mentions: Mentions;
  reactions: Array<Reaction>;
  files: Array<File>;
  isPinned: boolean;
  state: MessageState;
  createdAt: Timestamp;
  editedAt: TimestampOrNull;
  editCount: Count;
  deletedAt: TimestampOrNull;
  /** How many messages of its thread there are, whose `threadRootId` is this message; those that were deleted for everyone are not counted, though their places stay in the list. */
  replyCount: number;
};

/** The message in its present form. With one that was added to a thread, or taken away from it, how many replies the thread has now. */
export type MessageData = {
  message: Message;
  thread?: ThreadData;
};

/** A message to send. A forwarded one brings its own text and content, so a draft with `forwardFromId` has none. */
export type MessageDraft = {
  conversationId: Id;
  clientId: ClientId;
  kind?: SendableKind;
  text?: MessageText;
  content?: DraftContent;
  replyToId?: IdOrNull;
  forwardFromId?: IdOrNull;
  mentions?: Mentions;
  fileIds?: FileIds;
  scheduledAt?: MomentOrNull;
};

/** The new text of a message. Mentions that are left out stay as they are. */
export type MessageEdit = {
  text: MessageText;
  mentions?: (Mentions | null);
};

/** A part of a conversation, oldest first, and whether there is more on each side. */
export type MessageHistory = {
  items: Array<Message>;
  hasBefore: boolean;
  hasAfter: boolean;
};

/** A message that was found. Its `seq` is what `around` of its history takes. */
export type MessageHit = {
  message: Message;
  conversation: ConversationLabel;
  /** The text in pieces, those that match marked; put together they are an excerpt. */
  highlights: Array<Highlight>;
};

/** A page of messages that were found. */
export type MessageHitPage = {
  items: Array<MessageHit>;
  nextCursor: PageCursor;
};

/** Tells the variants apart. A client shows a kind that it does not know by its `text`. */
export type MessageKind = "text" | "emoji" | "file" | "image" | "voice" | "location" | "system";

/** A message, or null where there is none. */
export type MessageOrNull = (Message | null);

/** Where a forwarded message came from. The reader may not be able to open it. */
export type MessageOrigin = {
  messageId: Id;
  conversationId: Id;
  senderId: UserIdOrNull;
};

/** Where a forwarded message came from; null for one that was not forwarded. */
export type MessageOriginOrNull = (MessageOrigin | null);

/** A page of messages. */
export type MessagePage = {
  items: Array<Message>;
  nextCursor: PageCursor;
};

/** Which message of which conversation. */
export type MessagePlaceData = {
  conversationId: Id;
  messageId: Id;
};

/** `delivered` when all other members have it on a device, `read` when all have read it; the same for everybody who looks. */
export type MessageState = "sent" | "delivered" | "read";

/** Markdown. At most as many characters as the server's limit (4,000 unless set otherwise; `ready.limits.maxMessageCharacters` tells it). No NUL characters. */
export type MessageText = string;

/** How writing works. `directMessagesFrom` is who may write directly, also in conversations that there are - everyone by default. The refusal is the same as for a block. */
export type MessagingPreferences = {
  enterSends?: boolean;
  linkPreviews?: boolean;
  directMessagesFrom?: Audience;
};

/** A moment as a client writes it: RFC 3339 with any offset, between the years 1970 and 9999. Answers give it back in UTC. */
export type Moment = string;

/** A moment as a client writes it, or null for none. */
export type MomentOrNull = string | null;

/** An API key with its secret, which is shown this once and kept nowhere. */
export type NewApiKey = {
  apiKey: ApiKey;
  /** Goes into the header `X-API-Key`. */
  secret: string;
};

/** A password for the future. */
export type NewPassword = string;

/** Kinds that are all in `text` and `files` have no content. */
export type NoContent = null;

/** There is nothing to say. */
export type Nothing = Record<string, never>;

/** What the server says of the socket itself without being asked. */
export type NoticeFrame = {
  event: EventName;
  data: Record<string, unknown>;
};

/** One thing to look at. Title and text are in the reader's language and of the present - of a message that was edited the text is the new one; it is empty when the message is deleted, hidden or cleared, or the reader no longer belongs to the conversation. */
export type Notification = {
  id: Id;
  kind: NotificationKind;
  title: string;
  text: string;
  actorId: UserIdOrNull;
  conversationId: IdOrNull;
  messageId: IdOrNull;
  taskId: IdOrNull;
  createdAt: Timestamp;
  readAt: TimestampOrNull;
};

/** How many notifications are unread, altogether and by kind; kinds without are left out. Of more than 1000 the newest 1000 are counted. */
export type NotificationCounts = {
  unread: UnreadNotifications;
  byKind: Record<string, UnreadNotifications>;
};

/** The notification, and how many are unread now. */
export type NotificationData = {
  notification: NotificationOrNull;
  unread: UnreadNotifications;
};

/** Why there is a notification. Of direct messages there is one for each conversation until it is read; it names the first message. Other messages of groups make none but by a mention or a reply - their number is the conversation's `unreadCount`. */
export type NotificationKind = "mention" | "direct_message" | "reply" | "reaction" | "invitation" | "role_changed" | "task_assigned" | "task_updated" | "scheduled_failed";

/** What in a conversation makes a notification - `all` are mentions, replies, direct messages and reactions, `mentions` are mentions and replies. A mute that has not run out silences them too. */
export type NotificationLevel = "all" | "mentions" | "none";

/** A notification, or null where it is no longer there. */
export type NotificationOrNull = (Notification | null);

/** A page of notifications, the newest first. */
export type NotificationPage = {
  items: Array<Notification>;
  nextCursor: PageCursor;
};

/** By which ways a person is told, and of what. */
export type NotificationPreferences = {
  email?: boolean;
  push?: boolean;
  sound?: boolean;
  desktop?: boolean;
  /** Whether mentions make notifications. A reply makes one all the same, also where it mentions whom it answers. The other settings are for clients. */
  mentions?: boolean;
};

/** The person's own standing and settings in a conversation, all of them. */
export type OwnSettingsData = {
  conversationId: Id;
  membership: Membership;
};

/** Where the next page begins. Opaque; valid for the same list with the same filters only. Null on the last page. */
export type PageCursor = string | null;

/** A person or a group. */
export type PartyHit = (PersonHit | GroupHit);

/** A page of people and groups that were found. */
export type PartyHitPage = {
  items: Array<PartyHit>;
  nextCursor: PageCursor;
};

/** Something that is true at this moment. It has no number and is never replayed; what it says can always be read as state. */
export type PassingFrame = {
  event: EventName;
  at: Timestamp;
  data: Record<string, unknown>;
};

/** The present password, and the one from now on. */
export type PasswordChange = {
  currentPassword: KnownPassword;
  newPassword: NewPassword;
};

/** One thing that may be done; operations name the one that they need. */
export type Permission = "account:manage" | "admin:system" | "admin:users" | "content:moderate" | "conversation:create" | "conversation:delete" | "conversation:read" | "conversation:update" | "file:create" | "file:delete" | "file:read" | "member:manage" | "message:create" | "message:delete" | "message:read" | "message:update" | "notification:read" | "notification:update" | "preferences:read" | "preferences:update" | "search:read" | "sync:read" | "task:create" | "task:delete" | "task:read" | "task:update" | "user:read" | "user:update";

/** A person who was found. */
export type PersonHit = {
  kind: "user";
  user: User;
};

/** A person's own stream; all devices of that person hear it, and nobody else. */
export type PersonStream = string;

/** Which message was pinned or unpinned, and by whom. */
export type PinData = {
  conversationId: Id;
  messageId: Id;
  userId: UserId;
};

/** A side of an image as it is seen, turned as its camera was held; null for what has none, or where it is not known. */
export type PixelsOrNull = number | null;

/** How far the asker has come. */
export type Pointer = {
  seq: Seq;
};

/** Up to which place of a conversation. */
export type PointerData = {
  conversationId: Id;
  seq: Seq;
};

/** All of a person's preferences, defaults filled in. */
export type Preferences = {
  notifications: NotificationPreferences;
  privacy: PrivacyPreferences;
  appearance: AppearancePreferences;
  messaging: MessagingPreferences;
  updatedAt: TimestampOrNull;
};

/** All preferences as they are now. */
export type PreferencesData = {
  preferences: Preferences;
};

/** What changes. Parts and settings that are left out stay. */
export type PreferencesUpdate = {
  notifications?: NotificationPreferences;
  privacy?: PrivacyPreferences;
  appearance?: AppearancePreferences;
  messaging?: MessagingPreferences;
};

/** Whether a person is there, as far as the person lets the asker know. */
export type Presence = {
  userId: UserId;
  presence: PresenceState;
  lastSeenAt: TimestampOrNull;
};

/** Whether the person sits before this device. */
export type PresenceChoice = {
  presence: "online" | "away";
};

/** Presence of several people; who is not known to the asker is left out. */
export type PresenceList = {
  items: Array<Presence>;
};

/** Whether a person is there. Who hides it is `offline` for others; so is everybody in events that all members of a conversation hear. */
export type PresenceState = "online" | "away" | "offline";

/** Of whom the socket is told; at most `ready.limits.maxWatched`, 500 unless set otherwise. */
export type PresenceWatchData = {
  userIds: Array<UserId>;
};

/** Who is there, each person at most once. */
export type PresencesData = {
  presences: Array<Presence>;
};

/** What others may know. Who hides a thing does not see it of others either - a thing is seen when both let each other see it. Who hides read receipts counts as `delivered` at most; between two people of whom one blocks the other nothing is seen. By default everyone sees everything. */
export type PrivacyPreferences = {
  lastSeen?: Audience;
  presence?: Audience;
  readReceipts?: boolean;
  typing?: boolean;
};

/** Why something was refused and what can be done (RFC 9457). `code` is stable and what programs should look at; `title`, `detail` and `remedy` are for people, in the asker's language. */
export type Problem = {
  /** Names the code as a URN. */
  type: string;
  /** The same for each occurrence of the code. */
  title: string;
  /** The HTTP status that goes with the code, also where no HTTP is involved. */
  status: number;
  /** What is special about this occurrence. */
  detail: string;
  code: ProblemCode;
  /** What the caller can do about it. */
  remedy: string;
  requestId?: RequestId;
  /** What is wrong with the input, place by place. */
  errors?: Array<FieldError>;
};

/** All codes, those of the WebSocket too. A code never changes its meaning. */
export type ProblemCode = "AUTH_INVALID_CREDENTIALS" | "AUTH_TOKEN_EXPIRED" | "AUTH_TOKEN_INVALID" | "AUTH_TOKEN_REUSED" | "AUTH_SESSION_REVOKED" | "AUTH_UNAUTHORIZED" | "ACCOUNT_DEACTIVATED" | "PERMISSION_DENIED" | "RESOURCE_NOT_FOUND" | "USER_NOT_FOUND" | "CONVERSATION_NOT_FOUND" | "MESSAGE_NOT_FOUND" | "MEMBER_NOT_FOUND" | "FILE_NOT_FOUND" | "NOTIFICATION_NOT_FOUND" | "TASK_NOT_FOUND" | "SESSION_NOT_FOUND" | "API_KEY_NOT_FOUND" | "METHOD_NOT_ALLOWED" | "NOT_ACCEPTABLE" | "RESOURCE_ALREADY_EXISTS" | "USERNAME_TAKEN" | "EMAIL_TAKEN" | "CLIENT_ID_REUSED" | "ALREADY_A_MEMBER" | "LAST_OWNER" | "PAYLOAD_TOO_LARGE" | "FILE_TOO_LARGE" | "STORAGE_FULL" | "UNSUPPORTED_MEDIA_TYPE" | "FILE_TYPE_NOT_SUPPORTED" | "RANGE_NOT_SATISFIABLE" | "VALIDATION_ERROR" | "MALFORMED_JSON" | "MESSAGE_TOO_LONG" | "EDIT_WINDOW_CLOSED" | "MESSAGE_DELETED" | "NOT_A_GROUP" | "POSTING_RESTRICTED" | "USER_BLOCKED" | "CURSOR_INVALID" | "RESYNC_REQUIRED" | "RATE_LIMIT_EXCEEDED" | "NOT_IMPLEMENTED" | "SERVICE_UNAVAILABLE" | "SERVER_ERROR" | "AUTH_TIMEOUT" | "ALREADY_AUTHENTICATED" | "UNKNOWN_COMMAND" | "BINARY_FRAME" | "FRAME_TOO_LARGE" | "TOO_MANY_FRAMES" | "TOO_MANY_SOCKETS" | "SLOW_CONSUMER" | "SERVER_RESTARTING";

/** What a person says of himself now. */
export type ProfileData = {
  userId: UserId;
  displayName: DisplayName;
  bio: Bio;
  avatarFileId: IdOrNull;
};

/** Where the asker stands in a conversation. Pointers only move forward. */
export type Progress = {
  conversationId: Id;
  readSeq: Seq;
  deliveredSeq: Seq;
  unreadCount: Count;
};

/** As much of the answered message as a reader needs. */
export type QuotedMessage = {
  id: Id;
  senderId: UserIdOrNull;
  kind: MessageKind;
  /** Its first 200 characters. */
  text: string;
  isDeleted: boolean;
};

/** The message that this one answers; null for one that answers none. */
export type QuotedMessageOrNull = (QuotedMessage | null);

/** One emoji on a message, and who put it there. */
export type Reaction = {
  emoji: Emoji;
  count: Count;
  userIds: Array<UserId>;
};

/** Who reacted or took it back, and all reactions to the message now. */
export type ReactionData = {
  conversationId: Id;
  messageId: Id;
  userId: UserId;
  emoji: Emoji;
  reactions: Array<Reaction>;
};

/** All reactions to a message. */
export type ReactionList = {
  items: Array<Reaction>;
};

/** Where the person stands. The count is true up to `upToSeq` of the conversation's stream; a client adds what comes after. */
export type ReadData = {
  conversationId: Id;
  readSeq: Seq;
  deliveredSeq: Seq;
  unreadCount: Count;
  upToSeq: Seq;
};

/** Who the socket speaks for, and by which limits. */
export type ReadyData = {
  user: CurrentUser;
  sessionId: SessionIdOrNull;
  expiresInSeconds: SecondsLeft;
  /** Time between two pings of the server. */
  heartbeatSeconds: number;
  limits: SocketLimits;
  cursor: SyncCursor;
  /** Whether the events after the client's cursor follow. False where it gave none, and where `resync_required` follows. */
  resumed: boolean;
};

/** How far a message got with one member. */
export type Receipt = {
  userId: UserId;
  state: MessageState;
  deliveredAt: TimestampOrNull;
  readAt: TimestampOrNull;
};

/** One entry for each member but the sender. */
export type ReceiptList = {
  items: Array<Receipt>;
};

/** How far a member has come. Told to the others as a passing event. `readSeq` is 0 where what was read is hidden, by the member or by who hears it - pointers never move back. */
export type ReceiptUpdate = {
  conversationId: Id;
  userId: UserId;
  deliveredSeq: Seq;
  readSeq: Seq;
  at: Timestamp;
};

/** The refresh token that was given last. */
export type RefreshRequest = {
  refreshToken: RefreshToken;
};

/** Gets the next pair of tokens, once. Opaque. Keep it where scripts of other pages can't read it. */
export type RefreshToken = string;

/** A new account. The user name is the display name where none is given. */
export type RegisterRequest = {
  username: Username;
  password: NewPassword;
  displayName?: DisplayName;
  email?: Email;
  language?: Language;
  deviceName?: DeviceName;
};

/** Names the request in answers and in the server's log. */
export type RequestId = string;

/** A problem as REST answers it; always with the request's id. */
export type RestProblem = Problem & Record<string, unknown>;

/** Where the client stood when it lost its socket. */
export type Resume = {
  cursor: SyncCursor;
  /** Streams that the client heard further since it got the cursor, by name, with the last `seq` that it has of each. */
  seen?: Record<string, Seq>;
};

/** The log can't bring this client up to date; it starts again from the snapshot. */
export type ResyncData = {
  reason: ResyncReason;
  snapshot: Snapshot;
};

/** Why the log can't bring this client up to date. */
export type ResyncReason = "log_trimmed" | "too_far_behind" | "cursor_invalid" | "cursor_from_future";

/** What a person may do in general; each role carries a set of permissions. */
export type Role = "admin" | "moderator" | "user" | "service" | "guest";

/** The role that an account has from now on. */
export type RoleChange = {
  role: Role;
};

/** What the asker has begun to write in a conversation, on whichever device. */
export type SavedDraft = {
  conversationId: Id;
  text: MessageText;
  replyToId: IdOrNull;
  /** Null where nothing was begun. */
  updatedAt: (Timestamp | null);
};

/** A page of drafts, the latest first. */
export type SavedDraftPage = {
  items: Array<SavedDraft>;
  nextCursor: PageCursor;
};

/** The message for later in its present form. Replayed after it is gone, it has `scheduledId` in the place of `scheduledMessage`. */
export type ScheduledData = {
  scheduledMessage?: ScheduledMessage;
  scheduledId?: Id;
};

/** Which message for later is no longer there. */
export type ScheduledIdData = {
  scheduledId: Id;
};

/** A message that the server sends later. `sent` and `failed` ones stay in the list for 30 days; `failedCode` says why; `SERVER_ERROR` is a mistake of the server, and holds up no other message. `draft` is without `scheduledAt`, which stands beside it. */
export type ScheduledMessage = {
  id: Id;
  draft: MessageDraft;
  scheduledAt: Timestamp;
  createdAt: Timestamp;
  state: "waiting" | "sent" | "failed";
  sentMessageId: IdOrNull;
  failedCode: (ProblemCode | null);
};

/** A page of scheduled messages, the next to be sent first. */
export type ScheduledPage = {
  items: Array<ScheduledMessage>;
  nextCursor: PageCursor;
};

/** What changes of a scheduled message. What is left out stays. */
export type ScheduledUpdate = {
  text?: MessageText;
  scheduledAt?: Moment;
};

/** What the key may do; never more than its owner may. */
export type Scopes = Array<Permission>;

/** After how many seconds the socket is closed, because what let the person in ends; `auth.renew` puts it off. Null for an API key without end. */
export type SecondsLeft = number | null;

/** What a client can send; left out it is `text`. */
export type SendableKind = "text" | "emoji" | "file" | "image" | "voice" | "location";

/** The message as it is kept, or with `scheduledAt` the message for later; `isRepeat` when it was sent or kept before under its `clientId`. */
export type SentData = {
  message?: Message;
  scheduledMessage?: ScheduledMessage;
  isRepeat: boolean;
};

/** A place in a stream. Streams begin at 1 and have no holes; 0 is before the first. */
export type Seq = number;

/** One login on one device. */
export type Session = {
  id: Id;
  deviceName: DeviceName;
  /** What the client said of itself when it logged in. */
  userAgent: string;
  createdAt: Timestamp;
  lastUsedAt: Timestamp;
  expiresAt: Timestamp;
  /** Whether the asker's own token belongs to it. */
  isCurrent: boolean;
};

/** Which session. */
export type SessionIdData = {
  sessionId: Id;
};

/** The session of the token; null for a person whose token is ALT_LAS's. */
export type SessionIdOrNull = string | null;

/** The asker's sessions that were not ended, the last used first. */
export type SessionList = {
  items: Array<Session>;
};

/** What all members of a conversation see alike; events of its stream carry it. */
export type SharedConversation = {
  id: Id;
  kind: ConversationKind;
  name: GroupNameOrNull;
  description: GroupDescriptionOrNull;
  avatarFileId: IdOrNull;
  createdBy: UserId;
  createdAt: Timestamp;
  updatedAt: Timestamp;
  memberCount: Count;
  permissions: GroupPermissionsOrNull;
};

/** The conversation as all members see it. */
export type SharedConversationData = {
  conversation: SharedConversation;
};

/** A file as a message carries it; one that several messages carry is there several times. */
export type SharedFile = {
  id: Id;
  ownerId: UserId;
  conversationId: Id;
  /** The name that the sender gave, without folders and control characters. */
  name: string;
  mediaType: MediaType;
  kind: FileKind;
  sizeBytes: Count;
  /** The SHA-256 of the bytes, in hexadecimal. */
  sha256: string;
  width: PixelsOrNull;
  height: PixelsOrNull;
  /** Length of sound or film; null for others. */
  durationMs: number | null;
  /** Whether there is a small image of it. */
  hasPreview: boolean;
  createdAt: Timestamp;
  messageId: Id;
  /** The message's place, for a jump to it by `around`. */
  messageSeq: Seq;
  senderId: UserId;
  sharedAt: Timestamp;
};

/** All that a client needs to begin, as it was at one moment. The events after `cursor` bring it up to date. `seq` is the last event of the person's own stream; each conversation has its own. */
export type Snapshot = {
  cursor: SyncCursor;
  seq: Seq;
  user: CurrentUser;
  preferences: Preferences;
  /** Whom the person blocks. */
  blockedUserIds: Array<UserId>;
  unreadNotifications: UnreadNotifications;
  /** All conversations of the person, archived ones too. */
  conversations: Array<Conversation>;
};

/** What the server takes on this socket. */
export type SocketLimits = {
  /** Larger frames are refused; those over 16 times as large end the socket (1009). Only `auth`, whose cursor may be long, can be 16 times as large. */
  maxFrameBytes: number;
  /** In the long run; over it the socket is closed (4008). */
  maxFramesPerSecond: number;
  /** The longest text of a message. */
  maxMessageCharacters: number;
  /** Commands that are worked on at the same time; further ones wait unread. Answers may come in another order than commands. */
  maxInFlight: number;
  /** Of how many people the socket may be told whether they are there. */
  maxWatched: number;
};

/** What the server says of itself. */
export type Status = {
  /** `ok` while the process lives, `ready` while it wants requests. */
  status: "ok" | "ready";
};

/** `conversation:<id>` or `user:<id>`. */
export type StreamName = string;

/** A snapshot where no cursor was given; else the changes, or a fresh start. */
export type SyncAnswer = (Snapshot | SyncChanges | SyncResync);

/** What came after the cursor, and the pointers of others that moved. Ask again with the new cursor while `hasMore`. */
export type SyncChanges = {
  resyncRequired: false;
  events: Array<Envelope>;
  receipts: Array<ReceiptUpdate>;
  cursor: SyncCursor;
  hasMore: boolean;
};

/** How far a client has come in all of its streams. Opaque; valid for the person and the database that gave it. */
export type SyncCursor = string;

/** The client can't be brought up to date by events - it starts again from this snapshot. */
export type SyncResync = {
  resyncRequired: true;
  reason: ResyncReason;
  snapshot: Snapshot;
};

/** What happened. `text` says it in words for clients that do not know the action: in events in the server's `default_language`, in answers of REST in the reader's. */
export type SystemContent = {
  action: "group_created" | "group_updated" | "members_added" | "member_removed" | "member_left" | "role_changed" | "message_pinned" | "message_unpinned" | "task_created" | "task_completed";
  actorId: UserIdOrNull;
  /** To whom it happened. */
  userIds?: Array<UserId>;
  role?: MemberRole;
  name?: GroupName;
  messageId?: Id;
  taskId?: Id;
};

/** Something that happened in the conversation. Not counted as unread. */
export type SystemMessage = {
  kind: "system";
  content?: (SystemContent | NoContent);
};

/** Something to do. */
export type Task = {
  id: Id;
  title: TaskTitle;
  description: TaskDescription;
  status: TaskStatus;
  priority: TaskPriority;
  creatorId: UserId;
  assigneeId: UserIdOrNull;
  dueAt: TimestampOrNull;
  conversationId: IdOrNull;
  messageId: IdOrNull;
  foreignJobId: ForeignJobId;
  createdAt: Timestamp;
  updatedAt: Timestamp;
  completedAt: TimestampOrNull;
};

/** Who is to do it; null for nobody in particular. */
export type TaskAssignment = {
  assigneeId: UserIdOrNull;
};

/** The task in its present form. Replayed when the task is gone, or no longer the person's, only its ids are left. */
export type TaskData = {
  taskId: Id;
  conversationId: IdOrNull;
  task?: Task;
};

/** Which task is no longer there. */
export type TaskDeletedData = {
  taskId: Id;
  conversationId: IdOrNull;
};

/** More about it, in Markdown. */
export type TaskDescription = string;

/** A page of tasks. */
export type TaskPage = {
  items: Array<Task>;
  nextCursor: PageCursor;
};

/** How much a task matters. */
export type TaskPriority = "low" | "medium" | "high" | "urgent";

/** A new task. One from a message belongs to the message's conversation. */
export type TaskRequest = {
  title: TaskTitle;
  description?: TaskDescription;
  priority?: TaskPriority;
  assigneeId?: UserIdOrNull;
  dueAt?: MomentOrNull;
  conversationId?: IdOrNull;
  messageId?: IdOrNull;
  foreignJobId?: ForeignJobId;
};

/** Where a task stands. */
export type TaskStatus = "pending" | "in_progress" | "completed" | "cancelled";

/** What is to be done. */
export type TaskTitle = string;

/** What changes of a task. What is left out stays; null takes away. */
export type TaskUpdate = {
  title?: TaskTitle;
  description?: TaskDescription;
  status?: TaskStatus;
  priority?: TaskPriority;
  dueAt?: MomentOrNull;
  foreignJobId?: ForeignJobId;
};

/** A document in plain text or HTML. */
export type TextDocument = string;

/** Words, in Markdown. */
export type TextMessage = {
  kind: "text";
  content?: NoContent;
};

/** The root of a thread, and its `replyCount` now. */
export type ThreadData = {
  rootId: Id;
  replyCount: Count;
};

/** A moment in UTC with milliseconds (RFC 3339). */
export type Timestamp = string;

/** A moment in UTC with milliseconds (RFC 3339), or null when it has not come. */
export type TimestampOrNull = string | null;

/** A new access token of the same session. */
export type TokenRenewal = {
  token: AccessToken;
};

/** Until when the socket may go on. */
export type TokenRenewed = {
  expiresAt: Timestamp;
  /** The same by the server's clock, from now on. */
  expiresInSeconds: number;
};

/** A session's pair of tokens, and whose it is. */
export type Tokens = {
  accessToken: AccessToken;
  /** How the access token is sent. */
  tokenType: "Bearer";
  /** For how long the access token is valid. */
  expiresInSeconds: number;
  refreshToken: RefreshToken;
  /** For how long the refresh token is valid when it is not used. */
  refreshExpiresInSeconds: number;
  sessionId: Id;
  user: CurrentUser;
};

/** Where somebody writes. */
export type TypingData = {
  conversationId: Id;
};

/** Who writes where. Without another word it is over after `expiresInSeconds`. */
export type TypingStartedData = {
  conversationId: Id;
  userId: UserId;
  expiresInSeconds: number;
};

/** Who no longer writes where. */
export type TypingStoppedData = {
  conversationId: Id;
  userId: UserId;
};

/** How many notifications are unread; 1000 where there are as many, or more. */
export type UnreadNotifications = number;

/** A person as others see the person. */
export type User = {
  id: UserId;
  username: AnyUsername;
  displayName: DisplayName;
  bio: Bio;
  avatarFileId: IdOrNull;
  role: Role;
  /** False for an account that was deactivated; its messages stay. */
  isActive: boolean;
  presence: PresenceState;
  lastSeenAt: TimestampOrNull;
  createdAt: Timestamp;
};

/** Names one person. Opaque; people of ALT_LAS keep the id that they have there. */
export type UserId = string;

/** Which person. */
export type UserIdData = {
  userId: UserId;
};

/** A person's id, or null when there is none. */
export type UserIdOrNull = string | null;

/** A person, or null where there is none. */
export type UserOrNull = (User | null);

/** What changes of the own profile. What is left out stays; a null address is taken away. */
export type UserUpdate = {
  displayName?: DisplayName;
  bio?: Bio;
  email?: EmailOrNull;
  language?: Language;
};

/** Unique whatever its case. Letters of any script, digits, dots, dashes and underscores; begins with a letter or a digit. */
export type Username = string;

/** How a voice message sounds before it is played; the sound is the first of `files`. */
export type VoiceContent = {
  durationMs: number;
  /** Loudness in equal steps of time, to be drawn. */
  waveform?: Array<number>;
};

/** A recording. Without content once it is deleted. */
export type VoiceMessage = {
  kind: "voice";
  content?: (VoiceContent | NoContent);
};

/** All members, or only owners and administrators. */
export type WhoMay = "members" | "admins";

/** Calls of REST, by `operationId`. */
export interface Operations {
  register: { method: "POST"; path: "/auth/register"; body: RegisterRequest; answer: Tokens };
  login: { method: "POST"; path: "/auth/login"; body: LoginRequest; answer: Tokens };
  refresh: { method: "POST"; path: "/auth/refresh"; body: RefreshRequest; answer: Tokens };
  logout: { method: "POST"; path: "/auth/logout"; body: undefined; answer: Record<string, never> };
  logoutEverywhere: { method: "POST"; path: "/auth/logout-everywhere"; body: undefined; answer: Record<string, never> };
  changePassword: { method: "PUT"; path: "/auth/password"; body: PasswordChange; answer: Record<string, never> };
  getCurrentUser: { method: "GET"; path: "/users/me"; body: undefined; answer: CurrentUser };
  updateCurrentUser: { method: "PUT"; path: "/users/me"; body: UserUpdate; answer: CurrentUser };
  listApiKeys: { method: "GET"; path: "/api-keys"; body: undefined; answer: ApiKeyList };
  createApiKey: { method: "POST"; path: "/api-keys"; body: ApiKeyRequest; answer: NewApiKey };
  revokeApiKey: { method: "DELETE"; path: "/api-keys/{apiKeyId}"; body: undefined; answer: Record<string, never> };
  listSessions: { method: "GET"; path: "/sessions"; body: undefined; answer: SessionList };
  endAllSessions: { method: "DELETE"; path: "/sessions"; body: undefined; answer: Record<string, never> };
  endSession: { method: "DELETE"; path: "/sessions/{sessionId}"; body: undefined; answer: Record<string, never> };
  searchUsers: { method: "GET"; path: "/users/search"; body: undefined; answer: PartyHitPage };
  getUser: { method: "GET"; path: "/users/{userId}"; body: undefined; answer: User };
  getPresence: { method: "GET"; path: "/users/{userId}/presence"; body: undefined; answer: Presence };
  listPresence: { method: "GET"; path: "/presence"; body: undefined; answer: PresenceList };
  downloadAvatar: { method: "GET"; path: "/users/{userId}/avatar"; body: undefined; answer: unknown };
  setAvatar: { method: "PUT"; path: "/users/me/avatar"; body: AvatarChoice; answer: CurrentUser };
  removeAvatar: { method: "DELETE"; path: "/users/me/avatar"; body: undefined; answer: Record<string, never> };
  listBlocks: { method: "GET"; path: "/users/me/blocks"; body: undefined; answer: BlockPage };
  blockUser: { method: "PUT"; path: "/users/me/blocks/{userId}"; body: undefined; answer: Record<string, never> };
  unblockUser: { method: "DELETE"; path: "/users/me/blocks/{userId}"; body: undefined; answer: Record<string, never> };
  listUsers: { method: "GET"; path: "/admin/users"; body: undefined; answer: ManagedUserPage };
  setUserRole: { method: "PUT"; path: "/admin/users/{userId}/role"; body: RoleChange; answer: ManagedUser };
  deactivateUser: { method: "POST"; path: "/admin/users/{userId}/deactivate"; body: undefined; answer: ManagedUser };
  reactivateUser: { method: "POST"; path: "/admin/users/{userId}/reactivate"; body: undefined; answer: ManagedUser };
  postAnnouncement: { method: "POST"; path: "/admin/announcements"; body: Announcement; answer: Record<string, never> };
  listConversations: { method: "GET"; path: "/conversations"; body: undefined; answer: ConversationPage };
  openConversation: { method: "POST"; path: "/conversations"; body: DirectRequest; answer: Conversation };
  getConversation: { method: "GET"; path: "/conversations/{conversationId}"; body: undefined; answer: Conversation };
  deleteConversation: { method: "DELETE"; path: "/conversations/{conversationId}"; body: undefined; answer: Record<string, never> };
  updateConversationSettings: { method: "PUT"; path: "/conversations/{conversationId}/settings"; body: ConversationSettings; answer: Conversation };
  listMembers: { method: "GET"; path: "/conversations/{conversationId}/members"; body: undefined; answer: MemberPage };
  markConversationRead: { method: "PUT"; path: "/conversations/{conversationId}/read"; body: Pointer; answer: Progress };
  markConversationDelivered: { method: "PUT"; path: "/conversations/{conversationId}/delivered"; body: Pointer; answer: Progress };
  downloadConversationAvatar: { method: "GET"; path: "/conversations/{conversationId}/avatar"; body: undefined; answer: unknown };
  createGroup: { method: "POST"; path: "/groups"; body: GroupRequest; answer: Group };
  getGroup: { method: "GET"; path: "/groups/{groupId}"; body: undefined; answer: Group };
  updateGroup: { method: "PUT"; path: "/groups/{groupId}"; body: GroupUpdate; answer: Group };
  deleteGroup: { method: "DELETE"; path: "/groups/{groupId}"; body: undefined; answer: Record<string, never> };
  addMembers: { method: "POST"; path: "/groups/{groupId}/members"; body: MemberInvitation; answer: AddedMembers };
  removeMember: { method: "DELETE"; path: "/groups/{groupId}/members/{userId}"; body: undefined; answer: Record<string, never> };
  setMemberRole: { method: "PUT"; path: "/groups/{groupId}/members/{userId}/role"; body: MemberRoleChange; answer: Member };
  leaveGroup: { method: "POST"; path: "/groups/{groupId}/leave"; body: undefined; answer: Record<string, never> };
  postMessage: { method: "POST"; path: "/messages"; body: MessageDraft; answer: Message | ScheduledMessage };
  searchMessages: { method: "GET"; path: "/messages/search"; body: undefined; answer: MessageHitPage };
  listMessages: { method: "GET"; path: "/conversations/{conversationId}/messages"; body: undefined; answer: MessageHistory };
  getMessage: { method: "GET"; path: "/messages/{messageId}"; body: undefined; answer: Message };
  editMessage: { method: "PUT"; path: "/messages/{messageId}"; body: MessageEdit; answer: Message };
  deleteMessage: { method: "DELETE"; path: "/messages/{messageId}"; body: undefined; answer: Record<string, never> };
  markMessageRead: { method: "PUT"; path: "/messages/{messageId}/read"; body: undefined; answer: Progress };
  markMessageDelivered: { method: "PUT"; path: "/messages/{messageId}/delivered"; body: undefined; answer: Progress };
  getMessageReceipts: { method: "GET"; path: "/messages/{messageId}/receipts"; body: undefined; answer: ReceiptList };
  getMessageEdits: { method: "GET"; path: "/messages/{messageId}/edits"; body: undefined; answer: EarlierForms };
  listReplies: { method: "GET"; path: "/messages/{messageId}/replies"; body: undefined; answer: MessagePage };
  listReactions: { method: "GET"; path: "/messages/{messageId}/reactions"; body: undefined; answer: ReactionList };
  addReaction: { method: "PUT"; path: "/messages/{messageId}/reactions/{emoji}"; body: undefined; answer: ReactionList };
  removeReaction: { method: "DELETE"; path: "/messages/{messageId}/reactions/{emoji}"; body: undefined; answer: ReactionList };
  pinMessage: { method: "PUT"; path: "/messages/{messageId}/pin"; body: undefined; answer: Message };
  unpinMessage: { method: "DELETE"; path: "/messages/{messageId}/pin"; body: undefined; answer: Message };
  listPins: { method: "GET"; path: "/conversations/{conversationId}/pins"; body: undefined; answer: MessagePage };
  starMessage: { method: "PUT"; path: "/messages/{messageId}/star"; body: undefined; answer: Record<string, never> };
  unstarMessage: { method: "DELETE"; path: "/messages/{messageId}/star"; body: undefined; answer: Record<string, never> };
  listStarredMessages: { method: "GET"; path: "/messages/starred"; body: undefined; answer: MessagePage };
  listDrafts: { method: "GET"; path: "/drafts"; body: undefined; answer: SavedDraftPage };
  getDraft: { method: "GET"; path: "/conversations/{conversationId}/draft"; body: undefined; answer: SavedDraft };
  saveDraft: { method: "PUT"; path: "/conversations/{conversationId}/draft"; body: DraftUpdate; answer: SavedDraft };
  deleteDraft: { method: "DELETE"; path: "/conversations/{conversationId}/draft"; body: undefined; answer: Record<string, never> };
  listScheduledMessages: { method: "GET"; path: "/scheduled-messages"; body: undefined; answer: ScheduledPage };
  getScheduledMessage: { method: "GET"; path: "/scheduled-messages/{scheduledId}"; body: undefined; answer: ScheduledMessage };
  updateScheduledMessage: { method: "PUT"; path: "/scheduled-messages/{scheduledId}"; body: ScheduledUpdate; answer: ScheduledMessage };
  cancelScheduledMessage: { method: "DELETE"; path: "/scheduled-messages/{scheduledId}"; body: undefined; answer: Record<string, never> };
  uploadFile: { method: "POST"; path: "/files"; body: unknown; answer: File };
  downloadFile: { method: "GET"; path: "/files/{fileId}"; body: undefined; answer: unknown };
  deleteFile: { method: "DELETE"; path: "/files/{fileId}"; body: undefined; answer: Record<string, never> };
  getFile: { method: "GET"; path: "/files/{fileId}/info"; body: undefined; answer: File };
  downloadPreview: { method: "GET"; path: "/files/{fileId}/preview"; body: undefined; answer: unknown };
  createFileLink: { method: "POST"; path: "/files/{fileId}/links"; body: FileLinkRequest; answer: FileLink };
  downloadSignedFile: { method: "GET"; path: "/signed-files/{signature}"; body: undefined; answer: unknown };
  listConversationFiles: { method: "GET"; path: "/conversations/{conversationId}/files"; body: undefined; answer: FilePage };
  listNotifications: { method: "GET"; path: "/notifications"; body: undefined; answer: NotificationPage };
  countNotifications: { method: "GET"; path: "/notifications/counts"; body: undefined; answer: NotificationCounts };
  markNotificationRead: { method: "PUT"; path: "/notifications/{notificationId}/read"; body: undefined; answer: Notification };
  markAllNotificationsRead: { method: "PUT"; path: "/notifications/read"; body: undefined; answer: NotificationCounts };
  getPreferences: { method: "GET"; path: "/preferences"; body: undefined; answer: Preferences };
  updatePreferences: { method: "PUT"; path: "/preferences"; body: PreferencesUpdate; answer: Preferences };
  listTasks: { method: "GET"; path: "/tasks"; body: undefined; answer: TaskPage };
  createTask: { method: "POST"; path: "/tasks"; body: TaskRequest; answer: Task };
  getTask: { method: "GET"; path: "/tasks/{taskId}"; body: undefined; answer: Task };
  updateTask: { method: "PUT"; path: "/tasks/{taskId}"; body: TaskUpdate; answer: Task };
  deleteTask: { method: "DELETE"; path: "/tasks/{taskId}"; body: undefined; answer: Record<string, never> };
  assignTask: { method: "PUT"; path: "/tasks/{taskId}/assignee"; body: TaskAssignment; answer: Task };
  getSync: { method: "GET"; path: "/sync"; body: undefined; answer: SyncAnswer };
  streamEvents: { method: "GET"; path: "/events"; body: undefined; answer: unknown };
  connectSocket: { method: "GET"; path: "/ws"; body: undefined; answer: never };
  getHealth: { method: "GET"; path: "/healthz"; body: undefined; answer: Status };
  getReadiness: { method: "GET"; path: "/readyz"; body: undefined; answer: Status };
  getMetrics: { method: "GET"; path: "/metrics"; body: undefined; answer: unknown };
  getDocs: { method: "GET"; path: "/docs"; body: undefined; answer: unknown };
  getEventDocs: { method: "GET"; path: "/docs/events"; body: undefined; answer: unknown };
  getClientScript: { method: "GET"; path: "/client.js"; body: undefined; answer: unknown };
  getOpenapiDocument: { method: "GET"; path: "/openapi.json"; body: undefined; answer: AnyDocument };
  getAsyncapiDocument: { method: "GET"; path: "/asyncapi.json"; body: undefined; answer: AnyDocument };
}

/** What a client sends on the socket. */
export interface Commands {
  auth: { data: AuthData; reply: ReadyData };
  "auth.renew": { data: TokenRenewal; reply: TokenRenewed };
  "conversation.delivered": { data: PointerData; reply: Progress };
  "conversation.read": { data: PointerData; reply: Progress };
  "message.delete": { data: DeleteData; reply: DeletedData };
  "message.edit": { data: EditData; reply: MessageData };
  "message.send": { data: MessageDraft; reply: SentData };
  ping: { data: Nothing; reply: Nothing };
  "presence.set": { data: PresenceChoice; reply: Presence };
  "presence.watch": { data: PresenceWatchData; reply: PresencesData };
  "typing.start": { data: TypingData; reply: Nothing };
  "typing.stop": { data: TypingData; reply: Nothing };
}

/** What a client hears: `data` of each event. */
export interface Events {
  "conversation.cleared": ClearedData;
  "conversation.created": SharedConversationData;
  "conversation.deleted": ConversationIdData;
  "conversation.joined": JoinedData;
  "conversation.left": LeftData;
  "conversation.read": ReadData;
  "conversation.settings_updated": OwnSettingsData;
  "conversation.updated": SharedConversationData;
  "draft.deleted": ConversationIdData;
  "draft.updated": DraftData;
  "file.deleted": FileDeletedData;
  "file.ready": FileData;
  "member.added": MemberAddedData;
  "member.removed": MemberRemovedData;
  "member.updated": MemberUpdatedData;
  "message.created": MessageData;
  "message.deleted": MessageData;
  "message.hidden": MessagePlaceData;
  "message.pinned": PinData;
  "message.starred": MessagePlaceData;
  "message.unpinned": PinData;
  "message.unstarred": MessagePlaceData;
  "message.updated": MessageData;
  "notification.all_read": AllNotificationsReadData;
  "notification.created": NotificationData;
  "notification.read": NotificationData;
  "preferences.updated": PreferencesData;
  "presence.updated": PresencesData;
  "reaction.added": ReactionData;
  "reaction.removed": ReactionData;
  ready: ReadyData;
  "receipt.updated": ReceiptUpdate;
  resync_required: ResyncData;
  "scheduled_message.created": ScheduledData;
  "scheduled_message.deleted": ScheduledIdData;
  "scheduled_message.updated": ScheduledData;
  "session.ended": SessionIdData;
  "session.started": SessionIdData;
  "system.announcement": Announcement;
  "task.created": TaskData;
  "task.deleted": TaskDeletedData;
  "task.updated": TaskData;
  "typing.started": TypingStartedData;
  "typing.stopped": TypingStoppedData;
  "user.blocked": BlockData;
  "user.profile_updated": ProfileData;
  "user.unblocked": UserIdData;
  "user.updated": CurrentUserData;
}

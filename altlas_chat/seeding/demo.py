"""Plays the demo world into a database, through the services.

Reproducible: the same seed gives the same people, ids, texts and order, and
the same pauses between lines. All moments are counted from the beginning of
the day of the seeding (``today``), so that the world is always a few days old
and a second seeding on the same day has the same moments, too. Not
reproducible are the salt of the password's hash and the database's own keys.
"""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from altlas_chat.blobs.store import Blobs
from altlas_chat.domain.accounts import User
from altlas_chat.domain.conversations import (
    GroupDraft,
    MembersToAdd,
    OpenDirect,
    SettingsUpdate,
)
from altlas_chat.domain.drafts import DraftUpdate
from altlas_chat.domain.messages import MessageDraft, MessageEdit
from altlas_chat.domain.permissions import ROLE_PERMISSIONS, Actor
from altlas_chat.domain.tasks import TaskDraft, TaskUpdate
from altlas_chat.domain.times import rfc3339
from altlas_chat.seeding.playground import SeedingRefused, claim, note, noted
from altlas_chat.seeding.quiet import SetClock, quiet_deps, seeded_ids
from altlas_chat.seeding.story import (
    DAY_MS,
    DEMO_PASSWORD,
    Moment,
    Scene,
    Step,
    Story,
    load_story,
    picture,
)
from altlas_chat.services import (
    accounts,
    avatars,
    conversations,
    files,
    groups,
    marks,
    messages,
    posting,
    receipts,
    saved_drafts,
    tasks,
)
from altlas_chat.services.deps import Deps
from altlas_chat.settings import Settings
from altlas_chat.storage.accounts import select_login
from altlas_chat.storage.database import Database, Transaction
from altlas_chat.system import SystemClock

DemoPeople = list[tuple[str, str]]
"""Who can log in: user name and password."""

DEFAULT_SEED = 1
_DEMO = "demo_world"
_MENTION = re.compile(r"@(\w+)")


def day_of(at: int) -> int:
    """The beginning of a moment's day, in UTC."""
    return at - at % DAY_MS


async def has_demo(database: Database) -> bool:
    """Whether the whole demo world is there."""
    return await noted(database, _DEMO) is not None


async def seed_demo(
    settings: Settings,
    database: Database,
    blobs: Blobs,
    *,
    seed: int = DEFAULT_SEED,
    today: int | None = None,
) -> DemoPeople:
    """Make the demo world, unless it is there already; who can log in.

    ``today`` is a moment of the day on whose eve the story ends, else now.
    Its pictures are kept in ``blobs``.

    Raises:
        SeedingRefused: the database holds other people's accounts, or a demo
            world whose seeding was interrupted.
    """
    story = load_story()
    people = [(person.username, DEMO_PASSWORD) for person in story.people]
    if await has_demo(database):
        return people
    await claim(database)
    await _require_none_of(database, story)
    today = day_of(SystemClock().now_ms() if today is None else today)
    clock = SetClock(today)
    ids = seeded_ids(f"demo/{seed}")
    async with quiet_deps(settings, database, clock, ids, blobs) as deps:
        stage = _Stage(deps, clock, today)
        timeline = story.timeline(seed)
        await stage.enter(story, timeline[0].offset_ms)
        for moment in timeline:
            await stage.play(moment)
    await note(database, _DEMO, str(seed))
    return people


async def _require_none_of(database: Database, story: Story) -> None:
    first = story.people[0].username
    if await database.read(lambda reader: select_login(reader, first)) is not None:
        raise SeedingRefused(
            "The demo world is in this database in part only: its seeding was interrupted.",
            "Name another database with --database, or remove this one.",
        )


@dataclass
class _Stage:
    """The world as far as it was played."""

    deps: Deps
    clock: SetClock
    today: int
    actors: dict[str, Actor] = field(default_factory=dict)
    conversations: dict[str, str] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    tasks: dict[str, str] = field(default_factory=dict)
    sent: int = 0

    async def enter(self, story: Story, first_ms: int) -> None:
        """Make the accounts, a day before anything happens."""
        self.clock.at = self.today + first_ms - DAY_MS
        password_hash = await self.deps.credentials.hash_password(DEMO_PASSWORD)
        people = [
            User(
                user_id=self.deps.ids.new(),
                username=one.username,
                email=one.email,
                display_name=one.display_name,
                role="user",
                origin="local",
                language=one.language,
                bio=one.bio,
                avatar_file_id=None,
                is_active=True,
                last_seen_at=None,
                created_at=self.clock.at,
                updated_at=self.clock.at,
            )
            for one in story.people
        ]

        async def change(tx: Transaction) -> None:
            for person in people:
                await accounts.create_user(tx, person, password_hash)

        await self.deps.database.write(change, lane="people")
        permissions = ROLE_PERMISSIONS["user"]
        self.actors = {
            one.username: Actor(one.user_id, "user", permissions, language=one.language)
            for one in people
        }
        for one in story.people:
            actor = self.actors[one.username]
            await avatars.set_avatar(self.deps, actor, await self._upload(actor, one.avatar))

    async def _upload(self, actor: Actor, name: str) -> str:
        """Keep a picture of the fixtures; the id of the file."""

        async def parts() -> AsyncIterator[bytes]:
            yield picture(name)

        return (await files.upload_file(self.deps, actor, None, name, parts())).file_id

    async def play(self, moment: Moment) -> None:
        """Let happen what happens at this moment."""
        self.clock.at = self.today + moment.offset_ms
        if moment.step is None:
            await self._open(moment.scene)
            return
        acts: dict[str, Callable[[str, Step], Awaitable[None]]] = {
            "says": self._say,
            "emoji": self._post,
            "location": self._post,
            "forwards": self._post,
            "image": self._post,
            "deletes": self._delete,
            "reads": self._read,
            "receives": self._receive,
            "adds": self._add,
            "makes": self._make,
            "leaves": self._leave,
            "favourite": self._set,
            "archives": self._set,
            "mutes_for_days": self._set,
            "reacts": self._react,
            "pins": self._pin,
            "stars": self._star,
            "drafts": self._keep_draft,
            "plans": self._plan,
            "finishes": self._finish,
        }
        await acts[moment.step.what](self.conversations[moment.scene.key], moment.step)

    def _ids_of(self, names: list[str]) -> list[str]:
        return [self.actors[name].user_id for name in names]

    async def _open(self, scene: Scene) -> None:
        first, *others = scene.people
        ids = self._ids_of(others)
        if scene.name is None:
            request = OpenDirect.model_validate({"userId": ids[0]})
            view, _ = await conversations.open_direct(self.deps, self.actors[first], request)
        else:
            body: dict[str, object] = {
                "name": scene.name,
                "memberIds": ids,
                "permissions": {"posting": scene.posting},
            }
            if scene.description is not None:
                body["description"] = scene.description
            draft = GroupDraft.model_validate(body)
            view = await groups.create_group(self.deps, self.actors[first], draft)
        self.conversations[scene.key] = view["id"]

    async def _post(self, conversation_id: str, step: Step) -> None:
        await self._read(conversation_id, step)  # who writes has read what was there
        self.sent += 1
        body: dict[str, object] = {
            "conversationId": conversation_id,
            "clientId": f"demo-{self.sent:04d}",
            "text": step.says or step.emoji or "",
            "mentions": self._mentioned(step.says),
        }
        if step.emoji is not None:
            body["kind"] = "emoji"
        if step.image is not None:
            file_id = await self._upload(self.actors[step.by], step.image)
            body |= {"kind": "image", "fileIds": [file_id]}
        if step.location is not None:
            body |= {"kind": "location", "content": step.location.model_dump()}
        if step.reply_to is not None:
            body["replyToId"] = self.messages[step.reply_to]
        if step.forwards is not None:
            body["forwardFromId"] = self.messages[step.forwards]
        draft = MessageDraft.model_validate(body)
        posted = await posting.post_message(self.deps, self.actors[step.by], draft)
        if step.key is not None:
            self.messages[step.key] = posted.message.message_id

    def _mentioned(self, text: str | None) -> list[str]:
        names = dict.fromkeys(_MENTION.findall(text or ""))
        return self._ids_of([name for name in names if name in self.actors])

    async def _say(self, conversation_id: str, step: Step) -> None:
        if step.edits is None:
            await self._post(conversation_id, step)
            return
        body = {"text": step.says, "mentions": self._mentioned(step.says)}
        await messages.edit_message(
            self.deps,
            self.actors[step.by],
            self.messages[step.edits],
            MessageEdit.model_validate(body),
        )

    async def _delete(self, conversation_id: str, step: Step) -> None:
        del conversation_id  # the message knows where it is
        message_id = self.messages[str(step.deletes)]
        await messages.delete_message_for_everyone(self.deps, self.actors[step.by], message_id)

    async def _read(self, conversation_id: str, step: Step) -> None:
        actor = self.actors[step.by]
        view = await conversations.get_conversation(self.deps, actor, conversation_id)
        await receipts.mark_read(self.deps, actor, conversation_id, view["seq"])

    async def _receive(self, conversation_id: str, step: Step) -> None:
        actor = self.actors[step.by]
        view = await conversations.get_conversation(self.deps, actor, conversation_id)
        await receipts.mark_delivered(self.deps, actor, conversation_id, view["seq"])

    async def _add(self, conversation_id: str, step: Step) -> None:
        body = {"userIds": self._ids_of(step.adds or [])}
        request = MembersToAdd.model_validate(body)
        await groups.add_members(self.deps, self.actors[step.by], conversation_id, request)

    async def _make(self, conversation_id: str, step: Step) -> None:
        (user_id,) = self._ids_of([str(step.makes)])
        actor = self.actors[step.by]
        await groups.set_role(self.deps, actor, conversation_id, user_id, step.role or "member")

    async def _leave(self, conversation_id: str, step: Step) -> None:
        await groups.leave_group(self.deps, self.actors[step.by], conversation_id)

    async def _set(self, conversation_id: str, step: Step) -> None:
        body: dict[str, object] = {}
        if step.favourite:
            body["isFavourite"] = True
        if step.archives:
            body["isArchived"] = True
        if step.mutes_for_days is not None:
            body["mutedUntil"] = rfc3339(self.clock.at + step.mutes_for_days * DAY_MS)
        update = SettingsUpdate.model_validate(body)
        await conversations.update_settings(
            self.deps, self.actors[step.by], conversation_id, update
        )

    async def _react(self, conversation_id: str, step: Step) -> None:
        del conversation_id  # the message knows where it is
        message_id, emoji = self.messages[str(step.to)], str(step.reacts)
        await marks.add_reaction(self.deps, self.actors[step.by], message_id, emoji)

    async def _pin(self, conversation_id: str, step: Step) -> None:
        message_id = self.messages[str(step.pins)]
        await marks.set_pinned(self.deps, self.actors[step.by], message_id, pinned=True)
        await self._read(conversation_id, step)  # who pins has read what the history says of it

    async def _star(self, conversation_id: str, step: Step) -> None:
        del conversation_id  # the message knows where it is
        await marks.star_message(self.deps, self.actors[step.by], self.messages[str(step.stars)])

    async def _keep_draft(self, conversation_id: str, step: Step) -> None:
        update = DraftUpdate.model_validate({"text": step.drafts})
        await saved_drafts.save_draft(self.deps, self.actors[step.by], conversation_id, update)

    async def _plan(self, conversation_id: str, step: Step) -> None:
        plan = step.plans
        if plan is None:
            return
        body: dict[str, object] = {
            "title": plan.title,
            "description": plan.description,
            "priority": plan.priority,
            "conversationId": conversation_id,
        }
        if plan.assignee is not None:
            (body["assigneeId"],) = self._ids_of([plan.assignee])
        if plan.in_days is not None:
            body["dueAt"] = rfc3339(self.today + plan.in_days * DAY_MS)
        if plan.about is not None:
            body["messageId"] = self.messages[plan.about]
        draft = TaskDraft.model_validate(body)
        task = await tasks.create_task(self.deps, self.actors[step.by], draft)
        await self._read(conversation_id, step)
        if step.key is not None:
            self.tasks[step.key] = task["id"]

    async def _finish(self, conversation_id: str, step: Step) -> None:
        task_id = self.tasks[str(step.finishes)]
        update = TaskUpdate.model_validate({"status": "completed"})
        await tasks.update_task(self.deps, self.actors[step.by], task_id, update)
        await self._read(conversation_id, step)

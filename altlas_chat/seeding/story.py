"""The demo world as it is written in ``fixtures/demo.yaml``: its people, and what they did when.

Only reads and checks; :mod:`altlas_chat.seeding.demo` plays it.
"""

import random
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, Self

import yaml
from pydantic import BaseModel, ConfigDict, model_validator

from altlas_chat.data import data_folder

DEMO_PASSWORD = "merhaba-dunya"  # noqa: S105 - everybody may know it
"""Of all people of the demo world."""

DAY_MS = 24 * 60 * 60 * 1000
TURKIYE_MS = 3 * 60 * 60 * 1000
"""How far the clocks of the story are ahead of UTC."""

OPENING_MS = 90_000
"""A conversation is opened so long before its first step."""

_WHAT = (
    "says",
    "emoji",
    "location",
    "forwards",
    "image",
    "deletes",
    "reads",
    "receives",
    "adds",
    "makes",
    "leaves",
    "favourite",
    "archives",
    "mutes_for_days",
    "reacts",
    "pins",
    "stars",
    "drafts",
    "plans",
    "finishes",
)


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Cast(_Part):
    """Somebody in the story; ``avatar`` is a file of ``fixtures/images``."""

    username: str
    display_name: str
    email: str
    language: Literal["tr", "en"]
    bio: str
    avatar: str


class Spot(_Part):
    """A place that somebody sends."""

    latitude: float
    longitude: float
    name: str


class Plan(_Part):
    """A task of the conversation, due ``in_days`` after the seeding; ``about`` names a message."""

    title: str
    description: str = ""
    assignee: str | None = None
    priority: Literal["low", "medium", "high", "urgent"] = "medium"
    in_days: int | None = None
    about: str | None = None


class Step(_Part):
    """One thing that ``by`` does: exactly one of those below ``to``.

    ``edits`` goes with ``says``, which is the new text; ``role`` with
    ``makes``; ``to`` with ``reacts``. ``finishes`` names the ``plans`` with
    that ``key``; ``image`` is a file of ``fixtures/images``.
    """

    by: str
    at: str | None = None
    key: str | None = None
    reply_to: str | None = None
    edits: str | None = None
    to: str | None = None
    says: str | None = None
    emoji: str | None = None
    location: Spot | None = None
    forwards: str | None = None
    image: str | None = None
    deletes: str | None = None
    reads: Literal[True] | None = None
    receives: Literal[True] | None = None
    adds: list[str] | None = None
    makes: str | None = None
    role: Literal["owner", "admin", "member"] | None = None
    leaves: Literal[True] | None = None
    favourite: Literal[True] | None = None
    archives: Literal[True] | None = None
    mutes_for_days: int | None = None
    reacts: str | None = None
    pins: str | None = None
    stars: str | None = None
    drafts: str | None = None
    plans: Plan | None = None
    finishes: str | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        done = self._done
        if len(done) != 1:
            raise ValueError(f"a step does exactly one thing, this one {done or 'nothing'}")
        if self.edits is not None and self.says is None:
            raise ValueError("an edit says the new text")
        if (self.makes is None) != (self.role is None):
            raise ValueError("makes and role go together")
        if (self.reacts is None) != (self.to is None):
            raise ValueError("reacts and to go together")
        return self

    @property
    def _done(self) -> list[str]:
        return [name for name in _WHAT if getattr(self, name) is not None]

    @property
    def what(self) -> str:
        """Which of the things it does."""
        return self._done[0]


class Scene(_Part):
    """A conversation and its steps; with a ``name`` it is a group, and the first one made it."""

    key: str
    people: list[str]
    steps: list[Step]
    name: str | None = None
    description: str | None = None
    posting: Literal["members", "admins"] = "members"

    @model_validator(mode="after")
    def _begins(self) -> Self:
        if not self.steps or self.steps[0].at is None:
            raise ValueError("the first step of a conversation needs its time")
        if self.name is None and len(self.people) != 2:
            raise ValueError("a direct conversation has two people")
        return self


class Story(_Part):
    """The whole world."""

    people: list[Cast]
    conversations: list[Scene]

    def timeline(self, seed: int) -> list["Moment"]:
        """Everything that happens, in order; the pauses between two lines come from ``seed``.

        A moment without a step opens its conversation.
        """
        moments = [moment for scene in self.conversations for moment in _moments(scene, seed)]
        return sorted(moments, key=lambda moment: moment.offset_ms)


class Moment(NamedTuple):
    """A step at its time: milliseconds from the beginning of the day of the seeding, in UTC."""

    offset_ms: int
    scene: Scene
    step: Step | None


def _moments(scene: Scene, seed: int) -> Iterator[Moment]:
    chance = random.Random(f"{seed}/{scene.key}")  # noqa: S311 - must be foreseeable
    offset = _offset(str(scene.steps[0].at))
    yield Moment(offset - OPENING_MS, scene, None)
    for step in scene.steps:
        pause = chance.randint(4_000, 9_000) + 90 * len(step.says or "")
        offset = offset + pause if step.at is None else max(offset + 1, _offset(step.at))
        yield Moment(offset, scene, step)


def _offset(at: str) -> int:
    """``-3 09:12``: three days before the day of the seeding, by the clocks of Türkiye."""
    day, _, time = at.partition(" ")
    hours, _, minutes = time.partition(":")
    return int(day) * DAY_MS + (int(hours) * 60 + int(minutes)) * 60_000 - TURKIYE_MS


def load_yaml(name: str) -> Any:
    """A document of the fixtures."""
    text = (data_folder("fixtures") / name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_story() -> Story:
    """The demo world of the fixtures."""
    return Story.model_validate(load_yaml("demo.yaml"))


def picture(name: str) -> bytes:
    """A file of ``fixtures/images``."""
    return (data_folder("fixtures") / "images" / name).read_bytes()

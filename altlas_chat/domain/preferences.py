"""What a person wants of the chat, and what privacy makes of it."""

from typing import Any, Literal, NamedTuple

from altlas_chat.domain.events import Json
from altlas_chat.domain.inputs import Input, MayBeLeftOut, Update

Audience = Literal["everyone", "contacts", "nobody"]

DEFAULTS: dict[str, dict[str, Any]] = {
    "notifications": {
        "email": False,
        "push": True,
        "sound": True,
        "desktop": True,
        "mentions": True,
    },
    "privacy": {
        "lastSeen": "everyone",
        "presence": "everyone",
        "readReceipts": True,
        "typing": True,
    },
    "appearance": {"theme": "system", "density": "comfortable", "textSize": "medium"},
    "messaging": {"enterSends": True, "linkPreviews": True, "directMessagesFrom": "everyone"},
}


class NotificationPreferences(Input):
    email: MayBeLeftOut[bool] = None
    push: MayBeLeftOut[bool] = None
    sound: MayBeLeftOut[bool] = None
    desktop: MayBeLeftOut[bool] = None
    mentions: MayBeLeftOut[bool] = None


class PrivacyPreferences(Input):
    last_seen: MayBeLeftOut[Audience] = None
    presence: MayBeLeftOut[Audience] = None
    read_receipts: MayBeLeftOut[bool] = None
    typing: MayBeLeftOut[bool] = None


class AppearancePreferences(Input):
    theme: MayBeLeftOut[Literal["system", "light", "dark"]] = None
    density: MayBeLeftOut[Literal["comfortable", "compact"]] = None
    text_size: MayBeLeftOut[Literal["small", "medium", "large"]] = None


class MessagingPreferences(Input):
    enter_sends: MayBeLeftOut[bool] = None
    link_previews: MayBeLeftOut[bool] = None
    direct_messages_from: MayBeLeftOut[Audience] = None


class PreferencesUpdate(Update):
    """What changes; parts and settings that are left out stay."""

    notifications: MayBeLeftOut[NotificationPreferences] = None
    privacy: MayBeLeftOut[PrivacyPreferences] = None
    appearance: MayBeLeftOut[AppearancePreferences] = None
    messaging: MayBeLeftOut[MessagingPreferences] = None

    def merged_into(self, document: Json) -> Json:
        """The choices of ``document`` with these over them."""
        given = self.model_dump(by_alias=True, exclude_unset=True)
        merged = {part: dict(chosen) for part, chosen in document.items()}
        for part, chosen in given.items():
            merged[part] = {**merged.get(part, {}), **chosen}
        return merged


def filled(document: Json) -> Json:
    """A person's choices with the defaults of what was not chosen."""
    return {part: {**usual, **document.get(part, {})} for part, usual in DEFAULTS.items()}


def choice(document: Json | None, part: str, name: str) -> Any:
    """One setting of a person's document, or its default."""
    return ((document or {}).get(part) or {}).get(name, DEFAULTS[part][name])


class Sight(NamedTuple):
    """What one person may know of another."""

    last_seen: bool
    presence: bool
    typing: bool


NOTHING = Sight(last_seen=False, presence=False, typing=False)
"""What is known of somebody behind a block."""

EVERYTHING = Sight(last_seen=True, presence=True, typing=True)
"""What a person knows of himself."""

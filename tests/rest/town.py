"""Two who talk, and one who does not belong: what bad requests are about."""

import uuid
from dataclasses import dataclass
from typing import Any

from tests.support.raw import Answer, request_bytes, send_raw
from tests.support.running import Chat, Person


@dataclass
class Town:
    """Two who talk, one who does not belong, and what they have."""

    chat: Chat
    ayse: Person
    stranger: Person
    names: dict[str, str]

    def filled(self, value: Any) -> Any:
        """``value`` with the names of things in their places."""
        if isinstance(value, str):
            for name, text in self.names.items():
                value = value.replace("{" + name + "}", text)
            return value
        if isinstance(value, dict):
            return {key: self.filled(inner) for key, inner in value.items()}
        return [self.filled(inner) for inner in value] if isinstance(value, list) else value

    async def raw(self, method: str, target: str, body: bytes | None = None, **more: str) -> Answer:
        token = f"Bearer {self.ayse.token}"
        headers = {"Authorization": token, "Content_Type": "application/json", **more}
        return await send_raw(
            self.chat.url, request_bytes(method, self.filled(target), body, **headers)
        )

    async def still_works(self) -> None:
        body = {"conversationId": "{room}", "clientId": str(uuid.uuid4()), "text": "still here"}
        await self.ayse.gets("POST", "/messages", self.filled(body))


async def settle(chat: Chat) -> Town:
    """A town on a running server."""
    ayse, mehmet, zeynep, stranger = await chat.people("ayse", "mehmet", "zeynep", "stranger")
    room, foreign = await chat.direct(ayse, mehmet), await chat.direct(mehmet, zeynep)
    group = await chat.group(ayse, mehmet)

    async def says(person: Person, conversation_id: str) -> str:
        draft = {"conversationId": conversation_id, "clientId": str(uuid.uuid4()), "text": "hello"}
        return str((await person.gets("POST", "/messages", draft))["id"])

    names = {
        "room": room,
        "group": group,
        "foreign": foreign,
        "message": await says(ayse, room),
        "theirs": await says(mehmet, room),
        "secret": await says(mehmet, foreign),
        "me": ayse.user_id,
        "mehmet": mehmet.user_id,
        "zeynep": zeynep.user_id,
    }
    return Town(chat, ayse, stranger, names)

"""Floor of REST: bare aiohttp that validates what it is sent by pydantic, and sends it back.

``POST /messages`` takes a message, ``POST /history`` and ``POST /conversations``
a page of what the server answers: each is read into a model with every field of
it, and the model is written out again. No rights, no database, no middleware.
"""

import asyncio
import json
from typing import Any, Literal

import uvloop
from aiohttp import web
from pydantic import AwareDatetime, BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Shape(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="forbid")


class Message(Shape):
    id: str
    conversation_id: str
    seq: int
    sender_id: str | None
    client_id: str | None
    kind: Literal["text", "emoji", "file", "image", "voice", "location", "system"]
    text: str
    content: dict[str, Any] | None
    reply_to: dict[str, Any] | None
    forwarded_from: dict[str, Any] | None
    thread_root_id: str | None
    mentions: list[str]
    reactions: list[dict[str, Any]]
    files: list[dict[str, Any]]
    is_pinned: bool
    reply_count: int
    state: Literal["sent", "delivered", "read"]
    created_at: AwareDatetime
    edited_at: AwareDatetime | None
    edit_count: int
    deleted_at: AwareDatetime | None


class History(Shape):
    items: list[Message]
    has_before: bool
    has_after: bool


class Membership(Shape):
    role: Literal["owner", "admin", "member"]
    joined_at: AwareDatetime
    read_seq: int
    delivered_seq: int
    notifications: Literal["all", "mentions", "none"]
    muted_until: AwareDatetime | None
    is_archived: bool
    is_favourite: bool


class Conversation(Shape):
    id: str
    kind: Literal["direct", "group"]
    name: str | None
    description: str | None
    avatar_file_id: str | None
    created_by: str
    created_at: AwareDatetime
    updated_at: AwareDatetime
    member_count: int
    permissions: dict[str, str] | None
    membership: Membership
    seq: int
    unread_count: int
    last_message: Message | None
    peer: dict[str, Any] | None


class Conversations(Shape):
    items: list[Conversation]
    next_cursor: str | None


def echo_of(shape: type[Shape]) -> Any:
    async def echo(request: web.Request) -> web.Response:
        said = shape.model_validate_json(await request.read())
        return web.Response(
            text=said.model_dump_json(by_alias=True), content_type="application/json"
        )

    return echo


async def main() -> None:
    """Print the address as one line of JSON, and answer until killed."""
    app = web.Application()
    app.router.add_post("/messages", echo_of(Message))
    app.router.add_post("/history", echo_of(History))
    app.router.add_post("/conversations", echo_of(Conversations))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(json.dumps({"url": f"http://127.0.0.1:{runner.addresses[0][1]}"}), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main())

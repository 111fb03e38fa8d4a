"""What ``altlas-chat tail`` does: log in, listen, print what is wanted."""

import asyncio
from typing import Any, NamedTuple

import aiohttp

from altlas_chat.client.api import Api
from altlas_chat.client.connection import Connection
from altlas_chat.client.directory import Directory, load_members, title_of
from altlas_chat.client.errors import ClientError
from altlas_chat.client.plain_text import plain
from altlas_chat.client.tail import Filter, Names, conversation_of, row_of
from altlas_chat_cli import output
from altlas_chat_cli.logging_in import Account, address_of, log_in, told

Json = dict[str, Any]
EVENT_WIDTH = 24
TITLE_WIDTH = 20
ANSWERS = frozenset({"ready", "resync_required"})


class Wish(NamedTuple):
    """What is to be printed, and how."""

    kinds: tuple[str, ...]
    conversations: tuple[str, ...]
    limit: int | None
    cursor: str | None
    as_json: bool


async def print_events(account: Account, wish: Wish) -> None:
    """Print events as they come, until ``wish.limit`` of them were printed.

    Raises:
        EntryFailed: no server, a wrong password, the session is over.
        NotFound: there is no such conversation.
    """
    async with aiohttp.ClientSession() as http:
        api = Api(http, *address_of(account.url))
        with told(account.url):
            await log_in(api, account)
            printer = await _printer(api, wish)
            connection = Connection(http, api)
            if wish.cursor is not None:
                connection.positions.start_at(wish.cursor)
            async with connection:
                watching = asyncio.create_task(_tell_of_the_connection(connection))
                try:
                    await _print(connection, printer, wish.limit)
                finally:
                    watching.cancel()


async def _printer(api: Api, wish: Wish) -> "_Printer":
    directory = await Directory.load(api)
    places = [str(directory.conversation(name)["id"]) for name in wish.conversations]
    return _Printer(api, directory, Filter(wish.kinds, places), as_json=wish.as_json)


async def _print(connection: Connection, printer: "_Printer", count: int | None) -> None:
    printed = 0
    async for frame in connection.events():
        if frame["event"] == "resync_required":
            output.say(f"· events are missing here: {plain(frame['data']['reason'])}")
        elif frame["event"] not in ANSWERS and printer.filter.wants(frame):
            await printer.print(frame)
            printed += 1
            if printed == count:
                return


async def _tell_of_the_connection(connection: Connection) -> None:
    while True:
        await connection.disconnected.wait()
        output.say("· reconnecting…")
        await connection.connected.wait()
        output.say("· back")


class _Printer:
    """Prints events; knows how people and conversations are called."""

    def __init__(self, api: Api, directory: Directory, wanted: Filter, *, as_json: bool) -> None:
        self._api = api
        self._as_json = as_json
        self._people = {api.session.user["id"]: plain(api.session.user["displayName"])}
        self._titles = {str(view["id"]): title_of(view) for view in directory.conversations}
        self._asked: set[str] = set()
        self.filter = wanted

    async def print(self, frame: Json) -> None:
        if self._as_json:
            output.print_json(frame)
            return
        await self._learn(frame)
        at, kind, title, words = row_of(frame, Names(self._people, self._titles))
        if len(title) > TITLE_WIDTH:
            title = title[: TITLE_WIDTH - 1] + "…"
        line = f"{at}  {kind:<{EVENT_WIDTH}}  {title:<{TITLE_WIDTH}}  {words}"
        output.print_line(line.rstrip())

    async def _learn(self, frame: Json) -> None:
        """The names of a conversation's people, asked for once."""
        if frame["event"] == "conversation.joined" and frame["data"].get("conversation"):
            view = frame["data"]["conversation"]
            self._titles[view["id"]] = title_of(view)
        place = conversation_of(frame)
        if place is None or place in self._asked:
            return
        self._asked.add(place)
        try:
            for person in await load_members(self._api, place):
                self._people[person["id"]] = plain(person["displayName"])
        except ClientError:
            return  # ids are shown

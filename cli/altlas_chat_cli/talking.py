"""What ``altlas-chat talk`` does: log in, find the conversation, show and send."""

import asyncio
from typing import NamedTuple

import aiohttp

from altlas_chat.client.api import Api
from altlas_chat.client.backoff import Backoff
from altlas_chat.client.connection import Connection
from altlas_chat.client.directory import Directory, NotFound, title_of
from altlas_chat.client.errors import Refused, Unreachable
from altlas_chat.client.plain_text import plain
from altlas_chat.client.talk import Talk
from altlas_chat_cli.logging_in import Account, address_of, detail_of, log_in, told
from altlas_chat_cli.terminal import Pipe, Screen, opened_terminal

CONNECT_SECONDS = 15
LONGEST_PAUSE_SECONDS = 5.0
HELP = (
    "/who    who is here",
    "/quit   end (also Ctrl-D)",
    "/help   this",
    "//…     a message that begins with /",
)


class Wish(NamedTuple):
    """Who wants to talk, and where."""

    who: str
    peer: str | None
    conversation: str | None
    url: str
    password: str | None


class NotSaid(NotFound):
    """The command line names nobody to talk to."""


async def hold_talk(wish: Wish) -> bool:
    """Talk until the person, or the input, ends it; whether a line was refused.

    Raises:
        EntryFailed: no server, a wrong password, the session is over.
        NotFound: no such person or conversation.
        NotSaid: neither is named.
    """
    account = Account(wish.who, wish.password, wish.url, "altlas-chat talk")
    async with aiohttp.ClientSession() as http:
        api = Api(http, *address_of(wish.url))
        with told(wish.url):
            await log_in(api, account)
            view = await _conversation(api, wish)
            backoff = Backoff(longest_seconds=LONGEST_PAUSE_SECONDS)
            async with Connection(http, api, backoff) as connection:
                refused, talk = await _converse(api, connection, view)
        await talk.finish()
    return refused


async def _conversation(api: Api, wish: Wish) -> dict[str, object]:
    directory = await Directory.load(api)
    if wish.peer is not None:
        return await directory.direct_with(wish.peer)
    if wish.conversation is not None:
        return directory.conversation(wish.conversation)
    raise NotSaid(
        "It is not said with whom to talk.",
        f"Add --with NAME, or --in with one of: {directory.titles()}.",
    )


async def _converse(api: Api, connection: Connection, view: dict[str, object]) -> tuple[bool, Talk]:
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            await connection.connected.wait()
    except TimeoutError as error:
        raise Unreachable("its WebSocket can't be reached") from error
    own_name = plain(api.session.user["username"])
    with opened_terminal(f"{own_name}> ") as terminal:
        talk = Talk(api, connection, view, terminal, echo=not terminal.is_terminal)
        await talk.begin()
        terminal.notice(f"{title_of(view)}; /help says what you can do")
        return await _until_the_end(talk, terminal), talk


async def _until_the_end(talk: Talk, terminal: Pipe | Screen) -> bool:
    """Show and send side by side; whether a line was refused."""
    typing = _Typing(talk, terminal)
    tasks = [
        asyncio.create_task(one)
        for one in (
            typing.read(),
            typing.send(),
            talk.listen(),
            talk.mark_read(),
            talk.watch(),
        )
    ]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        typing.tell_unsent()
    return typing.refused


class _Typing:
    """Takes lines: commands are done at once, messages are sent one after another."""

    def __init__(self, talk: Talk, terminal: Pipe | Screen) -> None:
        self._talk = talk
        self._terminal = terminal
        self._waiting: asyncio.Queue[str] = asyncio.Queue()
        self._unsent: list[str] = []
        self.refused = False

    async def read(self) -> None:
        """Take lines until /quit or the end of the input.

        From a pipe what was read before the end is sent first.
        """
        while (line := await self._terminal.next_line()) is not None:
            text = line.strip()
            if text.startswith("//"):
                self._to_send(text[1:])
            elif text.startswith("/"):
                if not await self._obey(text):
                    break
            elif text:
                self._to_send(text)
        if not self._terminal.is_terminal:
            await self._waiting.join()

    def tell_unsent(self) -> None:
        """Name the lines that nobody may have got: the server has not said that it keeps them."""
        for text in self._unsent:
            self._terminal.notice(f"not acknowledged: {plain(text)}")

    def _to_send(self, text: str) -> None:
        self._unsent.append(text)
        self._waiting.put_nowait(text)

    async def _obey(self, command: str) -> bool:
        """Do what a command says; False ends the talk."""
        if command == "/quit":
            return False
        if command == "/help":
            lines = list(HELP)
        elif command == "/who":
            lines = await self._who()
        else:
            lines = [f"There is no {plain(command)}; /help says what there is."]
        for line in lines:
            self._terminal.notice(line)
        return True

    async def _who(self) -> list[str]:
        try:
            return await self._talk.who()
        except (Refused, Unreachable) as error:
            return [f"That can't be said now: {plain(str(error))}"]

    async def send(self) -> None:
        """Send what waits, in its order, for ever."""
        while True:
            text = await self._waiting.get()
            try:
                await self._talk.say(text)
            except Refused as refusal:
                self.refused = True
                self._terminal.notice(f"not sent: {detail_of(refusal)}")
            self._unsent.pop(0)
            self._waiting.task_done()

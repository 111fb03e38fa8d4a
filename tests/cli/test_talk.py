"""``altlas-chat talk`` as a person or a script uses it, against a real server."""

import asyncio
import os
import pty
import re
import signal
import subprocess
import termios
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from altlas_chat.blobs.folder import FolderBlobs
from altlas_chat.seeding.demo import seed_demo
from altlas_chat.server.opening import opened_database
from altlas_chat.server.run import running_server
from altlas_chat_cli import output
from tests.support.devices import PASSWORD
from tests.support.process import free_port
from tests.support.running import Chat, Person, quick_settings
from tests.support.talking import WAIT_SECONDS, TalkProcess, command, environment, talking


@asynccontextmanager
async def as_person(chat: Chat, folder: Path, name: str, *words: str) -> AsyncIterator[TalkProcess]:
    words = ("--as", name, "--password", PASSWORD, "--url", chat.url, *words)
    async with talking(folder, *words) as talk:
        yield talk


@pytest.fixture
async def ayse(chat: Chat) -> Person:
    return await chat.person("ayse")


@pytest.fixture
async def mehmet(chat: Chat) -> Person:
    return await chat.person("mehmet")


@pytest.fixture
async def room(chat: Chat, ayse: Person, mehmet: Person) -> str:
    return await chat.direct(ayse, mehmet)


async def write(person: Person, room: str, text: str, **more: object) -> dict[str, object]:
    body = {"conversationId": room, "clientId": os.urandom(8).hex(), "text": text, **more}
    return await person.gets("POST", "/messages", body)


# -- two who talk ------------------------------------------------------------------------


async def test_two_hear_each_other(chat: Chat, room: str, tmp_path: Path) -> None:
    async with (
        as_person(chat, tmp_path, "ayse", "--with", "mehmet") as one,
        as_person(chat, tmp_path, "mehmet", "--with", "Ayse") as other,
    ):
        await one.tells("/help")
        await other.tells("/help")
        await one.says("merhaba İSTANBUL 👋")
        line = await other.shows("merhaba İSTANBUL 👋")
        assert re.fullmatch(r"\d\d:\d\d  Ayse: merhaba İSTANBUL 👋", line)
        await one.tells("read by Mehmet")
        await other.says("selam")
        await one.shows("Mehmet: selam")
        assert await one.ends() == output.DONE
        assert await other.ends() == output.DONE
        assert one.shown == other.shown


async def test_history_is_shown_first_and_marked_as_read(
    chat: Chat, room: str, ayse: Person, mehmet: Person, tmp_path: Path
) -> None:
    for number in range(25):
        await write(ayse, room, f"number {number}")
    async with as_person(chat, tmp_path, "mehmet", "--in", room) as talk:
        await talk.shows("number 24")
        assert await talk.ends() == output.DONE
    assert next(line for line in talk.shown if "number" in line).endswith("number 5")
    assert (await mehmet.gets("GET", f"/conversations/{room}"))["unreadCount"] == 0


async def test_a_script_sends_each_line_and_ends_when_all_is_acknowledged(
    chat: Chat, room: str, ayse: Person, tmp_path: Path
) -> None:
    async with as_person(chat, tmp_path, "ayse", "--in", room) as talk:
        await talk.says("one", "", "  two  ", "//three", "@mehmet four", "/quit", "five")
        assert await talk.ended() == output.DONE
    items = (await ayse.gets("GET", f"/conversations/{room}/messages"))["items"]
    assert [item["text"] for item in items] == ["one", "two", "/three", "@mehmet four"]
    assert [len(item["mentions"]) for item in items] == [0, 0, 0, 1]


async def test_a_last_line_without_an_end_is_sent_too(
    chat: Chat, room: str, ayse: Person, tmp_path: Path
) -> None:
    async with as_person(chat, tmp_path, "ayse", "--in", room) as talk:
        await talk.says("one")
        talk._process.stdin.write("ıki".encode())
        assert await talk.ends() == output.DONE
    items = (await ayse.gets("GET", f"/conversations/{room}/messages"))["items"]
    assert [item["text"] for item in items] == ["one", "ıki"]


async def test_a_line_that_is_refused_is_said_and_fails_in_the_end(
    chat: Chat, room: str, ayse: Person, tmp_path: Path
) -> None:
    async with as_person(chat, tmp_path, "ayse", "--in", room) as talk:
        await talk.says("x" * 5000, "fine")
        assert await talk.ends() == output.FAILED
        await talk.tells("not sent: The text has 5000 characters")
    items = (await ayse.gets("GET", f"/conversations/{room}/messages"))["items"]
    assert [item["text"] for item in items] == ["fine"]


async def test_edits_deletions_replies_and_groups_are_told(
    chat: Chat, ayse: Person, mehmet: Person, tmp_path: Path
) -> None:
    group = await chat.group(ayse, mehmet, name="Çay Molası")
    first = await write(ayse, group, "frist")
    place = {"latitude": 41.0, "longitude": 29.0, "name": "Moda"}
    await write(ayse, group, "", kind="location", content=place)
    async with as_person(chat, tmp_path, "mehmet", "--in", "çay") as talk:
        await talk.shows("Ayse made the group")
        await talk.shows("📍 Moda (41.00000, 29.00000)")
        await ayse.gets("PUT", f"/messages/{first['id']}", {"text": "first\nand more"})
        await talk.shows("Ayse edited: first")
        await talk.shows("       and more (edited)")
        await write(mehmet, group, "an answer", replyToId=first["id"])
        await talk.shows("Mehmet: (to Ayse: first and more) an answer")
        await ayse.gets("DELETE", f"/messages/{first['id']}")
        await talk.shows("a message of Ayse was deleted")
        zeynep = await chat.person("zeynep")
        await ayse.gets("POST", f"/groups/{group}/members", {"userIds": [zeynep.user_id]})
        await talk.shows("Ayse brought in Zeynep")
        await write(zeynep, group, "selam")
        await talk.shows("Zeynep: selam")
        await talk.says("/who")
        await talk.tells("Zeynep (@zeynep)")
        await ayse.gets("DELETE", f"/groups/{group}/members/{mehmet.user_id}")
        await talk.tells("do not belong to this conversation any more")


async def test_nothing_that_a_terminal_obeys_comes_through(
    chat: Chat, room: str, ayse: Person, tmp_path: Path
) -> None:
    evil = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202eabc\r\nnext\x08"
    await ayse.gets("PUT", "/users/me", {"displayName": "A\x1b[31myse"})
    await write(ayse, room, evil)
    async with as_person(chat, tmp_path, "mehmet", "--in", room) as talk:
        await talk.shows("next")
        await write(ayse, room, evil + "live")
        await talk.shows("live")
        assert await talk.ends() == output.DONE
    everything = "".join(talk.shown + talk.told)
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202e]", everything)
    assert "]0;owned[2J31mabc" in everything


# -- finding whom to talk to ------------------------------------------------------------------


async def test_a_conversation_is_begun_with_somebody_of_a_group(
    chat: Chat, ayse: Person, mehmet: Person, tmp_path: Path
) -> None:
    await chat.group(ayse, mehmet)
    async with as_person(chat, tmp_path, "ayse", "--with", "MEHMET") as talk:
        await talk.says("merhaba")
        assert await talk.ends() == output.DONE
    (view,) = (await mehmet.gets("GET", "/conversations", filter="direct"))["items"]
    assert view["lastMessage"]["text"] == "merhaba"


async def test_somebody_is_found_by_id(
    chat: Chat, ayse: Person, mehmet: Person, tmp_path: Path
) -> None:
    async with as_person(chat, tmp_path, "ayse", "--with", mehmet.user_id) as talk:
        await talk.tells("Mehmet; /help")


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        ((), "not said with whom", output.WRONG_USE),
        (("--with", "nobody"), "nobody called “nobody”", output.FAILED),
        (("--with", "../../auth/me"), "nobody called", output.FAILED),
        (("--in", "nothing"), "no conversation “nothing”", output.FAILED),
        (("--in", "g"), "more than one", output.FAILED),
        (("--with", "a", "--in", "b"), "not both", output.WRONG_USE),
    ],
)
async def test_what_is_not_there(
    chat: Chat, ayse: Person, tmp_path: Path, words: tuple[str, ...], said: str, code: int
) -> None:
    await chat.group(ayse, name="games")
    await chat.group(ayse, name="gardens")
    async with as_person(chat, tmp_path, "ayse", *words) as talk:
        assert await talk.ends() == code
    told = "\n".join(talk.told)
    assert said in told
    assert "Traceback" not in told
    if code == output.FAILED:
        assert "games" in told, "the remedy names what there is"


async def test_a_wrong_password_and_an_unknown_name(
    chat: Chat, ayse: Person, tmp_path: Path
) -> None:
    for name, password in (("ayse", "not-this-one"), ("kimse", PASSWORD)):
        words = ("--as", name, "--password", password, "--url", chat.url, "--with", "x")
        async with talking(tmp_path, *words) as talk:
            assert await talk.ends() == output.FAILED
        assert talk.told[0].startswith(f"altlas-chat: There is no “{name}” with this password")
        assert len(talk.told) == 2


async def test_no_server(tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    async with talking(tmp_path, "--as", "ayse", "--with", "mehmet", "--url", url) as talk:
        assert await talk.ends() == output.FAILED
    assert talk.told[0] == f"altlas-chat: No altlas-chat server answers at {url}."
    assert "altlas-chat serve" in talk.told[1]


async def test_people_of_the_demo_world_need_no_password_and_a_path_is_taken(
    tmp_path: Path,
) -> None:
    settings = quick_settings(f"sqlite:///{tmp_path}/chat.db", base_path="/chat/api")
    async with opened_database(settings, to_serve=True) as database:
        await seed_demo(settings, database, FolderBlobs(tmp_path / "files"))
    async with running_server(settings) as running:
        words = ("--as", "irem", "--in", "İzmir", "--url", f"{running.url}/chat/api/")
        async with talking(tmp_path, *words) as talk:
            await talk.shows("Zeynep Demir: Yazık oldu.")
            assert await talk.ends() == output.DONE


async def test_an_ended_session_ends_the_talk(
    chat: Chat, room: str, ayse: Person, tmp_path: Path
) -> None:
    async with as_person(chat, tmp_path, "ayse", "--in", room) as talk:
        await talk.tells("/help")
        await ayse.gets("POST", "/auth/logout-everywhere")
        assert await talk.ended() == output.FAILED
        await talk.tells("The session is over")


async def test_a_talk_leaves_no_session_behind(
    chat: Chat, room: str, ayse: Person, tmp_path: Path
) -> None:
    async with as_person(chat, tmp_path, "ayse", "--in", room) as talk:
        assert await talk.ends() == output.DONE
    open_sessions = await chat.running.parts.deps.database.read(
        lambda reader: reader.fetch_all(
            "SELECT device_name FROM sessions WHERE user_id = ? AND revoked_at IS NULL",
            ayse.user_id,
        )
    )
    assert "altlas-chat talk" not in [row[0] for row in open_sessions]


async def test_ctrl_c_ends_with_130(chat: Chat, room: str, tmp_path: Path) -> None:
    async with as_person(chat, tmp_path, "ayse", "--in", room) as talk:
        await talk.tells("/help")
        talk.interrupt()
        assert await talk.ended() == output.INTERRUPTED
    assert "Traceback" not in "".join(talk.told)


# -- at a terminal ------------------------------------------------------------------------------


class Sitting:
    """Somebody at a terminal: types keys, sees what is written."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self._process = process
        self._master = master
        self._seen = ""
        self.transcript = ""
        """Everything that was ever written."""
        self._changed = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()
        asyncio.get_running_loop().add_reader(master, self._read)

    def _read(self) -> None:
        try:
            chunk = os.read(self._master, 65536)
        except OSError:
            chunk = b""
        if not chunk:
            asyncio.get_running_loop().remove_reader(self._master)
        self._seen += chunk.decode(errors="replace")
        self.transcript += chunk.decode(errors="replace")
        task = asyncio.get_running_loop().create_task(self._notify())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def types(self, keys: str) -> None:
        os.write(self._master, keys.encode())

    async def sees(self, text: str) -> None:
        """Wait until ``text`` is written; what was written before is forgotten."""
        try:
            async with asyncio.timeout(WAIT_SECONDS), self._changed:
                await self._changed.wait_for(lambda: text in self._seen)
        except TimeoutError as error:
            raise AssertionError(f"{text!r} was not seen in {self._seen!r}") from error
        self._seen = self._seen.partition(text)[2]

    async def ended(self) -> int:
        async with asyncio.timeout(WAIT_SECONDS):
            return await asyncio.to_thread(self._process.wait)


@asynccontextmanager
async def sitting(chat: Chat, folder: Path, *words: str) -> AsyncIterator[Sitting]:
    master, slave = pty.openpty()
    before = termios.tcgetattr(slave)
    process = subprocess.Popen(
        command(*words, "--url", chat.url),
        cwd=folder,
        env=environment(),
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    try:
        yield Sitting(process, master)
        assert termios.tcgetattr(slave) == before, "the terminal is not as it was"
    finally:
        asyncio.get_running_loop().remove_reader(master)
        if process.poll() is None:
            process.kill()
            process.wait()
        os.close(master)
        os.close(slave)


async def test_what_is_being_written_survives_a_message(
    chat: Chat, room: str, mehmet: Person, tmp_path: Path
) -> None:
    words = ("--as", "ayse", "--in", room, "--password", PASSWORD)
    async with sitting(chat, tmp_path, *words) as person:
        await person.sees("/help")
        await person.sees("ayse> ")
        person.types("yarım cümleee\x7f\x7f\x1b[D")
        await person.sees("ayse> yarım cümle")
        await write(mehmet, room, "araya giren")
        await person.sees("Mehmet: araya giren\r\n")
        await person.sees("ayse> yarım cümle")
        wire = await mehmet.connects()
        person.types(" tamam\n")
        await person.sees("ayse> yarım cümle tamam\r\n")
        sent = (await wire.next_of("message.created"))["data"]["message"]
        await mehmet.gets("PUT", f"/conversations/{room}/read", {"seq": sent["seq"]})
        await person.sees("read by Mehmet")
        person.types("\x04")
        assert await person.ended() == output.DONE
    items = (await mehmet.gets("GET", f"/conversations/{room}/messages"))["items"]
    assert [item["text"] for item in items] == ["araya giren", "yarım cümle tamam"]


async def test_own_lines_are_not_shown_twice_at_a_terminal(
    chat: Chat, room: str, ayse: Person, tmp_path: Path
) -> None:
    words = ("--as", "ayse", "--in", room, "--password", PASSWORD)
    async with sitting(chat, tmp_path, *words) as person:
        await person.sees("ayse> ")
        wire = await ayse.connects()
        person.types("typed here\n")
        await person.sees("ayse> typed here\r\n")
        await wire.next_of("message.created")
        await write(ayse, room, "from my telephone")
        await person.sees("Ayse: from my telephone")
        assert "Ayse: typed here" not in person.transcript
        person.types("/quit\n")
        assert await person.ended() == output.DONE


async def test_a_long_line_shows_its_end(chat: Chat, room: str, tmp_path: Path) -> None:
    words = ("--as", "ayse", "--in", room, "--password", PASSWORD)
    async with sitting(chat, tmp_path, *words) as person:
        await person.sees("ayse> ")
        person.types("a" * 200 + "END")
        await person.sees("aEND")
        person.types("\x15short")
        await person.sees("\x1b[Kayse> short")
        person.types("\x15\x04")
        assert await person.ended() == output.DONE


async def test_the_password_is_asked_for_and_not_shown(
    chat: Chat, room: str, tmp_path: Path
) -> None:
    async with sitting(chat, tmp_path, "--as", "ayse", "--in", room) as person:
        await person.sees("Password of ayse: ")
        person.types(PASSWORD + "\n")
        await person.sees("ayse> ")
        assert PASSWORD not in person.transcript
        person.types("/quit\n")
        assert await person.ended() == output.DONE


async def test_ctrl_c_at_a_terminal_leaves_it_as_it_was(
    chat: Chat, room: str, tmp_path: Path
) -> None:
    words = ("--as", "ayse", "--in", room, "--password", PASSWORD)
    async with sitting(chat, tmp_path, *words) as person:
        await person.sees("ayse> ")
        person._process.send_signal(signal.SIGINT)
        assert await person.ended() == output.INTERRUPTED

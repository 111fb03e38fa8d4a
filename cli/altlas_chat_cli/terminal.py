"""Where a talk is shown and typed: a terminal with a line to write in, or plain pipes.

On a terminal keys are read one by one, so that a line under way stays whole
when a message comes in above it. Anywhere else lines are read as they are.
"""

import asyncio
import codecs
import os
import re
import shutil
import signal
import sys
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

try:
    import termios
    import tty
except ImportError:  # Windows
    termios = tty = None  # type: ignore[assignment]

_CHUNK_BYTES = 65536
_ERASE_LINE = "\r\x1b[K"
_ESCAPE_SEQUENCE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|O?.)?", re.DOTALL)
_ENTER, _END, _BACKSPACE, _CLEAR = "\r\n", "\x04", "\x08\x7f", "\x15"


class Pipe:
    """Lines from stdin, lines to stdout, notices to stderr."""

    is_terminal = False

    def __init__(self) -> None:
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        # Reads the descriptor itself: a thread that waits in sys.stdin would
        # hold its lock when the program ends.
        self._thread = threading.Thread(target=self._read, name="altlas-chat-stdin", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        rest = ""
        while chunk := _read_some(sys.stdin.fileno()):
            *lines, rest = (rest + decoder.decode(chunk)).split("\n")
            for line in lines:
                self._put(line)
        if rest := rest + decoder.decode(b"", final=True):
            self._put(rest)
        self._put(None)

    def _put(self, line: str | None) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._lines.put_nowait, line)

    async def next_line(self) -> str | None:
        """The next line; None at the end."""
        return await self._lines.get()

    def show(self, line: str) -> None:
        """Print a line of the conversation."""
        print(line, flush=True)  # noqa: T201

    def notice(self, text: str) -> None:
        """Tell something beside the conversation."""
        print(f"· {text}", file=sys.stderr, flush=True)  # noqa: T201


def _read_some(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, _CHUNK_BYTES)
    except OSError:  # the terminal went away
        return b""


class Screen:
    """A terminal whose last line is being written; everything else goes above it."""

    is_terminal = True

    def __init__(self, prompt: str) -> None:
        self._prompt = prompt
        self._written = ""
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._descriptor = sys.stdin.fileno()

    def on_key(self) -> None:
        """Take what was typed."""
        chunk = _read_some(self._descriptor)
        if not chunk:
            self._lines.put_nowait(None)
            asyncio.get_running_loop().remove_reader(self._descriptor)
            return
        for sign in _ESCAPE_SEQUENCE.sub("", self._decoder.decode(chunk)):
            self._take(sign)
        self.draw()

    def _take(self, sign: str) -> None:
        if sign in _ENTER:
            line, self._written = self._written, ""
            self._above(self._prompt + line, sys.stdout)
            self._lines.put_nowait(line)
        elif sign == _END and not self._written:
            self._lines.put_nowait(None)
        elif sign in _BACKSPACE:
            self._written = self._written[:-1]
        elif sign == _CLEAR:
            self._written = ""
        elif unicodedata.category(sign) != "Cc":
            self._written += sign

    async def next_line(self) -> str | None:
        """The next line that was finished; None at the end."""
        return await self._lines.get()

    def show(self, line: str) -> None:
        """Print a line of the conversation above what is being written."""
        self._above(line, sys.stdout)
        self.draw()

    def notice(self, text: str) -> None:
        """Tell something beside the conversation."""
        if sys.stderr.isatty():
            self._above(f"· {text}", sys.stderr)
            self.draw()
        else:
            print(f"· {text}", file=sys.stderr, flush=True)  # noqa: T201

    def _above(self, line: str, stream: TextIO) -> None:
        sys.stdout.flush()
        stream.write(f"{_ERASE_LINE}{line}\n")
        stream.flush()

    def draw(self) -> None:
        """Show the line being written, its end if it is too long for the screen."""
        room = shutil.get_terminal_size().columns - len(self._prompt) - 1
        sys.stdout.write(_ERASE_LINE + self._prompt + _fitting_end(self._written, room))
        sys.stdout.flush()

    def erase(self) -> None:
        """Take the line being written off the screen."""
        sys.stdout.write(_ERASE_LINE)
        sys.stdout.flush()


def _fitting_end(text: str, room: int) -> str:
    """As much of the end of ``text`` as fits into so many columns."""
    used = 0
    for place in range(len(text) - 1, -1, -1):
        used += 2 if unicodedata.east_asian_width(text[place]) in "WF" else 1
        if used > room:
            return text[place + 1 :]
    return text


@contextmanager
def opened_terminal(prompt: str) -> Iterator[Pipe | Screen]:
    """The screen where a person sits at one, else pipes; the terminal is as before afterwards."""
    if termios is None or not (sys.stdin.isatty() and sys.stdout.isatty()):
        yield Pipe()
        return
    screen, descriptor = Screen(prompt), sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    loop = asyncio.get_running_loop()

    def take_over() -> None:
        tty.setcbreak(descriptor)
        screen.draw()

    take_over()
    loop.add_reader(descriptor, screen.on_key)
    loop.add_signal_handler(signal.SIGCONT, take_over)  # after Ctrl-Z and fg
    try:
        yield screen
    finally:
        loop.remove_signal_handler(signal.SIGCONT)
        loop.remove_reader(descriptor)
        screen.erase()
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)

"""The talk with one client: what it says is checked and answered, in its order."""

import logging
from collections.abc import Callable
from typing import Any, Protocol

import orjson

from altlas_chat.mock.live.answering import BINARY, INVALID, MALFORMED, UNKNOWN, in_words, reply_to
from altlas_chat.mock.live.channels import Command
from altlas_chat.mock.live.making import Unsendable
from altlas_chat.mock.live.peers import Peer
from altlas_chat.mock.live.playing import Player
from altlas_chat.mock.live.recognizing import Recognized
from altlas_chat.mock.live.stage import Place, Stage
from altlas_chat.mock.settings import Validate

LOG = logging.getLogger(__name__)

POLICY = 1008
LONGEST_REASON = 123


class Manners(Protocol):
    """What a contract does that its document does not say in a way that machines read."""

    def opened(self, place: Place, peer: Peer, token: str | None) -> None:
        """A client is connected."""

    def answer(self, place: Place, peer: Peer, command: Command, frame: Any) -> bool:
        """Answer a valid command; False leaves it to the mock."""

    def closed(self, peer: Peer) -> None:
        """A client is gone."""

    def allows(self, place: Place, peer: Peer, frame: Any) -> bool:
        """Whether the client may say anything yet; has refused it if not."""


class Talk:
    """Takes what clients say on the channels of a stage."""

    def __init__(
        self,
        stage: Stage,
        player: Player,
        validate: Callable[[], Validate],
        manners: Manners | None = None,
    ) -> None:
        self._stage = stage
        self.player = player
        self._validate = validate
        self._manners = manners

    def opened(self, peer: Peer, token: str | None) -> None:
        """A client is connected."""
        place = self._stage.place_of(peer.channel)
        if self._manners is not None and place.own:
            self._manners.opened(place, peer, token)
        if peer.ready:
            self.player.connected(peer)

    def closed(self, peer: Peer) -> None:
        """A client is gone."""
        if self._manners is not None and self._stage.place_of(peer.channel).own:
            self._manners.closed(peer)

    def take(self, peer: Peer, raw: str | bytes) -> None:
        """A frame came."""
        place = self._stage.place_of(peer.channel)
        frame, code = _read(place, raw)
        if self._manners is not None and place.own and not self._manners.allows(place, peer, frame):
            return
        if code is not None:
            self._refuse(place, peer, code, "", None, Recognized(None))
            return
        found = place.recognizer.recognize(frame)
        if not found.is_right and self._validate() is not Validate.OFF:
            known = found.command is not None or found.violations
            code = INVALID if known else UNKNOWN
            what = in_words(found.violations) if known else _unknown(place, frame)
            if self._validate() is Validate.STRICT:
                self._refuse(place, peer, code, what, frame, found)
                return
            LOG.warning("%s: a frame breaks the contract: %s", peer.channel.name, what)
        if found.command is not None:
            self._answer(place, peer, found.command, frame)

    def _answer(self, place: Place, peer: Peer, command: Command, frame: Any) -> None:
        was_ready = peer.ready
        manners = self._manners if place.own else None
        if manners is None or not manners.answer(place, peer, command, frame):
            key = f"{command.operation} {orjson.dumps(frame, option=orjson.OPT_SORT_KEYS).decode()}"
            try:
                reply = reply_to(place.maker, command, frame, key)
            except Unsendable as error:
                LOG.warning("%s: no reply could be made: %s", command.message.name, error)
                reply = None
            if reply is not None:
                peer.put(reply[1])
        if peer.ready and not was_ready:
            self.player.connected(peer)
        names = (command.message.name, command.message.key, command.operation)
        self.player.heard(peer, names, frame)

    def _refuse(
        self, place: Place, peer: Peer, code: str, what: str, frame: Any, found: Recognized
    ) -> None:
        """In the contract's own words, or by the end of the connection where it has none."""
        words = what or {
            MALFORMED: "this is no JSON",
            BINARY: "binary frames say nothing here",
        }.get(code, code)
        payload = place.refusals.refusal(code, words, frame, found.command, found.violations)
        if payload is not None:
            peer.put(payload)
        else:
            peer.close(POLICY, words.encode()[:LONGEST_REASON].decode(errors="ignore"))


def _read(place: Place, raw: str | bytes) -> tuple[Any, str | None]:
    """The frame as a value, and what is wrong with it if it is none."""
    speaks_json = any(one.message.is_json for one in place.channel.commands)
    if isinstance(raw, bytes) and speaks_json:
        return None, BINARY
    if not speaks_json:
        return raw if isinstance(raw, str) else raw.decode(errors="replace"), None
    try:
        return orjson.loads(raw), None
    except orjson.JSONDecodeError:
        return None, MALFORMED


def _unknown(place: Place, frame: Any) -> str:
    names = ", ".join(dict.fromkeys(one.message.name for one in place.channel.commands))
    if not names:
        return "nothing is to be said here"
    mark = place.recognizer.mark
    said = frame.get(mark[0]) if mark and isinstance(frame, dict) else None
    return f"there is no command {said!r}; there are {names}"[:300]

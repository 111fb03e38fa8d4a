"""What one client heard, held to the numbers of the streams: lost, doubled, out of order.

Streams are numbered without holes, so a client finds by arithmetic what it
did not get, without knowing what anybody sent.
"""

from collections.abc import Mapping

from altlas_chat.loadtest.results import Messages


class Ear:
    """One client's streams; ``positions`` are the last events before it began to listen.

    A stream that is not named begins with the first event heard of it.
    """

    __slots__ = ("_last", "_missing", "doubled", "heard", "reordered")

    def __init__(self, positions: Mapping[str, int] | None = None) -> None:
        self._last: dict[str, int] = dict(positions or {})
        self._missing: dict[str, set[int]] = {}
        self.heard = 0
        self.doubled = 0
        self.reordered = 0

    def hear(self, stream: str, seq: int) -> bool:
        """Note an event; whether it is new."""
        last = self._last.get(stream)
        if last is None or seq == last + 1:
            self._last[stream] = seq
            self.heard += 1
            return True
        return self._hear_out_of_turn(stream, seq, last)

    @property
    def positions(self) -> Mapping[str, int]:
        """Up to where each stream was heard without a hole: where a resume begins."""
        holes = {stream: min(missing) - 1 for stream, missing in self._missing.items() if missing}
        return self._last | holes

    def begin_anew(self, positions: Mapping[str, int]) -> None:
        """Go on from these positions, as after a fresh snapshot; what was counted stays."""
        self._last = dict(positions)
        self._missing.clear()

    def _hear_out_of_turn(self, stream: str, seq: int, last: int) -> bool:
        missing = self._missing.setdefault(stream, set())
        if seq > last:
            missing.update(range(last + 1, seq))
            self._last[stream] = seq
        elif seq in missing:
            missing.remove(seq)
            self.reordered += 1
        else:
            self.doubled += 1
            return False
        self.heard += 1
        return True

    def lost(self, ends: Mapping[str, int]) -> int:
        """How many events never came, of streams that stand at ``ends`` now."""
        holes = sum(map(len, self._missing.values()))
        return holes + sum(
            max(0, end - self._last[stream]) for stream, end in ends.items() if stream in self._last
        )

    def judge(self, ends: Mapping[str, int]) -> Messages:
        """All of it, once everything had time to come."""
        lost = self.lost(ends)
        return Messages(
            expected=self.heard + lost,
            received=self.heard,
            lost=lost,
            doubled=self.doubled,
            reordered=self.reordered,
        )

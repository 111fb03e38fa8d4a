"""What came of a load test: its runs judged, and in one word."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from altlas_chat.loadtest.advising import Advice, advise
from altlas_chat.loadtest.comparing import Change, Comparison
from altlas_chat.loadtest.objectives import Verdict
from altlas_chat.loadtest.results import Result

TOLERATED_ERRORS = 0.01
"""Of all requests, where no objective says how many may fail."""


class Word(StrEnum):
    """The one that counts, where there are several: the first of these."""

    INTERRUPTED = "interrupted"
    BROKEN_OFF = "broken off"
    VOID = "void"
    FAILED = "failed"
    WORSE = "worse"
    PASSED = "passed"


@dataclass(frozen=True)
class Outcome:
    """The runs of a scenario, with the verdicts of each and how they compare to a baseline."""

    results: Sequence[Result]
    verdicts: Sequence[Sequence[Verdict]] = ()
    comparisons: Sequence[Comparison] = ()

    @property
    def last(self) -> Result:
        """The run that reports show in full."""
        return self.results[-1]

    @property
    def last_verdicts(self) -> Sequence[Verdict]:
        return self.verdicts[-1] if self.verdicts else ()

    @property
    def all_verdicts(self) -> list[Verdict]:
        return [one for found in self.verdicts for one in found]

    @cached_property
    def advice(self) -> Sequence[Advice]:
        """What limits, by the last run; nothing of a run that says too little."""
        is_whole_run = self.word in (Word.FAILED, Word.WORSE, Word.PASSED)
        return advise(self.last) if is_whole_run else []

    @property
    def worse(self) -> list[Comparison]:
        return [one for one in self.comparisons if one.change is Change.WORSE]

    @property
    def missed(self) -> list[Verdict]:
        return [one for one in self.all_verdicts if not one.is_met]

    @property
    def word(self) -> Word:
        """What it comes to."""
        by_word = {
            Word.INTERRUPTED: any(one.is_partial for one in self.results),
            Word.BROKEN_OFF: any(one.broken_off for one in self.results),
            Word.VOID: any(one.is_void for one in self.results),
            Word.FAILED: bool(self.missed or self._refused) or not all(map(is_whole, self.results)),
            Word.WORSE: bool(self.worse),
        }
        return next((word for word, applies in by_word.items() if applies), Word.PASSED)

    @property
    def sentence(self) -> str:
        """Why, in a line."""
        told = {
            Word.INTERRUPTED: "It was interrupted: the figures are those until then.",
            Word.VOID: f"This says nothing of the server: {self._ailments}.",
            Word.BROKEN_OFF: f"It ended before its time, for {self._broken_off}.",
            Word.FAILED: self._failed(),
            Word.WORSE: f"{_counted(len(self.worse), 'figure')} worse than the baseline.",
            Word.PASSED: self._passed(),
        }
        return told[self.word]

    @property
    def _ailments(self) -> str:
        sick = next((one for one in self.results if one.is_void), None)
        return "; ".join(sick.generator.ailments) if sick else ""

    @property
    def _broken_off(self) -> str:
        return next((one.broken_off for one in self.results if one.broken_off), "")

    @property
    def _refused(self) -> str:
        """Of the first run in which too many requests failed, how many; unless objectives say."""
        if any(one.objective.figure.endswith(".error_rate") for one in self.all_verdicts):
            return ""
        requests = (one.requests for one in self.results)
        bad = next((one for one in requests if one.error_rate > TOLERATED_ERRORS), None)
        if bad is None:
            return ""
        ((words, _),) = bad.failures.most_common(1)
        return f"{bad.failed:,} of {bad.tried:,} requests failed, mostly with {words}"

    def _failed(self) -> str:
        missed, judged = len(self.missed), len(self.all_verdicts)
        lost = sum(one.messages.lost for one in self.results)
        parts = []
        if missed:
            parts.append(f"{missed} of {judged} objectives {'is' if missed == 1 else 'are'} missed")
        if self._refused:
            parts.append(self._refused)
        if lost:
            parts.append(f"{lost:,} messages were lost")
        return ", ".join(parts) + "." if parts else "Messages came doubled or late."

    def _passed(self) -> str:
        parts = ["nothing was lost, doubled or out of order"]
        if self.all_verdicts:
            parts.append("every objective is met")
        if self.comparisons:
            parts.append("nothing is worse than the baseline")
        text = ", ".join(parts)
        return f"{text[0].upper()}{text[1:]}."


def _counted(number: int, what: str) -> str:
    return f"{number} {what} is" if number == 1 else f"{number} {what}s are"


def is_whole(result: Result) -> bool:
    """Whether no message was lost, doubled or out of order."""
    bad = result.messages
    return not (bad.lost or bad.doubled or bad.reordered)

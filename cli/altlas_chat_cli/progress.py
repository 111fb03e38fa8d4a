"""A progress bar on stderr, where a person looks at it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from altlas_chat.seeding.volume import Progress as Filling


class _Rate(ProgressColumn):
    """How many in a second, since the beginning."""

    def render(self, task: Task) -> Text:
        seconds = task.finished_time or task.elapsed
        count = task.completed - task.fields["found"]
        return Text(f"{count / seconds:,.0f}/s" if seconds else "")


def _unheard(filling: Filling) -> None:
    """Nobody looks at it."""


@contextmanager
def progress_told() -> Iterator[Callable[[Filling], None]]:
    """Something to be told how far a filling is; silent when stderr is no terminal."""
    if not sys.stderr.isatty():
        yield _unheard
        return
    columns = (
        TextColumn("{task.description:14}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TextColumn("remaining"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        tasks: dict[str, TaskID] = {}

        def told(filling: Filling) -> None:
            stage, done, total = filling
            if stage not in tasks:
                # What was there before costs no time.
                tasks[stage] = bar.add_task(stage, total=total, completed=done, found=done)
            bar.update(tasks[stage], completed=done)

        yield told

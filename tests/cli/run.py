"""Runs ``altlas-chat`` as a person would: a process of its own, in a folder of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

WAIT_SECONDS = 60


class Terminal:
    """A folder to be in, and variables that are set."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.variables: dict[str, str] = {}

    def run(
        self, *words: str, interpreter: tuple[str, ...] = (), stdout: int = subprocess.PIPE
    ) -> subprocess.CompletedProcess[str]:
        """Run the command to its end; ``interpreter`` are options of Python."""
        kept = {
            name: value
            for name, value in os.environ.items()  # noqa: TID251
            if not name.startswith("ALTLAS_CHAT_")
        }
        return subprocess.run(
            [sys.executable, *interpreter, "-m", "altlas_chat_cli.main", *words],
            cwd=self.folder,
            env={**kept, **self.variables},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            timeout=WAIT_SECONDS,
            check=False,
        )


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path)

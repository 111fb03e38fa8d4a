"""The written pages, taken apart: their links, code blocks and tables."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_BLOCK = re.compile(r"^( *)```(\S*)[^\n]*\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language and its text."""

    language: str
    text: str


@dataclass(frozen=True)
class Page:
    """One Markdown file of the repository."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def prose(self) -> str:
        """The text without its fenced blocks."""
        return _BLOCK.sub("", self.text)

    def blocks(self, *languages: str) -> list[Block]:
        """The fenced blocks of these languages, in their order."""
        found = []
        for indent, language, text in _BLOCK.findall(self.text):
            if language in languages:
                lines = (line.removeprefix(indent) for line in text.splitlines())
                found.append(Block(language, "\n".join(lines)))
        return found

    def words(self) -> set[str]:
        """Everything that stands in single backticks."""
        return set(_CODE.findall(self.prose))

    def rows(self) -> Iterator[list[str]]:
        """The cells of every row of every table, without the rows of dashes."""
        for line in self.prose.splitlines():
            if line.startswith("|") and not re.fullmatch(r"[|\- :]+", line):
                yield [cell.strip() for cell in line.strip("|").split("|")]

    def section(self, heading: str) -> str:
        """The text under a heading, up to the next one of its level or above."""
        level = heading.partition(" ")[0]
        _, _, rest = self.text.partition(f"\n{heading}\n")
        assert rest, f"{self.name} has no {heading!r}"
        return re.split(rf"^#{{1,{len(level)}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def words_in(text: str) -> list[str]:
    """What stands in single backticks, in its order."""
    return _CODE.findall(text)


def page(name: str) -> Page:
    found = Page(ROOT / name)
    assert found.path.exists(), name
    return found


def all_pages() -> list[Page]:
    """The Markdown files of the repository, generated ones too."""
    at_top = sorted(ROOT.glob("*.md"))
    below = sorted(
        path
        for folder in ("docs", "contracts", "fixtures", "loadtests", "tests")
        for path in (ROOT / folder).rglob("*.md")
    )
    return [Page(path) for path in (*at_top, *below)]

"""What the pages point to is there: links, files, decisions, variables."""

import re
from pathlib import Path

import pytest

from altlas_chat.configuring import FILE_NAME, FILE_VARIABLE, TEST_PREFIX
from altlas_chat.settings import TABLE
from tests.docs.pages import ROOT, Page, all_pages

PAGES = all_pages()
PLACES = (
    "",
    "altlas_chat",
    "cli/altlas_chat_cli",
    "contracts",
    "contracts/openapi",
    "docs",
    "tests",
)
SOURCES = (".py", ".yaml", ".yml", ".md", ".toml", ".ini", ".js", ".css", ".html")
MADE_ELSEWHERE = {FILE_NAME, "index.html", "ddl_0002.py", "versions/revision_0002.py"}
"""Names of files that a person has or is to make, not the repository."""

_LINK = re.compile(r"(?<!!)\[[^\]\n]+\]\(([^)\s]+)\)")
_PATH = re.compile(r"(?:[\w.<>*-]+/)*[\w.<>*-]+/?")
_DECISION = re.compile(r"\bdecisions?[ /](0\d{3})", re.IGNORECASE)
_VARIABLE = re.compile(r"\bALTLAS_CHAT_[A-Z0-9_]*[A-Z0-9]\b")


def anchor(heading: str) -> str:
    """The anchor that is made of a heading."""
    plain = re.sub(r"[^\w\- ]", "", heading.lower())
    return plain.strip().replace(" ", "-")


def anchors_of(page: Page) -> set[str]:
    return {anchor(found) for found in re.findall(r"^#+ (.+)$", page.prose, re.MULTILINE)}


def looks_like_a_file(word: str) -> bool:
    if not _PATH.fullmatch(word) or word in MADE_ELSEWHERE or word.startswith("reports/"):
        return False
    below = word.partition("/")[0]
    is_in_a_folder = "/" in word and (ROOT / below).is_dir() and not word.startswith((".venv", "~"))
    return is_in_a_folder or word.endswith(SOURCES)


def files_named(word: str, page: Page) -> list[Path]:
    """The files that a word may mean; `<area>` stands for any name."""
    pattern = re.sub(r"<[^>]*>", "*", word).rstrip("/")
    places = [page.path.parent, *(ROOT / place for place in PLACES)]
    found = [path for place in places for path in sorted(place.glob(pattern))]
    if not found and "/" not in pattern:
        found = [path for place in PLACES[1:] for path in sorted((ROOT / place).rglob(pattern))]
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Page) -> None:
    for target in _LINK.findall(page.prose):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, place = target.partition("#")
        linked = Page((page.path.parent / name).resolve()) if name else page
        assert linked.path.exists(), f"{page.name}: {target}"
        if place:
            assert place in anchors_of(linked), f"{page.name}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_is_named_exists(page: Page) -> None:
    missing = []
    for word in sorted(page.words()):
        file, _, name = word.partition("::")
        if not looks_like_a_file(file):
            continue
        found = files_named(file, page)
        if not found or (name and not any(name in path.read_text("utf-8") for path in found)):
            missing.append(word)
    assert not missing


def test_a_missing_file_would_be_found() -> None:
    page = PAGES[0]
    for word in ("docs/nope.md", "storage/nope.py", "nope.py", "contracts/openapi/paths/nope/"):
        assert looks_like_a_file(word)
        assert not files_named(word, page)
    for word in ("/v1/openapi.json", "altlas-chat.toml", "member", "and/or", "text/plain"):
        assert not looks_like_a_file(word)


def test_every_decision_that_is_referred_to_was_made() -> None:
    numbers = {path.name[:4] for path in (ROOT / "docs/decisions").glob("*.md")}
    sources = [
        path for place in ("altlas_chat", "cli", "tests") for path in (ROOT / place).rglob("*.py")
    ]
    for path in [
        *(page.path for page in PAGES),
        *sources,
        ROOT / "pyproject.toml",
        ROOT / "tox.ini",
    ]:
        for number in _DECISION.findall(path.read_text(encoding="utf-8")):
            assert number in numbers, f"{path.relative_to(ROOT)}: decision {number}"


def test_decisions_are_numbered_without_holes() -> None:
    names = sorted(path.name for path in (ROOT / "docs/decisions").glob("*.md"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    for name in names:
        title = (ROOT / "docs/decisions" / name).read_text(encoding="utf-8").splitlines()[0]
        assert title.startswith(f"# {name[:4]} "), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_variable_that_is_named_is_one(page: Page) -> None:
    commands = "".join(path.read_text("utf-8") for path in (ROOT / "cli").rglob("*.py"))
    of_options = set(re.findall(r'envvar="(\w+)"', commands))
    known = {row.variable for row in TABLE.values()} | {FILE_VARIABLE} | of_options
    sources = [path for place in ("tests", "loadtests") for path in (ROOT / place).rglob("*.py")]
    tests = "".join(path.read_text("utf-8") for path in sources)
    for variable in _VARIABLE.findall(page.text):
        if variable.startswith(TEST_PREFIX):
            assert f'"{variable}"' in tests, variable
        else:
            assert variable in known, variable

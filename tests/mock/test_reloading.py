"""Reloading: what the files say is taken, what is broken is told, whatever editors do."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from altlas_chat.mock.plan_files import findings_in_plan, read_plan_file
from altlas_chat.mock.plans import PlanUnreadable, read_plan
from altlas_chat.mock.reloading import Load, Outcome, Reloading
from altlas_chat.specs.findings import DocumentUnusable
from altlas_chat.specs.loading import load_document
from altlas_chat.system import SystemClock
from tests.support.waiting import until

SOON = 0.01


class Book:
    """A book whose pages are the files that its first file lists; a page that is missing breaks it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.told: list[Outcome] = []
        self.loads = 0
        self.pages: dict[str, str] = {}
        self.take(self.load())

    def load(self) -> dict[str, str]:
        self.loads += 1
        text = self.root.read_text()
        if text.startswith("!"):
            raise RuntimeError(text)
        pages = {str(self.root): text}
        for name in text.split():
            page = self.root.parent / name
            try:
                pages[str(page)] = page.read_text()
            except OSError:
                load_document(page)  # which says what is wrong
        return pages

    def take(self, pages: dict[str, str]) -> None:
        self.pages = pages

    @property
    def texts(self) -> list[str]:
        return list(self.pages.values())


@contextlib.asynccontextmanager
async def watching(book: Book) -> AsyncIterator[Reloading[dict[str, str]]]:
    clock = SystemClock()
    how = Load(book.load, list[str], book.take)
    reloading = Reloading(how, book.pages, clock, clock.now_ms(), book.told.append)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(reloading.run(SOON))
        yield reloading
        task.cancel()


@pytest.fixture
def book(tmp_path: Path) -> Book:
    (tmp_path / "page").write_text("one")
    (tmp_path / "root").write_text("page")
    return Book(tmp_path / "root")


async def test_an_edit_of_any_file_is_taken(book: Book, tmp_path: Path) -> None:
    async with watching(book) as reloading:
        (tmp_path / "page").write_text("two")
        await until(lambda: book.texts == ["page", "two"])
        (tmp_path / "other").write_text("new")
        (tmp_path / "root").write_text("page other")
        await until(lambda: book.texts == ["page other", "two", "new"])
        (tmp_path / "other").write_text("newer")
        await until(lambda: book.texts[-1] == "newer")
        await until(lambda: len(book.told) >= 3)
        assert reloading.generation == 1 + len(book.told)
        assert not reloading.findings


async def test_a_file_put_in_place_by_its_editor_is_taken(book: Book, tmp_path: Path) -> None:
    async with watching(book):
        for text in ("two", "six", "ten"):  # of the same size
            (tmp_path / "page~").write_text(text)
            (tmp_path / "page~").replace(tmp_path / "page")
            await until(lambda text=text: book.texts == ["page", text])


async def test_a_file_that_goes_leaves_the_old_one_and_is_taken_when_it_comes_back(
    book: Book, tmp_path: Path
) -> None:
    async with watching(book) as reloading:
        (tmp_path / "page").unlink()
        await until(lambda: book.told and book.told[-1].findings)
        assert book.texts == ["page", "one"]
        assert str(tmp_path / "page") in str(reloading.findings[0])
        (tmp_path / "page").write_text("back")
        await until(lambda: book.texts == ["page", "back"])
        assert not reloading.findings


async def test_a_file_that_was_missing_is_taken_when_it_comes(book: Book, tmp_path: Path) -> None:
    async with watching(book) as reloading:
        (tmp_path / "root").write_text("page missing")
        await until(lambda: reloading.findings)
        assert book.texts == ["page", "one"]
        (tmp_path / "missing").write_text("here")
        await until(lambda: book.texts == ["page missing", "one", "here"])


async def test_whatever_an_edit_breaks_the_old_one_lives_on(book: Book, tmp_path: Path) -> None:
    async with watching(book) as reloading:
        (tmp_path / "root").write_text("!bang")
        await until(lambda: reloading.findings)
        [finding] = reloading.findings
        assert (finding.rule, finding.place.file) == ("not-loaded", str(tmp_path / "root"))
        assert "bang" in finding.what
        assert book.texts == ["page", "one"]
        assert reloading.generation == 1


async def test_a_burst_of_changes_is_loaded_a_few_times_only(book: Book, tmp_path: Path) -> None:
    async with watching(book):
        for number in range(200):
            (tmp_path / "page").write_text(str(number))
            await asyncio.sleep(0)
        await until(lambda: book.texts == ["page", "199"])
        assert book.loads < 30


async def test_nothing_is_loaded_when_nothing_changed(book: Book, tmp_path: Path) -> None:
    async with watching(book) as reloading:
        (tmp_path / "stranger").write_text("x")
        (tmp_path / "page").write_text("two")
        await until(lambda: book.texts == ["page", "two"])
        await until(lambda: len(book.told) == 1)
        outcome = await reloading.reload()
        assert (book.loads, outcome.files, outcome.findings) == (3, 2, ())


async def test_what_changed_while_it_was_loaded_is_loaded_again(tmp_path: Path) -> None:
    (tmp_path / "root").write_text("one")
    clock = SystemClock()
    began_ms = clock.now_ms()
    read = [(tmp_path / "root").read_text()]
    (tmp_path / "root").write_text("two")

    def load() -> list[str]:
        return [(tmp_path / "root").read_text()]

    taken: list[list[str]] = []
    how = Load(load, lambda _: [str(tmp_path / "root")], taken.append)
    reloading = Reloading(how, read, clock, began_ms, lambda _: None)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(reloading.run(SOON))
        await until(lambda: taken == [["two"]])
        task.cancel()


PLAN = """\
latency: 50..300ms
error_rate: 7
rules:
  - on: GET /users/*
    drop: 10%
    slow-bdy: 1KB/s
  - "*: limit=3"
"""


def test_a_plan_in_a_file_is_read_and_its_mistakes_have_places(tmp_path: Path) -> None:
    path = tmp_path / "weather.yaml"
    path.write_text(PLAN)
    with pytest.raises(PlanUnreadable) as caught:
        read_plan(read_plan_file(path))
    findings = findings_in_plan(path, caught.value).findings
    assert [(one.place.line, one.place.column) for one in findings] == [(2, 1), (6, 5), (7, 5)]
    assert findings[1].remedy == "Did you mean slow-body?"
    good = PLAN.replace("7", "7%").replace("slow-bdy", "slow-body").replace("=3", "=3/min")
    path.write_text(good)
    plan = read_plan(read_plan_file(path))
    assert [rule.on.written for rule in plan.rules] == ["GET /users/*", "*"]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (b"rules:\n  - on: *\n", 2, "no YAML"),
        (b"a: [1", 2, "no YAML"),
        (b"\xff\xfe\xff", 0, "no YAML"),
        (b"a: &a\n  b: *a\n", 1, "too deep"),
        (
            b"a: &a [1,1,1,1,1,1,1,1,1,1]\n"
            + b"".join(
                b"%c: &%c [%s]\n" % (to, to, b",".join([b"*%c" % of] * 10))
                for of, to in zip(b"abcd", b"bcde", strict=True)
            ),
            1,
            "too large",
        ),
        (b"#" * 1_000_001, 0, "larger"),
    ],
)
def test_a_file_that_is_no_plan_is_told(tmp_path: Path, text: bytes, line: int, words: str) -> None:
    path = tmp_path / "weather.yaml"
    path.write_bytes(text)
    with pytest.raises(DocumentUnusable) as caught:
        read_plan_file(path)
    [finding] = caught.value.findings
    assert words in finding.what
    assert finding.place.line == line


def test_no_such_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(DocumentUnusable) as caught:
        read_plan_file(tmp_path / "none.yaml")
    assert "none.yaml" in caught.value.detail
    assert "tunnel" in caught.value.remedy

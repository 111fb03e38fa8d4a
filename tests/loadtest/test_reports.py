"""Reports say what the run found, in forms that others read."""

import csv
import io
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from altlas_chat.loadtest.comparing import compare
from altlas_chat.loadtest.objectives import Objective, judge
from altlas_chat.loadtest.reports.charts import Curve, chart
from altlas_chat.loadtest.reports.junit import as_junit
from altlas_chat.loadtest.reports.page import as_page
from altlas_chat.loadtest.reports.tables import as_csv, as_markdown, number
from tests.loadtest.runs import result

WANTED = [Objective("requests.p95_ms", "<=", 1), Objective("requests.error_rate", "<=", 1)]


def test_csv_has_every_figure_of_every_row() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(result(failed=3)))))
    assert [row["name"] for row in rows] == ["getSync", "sendMessage", "delivery", "requests"]
    assert rows[1]["failed"] == "3"
    assert float(rows[1]["p50Ms"]) == pytest.approx(15, rel=0.01)


def test_markdown_tells_objectives_and_the_baseline() -> None:
    one = result(ms=20, lost=2)
    text = as_markdown(one, judge(one, WANTED), compare([result(ms=10)] * 4, [one] * 4))
    late = number(one.requests.spread.percentile(0.95) * 1000)
    assert f"| requests.p95_ms <= 1 | {late} | **no** |" in text
    assert "| sendMessage.p50_ms | 15" in text
    assert "2 were lost" in text
    assert text.count("| worse |") >= 5


def test_junit_counts_what_it_has() -> None:
    one = result(ms=20, lost=1)
    root = ET.fromstring(as_junit(one, judge(one, WANTED), compare([result()] * 4, [one] * 4)))
    (suite,) = root
    assert int(suite.get("tests", 0)) == len(suite.findall("testcase"))
    assert int(suite.get("failures", 0)) == len(suite.findall("testcase/failure")) > 3
    messages = [failure.get("message") for failure in suite.iter("failure")]
    assert messages[0] == "1 lost, 0 doubled, 0 reordered"


def test_a_sick_generator_is_an_error_and_no_failure() -> None:
    one = result()
    one.generator.cpu = 1.0
    (suite,) = ET.fromstring(as_junit(one))
    assert (suite.get("errors"), suite.get("failures")) == ("1", "0")
    assert "Void" in as_markdown(one)


class Page(HTMLParser):
    """What a browser would fetch, run or leave open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.outside: list[str] = []
        self.cells: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "polyline", "line"):
            self.open.append(tag)
        self.outside += [tag] if tag == "script" else []
        self.outside += [str(value) for name, value in attrs if name in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("polyline", "line"):
            assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ("polyline", "line")
        self.outside += [str(value) for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "td":
            self.cells.append(data)


def test_the_page_is_whole_and_needs_nothing_else() -> None:
    one = result(ms=20)
    one.scenario = "<script>alert(1)</script>"
    page = Page()
    page.feed(as_page(one, judge(one, WANTED), compare([result()] * 4, [one] * 4)))
    assert page.open == []
    assert page.outside == []
    assert {"sendMessage", "no", "yes", "worse"} <= set(page.cells)


def test_a_chart_of_nothing_is_drawn() -> None:
    assert chart("nothing", "", []).startswith("<figure>")
    assert "polyline" in chart("one", " ms", [Curve("one", [None, 0.0, 0.0003])])


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (12345.6, "12,346"), (3.14159, "3.14"), (0.00123, "0.0012"), (7.0, "7")],
)
def test_figures_have_as_many_places_as_matter(value: float, text: str) -> None:
    assert number(value) == text

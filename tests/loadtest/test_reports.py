"""Reports say what the run found, in forms that others read."""

import csv
import io
import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from altlas_chat.loadtest.advising import Advice
from altlas_chat.loadtest.comparing import compare
from altlas_chat.loadtest.histograms import Histogram
from altlas_chat.loadtest.objectives import Objective, judge
from altlas_chat.loadtest.outcomes import Outcome, Word
from altlas_chat.loadtest.reports.charts import Curve, chart, histogram, percentiles
from altlas_chat.loadtest.reports.junit import as_junit
from altlas_chat.loadtest.reports.page import as_capacity_page, as_page
from altlas_chat.loadtest.reports.tables import (
    as_capacity_markdown,
    as_csv,
    as_markdown,
    number,
)
from altlas_chat.loadtest.results import Result
from altlas_chat.loadtest.running import Step
from tests.loadtest.runs import result


def outcome_of(one: Result) -> Outcome:
    """Four runs alike, judged, and compared to four faster ones."""
    verdicts = judge(one, WANTED)
    return Outcome([one] * 4, [verdicts] * 4, compare([result(ms=10)] * 4, [one] * 4))


WANTED = [Objective("requests.p95_ms", "<=", 1), Objective("requests.error_rate", "<=", 1)]


def test_csv_has_every_figure_of_every_row() -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(result(failed=3)))))
    assert [row["name"] for row in rows] == ["getSync", "sendMessage", "delivery", "requests"]
    assert rows[1]["failed"] == "3"
    assert float(rows[1]["p50Ms"]) == pytest.approx(15, rel=0.01)


def test_markdown_tells_objectives_and_the_baseline() -> None:
    one = result(ms=20, lost=2)
    text = as_markdown(outcome_of(one))
    late = number(one.requests.spread.percentile(0.95) * 1000)
    assert f"| requests.p95_ms <= 1 | {late} | no |" in text
    assert "**FAILED** 4 of 8 objectives are missed, 8 messages were lost." in text
    assert "| sendMessage.p50_ms | 15" in text
    assert "2 were lost" in text
    assert text.count("| worse |") >= 5


def test_junit_counts_what_it_has() -> None:
    one = result(ms=20, lost=1)
    root = ET.fromstring(as_junit(outcome_of(one)))
    (suite,) = root
    assert int(suite.get("tests", 0)) == len(suite.findall("testcase"))
    assert int(suite.get("failures", 0)) == len(suite.findall("testcase/failure")) > 3
    messages = [failure.get("message") for failure in suite.iter("failure")]
    assert messages[0] == "1 lost, 0 doubled, 0 reordered"
    assert messages[1].startswith("found ")


SCHEMA = {
    "testsuite": ("name", "timestamp", "hostname", "tests", "failures", "errors", "time"),
    "property": ("name", "value"),
    "testcase": ("name", "classname", "time"),
    "failure": ("type", "message"),
    "error": ("type", "message"),
}
"""What the schema of Ant's JUnit task wants of each element (JUnit.xsd of windyroad)."""


def test_junit_has_what_the_usual_schema_wants() -> None:
    (suite,) = root = ET.fromstring(as_junit(outcome_of(result(ms=20, lost=1))))
    assert root.tag == "testsuites"
    order = [child.tag for child in suite]
    cases = ["testcase"] * (len(order) - 3)
    assert order == ["properties", *cases, "system-out", "system-err"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.get("timestamp", ""))
    for element in suite.iter():
        for name in SCHEMA.get(element.tag, ()):
            assert element.get(name) is not None, (element.tag, name)
        assert element.tag in SCHEMA or not element.attrib


def test_a_sick_generator_is_an_error_and_no_failure() -> None:
    one = result()
    one.generator.cpu = 1.0
    outcome = Outcome([one])
    assert outcome.word is Word.VOID
    (suite,) = ET.fromstring(as_junit(outcome))
    assert (suite.get("errors"), suite.get("failures")) == ("1", "0")
    assert "Void" in as_markdown(outcome)


SINGLE = ("meta", "polyline", "line")


class Page(HTMLParser):
    """What a browser would fetch, run or leave open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.outside: list[str] = []
        self.cells: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in SINGLE:
            self.open.append(tag)
        self.outside += [tag] if tag == "script" else []
        self.outside += [str(value) for name, value in attrs if name in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        if tag not in SINGLE:
            assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in SINGLE
        self.outside += [str(value) for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "td":
            self.cells.append(data)


def test_the_page_is_whole_and_needs_nothing_else() -> None:
    one = result(ms=20)
    one.scenario = "<script>alert(1)</script>"
    page = Page()
    page.feed(as_page(outcome_of(one)))
    assert page.open == []
    assert page.outside == []
    assert {"sendMessage", "no", "yes", "worse"} <= set(page.cells)


def test_a_capacity_is_told_with_its_steps_and_what_limits() -> None:
    late = result(ms=300)
    steps = [Step(50, result(), []), Step(100, late, judge(late, WANTED))]
    advice = [Advice("CPU", "all of it was used", "Take another.")]
    page = Page()
    page.feed(as_capacity_page(steps, Word.PASSED, "It holds 50.", advice))
    assert (page.open, page.outside) == ([], [])
    assert {"yes", "no", "100"} <= set(page.cells)
    text = as_capacity_markdown(steps, Word.PASSED, "It holds 50.", advice)
    assert "- **CPU**: all of it was used. Take another." in text
    assert "| 100 | no |" in text


def test_the_word_that_counts_is_the_first_that_applies() -> None:
    assert Outcome([result()]).word is Word.PASSED
    worse = compare([result(ms=10)] * 4, [result(ms=20)] * 4)
    assert Outcome([result(ms=20)], (), worse).word is Word.WORSE
    assert Outcome([result(lost=1)], (), worse).word is Word.FAILED
    broken = result(lost=1)
    broken.broken_off = "the server went away"
    assert Outcome([broken]).word is Word.BROKEN_OFF
    broken.is_partial = True
    assert Outcome([broken]).word is Word.INTERRUPTED


def test_a_chart_of_nothing_is_drawn() -> None:
    assert histogram("nothing", Histogram()).startswith("<figure>")
    assert percentiles("nothing", []).startswith("<figure>")
    one = percentiles("one", [("one", Histogram.of([0.2]))])
    assert "polyline" in one
    assert "nan" not in one
    assert chart("nothing", "", []).startswith("<figure>")
    assert "polyline" in chart("one", " ms", [Curve("one", [None, 0.0, 0.0003])])


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (12345.6, "12,346"), (3.14159, "3.14"), (0.00123, "0.0012"), (7.0, "7")],
)
def test_figures_have_as_many_places_as_matter(value: float, text: str) -> None:
    assert number(value) == text


def test_a_run_in_which_requests_fail_has_not_passed_unless_objectives_allow_it() -> None:
    refused = result(failed=100)
    assert Outcome([result(failed=5)]).word is Word.PASSED
    assert Outcome([refused]).word is Word.FAILED
    assert Outcome([refused]).sentence == "100 of 1,200 requests failed, mostly with 503."
    allowed = judge(refused, [Objective("sendMessage.error_rate", "<=", 0.5)])
    assert Outcome([refused], [allowed]).word is Word.PASSED

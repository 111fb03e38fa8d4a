"""What holds for every test: where the program is found, and what a skip means."""

import importlib.util
import os
import signal
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
REQUIRE_VARIABLE = "ALTLAS_CHAT_TEST_REQUIRE_ALL"

pytest_plugins = [
    "tests.support.browser",
    "tests.support.contract",
    "tests.support.running",
    "tests.support.s3",
    "tests.support.world",
    "tests.support.driving",
]

# At the end, so that an installed package goes before the checkout.
sys.path.append(str(ROOT))
if importlib.util.find_spec("altlas_chat_cli") is None:
    # A bare checkout: processes that a test starts must find the program, too.
    sys.path.append(str(ROOT / "cli"))
    known = os.environ.get("PYTHONPATH")  # noqa: TID251
    places = [str(ROOT), str(ROOT / "cli"), *([known] if known else [])]
    os.environ["PYTHONPATH"] = os.pathsep.join(places)  # noqa: TID251


# A shell's background job ignores Ctrl-C, and so would every process that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_configure() -> None:
    """Refuse to test the checkout where the installed package is to be tested."""
    package = importlib.util.find_spec("altlas_chat")
    found = Path(package.origin) if package and package.origin else ROOT
    is_installed = "site-packages" in found.parts or ROOT not in found.parents
    if "TOX_ENV_NAME" in os.environ and not is_installed:  # noqa: TID251
        raise pytest.UsageError(f"the tests would run on {found}, not on the installed package")


def _must_not_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure where every part must be had."""
    if not report.skipped or hasattr(report, "wasxfail"):
        return
    if os.environ.get(REQUIRE_VARIABLE) == "1":  # noqa: TID251
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{reason}\n(with {REQUIRE_VARIABLE}=1 nothing may be skipped)"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _must_not_skip(report)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _must_not_skip(report)
    return report

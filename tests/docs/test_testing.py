"""docs/testing.md: every folder of tests has its row, every default is what the settings say."""

import re
import tomllib

from altlas_chat.settings import Settings
from tests.docs.pages import ROOT, page, words_in

PAGE = page("docs/testing.md")
NO_TESTS_OF_THEIR_OWN = {"support"}


def test_every_folder_of_tests_is_described_and_there() -> None:
    folders = {
        path.parent.name
        for path in (ROOT / "tests").glob("*/test_*.py")
        if path.parent.name not in NO_TESTS_OF_THEIR_OWN
    }
    described = {
        match[1]
        for cells in PAGE.rows()
        for match in [re.fullmatch(r"`tests/(\w+)/`", cells[0])]
        if match
    }
    assert described == folders


def test_the_defaults_that_the_platform_names() -> None:
    defaults = Settings()
    told = {words_in(cells[-1])[0]: cells[1] for cells in PAGE.rows() if cells[1][:1].isdigit()}
    assert told == {
        "max_message_characters": f"{defaults.max_message_characters:,} characters",
        "max_file_bytes": f"{defaults.max_file_bytes >> 20} MB",
        "max_image_bytes": f"{defaults.max_image_bytes >> 20} MB",
        "edit_window_seconds": f"{defaults.edit_window_seconds // 60} min",
    }


def test_the_limits_of_a_run_are_those_of_the_configuration() -> None:
    pytest_options = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]
    assert f"after {pytest_options['ini_options']['timeout']} s" in PAGE.text
    tox = (ROOT / "tox.ini").read_text()
    (least,) = re.findall(r"--cov-fail-under=(\d+)", tox)
    assert f"below {least} %" in PAGE.text
    for report in ("reports/junit.xml", "reports/coverage"):
        assert report in tox
        assert f"`{report}" in PAGE.text


def test_environments_that_are_named_exist() -> None:
    tox = (ROOT / "tox.ini").read_text()
    environments = set(re.findall(r"^\[testenv:(\w+)\]", tox, re.MULTILINE))
    for name in ("docs/testing.md", "README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"):
        for named in re.findall(r"tox(?: run)? -e (\w+)", page(name).text):
            assert named in environments, f"{name}: tox -e {named}"
    default = re.search(r"^envlist = (.+)$", tox, re.MULTILINE)
    assert default
    by_name_alone = {"coverage"}  # the tests again, half as slow
    within_checks = set(re.findall(r"^    \{\[testenv:(\w+)\]commands\}$", tox, re.MULTILINE))
    assert default[1] == "tests, checks"
    assert {"tests", "checks"} | within_checks | by_name_alone == environments

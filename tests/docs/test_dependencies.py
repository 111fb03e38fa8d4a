"""Decision 0007 lists what pyproject.toml depends on, both ways; and the program uses all of it."""

import ast
import re
import tomllib
from pathlib import Path

from tests.docs.pages import ROOT, page

PAGE = page("docs/decisions/0007-dependencies.md")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MODULES = {
    "argon2-cffi": "argon2",
    "markdown-it-py": "markdown_it",
    "pillow": "PIL",
    "pyjwt": "jwt",
    "pyyaml": "yaml",
}


def name_of(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name, requirement
    return normal(name[0])


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def packages_below(heading: str) -> set[str]:
    lines = [line for line in PAGE.section(heading).splitlines() if line.startswith("| ")]
    return {normal(line.strip("|").split("|")[0].strip()) for line in lines[1:]}


def test_the_program_s_dependencies_are_explained() -> None:
    required = {name_of(one) for one in PYPROJECT["project"]["dependencies"]}
    assert packages_below("## The program") == required


def test_what_tests_and_lint_and_the_build_depend_on_is_explained() -> None:
    groups = PYPROJECT["dependency-groups"]
    assert packages_below("## Tests") == {name_of(one) for one in groups["test"]}
    built_by = {name_of(one) for one in PYPROJECT["build-system"]["requires"]}
    others = {name_of(one) for one in groups["lint"]} | built_by | {"tox"}
    assert packages_below("## Lint, types, build") == others


def test_every_dependency_says_what_for_and_what_was_seen() -> None:
    rows = [cells for cells in PAGE.rows() if len(cells) == 4 and cells[0] != "package"]
    assert len(rows) > 30
    for name, purpose, _, seen in rows:
        assert purpose, name
        assert re.fullmatch(r"\d[\w.]*, 20\d\d-\d\d", seen), name


def imported_modules() -> set[str]:
    found = set()
    for folder in ("altlas_chat", "cli"):
        for path in (ROOT / folder).rglob("*.py"):
            found |= modules_in(path)
    return found


def modules_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.partition(".")[0])
    return found


def test_the_program_imports_what_it_depends_on() -> None:
    imported = imported_modules()
    for requirement in PYPROJECT["project"]["dependencies"]:
        name = name_of(requirement)
        assert MODULES.get(name, name.replace("-", "_")) in imported, f"nothing imports {name}"

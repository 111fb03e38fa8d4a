"""All sentences for people that the source has, found by reading it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from altlas_chat.domain.errors import ALL_ERRORS
from altlas_chat.domain.findings import FINDINGS, OTHERWISE

ROOT = Path(__file__).parents[2]
TOOLKIT = ("loadtest", "mock", "pages", "specs", "toolkit")
"""Packages that speak to developers, in English alone."""
SOURCES = sorted(
    path
    for path in (ROOT / "altlas_chat").rglob("*.py")
    if path.relative_to(ROOT / "altlas_chat").parts[0] not in TOOLKIT
)
REFUSING = {error.__name__ for error in ALL_ERRORS.values()} | {"ChatError"}
CHOOSES_ITS_TEMPLATE = "findings.py"
"""The one module whose templates stand in a table."""


@dataclass(frozen=True)
class Said:
    """One call of ``say``, or a wrong way to do without it."""

    place: str
    template: str | None
    names: frozenset[str]
    fault: str | None = None


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def is_bare(node: ast.expr | None) -> bool:
    """Whether text is written here that can't be translated."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    if isinstance(node, ast.IfExp):
        return is_bare(node.body) or is_bare(node.orelse)
    if isinstance(node, ast.BinOp):
        return is_bare(node.left) or is_bare(node.right)
    if isinstance(node, ast.Call):
        return called(node) in ("str", "format", "join", "repr")
    return isinstance(node, ast.JoinedStr)


def detail_of(node: ast.Call) -> ast.expr | None:
    """The detail that a refusal or a finding is given."""
    named = {one.arg: one.value for one in node.keywords}
    place = {"FieldError": 1, "invalid": 2, "_invalid": 2}.get(called(node), 0)
    return named.get("detail") or (node.args[place] if len(node.args) > place else None)


def assigned(function: ast.AST, name: str) -> list[ast.expr]:
    """What a name is set to inside a function."""
    return [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        and any(isinstance(one, ast.Name) and one.id == name for one in node.targets)
    ]


def said_in(source: str, file: str) -> Iterator[Said]:
    """Every ``say`` of a module, and every refusal that does without."""
    tree = ast.parse(source)
    functions = [
        node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        place, name = f"{file}:{node.lineno}", called(node)
        if name == "say":
            yield from _said(node, place, file)
        elif name in REFUSING or name in ("FieldError", "invalid", "_invalid"):
            detail = detail_of(node)
            around = [one for one in functions if node in ast.walk(one)]
            values = (
                [value for one in around for value in assigned(one, detail.id)]
                if isinstance(detail, ast.Name)
                else []
            )
            if is_bare(detail) or any(is_bare(value) for value in values):
                yield Said(place, None, frozenset(), f"{name} is not given say(...)")


def _said(node: ast.Call, place: str, file: str) -> Iterator[Said]:
    names = frozenset(one.arg or "**" for one in node.keywords)
    first = node.args[0] if len(node.args) == 1 else None
    if isinstance(first, ast.Constant) and isinstance(first.value, str):
        yield Said(place, first.value, names)
    elif not file.endswith(CHOOSES_ITS_TEMPLATE):
        yield Said(place, None, names, "say(...) is not given its template written out")


def all_said() -> list[Said]:
    return [
        one for path in SOURCES for one in said_in(path.read_text(), str(path.relative_to(ROOT)))
    ]


def all_templates() -> set[str]:
    """Every template that needs a translation."""
    said = {one.template for one in all_said() if one.template is not None}
    fixed = {text for error in ALL_ERRORS.values() for text in (error.title, error.remedy)}
    return said | fixed | set(FINDINGS.values()) | {OTHERWISE}

"""What a setting is, and how a value for it is found, read and checked.

Knows flags, environment variables and a TOML file, and none of the settings:
those are the fields of :class:`altlas_chat.settings.Settings`. What is wrong
is said with its place and a remedy, and all of it at once.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Any, Literal, TypeVar, get_args, get_origin

T = TypeVar("T")
Value = str | int | tuple[str, ...] | None

VARIABLE_PREFIX = "ALTLAS_CHAT_"
FILE_NAME = "altlas-chat.toml"
FILE_VARIABLE = f"{VARIABLE_PREFIX}CONFIG"
TEST_PREFIX = f"{VARIABLE_PREFIX}TEST_"
"""Variables that speak to the tests of this project and not to the program."""

_INTEGER = re.compile(r"[+-]?[0-9]+(_[0-9]+)*", re.ASCII)
_SERVICE_LINK = re.compile(r"SERVICE_(HOST|PORT).*|PORT_[0-9]+_.*")
_LINKS_REMEDY = (
    "Kubernetes sets it for a service named altlas-chat:"
    " give the pod `enableServiceLinks: false`, or name the service otherwise."
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with the configuration, where, and what to do about it."""

    place: str
    detail: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}: {self.detail}. {self.remedy}"


class SettingsError(Exception):
    """The configuration can't be used; ``problems`` is everything that is wrong."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the settings table."""

    name: str
    kind: Literal["text", "integer", "list"]
    default: Value
    about: str
    optional: bool
    flag: bool
    secret: bool
    minimum: int | None
    maximum: int | None
    choices: tuple[str, ...]
    pattern: str
    check: Callable[[str], object] | None
    form: str

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return VARIABLE_PREFIX + self.name.upper()

    @property
    def option(self) -> str:
        """How a command's option for it is written."""
        return "--" + self.name.replace("_", "-")

    @property
    def bounds(self) -> str:
        """What a value may be, in words; empty when everything is allowed."""
        if self.choices:
            return " or ".join(self.choices)
        if self.minimum is not None and self.maximum is not None:
            only = self.minimum == self.maximum
            return str(self.minimum) if only else f"{self.minimum} to {self.maximum}"
        if self.minimum is not None:
            if self.kind == "integer":
                return f"at least {self.minimum}"
            return "not empty" if self.minimum == 1 else f"at least {self.minimum} bytes"
        return self.form

    def read(self, given: object) -> Value:
        """The value in its type.

        Raises:
            ValueError: it is not one that this setting can have; the message
                has no secret in it.
        """
        if self.kind == "integer":
            return self._integer(given)
        if self.kind == "list":
            return tuple(self._text(part) for part in _parts(given))
        return self._text(given)

    def _integer(self, given: object) -> int:
        if isinstance(given, str) and _INTEGER.fullmatch(given.strip()):
            given = int(given)
        if not isinstance(given, int) or isinstance(given, bool):
            raise ValueError(f"{given!r} is no whole number")  # noqa: TRY004
        low, high = self.minimum, self.maximum
        if (low is not None and given < low) or (high is not None and given > high):
            raise ValueError(f"{given} is out of bounds")
        return given

    def _text(self, given: object) -> str:
        shown = "the value" if self.secret else repr(given)
        if not isinstance(given, str):
            raise ValueError(f"{shown} is no text")  # noqa: TRY004
        if self.choices and given not in self.choices:
            raise ValueError(f"{shown} is none of its values")
        if self.pattern and not re.fullmatch(self.pattern, given):
            raise ValueError(f"{shown} has not its form")
        if self.check is not None:
            try:
                self.check(given)
            except ValueError as error:
                raise ValueError(f"{shown} has not its form") from error
        if self.minimum is not None and len(given.encode()) < self.minimum:
            raise ValueError(f"{shown} is too short")
        return given


def _parts(given: object) -> Iterable[object]:
    if isinstance(given, str):
        return [part.strip() for part in given.split(",") if part.strip()]
    if isinstance(given, list | tuple):
        return given
    raise ValueError(f"{given!r} is no list of texts")


def setting(  # noqa: PLR0913 - the columns of the table
    default: T,
    about: str,
    *,
    flag: bool = False,
    secret: bool = False,
    minimum: int | None = None,
    maximum: int | None = None,
    pattern: str = "",
    check: Callable[[str], object] | None = None,
    form: str = "",
) -> T:
    """A field of the settings dataclass, with what the table says of it.

    ``minimum`` and ``maximum`` bound a number; for a text ``minimum`` is its
    least length in bytes. ``check`` raises ValueError of a text that is none;
    ``form`` says in words what it and ``pattern`` demand.
    """
    row = {
        "about": about,
        "flag": flag,
        "secret": secret,
        "minimum": minimum,
        "maximum": maximum,
        "pattern": pattern,
        "check": check,
        "form": form,
    }
    made: T = field(default=default, metadata=row)
    return made


def table_of(settings: type[Any]) -> dict[str, Setting]:
    """The rows of a dataclass made of :func:`setting` fields, by name, in their order."""
    return {
        row.name: Setting(name=row.name, default=row.default, **_shape(row.type), **row.metadata)
        for row in fields(settings)
        if row.default is not MISSING
    }


def _shape(annotation: Any) -> dict[str, Any]:
    optional = isinstance(annotation, UnionType)
    plain = get_args(annotation)[0] if optional else annotation
    choices = get_args(plain) if get_origin(plain) is Literal else ()
    kind = "integer" if plain is int else "list" if get_origin(plain) is tuple else "text"
    return {"kind": kind, "optional": optional, "choices": choices}


@dataclass(frozen=True, slots=True)
class Given:
    """A value somebody wrote, and where."""

    place: str
    value: object


class Finder:
    """Gathers what was given, the strongest source last, and what is wrong with it."""

    def __init__(self, table: Mapping[str, Setting]) -> None:
        self._table = table
        self._given: dict[str, Given] = {}
        self.problems: list[Problem] = []

    def file(self, path: Path) -> None:
        """Take what the file says.

        Raises:
            SettingsError: it can't be read, or is no TOML.
        """
        try:
            text = path.read_text(encoding="utf-8")
            document = tomllib.loads(text)
        except OSError as error:
            remedy = f"Check the path and its permissions; `{FILE_VARIABLE}` may name another file."
            reason = f"the file can't be read: {error.strerror}"
            raise SettingsError([Problem(str(path), reason, remedy)]) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            remedy = "Write one `name = value` in a line, texts in quotes."
            reason = f"the file is no TOML: {error}"
            raise SettingsError([Problem(str(path), reason, remedy)]) from error
        for name, value in document.items():
            self._take(name, value, _file_place(path, text, name), f"`{name}`", str)

    def environment(self, environ: Mapping[str, str]) -> None:
        """Take what the variables say; an empty one counts as not set."""
        for variable, value in environ.items():
            if not variable.startswith(VARIABLE_PREFIX) or not value:
                continue
            name = variable.removeprefix(VARIABLE_PREFIX)
            if variable == FILE_VARIABLE or variable.startswith(TEST_PREFIX):
                continue
            place = f"variable {variable}"
            if _SERVICE_LINK.fullmatch(name) or (name == "PORT" and "://" in value):
                self.problems.append(Problem(place, "this is no setting", _LINKS_REMEDY))
                continue
            # `ALTLAS_CHAT_port` is none: on most systems the case counts.
            key = name.lower() if name.isupper() else variable
            self._take(key, value, place, f"`{variable}`", lambda known: known.variable)

    def flags(self, overrides: Mapping[str, object]) -> None:
        """Take what the command line says; None counts as not given."""
        for name, value in overrides.items():
            if value is not None:
                option = "--" + name.replace("_", "-")
                self._take(name, value, f"flag {option}", f"`{option}`", lambda known: known.option)

    def _take(self, name: str, value: object, place: str, shown: str, spell: Any) -> None:
        known = self._table.get(name)
        if known is None:
            self.problems.append(self._unknown(name, place, shown, spell))
        else:
            self._given[name] = Given(place, value)

    def _unknown(self, name: str, place: str, shown: str, spell: Any) -> Problem:
        wanted = name.removeprefix(VARIABLE_PREFIX).lower()
        near = get_close_matches(wanted, self._table, n=1)
        remedy = "`altlas-chat config show` lists all settings."
        if near:
            guess = self._table[near[0]]
            meant = guess.name if spell is str else spell(guess)
            remedy = f"Did you mean `{meant}`? {remedy}"
        return Problem(place, f"there is no setting {shown}", remedy)

    def values(self) -> tuple[dict[str, Value], dict[str, str]]:
        """Every setting's value, and the place of each that is not its default."""
        values: dict[str, Value] = {name: row.default for name, row in self._table.items()}
        places = {}
        for name, given in self._given.items():
            row = self._table[name]
            try:
                values[name] = row.read(given.value)
            except ValueError as error:
                allowed = f"; allowed: {row.bounds}" if row.bounds else ""
                remedy = f"Give `{name}` {_ARTICLES[row.kind]}{allowed}."
                self.problems.append(Problem(given.place, str(error), remedy))
            else:
                places[name] = given.place
        return values, places


_ARTICLES = {"text": "a text", "integer": "a whole number", "list": "a list of texts"}


def _file_place(path: Path, text: str, name: str) -> str:
    wanted = re.compile(rf"""\s*\[*["']?{re.escape(name)}["']?\s*[\]=.]""")
    for number, line in enumerate(text.splitlines(), 1):
        if wanted.match(line):
            return f"file {path}, line {number}"
    return f"file {path}"


def without_password(url: str) -> str:
    """An address as it may be shown and logged."""
    scheme, separator, rest = url.partition("://")
    rest = re.sub(r"(?<=[?&]password=)[^&]*", "***", rest)
    account, at, place = rest.rpartition("@")
    if at and ":" in account:
        rest = f"{account.partition(':')[0]}:***@{place}"
    return f"{scheme}{separator}{rest}"

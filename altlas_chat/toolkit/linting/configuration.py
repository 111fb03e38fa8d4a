"""Which rules are on, how bad each is, and what is let pass: ``altlas-chat-lint.yaml``.

``extends`` names a set of rules; ``rules`` turns one on or off, or sets its
severity and options; ``ignore`` lets findings pass by rule, file and pointer.
Rules may be called what other linters call them.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from altlas_chat.specs.findings import DocumentUnusable, Finding, Place, Severity
from altlas_chat.specs.pointers import joined
from altlas_chat.toolkit.linting.registry import Options, Rule, RuleSet, all_rules, rules_by_name

FILE_NAMES = ("altlas-chat-lint.yaml", "altlas-chat-lint.yml")
RULE = "lint-config"
OFF = "off"
SEVERITIES: Mapping[str, Severity | None] = {
    OFF: None,
    **{severity.value: severity for severity in Severity},
    "warn": Severity.WARNING,
    "hint": Severity.INFO,
}


@dataclass(frozen=True, slots=True)
class Ignore:
    """Findings that are let pass: those that every pattern given fits; "" fits all.

    ``*`` stands for any characters, ``/`` among them. A file's pattern may leave
    out the folders in front.
    """

    place: Place
    rules: tuple[str, ...] = ()
    file: str = ""
    pointer: str = ""

    def covers(self, finding: Finding, pointer: str) -> bool:
        """``pointer`` is the finding's place in the whole document."""
        if self.rules and finding.rule not in self.rules:
            return False
        file = finding.place.file
        if self.file and not any(
            fnmatchcase(file, pattern) for pattern in (self.file, f"*/{self.file}")
        ):
            return False
        pointers = (pointer, finding.place.pointer)
        return not self.pointer or any(fnmatchcase(one, self.pointer) for one in pointers)


@dataclass(frozen=True, slots=True)
class Configuration:
    """How to lint."""

    extends: RuleSet = RuleSet.RECOMMENDED
    severities: Mapping[str, Severity | None] = field(default_factory=dict)
    set_options: Mapping[str, Options] = field(default_factory=dict)
    ignores: tuple[Ignore, ...] = ()

    def severity(self, rule: Rule) -> Severity | None:
        """How bad its findings are; None where it is off."""
        if rule.id in self.severities:
            return self.severities[rule.id]
        return rule.severity if self.extends.has(rule.since) else None

    def options(self, rule: Rule) -> Options:
        return {**rule.options, **self.set_options.get(rule.id, {})}


def found_configuration(folders: Sequence[Path]) -> Path | None:
    """The first configuration that lies in one of these folders."""
    for folder in folders:
        for name in FILE_NAMES:
            if (folder / name).is_file():
                return folder / name
    return None


def read_configuration(path: Path) -> Configuration:
    """The configuration in a file.

    Raises:
        DocumentUnusable: it can't be read, or something in it is wrong; every
            mistake is told, with its line.
    """
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        data = yaml.load(text, Loader=yaml.CSafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        what = f"it can't be read: {getattr(error, 'strerror', None) or error}"
        raise _refused([Finding(Place(str(path)), RULE, what, "Check the path.")]) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = Place(str(path), mark.line + 1, mark.column + 1) if mark else Place(str(path))
        what = f"it is no YAML: {getattr(error, 'problem', None) or error}"
        raise _refused([Finding(place, RULE, what, "Mend the line.")]) from error
    reader = _Reader(str(path), node)
    configuration = reader.configuration({} if data is None else data)
    if reader.findings:
        raise _refused(sorted(reader.findings))
    return configuration


def _refused(findings: Sequence[Finding]) -> DocumentUnusable:
    return DocumentUnusable(findings)


class _Reader:
    """Makes a configuration of data, and notes all that is wrong with it."""

    def __init__(self, file: str, node: yaml.Node | None) -> None:
        self._file = file
        self._marks: dict[str, Any] = {}
        self._mark(node, "")
        self.findings: list[Finding] = []

    def configuration(self, data: Any) -> Configuration:
        if not isinstance(data, dict):
            self._wrong("", "it is no map", "Write `extends:`, `rules:` and `ignore:`.")
            return Configuration()
        readers: Mapping[str, Callable[[Any], None]] = {
            "extends": self._extends,
            "rules": self._rules,
            "ignore": self._ignore,
        }
        self._set = RuleSet.RECOMMENDED
        self._severities: dict[str, Severity | None] = {}
        self._options: dict[str, Options] = {}
        self._ignores: list[Ignore] = []
        for key, value in data.items():
            if key in readers:
                readers[key](value)
            else:
                self._wrong(f"/{key}", f"{key} is no setting", nearest(str(key), readers))
        return Configuration(self._set, self._severities, self._options, tuple(self._ignores))

    # -- its three parts ---------------------------------------------------------------

    def _extends(self, value: Any) -> None:
        if value in list(RuleSet):
            self._set = RuleSet(value)
        else:
            what = f"{value!r} is no set of rules"
            self._wrong("/extends", what, f"Use {', '.join(RuleSet)}.")

    def _rules(self, value: Any) -> None:
        if not isinstance(value, dict):
            self._wrong("/rules", "rules is no map", "Write `rule: severity` below it.")
            return
        for name, setting in value.items():
            for rule in self._named(name, joined("/rules", name)):
                self._setting(rule, setting, joined("/rules", name))

    def _setting(self, rule: Rule, setting: Any, pointer: str) -> None:
        said = setting
        if isinstance(setting, dict):
            said = setting.get("severity", rule.severity.value)
            for key in setting:
                if key not in ("severity", "options"):
                    remedy = "Only severity and options may stand here."
                    self._wrong(joined(pointer, key), f"{key} is no setting of a rule", remedy)
            self._take_options(rule, setting.get("options", {}), joined(pointer, "options"))
        said = OFF if said is False else said  # YAML takes off for false
        if isinstance(said, str) and said in SEVERITIES:
            self._severities[rule.id] = SEVERITIES[said]
        else:
            remedy = "Use off, info, warning or error."
            self._wrong(pointer, f"{said!r} is no severity", remedy)

    def _take_options(self, rule: Rule, options: Any, pointer: str) -> None:
        if not isinstance(options, dict):
            self._wrong(pointer, "options is no map", "Write `name: value` below it.")
            return
        for name, value in options.items():
            place = joined(pointer, name)
            if name not in rule.options:
                remedy = nearest(str(name), rule.options) if rule.options else "It has none."
                self._wrong(place, f"{rule.id} has no option {name}", remedy)
            elif type(value) is not type(rule.options[name]):
                default = rule.options[name]
                what = f"{name} of {rule.id} can't be {value!r}"
                self._wrong(place, what, f"It is of the kind of its default, {default!r}.")
        self._options[rule.id] = options

    def _ignore(self, value: Any) -> None:
        if not isinstance(value, list):
            self._wrong("/ignore", "ignore is no list", "Write a list of maps below it.")
            return
        for number, entry in enumerate(value):
            self._entry(entry, f"/ignore/{number}")

    def _entry(self, entry: Any, pointer: str) -> None:
        known = ("rule", "file", "pointer", "reason")
        if not isinstance(entry, dict) or not {"rule", "file", "pointer"} & set(entry):
            self._wrong(pointer, "it ignores nothing", "Name a rule, a file or a pointer.")
            return
        for key, one in entry.items():
            if key not in known:
                self._wrong(joined(pointer, key), f"{key} is no setting", nearest(str(key), known))
            elif not isinstance(one, str):
                self._wrong(joined(pointer, key), f"{key} is no text", "Write it in quotes.")
        said = entry.get("rule")
        rules = self._named(said, joined(pointer, "rule")) if said is not None else []
        file, place = str(entry.get("file", "")), str(entry.get("pointer", ""))
        ids = tuple(rule.id for rule in rules)
        self._ignores.append(Ignore(self._place(pointer), ids, file, place))

    # -- places and mistakes -----------------------------------------------------------

    def _named(self, name: Any, pointer: str) -> list[Rule]:
        ids = rules_by_name().get(str(name), ())
        if not ids:
            self._wrong(pointer, f"there is no rule {name}", nearest(str(name), rules_by_name()))
        return [all_rules()[one] for one in ids]

    def _wrong(self, pointer: str, what: str, remedy: str) -> None:
        self.findings.append(Finding(self._place(pointer), RULE, what, remedy))

    def _place(self, pointer: str) -> Place:
        mark = self._marks.get(pointer)
        if mark is None:
            return Place(self._file, pointer=pointer)
        return Place(self._file, mark.line + 1, mark.column + 1, pointer)

    def _mark(self, node: yaml.Node | None, pointer: str) -> None:
        """Note where everything is: an entry of a map where its key is."""
        if node is not None:
            self._marks.setdefault(pointer, node.start_mark)
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                place = joined(pointer, key.value)
                self._marks[place] = key.start_mark
                self._mark(value, place)
        elif isinstance(node, yaml.SequenceNode):
            for number, item in enumerate(node.value):
                self._mark(item, f"{pointer}/{number}")


def nearest(name: str, known: Mapping[str, Any] | Sequence[str]) -> str:
    """What somebody may have meant who wrote a name that is not known, as a remedy."""
    close = get_close_matches(name, list(known), n=1, cutoff=0.5)
    if close:
        return f"Did you mean {close[0]}?"
    if len(known) <= 8:
        return f"Use {', '.join(known)}."
    return "`altlas-chat contract lint --rules` lists them."

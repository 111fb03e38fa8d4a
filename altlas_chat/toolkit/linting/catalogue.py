"""The rules, told: as a table of Markdown, as data, and one at a time."""

import yaml

from altlas_chat.specs.documents import Json
from altlas_chat.toolkit.linting.configuration import nearest
from altlas_chat.toolkit.linting.registry import Rule, all_rules, rules_by_name

PEERS = {"spectral": "Spectral", "redocly": "Redocly", "vacuum": "vacuum"}


class NoSuchRule(Exception):
    """Nobody knows a rule of this name."""

    def __init__(self, name: str) -> None:
        self.detail = f"There is no rule {name}."
        self.remedy = nearest(name, rules_by_name())
        super().__init__(self.detail)


def rules_named(name: str) -> list[Rule]:
    """The rules of that name, which may be the one of another linter.

    Raises:
        NoSuchRule: there is none.
    """
    ids = rules_by_name().get(name, ())
    if not ids:
        raise NoSuchRule(name)
    return [all_rules()[one] for one in ids]


def as_data(rule: Rule) -> Json:
    """A rule for programs."""
    return {
        "id": rule.id,
        "theme": rule.theme,
        "severity": rule.severity.value,
        "since": rule.since.value,
        "kinds": [kind.value for kind in rule.kinds],
        "meaning": rule.meaning,
        "why": rule.why,
        "remedy": rule.remedy,
        "options": dict(rule.options),
        "peers": {peer: list(names) for peer, names in rule.peers.items()},
        "good": rule.good,
        "bad": rule.bad,
    }


def explained(rule: Rule) -> str:
    """All that there is to say of a rule, for people."""
    kinds = " and ".join({"openapi": "OpenAPI", "asyncapi": "AsyncAPI"}[one] for one in rule.kinds)
    options = [f"Option {name}: {value!r}" for name, value in rule.options.items()]
    peers = [f"{PEERS[peer]} calls it {', '.join(names)}." for peer, names in rule.peers.items()]
    parts = [
        f"{rule.id}: {rule.severity}, in the set {rule.since}, for {kinds}",
        f"{rule.meaning}\n{rule.why}",
        f"Remedy: {rule.remedy}",
        "\n".join(options),
        "\n".join(peers),
        f"Good:\n{_laid_out(rule.good)}",
        f"Bad:\n{_laid_out(rule.bad)}",
    ]
    return "\n\n".join(part for part in parts if part)


def _laid_out(sample: str) -> str:
    """A sample with a line for each of its entries."""
    data = yaml.load(sample, Loader=yaml.CSafeLoader)
    text = yaml.dump(data, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True)
    return "\n".join(f"    {line}" for line in text.splitlines())


def as_markdown() -> str:
    """A table of every rule for each theme, as docs/lint.md has it."""
    lines: list[str] = []
    theme = ""
    for rule in all_rules().values():
        if rule.theme != theme:
            theme = rule.theme
            lines += ["", f"## {theme.capitalize()}", ""]
            lines += [
                "| rule | severity | set | what it says | elsewhere |",
                "|---|---|---|---|---|",
            ]
        names = sorted({one for peer in rule.peers.values() for one in peer} - {rule.id})
        elsewhere = ", ".join(f"`{name}`" for name in names)
        meaning = rule.meaning.replace("|", "\\|")
        lines.append(f"| `{rule.id}` | {rule.severity} | {rule.since} | {meaning} | {elsewhere} |")
    return "\n".join(lines).strip()

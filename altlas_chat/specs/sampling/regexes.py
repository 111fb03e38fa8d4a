"""Texts that a regular expression (ECMA-262) matches."""

import re
from collections.abc import Callable
from typing import Final

from altlas_chat.specs.sampling.draw import Draw

Make = Callable[[Draw, "Trace"], str]

MOST_REPEATS: Final = 400
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
DIGITS: Final = "0123456789"
WORD: Final = LETTERS + LETTERS.upper() + DIGITS + "_"
PRINTABLE: Final = LETTERS + LETTERS.upper() + DIGITS + " -_.,:;!?@#$%&*+/=()[]{}<>'\"\\^`|~"
BEYOND: Final = "çğıöşüéàñøβжあ漢\n\t\r\x00\x7f\u00a0"
CLASSES: Final = {"d": DIGITS, "w": WORD, "s": " \t\n\r"}
PROPERTIES: Final = {
    "L": LETTERS + LETTERS.upper() + "çğıöşüÇĞİÖŞÜ",
    "Lu": LETTERS.upper() + "ÇĞİÖŞÜ",
    "Ll": LETTERS + "çğıöşü",
    "N": DIGITS,
    "Nd": DIGITS,
    "P": ".,:;!?-_()",
    "S": "+=<>$€",
    "Z": " ",
    "Zs": " ",
    "M": "\u0301",
    "C": "\t",
}
LONG_NAMES: Final = {
    "Letter": "L",
    "Alphabetic": "L",
    "Uppercase_Letter": "Lu",
    "Uppercase": "Lu",
    "Lowercase_Letter": "Ll",
    "Lowercase": "Ll",
    "Number": "N",
    "Decimal_Number": "Nd",
    "Punctuation": "P",
    "Symbol": "S",
    "Separator": "Z",
    "Space_Separator": "Zs",
    "Mark": "M",
    "Emoji": "Emoji",
}
ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "0": "\0", "e": "\x1b"}
_COUNTED: Final = re.compile(r"\{(\d+)(,?)(\d*)\}")
_HEX: Final = re.compile(r"u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})")
_GROUP: Final = re.compile(r"\?(?::|=|!|<=|<!|>|P?<(\w+)>|[a-z]*(?:-[a-z]+)?(:?))")


class NoRegularExpression(ValueError):
    """A pattern that can't be read."""


class Trace:
    """One text on its way: what its groups took, and how long it ought to get."""

    __slots__ = ("groups", "stretch")

    def __init__(self, stretch: int) -> None:
        self.groups: dict[str, str] = {}
        self.stretch = stretch


class Regex:
    """What a pattern matches. Look-behinds and what is ruled out are left to who checks."""

    def __init__(self, pattern: str) -> None:
        parser = _Parser(pattern)
        self._make = parser.alternatives()
        if parser.at < len(pattern):
            raise NoRegularExpression(f"an unmatched ) at {parser.at}")
        self._musts = parser.musts

    def make(self, draw: Draw, stretch: int) -> str:
        """A text that probably matches; longer ones where ``stretch`` is more, shortest at -1."""
        trace = Trace(stretch)
        text = self._make(draw, trace)
        if self._musts:
            wanted = [must(draw, trace) for must in self._musts]
            for first in range(len(wanted) - 1, 0, -1):
                other = draw.integer(0, first)
                wanted[first], wanted[other] = wanted[other], wanted[first]
            front = "".join(wanted)
            text = front + text[len(front) :]
        return text


class _Parser:
    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self.at = 0
        self._groups = 0
        self.musts: list[Make] = []

    def alternatives(self) -> Make:
        branches = [self._sequence()]
        while self._take("|"):
            branches.append(self._sequence())
        if len(branches) == 1:
            return branches[0]
        return lambda draw, trace: draw.pick(branches)(draw, trace)

    def _sequence(self) -> Make:
        parts: list[Make] = []
        while self.at < len(self._pattern) and self._pattern[self.at] not in "|)":
            parts.append(self._repeated(self._atom()))
        if len(parts) == 1:
            return parts[0]
        return lambda draw, trace: "".join([part(draw, trace) for part in parts])

    def _take(self, text: str) -> bool:
        found = self._pattern.startswith(text, self.at)
        self.at += len(text) if found else 0
        return found

    def _next(self) -> str:
        if self.at >= len(self._pattern):
            raise NoRegularExpression("it ends too early")
        self.at += 1
        return self._pattern[self.at - 1]

    def _atom(self) -> Make:
        sign = self._next()
        if sign == "(":
            return self._group()
        if sign == "[":
            return _one_of(self._class())
        if sign == "\\":
            return self._escape()
        if sign in "^$":
            return _nothing
        if sign == ".":
            return lambda draw, trace: draw.pick(LETTERS if trace.stretch in (0, -1) else PRINTABLE)
        if sign in "*+?":
            raise NoRegularExpression(f"nothing to repeat at {self.at}")
        return lambda _, __: sign

    def _group(self) -> Make:
        head = _GROUP.match(self._pattern, self.at)
        name = ""
        if head:
            self.at = head.end()
            if head[0][1:2].isalpha() and not head[1] and head[0][-1] != ":":
                self._close()
                return _nothing
            name = head[1] or ""
        capturing = not head or bool(name)
        self._groups += capturing
        number = str(self._groups)
        inside = self.alternatives()
        self._close()
        if head and head[0] in ("?=", "?!", "?<=", "?<!"):
            if head[0] == "?=":
                self.musts.append(inside)
            return _nothing
        return _kept(inside, number, name) if capturing else inside

    def _close(self) -> None:
        if not self._take(")"):
            raise NoRegularExpression("a group is not closed")

    def _repeated(self, atom: Make) -> Make:
        least, most = self._counts()
        if least == most == 1:
            return atom
        self._take("?") or self._take("+")
        return _repeat(atom, least, most)

    def _counts(self) -> tuple[int, int | None]:
        if self._take("*"):
            return 0, None
        if self._take("+"):
            return 1, None
        if self._take("?"):
            return 0, 1
        counted = _COUNTED.match(self._pattern, self.at)
        if not counted:
            return 1, 1
        self.at = counted.end()
        least = int(counted[1])
        if counted[3]:
            return least, int(counted[3])
        return least, None if counted[2] else least

    def _escape(self) -> Make:
        sign = self._next()
        if sign in "bB":
            return _nothing
        if sign.isdecimal() and sign != "0":
            return lambda _, trace: trace.groups.get(sign, "")
        if sign == "k" and self._take("<"):
            name = self._until(">")
            return lambda _, trace: trace.groups.get(name, "")
        self.at -= 1
        return _one_of(self._escaped())

    def _until(self, end: str) -> str:
        start = self.at
        self.at = self._pattern.find(end, start)
        if self.at < 0:
            raise NoRegularExpression(f"{end} is missing")
        self.at += 1
        return self._pattern[start : self.at - 1]

    def _escaped(self) -> str:
        """The characters that an escape stands for, after its backslash."""
        hexadecimal = _HEX.match(self._pattern, self.at)
        if hexadecimal:
            self.at = hexadecimal.end()
            return chr(int(next(filter(None, hexadecimal.groups())), 16))
        sign = self._next()
        if sign.lower() in CLASSES:
            inside = CLASSES[sign.lower()]
            return inside if sign.islower() else _without(inside)
        if sign in "pP":
            inside = self._property()
            return inside if sign == "p" else _without(inside)
        if sign == "c":
            return chr(ord(self._next()) % 32)
        return ESCAPES.get(sign, sign)

    def _property(self) -> str:
        name = self._until("}")[1:] if self._pattern.startswith("{", self.at) else self._next()
        name = name.rpartition("=")[2]
        name = LONG_NAMES.get(name, name)
        return {**PROPERTIES, "Emoji": "😀🎉👍", "Greek": "αβγδ", "Han": "漢字日本"}.get(
            name, PROPERTIES.get(name[:1], PROPERTIES["L"])
        )

    def _class(self) -> str:
        negated = self._take("^")
        found: list[str] = []
        while not self._take("]"):
            low = self._member()
            if len(low) == 1 and self._take("-"):
                if self._pattern.startswith("]", self.at):
                    found += [low, "-"]
                    continue
                high = self._member()
                found.append(_between(low, high) if len(high) == 1 else low + "-" + high)
            else:
                found.append(low)
        inside = "".join(found)
        return _without(inside) if negated else inside

    def _member(self) -> str:
        if self._pattern.startswith("[:", self.at):
            end = self._pattern.find(":]", self.at)
            if end > 0:
                name = self._pattern[self.at + 2 : end]
                self.at = end + 2
                return _POSIX.get(name, WORD)
        sign = self._next()
        return self._escaped() if sign == "\\" else sign


_POSIX: Final = {
    "alpha": LETTERS + LETTERS.upper(),
    "digit": DIGITS,
    "alnum": LETTERS + LETTERS.upper() + DIGITS,
    "upper": LETTERS.upper(),
    "lower": LETTERS,
    "space": " ",
    "xdigit": DIGITS + "abcdef",
    "punct": ".,:;!?-",
}


def _nothing(_: Draw, __: Trace) -> str:
    return ""


def _one_of(options: str) -> Make:
    if not options:
        raise NoRegularExpression("a class holds nothing")
    if len(options) == 1:
        return lambda _, __: options
    return lambda draw, _: options[int(draw.random() * len(options))]


def _between(low: str, high: str) -> str:
    first, last = ord(low), ord(high)
    if last < first:
        raise NoRegularExpression(f"{low}-{high} is upside down")
    if last - first <= 256:
        return "".join(map(chr, range(first, last + 1)))
    # Of a great range the part that people can read, where it has one.
    known = "".join(one for one in PRINTABLE + BEYOND if low <= one <= high)
    return known or "".join(map(chr, range(first, first + 64)))


def _without(inside: str) -> str:
    left = "".join(one for one in PRINTABLE if one not in inside)
    letters = "".join(one for one in left if one.isalnum())
    return letters or left or "".join(one for one in BEYOND if one not in inside)


def _kept(inside: Make, number: str, name: str) -> Make:
    def make(draw: Draw, trace: Trace) -> str:
        text = inside(draw, trace)
        trace.groups[number] = text
        if name:
            trace.groups[name] = text
        return text

    return make


def _repeat(atom: Make, least: int, most: int | None) -> Make:
    def make(draw: Draw, trace: Trace) -> str:
        count = least
        if trace.stretch >= 0:
            lowest = max(least, 1) if most is None or most > 1 else least
            highest = lowest + 5 + trace.stretch
            count = draw.integer(
                min(lowest + trace.stretch, highest if most is None else most),
                highest if most is None else min(most, highest),
            )
        return "".join([atom(draw, trace) for _ in range(min(count, MOST_REPEATS + least))])

    return make

"""Read SPSS portable files (.por).

A reader of our own, because the library turns declared missing codes of portable files into system-missing
and forgets that they were declared. Format: PSPP developer's guide, "Portable File Format": text in lines of
80 characters, numbers in base 30, each record announced by one letter. Runs in the reading process, so it
imports nothing but the standard library and the table of formats.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from netwerkkracht.spss.codes import FORMATS

LINE = 80
TAG = b"SPSSPORT"
TABLE = 256
# portable codes 64 to 147 are these characters; they tell which character set the file was written in
KNOWN = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz .<(+|&[]!$*);^-/"
DIGITS = {char: value for value, char in enumerate("0123456789ABCDEFGHIJKLMNOPQRST")}


class PortableError(Exception):
    """The file does not hold together; the text is a fixed sentence."""


class Text:
    """The characters of a portable file, line ends taken out."""

    def __init__(self, content: bytes) -> None:
        """Fill the lines, translate the character set and stand behind the tag."""
        lines = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        # blanks at the ends of lines get lost in transfer; the last line has none to restore
        stream = b"".join(line.ljust(LINE) for line in lines[:-1]) + lines[-1]
        found = stream.find(TAG)
        if found < TABLE:
            raise PortableError("the mark of a portable file is missing")
        self.data = _translated(stream[found - TABLE : found], stream[found + len(TAG) :]).decode("latin-1")
        self.at = 0

    def tag(self) -> str:
        """Return the letter of the next record."""
        while self.at < len(self.data) and self.data[self.at] == " ":
            self.at += 1
        if self.at >= len(self.data):
            raise PortableError("the file is cut off")
        self.at += 1
        return self.data[self.at - 1]

    def peek(self) -> str:
        """Return the next letter without moving."""
        before = self.at
        letter = self.tag()
        self.at = before
        return letter

    def number(self) -> float | None:
        """Return the next number, or None for system-missing."""
        end = self.data.find("/", self.at)
        missing = self.data.find("*", self.at, end if end >= 0 else len(self.data))
        if missing >= 0 and not self.data[self.at : missing].strip(" "):
            self.at = missing + 2
            return None
        if end < 0:
            raise PortableError("the file is cut off inside a number")
        word = self.data[self.at : end].strip(" ")
        self.at = end + 1
        return from_base_30(word)

    def integer(self, most: int = 10**9) -> int:
        """Return the next whole number from 0 to ``most``."""
        value = self.number()
        if value is None or not 0 <= value <= most or value != int(value):
            raise PortableError("a count is impossible")
        return int(value)

    def text(self) -> str:
        """Return the next text, undecoded."""
        size = self.integer(len(self.data))
        if self.at + size > len(self.data):
            raise PortableError("the file is cut off inside a text")
        self.at += size
        return self.data[self.at - size : self.at]


def _translated(table: bytes, rest: bytes) -> bytes:
    """Translate from another character set when the file's table says that it was written in one."""
    theirs = table[64 : 64 + len(KNOWN)]
    letters = range(62)
    if all(theirs[i] == KNOWN[i] for i in letters) or len(set(theirs[:62])) < 62:
        return rest
    mapping = bytearray(range(256))
    for mine, other in zip(KNOWN, theirs, strict=True):
        mapping[other] = mine
    return rest.translate(bytes(mapping))


def from_base_30(word: str) -> float:
    """Return a number in base 30, such as ``-1.F`` or ``4K+2``, rounded once."""
    sign = -1 if word.startswith("-") else 1
    body = word[1:] if word[:1] in {"-", "+"} else word
    cut = max(body.find("+"), body.find("-"))
    exponent = 0
    if cut > 0:
        exponent = int(_whole(body[cut + 1 :])) * (1 if body[cut] == "+" else -1)
        body = body[:cut]
    whole, _, part = body.partition(".")
    if not whole + part or abs(exponent) > 400 or len(body) > 500:
        raise PortableError("a number cannot be read")
    value = Fraction(_whole(whole + part)) * Fraction(30) ** (exponent - len(part))
    try:
        return sign * float(value)
    except OverflowError:
        return sign * math.inf


def _whole(digits: str) -> int:
    value = 0
    for char in digits:
        if char not in DIGITS:
            raise PortableError("a number cannot be read")
        value = value * 30 + DIGITS[char]
    return value


class Variable:
    """What the dictionary says of one variable."""

    def __init__(self, text: Text) -> None:
        """Read one variable record."""
        self.width = text.integer(32767)
        self.name = text.text()
        kind, size, decimals = (text.integer() for _ in range(3))
        for _ in range(3):
            text.integer()
        # IBM's program writes the kinds of dates and times with 82 added (measured on files of version 25)
        kind = kind - 82 if kind > 101 else kind
        name = FORMATS.get(kind, "A" if self.width else "F")
        self.format = f"{name}{size}.{decimals}" if decimals or name == "F" else f"{name}{size}"
        self.missing: list[tuple[Any, Any]] = []
        self.label: str | None = None
        self.value_labels: list[tuple[Any, str]] = []

    def value(self, text: Text) -> float | str | None:
        """Read one value of this variable's type."""
        return text.text().rstrip(" ") if self.width else text.number()


def parse(content: bytes, most_values: int) -> tuple[dict[str, Any], list[list[Any]]]:
    """Read a portable file: its facts and, per variable, its values.

    Raises
    ------
    PortableError
        When it does not hold together, or holds more than ``most_values`` values.
    """
    text = Text(content)
    facts: dict[str, Any] = {"product": "", "weight_variable": None, "documents": []}
    variables: list[Variable] = []
    if text.tag() != "A":
        raise PortableError("the version of the portable file is not known")
    text.text(), text.text()
    while (tag := text.tag()) != "F":
        _record(tag, text, variables, facts)
        if len(variables) > most_values:
            raise PortableError("the file claims more than the limit")
    columns = _cases(text, variables, most_values)
    facts |= {
        "names": [variable.name for variable in variables],
        "texts": [variable.width > 0 for variable in variables],
        "labels": [variable.label for variable in variables],
        "formats": [variable.format for variable in variables],
        "measures": [None] * len(variables),
        "widths": [variable.width for variable in variables],
        "display": [8] * len(variables),
        "alignments": [None] * len(variables),
        "value_labels": [variable.value_labels for variable in variables],
        "missing": [variable.missing for variable in variables],
    }
    return facts, columns


def _record(tag: str, text: Text, variables: list[Variable], facts: dict[str, Any]) -> None:
    if tag in "123":
        words = text.text()
        facts["product"] = words if tag == "1" else facts["product"]
    elif tag in "45":
        text.integer()
    elif tag == "6":
        facts["weight_variable"] = text.text()
    elif tag == "7":
        variables.append(Variable(text))
    elif tag in "89ABC" and variables:
        _about(tag, text, variables[-1])
    elif tag == "D":
        by_name = {variable.name: variable for variable in variables}
        count = text.integer(len(variables))
        named = [by_name.get(text.text()) for _ in range(count)]
        owners = [variable for variable in named if variable is not None]
        if not owners or len(owners) < count:
            raise PortableError("value labels belong to no variable")
        for _ in range(text.integer()):
            code = owners[0].value(text)
            words = text.text()
            for owner in owners:
                owner.value_labels.append((code, words))
    elif tag == "E":
        facts["documents"] += [text.text() for _ in range(text.integer(len(text.data)))]
    else:
        raise PortableError("a record of unknown type stands in the dictionary")


def _about(tag: str, text: Text, variable: Variable) -> None:
    """Read what follows a variable: its missing values and its label."""
    if tag == "C":
        variable.label = text.text()
        return
    first = variable.value(text)
    if first is None:
        raise PortableError("a missing value is impossible")
    if tag == "8":
        variable.missing.append((first, first))
    elif tag == "9":
        variable.missing.append((-math.inf, first))
    elif tag == "A":
        variable.missing.append((first, math.inf))
    else:
        variable.missing.append((first, variable.value(text)))


def _cases(text: Text, variables: list[Variable], most_values: int) -> list[list[Any]]:
    if not variables:
        raise PortableError("the file has no variables")
    columns: list[list[Any]] = [[] for _ in variables]
    readers: list[Callable[[Text], Any]] = [variable.value for variable in variables]
    rows = 0
    while text.peek() != "Z":
        rows += 1
        if rows * len(variables) > most_values:
            raise PortableError("the file claims more than the limit")
        for column, read in zip(columns, readers, strict=True):
            column.append(read(text))
    if text.data[text.at :].strip(" Z\x1a"):
        raise PortableError("more stands behind the last row")
    return columns

"""What the dictionary's extension records say: weight, roles, attributes and multiple-response sets."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from netwerkkracht.spss.codes import ROLES
from netwerkkracht.spss.model import MultipleResponseSet
from netwerkkracht.spss.reading.header import Header
from netwerkkracht.spss.reading.text import Decoder

LONGEST_LABEL = 2**15

Attributes = dict[str, tuple[str, ...]]


@dataclass
class Extra:
    """Facts by lower-cased long name."""

    weight_variable: str | None = None
    roles: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, Attributes] = field(default_factory=dict)
    file_attributes: Attributes = field(default_factory=dict)
    multiple_response_sets: tuple[MultipleResponseSet, ...] = ()


def read(header: Header, decoder: Decoder) -> Extra:
    """Read the extension records; one that does not hold together is left out, it describes no value."""
    names = long_names(header, decoder)
    extra = Extra()
    if header.weight_position:
        found = [column for column in header.columns if column.position == header.weight_position]
        if found:
            extra.weight_variable = names.get(found[0].short_name.lower(), decoder(found[0].short_name))
    extra.file_attributes = attributes_of(decoder(header.text(17)))
    for name, attributes in _by_variable(decoder(header.text(18))).items():
        role = attributes.pop("$@Role", None)
        key = names.get(name.lower(), name).lower()
        if role:
            extra.roles[key] = ROLES.get(role[0], "input")
        if attributes:
            extra.attributes[key] = attributes
    extra.multiple_response_sets = tuple(sets_of(header.text(7) + header.text(19), names, decoder))
    return extra


def long_names(header: Header, decoder: Decoder) -> dict[str, str]:
    """Return long names by lower-cased short name."""
    found: dict[str, str] = {}
    for pair in header.text(13).strip("\x00").split("\t"):
        short, mark, name = pair.partition("=")
        if mark:
            found[decoder(short).lower()] = decoder(name)
    return found


def attributes_of(content: str) -> Attributes:
    r"""Parse ``Name('first'\n'second'\n)`` and so on, in one pass; the rest of a broken text is left out."""
    found: Attributes = {}
    at = 0
    while (opened := content.find("(", at)) >= 0:
        name, values, at = content[at:opened].strip("\n\x00 "), [], opened + 1
        while content.startswith("'", at):
            end = content.find("'\n", at + 1)
            if end < 0:
                return found
            values.append(content[at + 1 : end])
            at = end + 2
        if not name or not content.startswith(")", at):
            return found
        found[name] = tuple(values)
        at += 1
    return found


def _by_variable(content: str) -> dict[str, Attributes]:
    r"""Parse ``VAR:Name('x'\n)Other('y'\n)/VAR2:...``; a slash or colon inside quotes is text."""
    found: dict[str, Attributes] = {}
    for part in re.split(r"(?<=\))/", content):
        name, mark, rest = part.partition(":")
        if mark:
            found[name.strip("\x00\n ")] = attributes_of(rest)
    return found


def sets_of(content: str, names: dict[str, str], decode: Callable[[str], str]) -> list[MultipleResponseSet]:
    """Parse the records of sets, in which texts are preceded by their length in bytes.

    Parameters
    ----------
    content
        The undecoded records.
    names
        Long names by lower-cased short name.
    decode
        Turns undecoded into decoded text.

    Returns
    -------
    list of MultipleResponseSet
        Those up to the first that does not hold together.
    """
    sets: list[MultipleResponseSet] = []
    at = 0
    while (mark := content.find("=", at)) >= 0:
        try:
            name, kind = content[at:mark].lstrip("\n\x00"), content[mark + 1]
            at = mark + 2
            counted: str | None = None
            if kind == "E":
                at = content.index(" ", _past_blanks(content, at)) + 1
            if kind in "DE":
                counted, at = _counted_text(content, at)
            elif kind != "C":
                break
            label, at = _counted_text(content, at)
        except (ValueError, IndexError):
            break
        end = content.find("\n", at)
        end = len(content) if end < 0 else end
        members = tuple(names.get(decode(short).lower(), decode(short)) for short in content[at:end].split())
        at = end + 1
        form: Literal["categories", "dichotomies"] = "categories" if kind == "C" else "dichotomies"
        value = decode(counted) if counted is not None else None
        sets.append(MultipleResponseSet(decode(name).lstrip("$"), decode(label), form, value, members))
    return sets


def _past_blanks(content: str, at: int) -> int:
    while content.startswith(" ", at):
        at += 1
    return at


def _counted_text(content: str, at: int) -> tuple[str, int]:
    """Return the text at a place, of the length that stands before it, and the place behind it."""
    start = _past_blanks(content, at)
    end = content.index(" ", start, start + 12)
    size = int(content[start:end])
    if not 0 <= size <= min(LONGEST_LABEL, len(content) - end - 1):
        raise ValueError(size)
    return content[end + 1 : end + 1 + size], end + 1 + size

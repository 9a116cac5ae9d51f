"""What the dictionary's extension records say: weight, roles, attributes and multiple-response sets."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from netwerkkracht.spss.header import Header
from netwerkkracht.spss.model import MultipleResponseSet
from netwerkkracht.spss.text import Decoder

ROLES = {"0": "input", "1": "output", "2": "both", "3": "none", "4": "partition", "5": "split"}
ATTRIBUTE = re.compile(r"([^(\n]+)\(((?:'[^\n]*'\n)*)\)")

Attributes = dict[str, tuple[str, ...]]


@dataclass
class Extra:
    """Facts by lower-cased long name."""

    weight: str | None = None
    roles: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, Attributes] = field(default_factory=dict)
    file_attributes: Attributes = field(default_factory=dict)
    mr_sets: tuple[MultipleResponseSet, ...] = ()


def read(header: Header, decoder: Decoder) -> Extra:
    """Read the extension records; one that does not hold together is left out, it describes no value."""
    names = long_names(header, decoder)
    extra = Extra()
    if header.weight_position:
        found = [column for column in header.columns if column.position == header.weight_position]
        if found:
            extra.weight = names.get(found[0].short_name.lower(), decoder(found[0].short_name))
    extra.file_attributes = _attributes(decoder(header.text(17)))
    for name, attributes in _by_variable(decoder(header.text(18))).items():
        role = attributes.pop("$@Role", None)
        key = names.get(name.lower(), name).lower()
        if role:
            extra.roles[key] = ROLES.get(role[0], "input")
        if attributes:
            extra.attributes[key] = attributes
    extra.mr_sets = tuple(_sets(header.text(7) + header.text(19), names, decoder))
    return extra


def long_names(header: Header, decoder: Decoder) -> dict[str, str]:
    """Return long names by lower-cased short name."""
    found: dict[str, str] = {}
    for pair in header.text(13).strip("\x00").split("\t"):
        short, mark, name = pair.partition("=")
        if mark:
            found[decoder(short).lower()] = decoder(name)
    return found


def _attributes(content: str) -> Attributes:
    r"""Parse ``Name('first'\n'second'\n)`` and so on."""
    return {
        match[1].strip(): tuple(line[1:-1] for line in match[2].split("\n") if len(line) >= 2)
        for match in ATTRIBUTE.finditer(content)
    }


def _by_variable(content: str) -> dict[str, Attributes]:
    r"""Parse ``VAR:Name('x'\n)Other('y'\n)/VAR2:...``; a slash or colon inside quotes is text."""
    found: dict[str, Attributes] = {}
    for part in re.split(r"(?<=\))/", content):
        name, mark, rest = part.partition(":")
        if mark:
            found[name.strip("\x00\n ")] = _attributes(rest)
    return found


def _sets(content: str, names: dict[str, str], decoder: Decoder) -> list[MultipleResponseSet]:
    """Parse the records of sets, in which texts are preceded by their length in bytes."""
    sets: list[MultipleResponseSet] = []
    rest = content
    while "=" in rest:
        name, _, rest = rest.lstrip("\n\x00").partition("=")
        try:
            kind = rest[0]
            rest = rest[1:]
            counted: str | None = None
            if kind == "E":
                rest = rest.lstrip(" ").partition(" ")[2]
            if kind in "DE":
                counted, rest = _counted_text(rest)
            elif kind != "C":
                break
            label, rest = _counted_text(rest.lstrip(" "))
        except (ValueError, IndexError):
            break
        line, _, rest = rest.partition("\n")
        members = tuple(names.get(decoder(short).lower(), decoder(short)) for short in line.split())
        form: Literal["categories", "dichotomies"] = "categories" if kind == "C" else "dichotomies"
        value = decoder(counted) if counted is not None else None
        sets.append(MultipleResponseSet(decoder(name).lstrip("$"), decoder(label), form, value, members))
    return sets


def _counted_text(content: str) -> tuple[str, str]:
    count, _, rest = content.lstrip(" ").partition(" ")
    size = int(count)
    if size < 0 or size > len(rest):
        raise ValueError(size)
    return rest[:size], rest[size:]

"""From the bytes of a file to text, and the faults of encoding that can be seen.

The reader keeps every text as the bytes of the file (one character per byte). This module picks the codec
(given by the study, declared by the file, or neither), decodes, and finds what went wrong: bytes the codec
does not know, UTF-8 read as a code page or the reverse, U+FFFD, control characters of C1, and characters
cut in half. It mends nothing unless the study gives the encoding.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from netwerkkracht.core.errors import Finding
from netwerkkracht.spss.codepages import ASCII_PAGES, MULTIBYTE, codec_for, codec_of_page

CONTROLS = re.compile("[\x80-\x9f]")
# what a code page makes of the lead and continuation bytes of UTF-8
SAMPLE = re.compile(r"[^\x00-\x7f]+")
LABEL_LIMIT = 60


def _undefined(error: UnicodeError) -> tuple[str, int]:
    """Keep a byte that the code page leaves open as the control character of that number."""
    assert isinstance(error, UnicodeDecodeError)
    return chr(error.object[error.start]), error.start + 1


codecs.register_error("netwerkkracht.c1", _undefined)


@dataclass(frozen=True)
class Choice:
    """Which codec is used and why: ``given`` by the study, ``declared`` by the file, or ``assumed``."""

    codec: str
    shown: str
    basis: str


@dataclass
class Seen:
    """What decoding met: per fault the places (variable names, or None for the file itself) with counts."""

    undecodable: Counter[str | None] = field(default_factory=Counter)
    mojibake: Counter[str | None] = field(default_factory=Counter)
    replaced: Counter[str | None] = field(default_factory=Counter)
    controls: Counter[str | None] = field(default_factory=Counter)
    cut: Counter[str | None] = field(default_factory=Counter)
    foreign: int = 0
    examples: dict[str, tuple[str, str]] = field(default_factory=dict)


class Decoder:
    """Decodes all texts of one file with one codec and remembers what it saw."""

    def __init__(self, choice: Choice) -> None:
        """Take the chosen codec."""
        self.choice = choice
        self.codec = choice.codec
        self.seen = Seen()

    def __call__(
        self, raw: str, place: str | None = None, *, width: int = LABEL_LIMIT, value: bool = False
    ) -> str:
        """Decode one text; ``width`` is the room the field has, ``value`` says it is a person's."""
        if raw.isascii():
            return raw
        self.seen.foreign += 1
        content = raw.encode("latin-1")
        try:
            text = content.decode(self.codec)
        except UnicodeDecodeError as error:
            return self._imperfect(content, error, place, width, value=value)
        self._inspect(text, content, place, value=value)
        return text

    def many(self, raws: list[str], place: str, width: int) -> list[str]:
        """Decode a column of values."""
        if "".join(raws).isascii():
            return raws
        counts = Counter(raws)
        known: dict[str, str] = {}
        for raw, count in counts.items():
            before = {name: getattr(self.seen, name)[place] for name in FAULTS}
            known[raw] = self(raw, place, width=width, value=True)
            for name in FAULTS:
                added = getattr(self.seen, name)[place] - before[name]
                if added:
                    getattr(self.seen, name)[place] += count - 1
        return [known[raw] for raw in raws]

    def _imperfect(
        self, content: bytes, error: UnicodeDecodeError, place: str | None, width: int, *, value: bool
    ) -> str:
        if self.codec not in MULTIBYTE and self.codec != "utf-8":
            text = content.decode(self.codec, "netwerkkracht.c1")
            self._inspect(text, content, place, value=value)
            return text
        at_end = error.reason in {"unexpected end of data", "incomplete multibyte sequence"}
        head = content[: error.start]
        # one odd byte at the end of an otherwise ASCII text is more likely a letter of a code page
        if at_end and (not head.isascii() or len(content) >= width or len(content) - error.start > 1):
            self.seen.cut[place] += 1
            return head.decode(self.codec)
        self.seen.undecodable[place] += 1
        other = content.decode("cp1252", "netwerkkracht.c1")
        text = content.decode(self.codec, "replace")
        self._example("undecodable", text, other, value=value)
        return text

    def _inspect(self, text: str, content: bytes, place: str | None, *, value: bool) -> None:
        if "\ufffd" in text:
            self.seen.replaced[place] += 1
        if self.codec in MULTIBYTE:
            return
        repaired = _as_utf8(content) if self.codec != "utf-8" else _twice(text)
        if repaired is not None:
            self.seen.mojibake[place] += 1
            self._example("mojibake", text, repaired, value=value)
        elif CONTROLS.search(text):
            self.seen.controls[place] += 1

    def _example(self, fault: str, read: str, repaired: str, *, value: bool) -> None:
        """Keep one pair of forms; of a person's value only the odd characters, never the text."""
        if fault in self.seen.examples and value:
            return
        if value:
            read, repaired = _odd_characters(read), _odd_characters(repaired)
        self.seen.examples[fault] = (_visible(read), _visible(repaired))


FAULTS = ("undecodable", "mojibake", "replaced", "controls", "cut")


def _as_utf8(content: bytes) -> str | None:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _twice(text: str) -> str | None:
    """Return the text that UTF-8 was made of twice, or None."""
    for codec in ("cp1252", "latin-1"):
        try:
            return text.encode(codec).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
    return None


def _odd_characters(text: str) -> str:
    found = SAMPLE.search(text)
    return found.group()[:3] if found else "?"


def _visible(text: str) -> str:
    shown = "".join(char if char.isprintable() else f"U+{ord(char):04X}" for char in text)
    return shown if len(shown) <= 60 else shown[:59] + "…"


def choose(given: str | None, record: str | None, page: int | None, texts: Iterable[str]) -> Choice | str:
    """Pick the codec; return the name that nobody knows when there is none.

    Without a declaration, texts that are all valid UTF-8 are taken as UTF-8, anything else as windows-1252.
    """
    if given:
        codec = codec_for(given)
        return Choice(codec, given, "given") if codec else given
    if record:
        codec = codec_for(record)
        if codec is None:
            return record
        if codec != "ascii":
            return Choice(codec, record, "declared")
    elif page is not None and page not in ASCII_PAGES:
        known = codec_of_page(page)
        if known is not None:
            return Choice(*known, "declared")
    foreign = [text for text in texts if not text.isascii()]
    if foreign and all(_as_utf8(text.encode("latin-1")) is not None for text in foreign):
        return Choice("utf-8", "UTF-8", "assumed")
    return Choice("cp1252", "windows-1252", "assumed")


def findings_of(file: str, decoder: Decoder) -> tuple[Finding, ...]:
    """Turn what decoding met into findings D09, one per fault and place."""
    choice, seen = decoder.choice, decoder.seen
    found: list[Finding] = []

    def add(severity: str, what: str, places: Counter[str | None], action: str, fault: str = "") -> None:
        forms = seen.examples.get(fault)
        shown = f": read as '{forms[0]}', would be '{forms[1]}' as {_other(choice)}" if forms else ""
        found.append(
            Finding(
                "D09",
                "error" if severity == "error" else "warning",
                what + shown,
                file=file,
                variable=_names(places),
                count=sum(places.values()),
                expected=f"texts in {choice.shown} ({choice.basis})",
                action=action,
            )
        )

    line = f"if the other form is right, write 'encoding: {_other(choice)}' for this file in study.yaml"
    if seen.undecodable:
        add(
            "error",
            "texts hold bytes that this encoding does not know",
            seen.undecodable,
            f"{line}; docs/spss-files.md lists the encodings of other scripts",
            "undecodable",
        )
    if seen.mojibake:
        add("error", "texts look like another encoding", seen.mojibake, line, "mojibake")
    if seen.replaced:
        action = "the letters were lost before this file was made; ask for the original file"
        add("error", "texts hold the sign for a lost letter (U+FFFD)", seen.replaced, action)
    if seen.controls:
        add("error", "texts hold control characters (C1)", seen.controls, line)
    if seen.cut:
        action = "nothing, or ask for the original; the half letter at the end is left out"
        add("warning", "texts end in the middle of a letter", seen.cut, action)
    if choice.basis == "assumed" and seen.foreign and not found:
        where: Counter[str | None] = Counter({None: seen.foreign})
        action = f"look at the labels; if they are right write 'encoding: {choice.shown}' in study.yaml"
        add("warning", f"the file does not say its encoding; {choice.shown} is assumed", where, action)
    return tuple(found)


def _other(choice: Choice) -> str:
    return "windows-1252" if choice.codec == "utf-8" else "UTF-8"


def _names(places: Counter[str | None]) -> str | None:
    names = sorted(name for name in places if name)
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more if names else None

"""SPSS files as other machines, programs and times wrote them, made from our own byte by byte."""

import struct

import numpy as np
import pandas as pd
from spss_samples import declare, samples

from netwerkkracht.spss.model import SpssVariable
from netwerkkracht.spss.writing.writer import Extras, to_bytes

SCRIPTS = {
    "hebrew": ("שלום", "עולם טוב"),
    "japanese": ("日本語", "テスト表"),
    "russian": ("Привет", "Москва"),
    "greek": ("Καλημέρα", "κόσμε"),
    "turkish": ("İstanbul", "ğüşiöç"),
    "polish": ("Łódź", "żółć"),
    "arabic": ("مرحبا", "عالم"),
    "thai": ("สวัสดี", "ไทย"),
    "chinese": ("中国", "上海市"),
    "taiwanese": ("臺灣", "繁體"),
    "korean": ("한국어", "서울"),
    "french": ("café €", "naïef"),
}


def script(name: str, encoding: str) -> bytes:
    """Write two words of a script as label, value labels and values."""
    words = SCRIPTS[name]
    frame = pd.DataFrame({"a": [1.0, 2.0, 9.0, np.nan], "s": [*words, "", "x"]})
    variables = (
        SpssVariable(
            "a", " ".join(words), "F3.0", "nominal", dict(zip((1.0, 9.0), words, strict=True)), (9.0,)
        ),
        SpssVariable("s", words[1], "A40", "nominal", width=40),
    )
    return to_bytes(frame, variables, Extras(words[0]), encoding=encoding)


def paged(name: str, encoding: str, page: int) -> bytes:
    """Declare the encoding by the number of its code page only, as SPSS before version 16 did."""
    return declare(script(name, encoding), None, page)


def named(name: str, encoding: str, said: str) -> bytes:
    """Declare the encoding by a name of its own."""
    return declare(script(name, encoding), said, 2)


class Records:
    """Walks through the records of a dictionary and keeps what ``keep`` makes of each."""

    def __init__(self, content: bytes) -> None:
        self.content, self.at, self.widths = content, 176, []

    def int(self, at: int) -> int:
        return int(struct.unpack_from("<i", self.content, at)[0])

    def __iter__(self):
        """Yield kind, start and end of each record; value labels come with their variables."""
        while True:
            kind, start = self.int(self.at), self.at
            if kind == 2:
                size = 32 + 8 * abs(self.int(start + 12))
                if self.int(start + 8):
                    size += 4 + -(-self.int(start + 32) // 4) * 4
                self.widths.append(self.int(start + 4))
            elif kind == 3:
                size = 8
                for _ in range(self.int(start + 4)):
                    size += 8 + -(-(self.content[start + size + 8] + 1) // 8) * 8
                size += 8 + 4 * self.int(start + size + 4)
            elif kind == 6:
                size = 8 + 80 * self.int(start + 4)
            elif kind == 7:
                size = 16 + self.int(start + 8) * self.int(start + 12)
            else:
                size = 8
            self.at = start + size
            yield kind, start, self.at
            if kind == 999:
                return


def without_extensions(content: bytes) -> bytes:
    """Leave out all that came after the first versions of the format: long names, encoding, case count."""
    records = Records(content)
    kept = b"".join(content[start:end] for kind, start, end in records if kind != 7)
    return content[:176] + kept + content[records.at :]


def big_endian(content: bytes) -> bytes:
    """Return the same file as a machine with the other byte order writes it."""
    records = Records(content)
    made = content[:64] + _turned(content[64:84], 4) + content[84:92][::-1] + content[92:176]
    for kind, start, end in records:
        part = content[start:end]
        if kind == 2:
            made += _big_variable(part)
        elif kind == 3:
            made += _big_labels(part, records.widths)
        elif kind == 7:
            made += _turned(part[:16], 4) + _big_extension(records.int(start + 4), part[16:])
        else:
            made += _turned(part[:8], 4) + part[8:]
    numeric = [width == 0 for width in records.widths]
    return made + _big_data(
        content[records.at :], numeric, packed=struct.unpack_from("<i", content, 72)[0] == 1
    )


def _turned(part: bytes, size: int) -> bytes:
    return b"".join(part[at : at + size][::-1] for at in range(0, len(part), size))


def _big_variable(part: bytes) -> bytes:
    width, labelled, missing = struct.unpack_from("<3i", part, 4)
    end = len(part) - 8 * abs(missing)
    label = part[32:36][::-1] + part[36:end] if labelled else b""
    rest = part[end:]
    return _turned(part[:24], 4) + part[24:32] + label + (rest if width else _turned(rest, 8))


def _big_labels(part: bytes, widths: list[int]) -> bytes:
    made, at, labels = _turned(part[:8], 4), 8, []
    for _ in range(struct.unpack_from("<i", part, 4)[0]):
        size = -(-(part[at + 8] + 1) // 8) * 8
        labels.append((part[at : at + 8], part[at + 8 : at + 8 + size]))
        at += 8 + size
    numeric = widths[struct.unpack_from("<i", part, at + 8)[0] - 1] == 0
    made += b"".join((value[::-1] if numeric else value) + text for value, text in labels)
    return made + _turned(part[at:], 4)


def _big_extension(subtype: int, body: bytes) -> bytes:
    if subtype == 3:
        body = _turned(body, 4)
        return body[:24] + struct.pack(">i", 1) + body[28:]
    if subtype in {4, 16}:
        return _turned(body, 8)
    if subtype == 11:
        return _turned(body, 4)
    if subtype == 21:
        return _big_long_labels(body)
    return _big_long_missing(body) if subtype == 22 else body


def _counted(body: bytes, at: int) -> tuple[bytes, int]:
    """Return a text with its length turned, and the place behind it."""
    end = at + 4 + struct.unpack_from("<i", body, at)[0]
    return body[at : at + 4][::-1] + body[at + 4 : end], end


def _big_long_labels(body: bytes) -> bytes:
    made, at = b"", 0
    while at < len(body):
        name, at = _counted(body, at)
        made += name + _turned(body[at : at + 8], 4)
        count = struct.unpack_from("<i", body, at + 4)[0]
        at += 8
        for _ in range(2 * count):
            text, at = _counted(body, at)
            made += text
    return made


def _big_long_missing(body: bytes) -> bytes:
    made, at = b"", 0
    while at < len(body):
        name, at = _counted(body, at)
        count = body[at]
        made += name + bytes([count]) + body[at + 1 : at + 5][::-1] + body[at + 5 : at + 5 + 8 * count]
        at += 5 + 8 * count
    return made


def _big_data(data: bytes, numeric: list[bool], *, packed: bool) -> bytes:
    if not packed:
        units = (data[at : at + 8] for at in range(0, len(data), 8))
        return b"".join(
            unit[::-1] if numeric[place % len(numeric)] else unit for place, unit in enumerate(units)
        )
    made, at, place = b"", 0, 0
    while at < len(data):
        codes, at = data[at : at + 8], at + 8
        made += codes
        for code in codes:
            if code in {0, 252}:
                continue
            if code == 253:
                unit, at = data[at : at + 8], at + 8
                made += unit[::-1] if numeric[place] else unit
            place = (place + 1) % len(numeric)
    return made


def old(packing: str = "rows") -> bytes:
    """Return a file with nothing that came later: short names in capitals, no encoding."""
    frame = pd.DataFrame(
        {"A": [1.0, 2, 9, np.nan, 1], "B": ["x", "yy", "", "zz", "x"], "D": [13765680000.0] * 5}
    )
    variables = (
        SpssVariable("A", "Label A", "F3.0", value_labels={1.0: "one", 9.0: "dk"}, missing=(9.0,)),
        SpssVariable("B", "Label B", "A8", width=8),
        SpssVariable("D", "Dag", "DATE11"),
    )
    made = to_bytes(frame, variables, Extras("lab", documents=("doc",)), packing=packing)
    return without_extensions(made)


def foreign() -> dict[str, bytes]:
    """Return files to ask PSPP about."""
    return {
        "foreign_hebrew.sav": script("hebrew", "windows-1255"),
        "foreign_japanese.sav": script("japanese", "cp932"),
        "foreign_japanese_page.sav": paged("japanese", "shift_jis", 932),
        "foreign_russian_page.sav": paged("russian", "koi8-r", 20866),
        "foreign_chinese.sav": script("chinese", "gb18030"),
        "foreign_thai.sav": script("thai", "cp874"),
        "foreign_big_rows.sav": big_endian(samples()["own_rows.sav"]),
        "foreign_big_plain.sav": big_endian(samples()["own_plain.sav"]),
        "foreign_old.sav": old(),
        "foreign_old_plain.sav": old("none"),
        "foreign_old_big.sav": big_endian(old()),
    }

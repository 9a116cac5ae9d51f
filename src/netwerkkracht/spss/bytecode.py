"""Walk through row-compressed data without decoding it, to see whether it ends where a row ends.

Needed only for files that do not declare their number of rows: there the reading library takes a cut file
for a whole one.
"""

from __future__ import annotations

from netwerkkracht.spss.header import Header

END, RAW = 252, 253


def left_over(content: bytes, header: Header, rows: int) -> int:
    """Return the segments found beyond ``rows`` whole rows, in bytes; negative when the last row is cut."""
    data = memoryview(content)[header.data_offset :]
    at = segments = 0
    size = len(data)
    while at < size:
        block = bytes(data[at : at + 8])
        at += 8
        end = block.find(END)
        codes = block if end < 0 else block[:end]
        raw = codes.count(RAW)
        if len(block) < 8 and end < 0 and any(codes):
            return -1
        if at + 8 * raw > size:
            return -1
        segments += len(codes) - codes.count(0)
        at += 8 * raw
        if end >= 0:
            break
    whole = segments - rows * header.segments
    return -1 if segments % header.segments else whole * 8

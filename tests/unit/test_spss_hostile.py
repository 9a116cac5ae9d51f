"""Files made to cost time or memory in the part that is ours: each is refused, or read, within a bound."""

import struct
import time
import tracemalloc
import zlib

import pytest
from spss_samples import sample, small, with_count

from netwerkkracht.core.errors import StudyError
from netwerkkracht.spss import Limits, inspect, read
from netwerkkracht.spss.reading.extensions import attributes_of, sets_of
from netwerkkracht.spss.reading.header import HeaderError, scan
from netwerkkracht.spss.reading.row_count import _inflated

SECONDS = 6.0  # of this process; what these files cost without bounds is minutes, or all memory
END = struct.pack("<2i", 999, 0)


def extension(subtype, body=b"", size=1):
    return struct.pack("<4i", 7, subtype, size, len(body) // size) + body


def with_records(*records, content=None):
    """Put records at the end of the dictionary of a small file."""
    content = small() if content is None else content
    at = content.index(END)
    return content[:at] + b"".join(records) + content[at:]


def refused(content, tmp_path, **how):
    path = tmp_path / "hostile.sav"
    path.write_bytes(content)
    with pytest.raises(StudyError) as caught:
        read(path, **how)
    return caught.value.findings[0]


@pytest.fixture
def clock():
    start = time.process_time()
    yield
    assert time.process_time() - start < SECONDS


@pytest.mark.usefixtures("clock")
def test_extension_records_without_end(tmp_path):
    finding = refused(with_records(extension(7, b"x" * 64) * 100_000), tmp_path)
    assert finding.code == "D00"
    assert "more extension records" in finding.what


@pytest.mark.usefixtures("clock")
def test_value_labels_without_end():
    labels = struct.pack("<2i", 3, 1_500_000) + b"12345678\x00       " * 1_500_000
    with pytest.raises(HeaderError, match="more value labels"):
        scan(with_records(labels))


@pytest.mark.usefixtures("clock")
def test_value_labels_of_very_many_variables():
    """One set of labels for many variables is short in the file and long in memory."""
    labels = struct.pack("<2i", 3, 20_000) + b"12345678\x00       " * 20_000
    owners = struct.pack("<2i", 4, 5_000) + struct.pack("<i", 1) * 5_000
    with pytest.raises(HeaderError, match="more value labels"):
        scan(with_records(labels, owners))


@pytest.mark.usefixtures("clock")
def test_variables_without_end():
    one = struct.pack("<6i8s", 2, 0, 0, 0, 0, 0, b"V       ")
    content = small()
    at = content.index(struct.pack("<i", 2), 176)
    with pytest.raises(HeaderError, match="more variables"):
        scan(content[:at] + one * 400_000 + content[at:])


@pytest.mark.usefixtures("clock")
def test_a_label_longer_than_any():
    label = struct.pack("<6i8si", 2, 0, 1, 0, 0, 0, b"V       ", 2_000_000) + b"x" * 2_000_000
    with pytest.raises(HeaderError, match="label is longer"):
        scan(with_records(label))


@pytest.mark.usefixtures("clock")
def test_attributes_that_never_open_a_bracket():
    assert attributes_of("a" * 3_000_000) == {}
    assert attributes_of("naam('x'\n" * 300_000) == {}
    assert attributes_of("naam('x'\n)ander('(y)'\n'z'\n)") == {"naam": ("x",), "ander": ("(y)", "z")}


@pytest.mark.usefixtures("clock")
def test_very_many_sets():
    made = sets_of("$a=C 1 x v w\n" * 50_000, {}, lambda text: text)
    assert len(made) == 50_000
    assert made[0].variables == ("v", "w")


@pytest.mark.usefixtures("clock")
def test_blocks_that_all_lie_in_the_same_place(tmp_path):
    """A table of many blocks that each name the whole file would be inflated again and again."""
    content = small(packing="zlib")
    place = scan(content).data_offset
    packed = zlib.compress(bytes(8)) + b"\0" * 4_000_000
    trailer = place + 24 + len(packed)
    count = 60_000
    entry = struct.pack("<2q2i", place, place + 24, 8, len(packed))
    table = struct.pack("<2q2i", -100, 0, 0x3FF000, count) + entry * count
    made = content[:place] + struct.pack("<3q", place, trailer, len(table)) + packed + table
    finding = refused(with_count(made, -1), tmp_path)
    assert "compressed blocks" in finding.what


@pytest.mark.usefixtures("clock")
def test_a_bomb_takes_no_more_memory_here_than_it_decodes_to(tmp_path):
    """Sixteen megabytes of zeros packed to sixteen kilobytes: legal, below the limit, and read only once."""
    content = small(packing="zlib")
    place = scan(content).data_offset
    # codes 0 announce nothing: each unit of eight zeros is padding, so the file holds no row at all
    block = bytes(0x3FF000)
    packed = zlib.compress(block, 9)
    entries, data = b"", b""
    for number in range(4):
        entries += struct.pack(
            "<2q2i", place + number * len(block), place + 24 + len(data), len(block), len(packed)
        )
        data += packed
    trailer = place + 24 + len(data)
    table = struct.pack("<2q2i", -100, 0, 0x3FF000, 4) + entries
    made = content[:place] + struct.pack("<3q", place, trailer, len(table)) + data + table
    assert refused(with_count(made, 2), tmp_path).code == "D00"
    tracemalloc.start()
    assert len(_inflated(made, scan(made))) == 4 * len(block)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.4 * 4 * len(block)


@pytest.mark.usefixtures("clock")
@pytest.mark.parametrize("rows", [2**31 - 1, 2**30, -2, -(2**31)])
def test_an_impossible_number_of_rows(tmp_path, rows):
    for packing in ("none", "rows", "zlib"):
        assert refused(with_count(small(packing=packing), rows), tmp_path).code == "D00"


@pytest.mark.usefixtures("clock")
def test_rows_without_end(tmp_path):
    """Compressed values cost a byte each: more of them than the limit is refused, not read."""
    content = with_count(small(), -1)
    at = scan(content).data_offset
    # code 254 is a blank unit, 255 system-missing: eight values in eight bytes
    finding = refused(content[:at] + b"\xff" * 8 * 500_000, tmp_path, limits=Limits(decoded_bytes=2**20))
    assert finding.code == "D00"


def test_a_long_text_is_shown_in_bounded_time(tmp_path):
    path = tmp_path / "sample.sav"
    path.write_bytes(sample())
    start = time.process_time()
    assert len(inspect(path).text) < 20_000
    assert time.process_time() - start < SECONDS

"""Whatever bytes come in: a frame or one clear error."""

import math
import os
import signal
import struct
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from spss_samples import EXTRAS, VARIABLES, declare, frame, sample, samples, small, with_count

from netwerkkracht.core.errors import StudyError
from netwerkkracht.spss import Limits, SpssVariable, read
from netwerkkracht.spss.model import declared_missing
from netwerkkracht.spss.reading.client import Worker
from netwerkkracht.spss.reading.header import scan
from netwerkkracht.spss.writing.writer import Extras, to_bytes


@pytest.fixture
def put(tmp_path):
    def put(content, name="file.sav"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return put


def refused(path, **how):
    with pytest.raises(StudyError) as caught:
        read(path, **how)
    (finding,) = caught.value.findings
    assert finding.action
    assert finding.expected
    return finding


@pytest.mark.parametrize("name", sorted(samples()))
def test_all_that_was_written_comes_back(put, name):
    file = read(put(samples()[name], name))
    assert file.findings == ()
    assert file.n_rows == 7
    assert file.weight_variable == EXTRAS.weight_variable
    assert file.documents == EXTRAS.documents
    assert file.file_label == EXTRAS.file_label
    assert file.attributes == EXTRAS.attributes
    assert file.multiple_response_sets == EXTRAS.multiple_response_sets
    for mine, theirs in zip(VARIABLES, file.variables, strict=True):
        for fact in (
            "name",
            "label",
            "format",
            "measure",
            "value_labels",
            "missing",
            "width",
            "role",
            "attributes",
        ):
            assert getattr(mine, fact) == getattr(theirs, fact), (mine.name, fact)
    expected = frame().astype({v.name: "str" for v in VARIABLES if v.is_string})
    pd.testing.assert_frame_equal(file.frame, expected, check_exact=True)


def test_user_missing_codes_stay_and_sysmis_is_nan(put):
    file = read(put(sample()))
    answers = file.frame["vraag"]
    assert answers.tolist()[:3] == [1, 2, 9]
    assert math.isnan(answers[3])
    variable = file.by_name["vraag"]
    assert declared_missing(variable.missing, 9.0)
    assert declared_missing(variable.missing, -100.0)
    assert not declared_missing(variable.missing, float("nan"))


ENCODINGS = [
    # bytes, declared as, code page, error without help, what mends it
    ("UTF-8", "windows-1252", 1252, "look like another encoding", "UTF-8"),
    ("windows-1252", "UTF-8", 65001, "does not know", "windows-1252"),
    ("windows-1252", "KLINGON", 1252, "not one that is known", "windows-1252"),
]


@pytest.mark.parametrize(("made", "declared", "page", "words", "right"), ENCODINGS)
def test_a_wrong_declaration_is_named_and_mended_only_on_request(put, made, declared, page, words, right):
    path = put(declare(small(made), declared, page))
    finding = refused(path)
    assert finding.code == "D09"
    assert words in finding.what
    file = read(path, encoding=right)
    assert file.findings == ()
    assert file.frame["s"].tolist() == ["café", "x"]
    assert file.variables[0].label == "Café één"
    assert file.variables[0].value_labels == {1.0: "réeel"}


@pytest.mark.parametrize("made", ["UTF-8", "windows-1252"])
def test_both_forms_of_a_label_are_shown(put, made):
    other = {"UTF-8": ("windows-1252", 1252), "windows-1252": ("UTF-8", 65001)}[made]
    finding = refused(put(declare(small(made), *other)))
    assert "'Café één'" in finding.what


@pytest.mark.parametrize(("made", "codec"), [("UTF-8", "UTF-8"), ("windows-1252", "windows-1252")])
def test_without_a_declaration_the_assumption_is_said(put, made, codec):
    file = read(put(declare(small(made), None, 2)))
    (finding,) = file.findings
    assert (finding.code, finding.severity) == ("D09", "warning")
    assert codec in finding.what
    assert file.frame["t"].tolist() == ["reëel", "y"]


def test_a_page_without_a_record_is_a_declaration(put):
    file = read(put(declare(small("windows-1252"), None, 1252)))
    assert (file.encoding, file.findings) == ("windows-1252", ())


def test_lost_letters_controls_and_cut_letters_are_named(put):
    def one(text, label="Tekst", width=9):
        frame = pd.DataFrame({"a": [text, "b"]})
        return to_bytes(frame, (SpssVariable("a", label, width=width),), Extras())

    assert "U+FFFD" in refused(put(one("a\ufffdb"))).what
    assert "C1" in refused(put(one("a\x85b"))).what
    whole = one("aééb", width=6)
    cut = read(put(whole.replace("aééb".encode(), "aé".encode() + b"\xc3  ")))
    assert cut.findings[0].severity == "warning"
    assert "middle of a letter" in cut.findings[0].what
    assert cut.frame["a"][0] == "aé"


def test_no_value_of_a_person_stands_in_a_message(put):
    secret = "Anna-Größenwahn"
    variables = (SpssVariable("naam", "Naam", width=40),)
    made = to_bytes(pd.DataFrame({"naam": [secret] * 3}), variables, Extras(), encoding="windows-1252")
    told = str(refused(put(declare(made, "UTF-8", 65001))))
    made = to_bytes(pd.DataFrame({"naam": [secret] * 3}), variables, Extras())
    told += str(refused(put(declare(made, "windows-1252", 1252))))
    assert "Anna" not in told
    assert "wahn" not in told


@pytest.mark.parametrize("packing", ["none", "rows", "zlib"])
@pytest.mark.parametrize("rows", [1, 3])
def test_another_number_of_rows_than_declared_is_an_error(put, packing, rows):
    finding = refused(put(with_count(small(packing=packing), rows)))
    assert finding.code == "D00"
    assert f"declares {rows} rows and holds 2" in finding.what


@pytest.mark.parametrize("packing", ["none", "rows", "zlib"])
def test_an_undeclared_number_of_rows_is_legal(put, packing):
    assert read(put(with_count(small(packing=packing), -1))).n_rows == 2


def with_count_64(content, rows):
    """Change the number of rows in the record for very long files."""
    mark = struct.pack("<4i", 7, 16, 8, 2)
    at = content.index(mark) + len(mark)
    return content[: at + 8] + struct.pack("<q", rows) + content[at + 16 :]


@pytest.mark.parametrize("packing", ["none", "rows", "zlib"])
def test_the_second_row_count_finds_whole_rows_that_are_gone(put, packing):
    """Cut exactly behind a row, with no count in the first place, a file looks whole."""
    finding = refused(put(with_count_64(with_count(small(packing=packing), -1), 3)))
    assert "declares 3 rows and holds 2" in finding.what


def test_two_row_counts_that_differ_are_mentioned_when_the_first_is_right(put):
    file = read(put(with_count_64(small(), 0)))
    assert (file.n_rows, file.findings[0].severity) == (2, "warning")
    assert "two row counts" in file.findings[0].what
    assert read(put(with_count_64(small(), -1))).findings == ()


@pytest.mark.parametrize("packing", ["none", "rows", "zlib"])
@pytest.mark.parametrize("declared", [2, -1])
@pytest.mark.parametrize("cut", [1, 9, 20, 41])
def test_a_cut_file_is_never_a_smaller_file(put, packing, declared, cut):
    content = with_count(small(packing=packing), declared)
    if packing == "rows":
        cut += 8  # the end mark and its padding hold no value
    finding = refused(put(content[:-cut]))
    assert finding.code == "D00"


def test_bytes_behind_the_last_row_are_mentioned(put):
    file = read(put(small() + b"garbage behind"))
    assert file.findings[0].severity == "warning"
    assert "left over" in file.findings[0].what


STRANGERS = [
    (b"", "empty"),
    (b"PK\x03\x04" + bytes(60), "Excel"),
    (b"naam;leeftijd\n", "not an SPSS file"),
    (b"\x1c" + bytes(7) + b"ENCRYPTEDSAV" + bytes(200), "encrypted"),
    (b"$FL2" + b"x" * 20, "first record"),
]


@pytest.mark.parametrize(("content", "words"), STRANGERS)
def test_what_is_no_spss_file_is_called_by_its_name(put, content, words):
    assert words in refused(put(content)).what


SAS = bytes(12) + bytes.fromhex("c2ea8160b31411cfbd92080009c7318c181f1011")
FOREIGN = [
    (b"PK\x03\x04" + bytes(60), "an Excel workbook"),
    (b"<stata_dta><header>", "a Stata file"),
    (b"\x73\x02\x01\x00" + bytes(60), "a Stata file"),
    (SAS + bytes(60), "a SAS file"),
    (b"naam;leeftijd\nj\xc3\xb6rg;30\n", "a text file"),
    (b"naam;leeftijd\nj\xf6rg;30\n", "a text file"),
    (b"GET DATA /TYPE=TXT.\n", "a text file"),
]


@pytest.mark.parametrize(("content", "words"), FOREIGN)
def test_an_intact_file_of_another_program_is_not_called_damaged(put, content, words):
    """The sender has nothing to mend: the way out is to save it as .sav."""
    finding = refused(put(content))
    assert words in finding.what
    assert "save it as .sav" in finding.action
    assert "undamaged" not in finding.expected
    assert "jörg" not in str(finding)


@pytest.mark.parametrize("content", [b"", bytes(200), b"\x07\x01\x00\xff" * 50])
def test_what_nobody_knows_may_be_damaged(put, content):
    assert "ask for the file again" in refused(put(content)).action


def test_a_missing_file_and_a_folder(tmp_path):
    assert refused(tmp_path / "weg.sav").code == "F02"
    assert "folder" in refused(tmp_path).what


def test_another_hash_does_not_get_in(put):
    assert refused(put(small()), sha256="0" * 64).code == "I01"


def test_a_small_file_that_asks_for_gigabytes_is_refused_before_reading(put):
    with Worker() as worker:
        finding = refused(put(with_count(small(packing="none"), 2**30)), worker=worker)
        assert "would take" in finding.what
        content = bytearray(small(packing="zlib"))
        place = scan(bytes(content)).data_offset
        (trailer,) = struct.unpack("<q", content[place + 8 : place + 16])
        content[trailer + 40 : trailer + 44] = struct.pack("<i", 2**31 - 8)
        finding = refused(put(bytes(content)), worker=worker)
        assert "would take" in finding.what
        assert worker.starts == 0
        assert "too" in refused(put(small()), limits=Limits(file_bytes=10), worker=worker).what or worker


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="limits are seen through /proc")
def test_the_worker_is_limited_in_memory_time_and_core_dumps(put):
    with Worker() as worker:
        read(put(small()), worker=worker)
        text = Path(f"/proc/{worker.start().pid}/limits").read_text()
    limits = {line[:26].strip(): line[26:47].strip() for line in text.splitlines()}
    assert limits["Max address space"] == str(2 * 2**30)
    assert limits["Max core file size"] == "0"
    assert 60 <= int(limits["Max cpu time"]) <= 90


@pytest.mark.skipif(os.name != "posix", reason="no memory limits on this system")
def test_more_memory_than_the_limit_is_one_clear_error(put):
    values = pd.DataFrame({f"v{i}": np.full(40_000, 0.5) for i in range(20)})
    path = put(to_bytes(values, tuple(SpssVariable(name) for name in values.columns), Extras()))
    with Worker() as worker:
        finding = refused(path, worker=worker, limits=Limits(memory_bytes=64 * 2**20))
        assert "memory" in finding.what or "crashed" in finding.what or "structure" in finding.what


@pytest.mark.skipif(os.name != "posix", reason="uses signals")
def test_a_hanging_worker_is_ended_and_a_new_one_reads_on(put):
    path = put(small())
    with Worker() as worker:
        read(path, worker=worker)
        os.kill(worker.start().pid, signal.SIGSTOP)
        start = time.monotonic()
        finding = refused(path, worker=worker, limits=Limits(wall_seconds=0.5))
        assert "longer than the limit" in finding.what
        assert time.monotonic() - start < 8
        assert read(path, worker=worker).n_rows == 2
        assert worker.starts == 2


@pytest.mark.skipif(os.name != "posix", reason="uses signals")
def test_a_crash_costs_one_file_and_not_the_next(put):
    path = put(small())
    with Worker() as worker:
        read(path, worker=worker)
        pid = worker.start().pid
        os.kill(pid, signal.SIGSTOP)
        killer = threading.Timer(0.3, os.kill, (pid, signal.SIGSEGV))
        resumer = threading.Timer(0.4, os.kill, (pid, signal.SIGCONT))
        killer.start(), resumer.start()
        assert "crashed the reader" in refused(path, worker=worker).what
        assert read(path, worker=worker).n_rows == 2
        assert worker.starts == 2


def test_one_worker_reads_many_files(put):
    with Worker() as worker:
        for _ in range(5):
            read(put(small()), worker=worker)
        assert worker.starts == 1


def test_an_empty_file_of_no_rows_is_read(put):
    empty = to_bytes(frame().head(0), VARIABLES, Extras())
    assert read(put(empty)).n_rows == 0


def test_a_wide_file(put):
    names = [f"variabele_met_een_lange_naam_{i}" for i in range(1200)]
    values = pd.DataFrame({name: [float(i), np.nan] for i, name in enumerate(names)})
    file = read(put(to_bytes(values, tuple(SpssVariable(name) for name in names), Extras())))
    assert [variable.name for variable in file.variables] == names
    pd.testing.assert_frame_equal(file.frame, values)


def test_the_frame_can_be_changed(put):
    values = read(put(sample())).frame
    values.loc[values["vraag"] == 9, "vraag"] = np.nan
    assert values["vraag"].isna().sum() == 2

"""A file that differs from its registered hash does not get in."""

import hashlib

import pandas as pd
import pytest
from spss_samples import small

from netwerkkracht.core.errors import StudyError
from netwerkkracht.spss import SpssVariable, read, write
from netwerkkracht.spss.register import (
    expected_hash,
    read_register,
    register_again,
    register_file,
)


@pytest.fixture
def received(tmp_path):
    file = tmp_path / "wave 1" / "één.sav"
    file.parent.mkdir()
    file.write_bytes(small())
    register = tmp_path / "register.csv"
    entry = register_file(register, file, received="2019-05-01", terms="research; not to be shared")
    return register, file, entry


def test_an_entry_says_what_came_in(received):
    register, file, entry = received
    assert (entry.path, entry.rows, entry.bytes) == ("wave 1/één.sav", 2, file.stat().st_size)
    assert read_register(register) == {entry.path: entry}
    header = register.read_text(encoding="utf-8").splitlines()[0]
    assert header == "path;sha256;bytes;rows;received;terms"
    assert expected_hash(register, file) == hashlib.sha256(file.read_bytes()).hexdigest()


def test_every_changed_byte_is_found(received):
    register, file, _ = received
    content = file.read_bytes()
    expected = expected_hash(register, file)
    read(file, sha256=expected)
    for at in range(0, len(content), 37):
        file.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        with pytest.raises(StudyError) as caught:
            read(file, sha256=expected)
        assert caught.value.findings[0].code == "I01"


def test_a_new_delivery_does_not_overwrite_the_old_entry(received):
    register, file, entry = received
    file.write_bytes(small("windows-1252"))
    with pytest.raises(StudyError, match="I01"):
        register_file(register, file, received="2019-06-01", terms="x")
    assert read_register(register)[entry.path] == entry


def test_a_file_the_register_does_not_name(received):
    register, file, _ = received
    other = file.with_name("twee.sav")
    other.write_bytes(small())
    with pytest.raises(StudyError, match="I02"):
        expected_hash(register, other)
    with pytest.raises(StudyError, match="I02"):
        expected_hash(register, register.parent.parent / "elsewhere.sav")
    with pytest.raises(StudyError, match=r"I02[\s\S]*not there"):
        expected_hash(register.with_name("none.csv"), other)


def test_all_bad_lines_come_at_once(received):
    register, _, _ = received
    bad = ["../x.sav;" + "0" * 64 + ";1;1;2019-01-01;t", "y.sav;short;1;1;2019-01-01;t", "z.sav;;a;b;c;d"]
    register.write_text(register.read_text(encoding="utf-8") + "\n".join(bad) + "\n", encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        read_register(register)
    assert [finding.code for finding in caught.value.findings] == ["I03"] * 3


def test_a_date_that_is_none(received):
    register, file, _ = received
    with pytest.raises(StudyError, match="I03"):
        register_file(register, file, received="1 mei 2019", terms="x")


def test_files_we_made_again_are_entered_again(received):
    register, file, entry = received
    other = file.with_name("other.sav")
    other.write_bytes(small())
    write(file, pd.DataFrame({"nr": [7.0]}), (SpssVariable("nr", "Nummer", "F8.0", "nominal"),))
    with pytest.raises(StudyError, match="I01"):
        register_file(register, file, received="2026-11-22", terms="other")
    assert register_again(register, [file, other]) == 1
    (again,) = read_register(register).values()
    assert (again.rows, again.received, again.terms) == (1, entry.received, entry.terms)
    assert again.sha256 != entry.sha256
    assert expected_hash(register, file) == hashlib.sha256(file.read_bytes()).hexdigest()
    with pytest.raises(StudyError, match="I02"):
        expected_hash(register, other)

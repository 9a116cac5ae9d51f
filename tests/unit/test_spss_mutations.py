"""A thousand damaged files: each is refused in one clear error or read; nothing else happens."""

import collections
import hashlib
from pathlib import Path

import numpy as np
import pytest
import spss_mutate as mutate

from netwerkkracht.core.errors import StudyError
from netwerkkracht.spss import read
from netwerkkracht.spss.reading.client import Worker

PORTABLE = Path(__file__).parents[1] / "reference" / "spss" / "pspp_portable.por"
COUNT = 1000


@pytest.mark.slow
def test_damaged_files_neither_crash_nor_hang_nor_raise_anything_else():
    files = mutate.seeds() | {PORTABLE.name: PORTABLE.read_bytes()}
    with Worker() as worker:
        outcomes = mutate.run(files, COUNT, np.random.default_rng(20191001), worker)
    kinds = collections.Counter(outcome.kind for outcome in outcomes)
    assert sum(kinds.values()) == COUNT
    assert [outcome for outcome in outcomes if outcome.kind == "traceback"] == []
    assert max(outcome.seconds for outcome in outcomes) < mutate.LIMITS.wall_seconds
    # the harness itself must do something: most damage is refused, some is silent without the register
    assert kinds["refused"] > COUNT / 2
    assert kinds["changed"] > COUNT / 20
    truncated = {outcome.kind for outcome in outcomes if outcome.mutation == "truncate"}
    assert truncated <= {"refused", "same"}


def test_the_register_finds_every_change_that_reading_does_not(tmp_path):
    random = np.random.default_rng(5)
    path = tmp_path / "f.sav"
    for name, content in mutate.seeds().items():
        known = hashlib.sha256(content).hexdigest()
        for change in mutate.MUTATIONS.values():
            data = bytearray(content)
            change(data, random)
            if bytes(data) == content:
                continue
            path.write_bytes(data)
            with pytest.raises(StudyError) as caught:
                read(path, sha256=known)
            assert caught.value.findings[0].code == "I01", name


def test_the_command_reports(capsys):
    assert mutate.main(["--count", "20", "--seed", "3"]) == 0
    assert "20 damaged files" in capsys.readouterr().out

"""The committed synthetic study is what its seed makes, in any folder and time zone, from the recipe only."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from netwerkkracht import spss
from netwerkkracht.core import io
from netwerkkracht.synth.run import synthesise

ROOT = Path(__file__).resolve().parents[2]
CODEBOOK, DATA = ROOT / "data" / "codebook", ROOT / "data" / "synthetic"
STANDARD = 20191001
FILES = ["ekc_w1.sav", "ekc_w2.sav", "planted.json", "truth.csv", "wt_w1.sav", "wt_w2.sav"]


@pytest.fixture(scope="module")
def again(tmp_path_factory):
    """Make the standard study in another process, folder, time zone and locale."""
    away = tmp_path_factory.mktemp("elsewhere")
    shutil.copytree(CODEBOOK / "synthetic", away / "book" / "synthetic")
    code = (
        "import sys; from pathlib import Path; from netwerkkracht.synth.run import synthesise;"
        "made = synthesise(Path('book'), int(sys.argv[1]), Path('made')); print(made.attempt)"
    )
    env = {**os.environ, "TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(STANDARD)],
        cwd=away,
        env=env,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "1"
    return away / "made"


def test_the_standard_files_are_made_again_byte_for_byte(again):
    assert sorted(path.name for path in again.iterdir()) == FILES
    for name in FILES:
        assert (again / name).read_bytes() == (DATA / name).read_bytes(), name


def test_another_seed_gives_another_study(tmp_path):
    made = synthesise(CODEBOOK, 5, tmp_path)
    assert made.rows == 205
    assert (tmp_path / "truth.csv").read_bytes() != (DATA / "truth.csv").read_bytes()


def test_files_are_as_old_and_undeclared_as_promised():
    old, new, bare = (spss.read(DATA / name) for name in ("ekc_w1.sav", "ekc_w2.sav", "wt_w2.sav"))
    assert (old.encoding.lower(), new.encoding.upper()) == ("windows-1252", "UTF-8")
    assert "EK-coördinator" in {variable.label for variable in old.variables}
    assert (old.n_rows, new.n_rows, bare.n_rows) == (55, 46, 46)
    # the second team file declares no missing values at all, though it holds negative codes
    assert not any(variable.missing for variable in bare.variables)
    assert (bare.frame.select_dtypes("number") < 0).any().any()
    # on a mark 8 and 9 are answers
    mark = old.by_name["v27_kwal"]
    assert set(mark.missing) == {98.0, 99.0}
    assert set(old.by_name["v12_schuld"].missing) == {8.0, 9.0}
    assert 8 in set(old.frame["v27_kwal"])


def test_severity_runs_both_ways_and_yes_is_stored_twice_over():
    first, second, team = (spss.read(DATA / name) for name in ("ekc_w1.sav", "ekc_w2.sav", "wt_w1.sav"))
    assert first.by_name["v13_werk"].value_labels[1.0] == "zeer ernstig"
    assert second.by_name["e_werk"].value_labels[5.0] == "zeer ernstig"
    assert first.by_name["v12_werk"].value_labels[2.0] == "nee"
    assert team.by_name["Q12c"].value_labels[0.0] == "nee"


def test_planted_faults_are_in_the_files_and_told_without_ids():
    planted = io.read_json(DATA / "planted.json")
    keys = {row["source_id"] for row in io.read_rows(CODEBOOK / "keys.csv", separator=";")}
    ids = list(spss.read(DATA / "ekc_w2.sav").frame["EKnummer"])
    assert sum(key not in keys and key.strip().upper() in keys for key in ids) == 1
    assert "EK-071" in ids
    assert "EK-071" not in keys
    team = spss.read(DATA / "wt_w2.sav").frame
    assert team.duplicated().sum() == 1
    assert {fault["fault"] for fault in planted["faults"]} == {
        "stray_key",
        "duplicate_row",
        "row_without_first",
    }
    assert "EK-" not in (DATA / "planted.json").read_text(encoding="utf-8")


def test_key_table_and_specification_agree():
    """The key table is the researcher's, the ids are the fieldwork's: two writings of the same thing."""
    from netwerkkracht.synth import read_spec
    from netwerkkracht.synth.fieldwork import identifier
    from netwerkkracht.synth.kinds import studies_of

    spec = read_spec(CODEBOOK / "synthetic")
    studies = studies_of(spec, 1, 0)
    written = {
        (source.file, io.cell_text(identifier(spec, source, studies, person)), studies.persons[person])
        for source in spec.files
        for person in range(*studies.of_arm([arm.name for arm in spec.arms].index(source.group)).indices(999))
    }
    table = {
        (row["file"], row["source_id"], row["person_id"])
        for row in io.read_rows(CODEBOOK / "keys.csv", separator=";")
    }
    assert written == table


def test_every_assumption_has_tag_and_reason_and_is_used():
    rows = io.read_rows(CODEBOOK / "synthetic" / "assumptions.csv", separator=";")
    assert len({row["parameter"] for row in rows}) == len(rows)
    for row in rows:
        assert row["tag"] in {"FOUND", "DERIVED", "KNOWN", "ASSUMED"}, row
        assert row["reason_nl"], row
        assert row["reason_en"], row
        assert row["tag"] != "FOUND" or row["source"], row
    words = set(
        re.findall(r"[a-z_][\w.]*", (CODEBOOK / "synthetic" / "structure.yaml").read_text(encoding="utf-8"))
    )
    domains = {f"{family}_{member}" for family in ("prob", "zrm") for member in words}
    own = {"parts", "other", "nonresponse"}
    for row in rows:
        parts = row["parameter"].split(".")
        starts = {".".join(parts[:length]) for length in range(1, len(parts) + 1)}
        assert starts & (words | domains | own), f"{row['parameter']} is used nowhere"

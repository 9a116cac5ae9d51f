"""A recipe with a mistake is refused with a message that names the place and what to do."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from netwerkkracht.core.errors import StudyError
from netwerkkracht.synth import distort, make_truth, outcomes, read_spec
from netwerkkracht.synth.kinds import studies_of

HOME = Path(__file__).resolve().parents[1] / "second_study" / "codebook" / "synthetic"


@pytest.fixture
def folder(tmp_path):
    """A copy of the small recipe that a test may spoil."""
    return Path(shutil.copytree(HOME, tmp_path / "synthetic"))


def change(folder, name, old, new):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def codes(caught):
    return {finding.code for finding in caught.value.findings}


def test_a_missing_folder_is_said(tmp_path):
    with pytest.raises(StudyError, match=r"structure\.yaml") as caught:
        read_spec(tmp_path)
    assert codes(caught) == {"F02"}


def test_all_mistakes_are_told_at_once(folder):
    change(folder, "structure.yaml", "kind: normal, min: 18", "kind: norml, min: 18")
    change(
        folder,
        "structure.yaml",
        "loads: {strain: load.stress}, persist",
        "load: {strain: load.stress}, persist",
    )
    change(folder, "questionnaire.csv", ";stress;mark", ";stres;mark")
    change(folder, "questionnaire.csv", ";left_how;left", ";left_how;gone")
    change(folder, "targets.csv", ";_help;", ";_helped;")
    change(folder, "signs.csv", ";debt_shop;", ";debt_shops;")
    change(folder, "witnesses.csv", ";grip1;", ";grips;")
    with pytest.raises(StudyError) as caught:
        read_spec(folder)
    text = str(caught.value)
    assert codes(caught) == {"S01"}
    assert len(caught.value.findings) == 7
    for words in (
        "'norml' did you mean 'normal'",
        "'load' did you mean 'loads'",
        "'stres' did you mean 'stress'",
    ):
        assert words in text


def test_clusters_have_to_hold_everyone(folder):
    change(folder, "structure.yaml", 'id: "D{:02d}", retained', 'id: "D{:02d}", clusters: [9, 9], retained')
    with pytest.raises(StudyError, match="clusters hold 18 persons, not 29"):
        read_spec(folder)


def test_a_number_that_nobody_assumed_is_named(folder):
    change(folder, "assumptions.csv", "stress.sd;", "stress.sdev;")
    with pytest.raises(StudyError, match=r"stress\.sd") as caught:
        make_truth(read_spec(folder), 1)
    assert codes(caught) == {"S02"}


def test_an_unknown_variable_is_named_with_a_guess():
    with pytest.raises(StudyError, match="did you mean 'stress'") as caught:
        outcomes(read_spec(HOME), ["stres"], 2, 1)
    assert codes(caught) == {"S03"}


def test_variables_that_need_each_other_are_refused(folder):
    change(
        folder,
        "structure.yaml",
        "kind: normal, min: 0, max: 10,",
        "kind: normal, min: 0, max: 10, floor: [grip],",
    )
    change(
        folder,
        "structure.yaml",
        "{name: grip1, kind: latent,",
        "{name: grip1, kind: latent, when: {stress: [5]},",
    )
    with pytest.raises(StudyError, match=r"stress -> grip -> grip1 -> stress") as caught:
        studies_of(read_spec(folder), 1, 1).cells("stress")
    assert codes(caught) == {"S04"}


def test_more_counts_than_persons_are_refused(folder):
    change(folder, "targets.csv", ";1;12;", ";1;25;")
    with pytest.raises(StudyError, match="more than 24 persons") as caught:
        make_truth(read_spec(folder), 1)
    assert codes(caught) == {"S05"}
    assert (caught.value.findings[0].group, caught.value.findings[0].wave) == ("buddy", "t12")


def test_directions_that_cannot_be_met_stop_the_draws(folder, monkeypatch):
    monkeypatch.setattr("netwerkkracht.synth.truth.ATTEMPTS", 3)
    change(folder, "signs.csv", "panel;<;0;", "panel;>;9;")
    with pytest.raises(StudyError, match="none of 3 draws") as caught:
        make_truth(read_spec(folder), 1)
    assert codes(caught) == {"S06"}


def test_a_value_without_a_code_is_refused(folder):
    change(folder, "answers.csv", "sex;2;man;2;", "sex;2;man;8;")
    with pytest.raises(StudyError, match="no code for one of the values") as caught:
        distort(make_truth(read_spec(folder), 1))
    assert codes(caught) == {"S07"}
    assert caught.value.findings[0].variable == "sex"


def test_an_unknown_fault_is_refused(folder):
    change(folder, "structure.yaml", "fault: duplicate_row", "fault: duplicated_row")
    with pytest.raises(StudyError, match="did you mean 'duplicate_row'") as caught:
        distort(make_truth(read_spec(folder), 1))
    assert codes(caught) == {"S08"}


def test_a_parameter_is_looked_up_from_special_to_general():
    spec = read_spec(HOME)
    assert spec.number("stress.mean", "buddy", "t12") == 4.6
    assert spec.number("stress.mean", "desk", "t12") == 5.3
    assert spec.number("stress.mean", "desk", "t6") == 5.6
    assert spec.number("persist", "desk", "t6") == 0.5


def test_witnesses_are_kept_in_written_studies_and_not_in_many():
    spec = read_spec(HOME)
    for seed in range(6):
        panel = make_truth(spec, seed).panel.set_index(["client", "visit"])
        assert panel.loc[("D01", "t0"), "letters"] == 100
        assert panel.loc[("B01", "t12"), "letters"] == 100
    made = outcomes(spec, ["letters"], 200, 1)
    first = made.arrays["letters"][:, made.design.persons.index("D01"), 0]
    assert len(np.unique(first[np.isfinite(first)])) == 3

import analysis_study as study
import numpy as np
import pytest

from netwerkkracht.analysis.describe.combinations import NONE, OTHER, combinations, item_moves, prevalence
from netwerkkracht.analysis.describe.published import counterparts
from netwerkkracht.core.errors import StudyError

EMPTY = {
    "id": "X", "part": "", "kind": "", "variable": "", "equals": "", "by": "", "set": "all",
    "denominator": "valid", "group": "*", "wave": "a",
}  # fmt: skip


@pytest.fixture(scope="module")
def facts():
    return study.facts(("a", "b"))


@pytest.fixture(scope="module")
def panel():
    return study.panel(visits=("a", "b"), lost=0.3)


def found(panel, facts, **recipe):
    return counterparts([{**EMPTY, **recipe}], panel, facts)


def test_persons_of_all_waves_and_of_one(panel, facts):
    gone = panel[(panel["visit"] == "b") & (panel["load__reason"] == "m")]
    stayed = 80 - len(gone)
    assert found(panel, facts, kind="persons", set="panel")["found"].iloc[0] == stayed
    assert found(panel, facts, kind="persons", group="old")["found"].iloc[0] == 40


def test_share_over_rows_counts_the_missing_in_its_base(panel, facts):
    some = panel.copy()
    some.loc[some.index[0], "aided"] = np.nan
    some.loc[some.index[0], "aided__reason"] = "w"
    valid = found(some, facts, kind="share", variable="aided", equals="1")
    rows = found(some, facts, kind="share", variable="aided", equals="1", denominator="rows")
    assert rows["base"].iloc[0] == 80
    assert valid["base"].iloc[0] == 79
    assert rows["count"].iloc[0] == valid["count"].iloc[0]
    assert rows["found"].iloc[0] < valid["found"].iloc[0]


def test_rank_goes_from_high_to_low(panel, facts):
    made = found(panel, facts, kind="rank", variable=" ".join(study.TROUBLES), equals="1")
    assert list(made["found"]) == sorted(made["found"], reverse=True)
    assert set(made["variable"]) == set(study.TROUBLES)


def test_change_difference_over_persons_with_both(panel, facts):
    made = found(panel, facts, kind="change_difference", variable="load", group="new old", wave="a b")
    wide = panel.pivot(index=["pid", "arm"], columns="visit", values="load").dropna().reset_index()
    change = (wide["b"] - wide["a"]).groupby(wide["arm"]).mean()
    assert made["found"].iloc[0] == pytest.approx(change["new"] - change["old"])


def test_mean_differences(panel, facts):
    here = panel[panel["visit"] == "a"]
    made = found(panel, facts, kind="mean_difference", variable="load", group="new old")
    means = here.groupby("arm")["load"].mean()
    assert made["found"].iloc[0] == pytest.approx(means["new"] - means["old"])
    by = found(panel, facts, kind="mean_difference_by", variable="load", by="aided")
    means = here.groupby("aided")["load"].mean()
    assert by["found"].iloc[0] == pytest.approx(means[1.0] - means[0.0])


def test_share_any_of_several(panel, facts):
    made = found(panel, facts, kind="share_any", variable="t_money t_house", equals="1")
    here = panel[panel["visit"] == "a"]
    assert made["count"].iloc[0] == ((here["t_money"] == 1) | (here["t_house"] == 1)).sum()


def test_no_counterpart_and_unknown_recipe(panel, facts):
    assert np.isnan(found(panel, facts, kind="none")["found"].iloc[0])
    with pytest.raises(StudyError, match="M03"):
        found(panel, facts, kind="guess")


def test_combinations_add_up_and_merge_the_rest(panel, facts):
    made = combinations(panel, facts, study.TROUBLES, "a", largest=4)
    assert made.groupby("group")["persons"].sum().to_dict() == {"new": 40, "old": 40}
    assert OTHER in set(made["combination"])
    few = combinations(panel, facts, ["t_money"], "a")
    assert set(few["combination"]) == {"t_money", NONE}


def test_moves_of_items_conserve_persons(panel, facts):
    made = item_moves(panel, facts, study.TROUBLES, "a", "b")
    totals = made.groupby(["item", "group"])
    assert (totals["persons"].sum() == totals["total"].first()).all()
    wide = panel.pivot(index="pid", columns="visit", values="t_money").dropna()
    resolved = made[(made["item"] == "t_money") & (made["state"] == "resolved")]["persons"].sum()
    assert resolved == ((wide["a"] == 1) & (wide["b"] == 0)).sum()


def test_prevalence_over_valid_answers(panel, facts):
    made = prevalence(panel, facts, ["t_mind"])
    assert made["total"].sum() == panel["t_mind"].notna().sum()
    assert made["persons"].sum() == (panel["t_mind"] == 1).sum()

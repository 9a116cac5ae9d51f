import analysis_study as study
import numpy as np
import pandas as pd
import pytest

from netwerkkracht.analysis.describe import counts
from netwerkkracht.analysis.describe.reliability import reliability
from netwerkkracht.analysis.describe.summaries import balance, describe, smd_codes, smd_numbers, smd_share
from netwerkkracht.harmonise.scales import alpha, omega
from netwerkkracht.study.facts import Facts, VariableFacts


@pytest.fixture(scope="module")
def panel():
    return study.panel()


@pytest.fixture(scope="module")
def facts():
    return study.facts()


def test_distribution_sums_to_those_who_answered(panel, facts):
    made = counts.distribution(panel, facts, "load")
    by = made.groupby(["group", "wave"])
    assert (by["persons"].sum() == by["total"].first()).all()
    valid = panel["load"].notna().groupby([panel["arm"], panel["visit"]]).sum()
    for (arm, visit), total in by["total"].first().items():
        assert total == valid[(arm, visit)]
    assert np.allclose(by["share"].sum(), 1)


def test_values_without_persons_stay_in_the_distribution(panel, facts):
    few = panel[~panel["load"].isin([2.0])]
    made = counts.distribution(few, facts, "load")
    assert (made.loc[made["value"] == "2", "persons"] == 0).all()
    assert len(made.loc[made["value"] == "2"]) == 6


def test_missing_cells_add_up_to_the_panel(panel, facts):
    made = counts.missing_reasons(panel, facts, ["mood", "load"])
    total = made.groupby(["variable", "wave", "group"])["cells"].sum()
    assert (total == 40).all()
    assert set(made.loc[made["variable"] == "mood", "reason"]) == {"valid", "m", "w"}


def test_persons_without_a_row_count_as_no_interview(panel, facts):
    """A panel of observed interviews only gives the counts of one that also has rows for the others."""
    whole = counts.missing_reasons(panel, facts, ["mood", "load"])
    observed = panel[counts.interviewed(panel, facts)]
    made = counts.with_absent(counts.missing_reasons(observed, facts, ["mood", "load"]), observed, facts)
    key = ["variable", "wave", "group", "reason"]
    pd.testing.assert_series_equal(
        made.set_index(key)["cells"].sort_index(), whole.set_index(key)["cells"].sort_index()
    )
    again = counts.with_absent(whole, panel, facts)
    assert again["cells"].sum() == whole["cells"].sum()


def test_missing_without_a_reason_is_marked_unknown(facts):
    rows = pd.DataFrame(
        {"pid": ["x"], "arm": ["new"], "visit": ["a"], "mood": [np.nan], "mood__reason": [""]}
    )
    assert list(counts.missing_reasons(rows, facts, ["mood"])["reason"]) == [counts.UNKNOWN]


def test_wave_patterns_count_every_person_once(panel, facts):
    made = counts.wave_patterns(panel, facts)
    assert made.groupby("group")["persons"].sum().to_dict() == {"new": 40, "old": 40}
    assert made["pattern"].str.match("^1(1|0)*$").all()


def test_transitions_conserve_persons_and_keep_the_lost(panel, facts):
    made = counts.transitions(panel, facts, "mix", "a", "c")
    assert made.groupby("group")["persons"].sum().to_dict() == {"new": 40, "old": 40}
    lost = made[made["destination"] == "lost"]["persons"].sum()
    assert lost == (panel.loc[panel["visit"] == "c", "mix__reason"] == "m").sum()


def test_summary_of_a_number(panel, facts):
    made = describe(panel, facts, "load").set_index(["group", "wave"])
    here = panel[(panel["arm"] == "old") & (panel["visit"] == "b")]["load"]
    assert made.loc[("old", "b"), "mean"] == pytest.approx(here.mean())
    assert made.loc[("old", "b"), "sd"] == pytest.approx(here.std())
    assert made.loc[("old", "b"), "floor"] == pytest.approx((here.dropna() == 0).mean())
    assert made.loc[("old", "b"), "n"] + made.loc[("old", "b"), "missing"] == 40


def test_standardised_differences():
    assert smd_numbers([1, 2, 3], [2, 3, 4]) == pytest.approx(-1.0)
    assert np.isnan(smd_numbers([1, 1], [1, 1]))
    assert smd_share(0.5, 0.3) == pytest.approx(0.2 / np.sqrt((0.25 + 0.21) / 2))
    # with two categories the distance is the absolute difference of shares
    assert smd_codes([0.5, 0.5], [0.7, 0.3]) == pytest.approx(abs(smd_share(0.5, 0.3)))


def test_balance_counts_missing(panel, facts):
    made = balance(panel, facts, ["mood", "school"], "a")
    mood = made[made["variable"] == "mood"]
    assert list(mood["n"] + mood["missing"]) == [40, 40]
    school = made[(made["variable"] == "school") & (made["group"] == "new")]
    assert school["count"].sum() == school["n"].iloc[0]


def test_reliability_of_a_known_factor():
    draw = np.random.default_rng(3)
    factor = draw.normal(size=(20000, 1))
    items = factor @ np.array([[0.8, 0.7, 0.6, 0.5]]) + draw.normal(size=(20000, 4)) * np.sqrt(
        1 - np.array([0.8, 0.7, 0.6, 0.5]) ** 2
    )
    true = 2.6**2 / (2.6**2 + (1 - np.array([0.8, 0.7, 0.6, 0.5]) ** 2).sum())
    assert omega(items)[0] == pytest.approx(true, abs=0.01)
    assert alpha(items) < omega(items)[0]
    assert alpha(items) == pytest.approx(true, abs=0.02)


def test_an_item_is_turned_by_its_wording_and_not_by_the_data():
    # found by an audit: items that ran against the others by chance were turned, which only raises alpha
    draw = np.random.default_rng(6)
    items = draw.normal(size=(60, 1)) + draw.normal(size=(60, 4))
    items[:, 3] *= -1
    names = ("i1", "i2", "i3", "i4")
    panel = pd.DataFrame(items, columns=names).assign(pid=range(60), arm="new", visit="a")
    by = {"plain": (items, ()), "worded": (items * [1, 1, 1, -1], ("i4",))}
    for name, (values, against) in by.items():
        scale = VariableFacts(name, {"nl": name, "en": name}, parts=names, against=against)
        own = Facts("pid", "arm", "visit", ("new",), ("a",), variables={name: scale})
        row = reliability(panel, own, {name: names}).iloc[0]
        assert row["turned"] == len(against)
        assert row["alpha"] == pytest.approx(alpha(values))
    assert alpha(by["plain"][0]) < alpha(by["worded"][0])


def test_parallel_items_have_equal_alpha_and_omega():
    draw = np.random.default_rng(4)
    items = draw.normal(size=(50000, 1)) + draw.normal(size=(50000, 3))
    assert alpha(items) == pytest.approx(0.75, abs=0.01)
    assert omega(items)[0] == pytest.approx(0.75, abs=0.01)

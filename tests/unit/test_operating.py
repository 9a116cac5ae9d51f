import numpy as np
import pandas as pd
import pytest

from netwerkkracht.analysis.operating.characteristics import summarise, target
from netwerkkracht.analysis.operating.replicates import Drawn, Estimates, Names, replicate
from netwerkkracht.mixed import fit

NAMES = Names("y", "pid", "arm", "visit", ("A", "B"), ("1", "2"))


def gaussian_studies(n_studies: int, seed: int, *, difference: float = 0.5, ragged: bool = False) -> Drawn:
    rng = np.random.default_rng(seed)
    group = np.repeat([0, 1], [24, 26])
    intercept = rng.standard_normal((n_studies, 50, 1))
    values = 4 + intercept + rng.standard_normal((n_studies, 50, 2))
    values[:, group == 0, 1] += difference
    seen = np.ones(values.shape, dtype=bool)
    seen[:, [0, 1, 2, 30, 31], 1] = False
    if ragged:
        values[rng.random(values.shape) < 0.05] = np.nan
    return Drawn(values, seen, group)


@pytest.mark.parametrize("family", ["gaussian", "binomial"])
def test_a_sweep_equals_fits_one_by_one(family):
    drawn = gaussian_studies(6, 1, ragged=True)
    if family == "binomial":
        drawn = Drawn(
            np.where(np.isnan(drawn.values), np.nan, drawn.values > 4.2), drawn.interviewed, drawn.group
        )
    made = replicate(drawn, NAMES, family)
    for study in range(6):
        rows = [
            {"pid": f"p{p}", "arm": "AB"[drawn.group[p]], "visit": str(v + 1), "y": drawn.values[study, p, v]}
            for p in range(50)
            for v in range(2)
            if drawn.interviewed[study, p, v]
        ]
        one = fit("y ~ arm * visit + (1 | pid)", pd.DataFrame(rows), family=family)
        own = one.coefficients.set_index("term").loc["armB:visit2"]
        assert made.status[study] == one.status
        assert made.estimate[study] == pytest.approx(-own["estimate"], abs=2e-4)
        assert made.se[study] == pytest.approx(own["se"], rel=2e-3)
        assert made.df[study] == pytest.approx(own["df"], rel=1e-4)


def test_intervals_of_kenward_and_roger_cover_as_promised():
    # 24 + 26 persons, five of them seen once; the model is true, so coverage and type I error are nominal
    drawn = gaussian_studies(4000, 2)
    actual = replicate(drawn, NAMES, "gaussian")
    null = replicate(drawn, NAMES, "gaussian", shuffle=np.random.default_rng(3))
    row = summarise(actual, null, 0.5, 0.05)
    assert row["n_studies"] == row["n_ok"] + row["n_boundary"] + row["n_failed"] == 4000
    assert row["coverage"] == pytest.approx(0.95, abs=3 * row["coverage_mcse"])
    assert row["type_one"] == pytest.approx(0.05, abs=3 * row["type_one_mcse"])
    assert row["bias"] == pytest.approx(0, abs=3 * row["bias_mcse"])
    assert row["mean_se"] == pytest.approx(row["sd"], abs=4 * row["sd_mcse"])
    assert row["power"] > row["type_one"] + 3 * row["power_mcse"]


def test_shuffling_keeps_sizes_and_patterns_and_nothing_else():
    from netwerkkracht.analysis.operating.replicates import _shuffled

    drawn = gaussian_studies(3, 4, ragged=True)
    seen = drawn.interviewed & ~np.isnan(drawn.values)
    pattern = seen @ np.array([1, 2])
    before = np.broadcast_to(drawn.group, pattern.shape)
    after = _shuffled(before, pattern, np.random.default_rng(5))
    assert (after != before).any()
    for study in range(3):
        table = pd.crosstab(before[study], pattern[study])
        pd.testing.assert_frame_equal(table, pd.crosstab(after[study], pattern[study]))


def test_the_target_is_what_very_many_people_would_give():
    drawn = gaussian_studies(400, 6)
    assert target(drawn, NAMES, "gaussian") == pytest.approx(0.5, abs=0.05)


def test_failed_fits_are_counted_and_left_out():
    nan = float("nan")
    status = np.array(["ok", "boundary", "separated", "not_converged"])
    some = Estimates(np.array([0.1, 5, nan, 2]), np.array([1, 1, nan, nan]), np.full(4, 40.0), status)
    row = summarise(some, some, 0.0, 0.05)
    assert (row["n_ok"], row["n_boundary"], row["n_failed"]) == (1, 1, 2)
    assert row["coverage"] == 0.5
    nothing = Estimates(np.full(2, nan), np.full(2, nan), np.full(2, nan), np.array(["separated"] * 2))
    assert np.isnan(summarise(nothing, nothing, 0.0, 0.05)["coverage"])


def test_the_first_studies_are_those_of_a_shorter_run():
    drawn = gaussian_studies(8, 7, ragged=True)
    part = drawn.first(3)
    assert len(part) == 3
    np.testing.assert_array_equal(part.values, drawn.values[:3])
    np.testing.assert_array_equal(part.interviewed, drawn.interviewed[:3])
    alone, among = replicate(part, NAMES, "gaussian"), replicate(drawn, NAMES, "gaussian")
    np.testing.assert_allclose(alone.estimate, among.estimate[:3], rtol=1e-12)

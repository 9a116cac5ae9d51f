import numpy as np
import pandas as pd
import pytest

from netwerkkracht.mixed import fit
from netwerkkracht.mixed.inference.leave_out import leave_out


def panel(n=30, sd=1.0):
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(
        {
            "id": np.repeat([f"p{i:02d}" for i in range(n)], 3),
            "group": np.repeat(np.where(np.arange(n) < n // 2, "A", "B"), 3),
            "t": np.tile([0.0, 1.0, 2.0], n),
            "x": np.repeat(rng.normal(size=n), 3),
        }
    )
    slope = np.repeat(rng.normal(scale=0.4, size=n), 3) * frame["t"]
    frame["y"] = 1 + np.repeat(rng.normal(scale=sd, size=n), 3) + slope + rng.normal(size=3 * n)
    return frame[rng.random(3 * n) < 0.9].reset_index(drop=True)


@pytest.mark.parametrize("reml", [True, False])
@pytest.mark.parametrize("formula", ["y ~ group * t + x + (1 | id)", "y ~ group * t + (t | id)"])
def test_each_level_left_out_equals_a_refit(formula, reml):
    frame = panel()
    made = fit(formula, frame, reml=reml, df="asymptotic")
    row = np.eye(len(made.engine.names))[-1]
    found = leave_out(made, row)
    assert [item.level for item in found] == sorted(frame["id"].unique())
    for item in found[::7]:
        rest = fit(formula, frame[frame["id"] != item.level], reml=reml, df="asymptotic")
        own = rest.coefficients.iloc[-1]
        assert item.status == rest.status
        assert item.estimate == pytest.approx(own["estimate"], abs=1e-6 * own["se"])
        assert item.se == pytest.approx(own["se"], rel=1e-6)


def test_a_level_that_holds_up_a_column_is_named_and_not_guessed():
    frame = panel()
    frame["only"] = np.where(frame["id"] == "p03", "yes", "no")
    found = leave_out(fit("y ~ t + only + (1 | id)", frame), np.array([0.0, 1.0, 0.0]))
    status = {item.level: item.status for item in found}
    assert status.pop("p03") == "rank_deficient"
    assert set(status.values()) <= {"ok", "boundary"}


def test_other_models_are_left_to_refits():
    frame = panel().assign(team=lambda data: data["id"].str[1], count=1.0)
    assert leave_out(fit("y ~ t + (1 | id) + (1 | team)", frame), np.array([0.0, 1.0])) is None
    assert leave_out(fit("count ~ t + (1 | id)", frame), np.array([0.0, 1.0])) is None
    counts = frame.assign(count=np.random.default_rng(1).poisson(2, len(frame)))
    assert leave_out(fit("count ~ t + (1 | id)", counts, family="poisson"), np.array([0.0, 1.0])) is None

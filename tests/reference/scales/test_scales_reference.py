"""Alpha, omega and item-rest correlations against base R (cov, factanal, cor)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from netwerkkracht.harmonise.scales import alpha, item_rest, omega

HERE = Path(__file__).parent
ITEMS = pd.read_csv(HERE / "items.csv")
VALUES = pd.read_csv(HERE / "values.csv").set_index("scale")


@pytest.mark.parametrize("scale", VALUES.index)
def test_equal_to_r(scale):
    values = ITEMS.loc[ITEMS["scale"] == scale].drop(columns="scale").to_numpy()
    expected = VALUES.loc[scale]
    assert len(values) == expected["n"]
    assert alpha(values) == pytest.approx(expected["alpha"], abs=1e-10)
    got, heywood = omega(values)
    assert got == pytest.approx(expected["omega"], abs=1e-5)
    assert not heywood
    rest = item_rest(values, [f"i{k}" for k in range(1, 7)])
    assert rest[0][1] == pytest.approx(expected["item_rest_1"], abs=1e-10)
    assert rest[5][1] == pytest.approx(expected["item_rest_6"], abs=1e-10)


@pytest.mark.parametrize("scale", VALUES.index)
def test_omega_is_the_optimum_itself_and_not_where_a_search_stopped(scale):
    """Other orders of items and people are other last bits, as another processor has them."""
    values = ITEMS.loc[ITEMS["scale"] == scale].drop(columns="scale").to_numpy()
    got, _ = omega(values)
    for order in ([5, 4, 3, 2, 1, 0], [2, 0, 4, 1, 5, 3]):
        assert omega(values[::-1, order])[0] == pytest.approx(got, rel=1e-12)


def test_a_forgotten_reversal_shows_in_the_item_rest_correlation():
    values = ITEMS.loc[ITEMS["scale"] == "reversed"].drop(columns="scale").to_numpy()
    negative = [name for name, r, _, _ in item_rest(values, "abcdef") if r < 0]
    assert negative == ["b", "e"]

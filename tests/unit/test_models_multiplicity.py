import math

import pytest

from netwerkkracht.analysis.models.multiplicity import benjamini_hochberg, holm

P = [0.01, 0.04, 0.03, 0.005]


def test_holm_equals_r():
    # R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
    assert holm(P) == pytest.approx([0.03, 0.06, 0.06, 0.02])


def test_fdr_equals_r():
    # R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "BH")
    assert benjamini_hochberg(P) == pytest.approx([0.02, 0.04, 0.04, 0.02])


def test_a_planned_test_that_failed_still_counts():
    adjusted = holm([0.01, math.nan])
    assert adjusted[0] == pytest.approx(0.02)
    assert math.isnan(adjusted[1])
    assert benjamini_hochberg([0.01, math.nan])[0] == pytest.approx(0.02)


def test_adjusted_values_stay_in_range_and_order():
    raw = [0.9, 0.2, 0.6, 0.01]
    for made in (holm(raw), benjamini_hochberg(raw)):
        assert all(a >= b for a, b in zip(made, raw, strict=True))
        assert max(made) <= 1
        assert sorted(range(4), key=raw.__getitem__) == sorted(range(4), key=lambda i: (made[i], raw[i]))

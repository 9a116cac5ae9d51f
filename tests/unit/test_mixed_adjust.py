"""Adjustments: the studentised range against R's ptukey and qtukey, the step-wise methods by hand."""

import numpy as np
import pytest

from netwerkkracht.core.errors import StudyError
from netwerkkracht.mixed.inference.adjust import adjusted_p, check_adjustment, critical
from netwerkkracht.mixed.inference.studentized_range import quantile, tail
from netwerkkracht.mixed.tails import two_sided

# ptukey(q, k, df, lower = FALSE) and qtukey(0.95, k, df) of R 4.2.2
R = [
    (3.5, 3, 10, 0.077103310839, 3.8767767492),
    (2, 4, 88.7, 0.493922315495, 3.7029911453),
    (1, 2, 40, 0.483599502539, 2.8582322276),
    (4.2, 10, np.inf, 0.087361178189, 4.4741244713),
    (0.5, 3, 200, 0.933444246904, 3.3393760922),
]


@pytest.mark.parametrize(("q", "k", "df", "p", "cut"), R)
def test_studentised_range_as_in_r(q, k, df, p, cut):
    assert tail(q, k, df) == pytest.approx(p, abs=1e-8)
    assert quantile(0.95, k, df) == pytest.approx(cut, abs=1e-6)


@pytest.mark.parametrize("df", [2.5, 8.0, 88.0, 1e4, np.inf])
def test_the_range_of_two_means_is_a_t_test(df):
    t = np.array([0.3, 1.7, 4.0])
    ours = [tail(np.sqrt(2) * value, 2, df) for value in t]
    np.testing.assert_allclose(ours, two_sided(t, df), atol=1e-10)


def test_stepwise_methods():
    p, one = np.array([0.01, 0.04, 0.03]), np.ones(3)
    np.testing.assert_allclose(adjusted_p(p, one, one, "holm", 3), [0.03, 0.06, 0.06])
    np.testing.assert_allclose(adjusted_p(p, one, one, "fdr", 3), [0.03, 0.04, 0.04])
    np.testing.assert_allclose(adjusted_p(p, one, one, "bonferroni", 3), [0.03, 0.12, 0.09])
    np.testing.assert_allclose(adjusted_p(p, one, one, "sidak", 3), 1 - (1 - p) ** 3)
    np.testing.assert_allclose(adjusted_p(p, one, one, "none", 3), p)


def test_limits_widen_with_the_number_of_contrasts():
    df = np.array([20.0])
    plain = critical(df, 0.95, "none", 3, 3)
    assert plain < critical(df, 0.95, "tukey", 3, 3) < critical(df, 0.95, "holm", 3, 3)
    assert critical(df, 0.95, "tukey", 2, 1) == pytest.approx(plain)


def test_an_unknown_adjustment_is_named():
    with pytest.raises(StudyError, match="did you mean 'holm'"):
        check_adjustment("holms")

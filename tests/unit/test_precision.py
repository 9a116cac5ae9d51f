"""Values leave with digits that any processor reproduces; noise leaves as no digit."""

import math

import numpy as np
import pandas as pd
import pytest

from netwerkkracht.core.precision import CLASSES, NEAR_ZERO, bound, precision_of, rounded, rounded_frame
from netwerkkracht.run.verify import compare_cells


@pytest.mark.parametrize(
    ("column", "value", "leaves"),
    [
        ("estimate", 1.2345678949999, 1.23456789),
        ("estimate", -0.12151394030257885, -0.12151394),
        ("estimate", 123456.789123456, 123456.789),
        ("estimate", 1.183424101428087e-16, 0.0),
        ("estimate", 0.00020847568681586776, 0.0002084757),
        ("lower", -0.6673889427939353, -0.6673889),
        ("df", 137.15813918288129, 137.1581),
        ("p", 4.395732659544484e-10, 4.395733e-10),
        ("p_holm", 0.8752465241832872, 0.8752465),
        ("persons", 115.0, 115.0),
        ("income", 1234567890123.0, 1234567890123.0),
    ],
)
def test_a_value_has_the_digits_of_its_class(column, value, leaves):
    assert rounded(value, column) == leaves


@pytest.mark.parametrize("value", [None, "ok", True, 12, math.inf])
def test_what_is_no_measurement_stays(value):
    assert rounded(value) is value


def test_a_zero_has_no_sign_and_a_missing_value_stays_missing():
    assert math.copysign(1.0, rounded(-1e-13)) == 1.0
    assert math.isnan(rounded(math.nan))


def test_a_table_keeps_its_columns_types_and_counts():
    frame = pd.DataFrame(
        {
            "group": ["a", "b"],
            "n": [12, 9],
            "estimate": [0.1 + 0.2, np.nan],
            "value": pd.Series(["x", 1 / 3], dtype=object),
        }
    )
    made = rounded_frame(frame)
    assert list(made) == list(frame)
    assert (made.dtypes == frame.dtypes).all()
    assert made["estimate"].tolist()[0] == 0.3
    assert made["value"].tolist() == ["x", 0.333333333]
    assert rounded_frame(frame.iloc[:0]).equals(frame.iloc[:0])


@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("value", [0.1234564999999999, 9.99999949999999, 1.0000004999999, -77.70004999999])
def test_values_that_two_processors_round_apart_are_within_tolerance(name, value):
    """One in the last digit is what rounding makes of noise, so it is what `verify` forgives, and no more."""
    kind = CLASSES[name]
    column = next(iter(sorted(kind.columns)), "estimate")
    assert precision_of(column) is kind
    here = rounded(value, column)
    step = 10.0 ** (math.floor(math.log10(abs(here))) + 1 - kind.digits)
    near, far = (f"{here + units * step:.15g}" for units in (1, 11))
    assert compare_cells(repr(here), near, tolerance=kind.tolerance) is not None
    assert compare_cells(repr(here), far, tolerance=kind.tolerance) is None


def test_the_floor_is_what_verify_takes_for_zero():
    assert compare_cells("0", repr(rounded(0.6 * NEAR_ZERO)), tolerance=1e-8) is not None


@pytest.mark.parametrize(
    ("gap", "within"),
    [(2e-14, 1e-5), (0.0, 1e-5), (1e-5, 1e-5), (1.3221357e-5, 1e-4), (0.03, 0.1), (2.0, 10.0)],
)
def test_the_gap_of_two_engines_leaves_as_a_bound(gap, within):
    assert bound(gap) == within


def test_a_gap_that_cannot_be_had_stays_missing():
    assert math.isnan(bound(math.nan))

"""Laws of the generator, for seeds and numbers that hypothesis chooses."""

import sys
from functools import cache
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
from synth_samples import as_read

from netwerkkracht.harmonise import harmonise
from netwerkkracht.study.codebook import read_codebook
from netwerkkracht.synth import distort, make_truth, read_spec, recovery
from netwerkkracht.synth.kinds import studies_of
from netwerkkracht.synth.marginals import FEW_EDGES, bank_shift, counts, cut
from netwerkkracht.synth.run import record

TESTS = Path(__file__).resolve().parents[1]
BOOKS = {"main": TESTS.parent / "data" / "codebook", "second": TESTS / "second_study" / "codebook"}
SEEDS = st.integers(min_value=0, max_value=2**31 - 1)


@cache
def spec(name):
    return read_spec(BOOKS[name] / "synthetic")


@cache
def book(name):
    return read_codebook(BOOKS[name])


def recovered(name, seed):
    truth = make_truth(spec(name), seed)
    fieldwork = distort(truth)
    made = harmonise(book(name), {file: as_read(item) for file, item in fieldwork.files.items()})
    return recovery.compare(made.panel, truth.panel, record(truth, fieldwork), made.findings, made.set_aside)


@settings(max_examples=2, deadline=None)
@given(SEEDS)
def test_the_main_study_is_recovered_for_any_seed(seed):
    recovered("main", seed).require()


@settings(max_examples=8, deadline=None)
@given(SEEDS)
def test_the_second_study_is_recovered_for_any_seed(seed):
    recovered("second", seed).require()


@settings(max_examples=10, deadline=None)
@given(SEEDS, st.permutations(["help_mix", "n_prob", "net_any", "sev_mean", "_prob_fin_a"]))
def test_a_draw_does_not_depend_on_what_was_asked_before(seed, order):
    one, other = studies_of(spec("main"), 2, seed), studies_of(spec("main"), 2, seed)
    for name in order:
        other.cells(name)
    for name in sorted(order):
        np.testing.assert_array_equal(one.cells(name).numbers, other.cells(name).numbers)
        np.testing.assert_array_equal(one.cells(name).reasons, other.cells(name).reasons)


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_a_value_stands_where_no_reason_does_and_nowhere_else(seed):
    studies = studies_of(spec("second"), 3, seed)
    for name in studies.spec.made_by:
        cells = studies.cells(name)
        np.testing.assert_array_equal(np.isnan(cells.numbers), cells.reasons != 0, err_msg=name)


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_the_items_of_a_form_merge_back_into_the_common_domain(seed):
    studies = studies_of(spec("main"), 4, seed)
    first, second, whole = (studies.cells(name) for name in ("_prob_fin_a", "_prob_fin_b", "prob_fin"))
    wave = 0
    yes = (first.numbers == 1) | (second.numbers == 1)
    no = (first.numbers == 0) & (second.numbers == 0)
    np.testing.assert_array_equal(yes[..., wave], whole.numbers[..., wave] == 1)
    np.testing.assert_array_equal(no[..., wave], whole.numbers[..., wave] == 0)
    levels = [studies.cells(name).numbers[..., wave] for name in ("_lev_fin_a", "_lev_fin_b")]
    highest = np.fmax(*levels)
    np.testing.assert_array_equal(highest, studies.cells("_lev_fin").numbers[..., wave])


@settings(max_examples=10, deadline=None)
@given(SEEDS)
def test_exactly_as_many_stay_as_the_roster_says_and_nobody_comes_back(seed):
    studies = studies_of(spec("second"), 5, seed)
    inside = studies.interviewed
    for index, arm in enumerate(studies.spec.arms):
        seen = inside[:, studies.of_arm(index)].sum(axis=1)
        assert (seen == [arm.persons, arm.retained["t6"], arm.retained["t12"]]).all()
    assert (inside[..., 2] <= inside[..., 1]).all()


@given(
    st.lists(st.floats(min_value=0.02, max_value=0.98), min_size=2, max_size=14),
    st.floats(min_value=0.05, max_value=0.95),
)
def test_the_bank_meets_its_mean(shares, part):
    from scipy.special import ndtr, ndtri

    wanted = part * len(shares)
    shift = bank_shift(tuple(shares), wanted)
    assert abs(ndtr(ndtri(np.array(shares)) + shift).sum() - wanted) < 1e-9


@given(st.floats(0.5, 20), st.floats(0.3, 10), st.integers(0, 2), st.integers(5, 60))
def test_counts_are_a_distribution_within_their_bounds(mean, dispersion, low, high):
    codes, mass = counts(mean, dispersion, low, high)
    assert (codes[0], codes[-1]) == (low, high)
    assert abs(mass.sum() - 1) < 1e-9
    assert (mass >= 0).all()


@given(
    edges=st.lists(st.floats(-3, 3) | st.sampled_from([-np.inf, np.inf, 0.5]), max_size=FEW_EDGES + 3),
    scores=st.lists(st.floats(-4, 4) | st.just(0.5), min_size=1, max_size=20),
)
def test_scores_are_cut_as_a_search_among_the_edges_cuts_them(edges, scores):
    edges, codes = np.sort(edges), np.arange(len(edges) + 1.0) * 3
    table = np.array([scores, scores]).T
    np.testing.assert_array_equal(cut(codes, edges, table), codes[np.searchsorted(edges, table, side="left")])

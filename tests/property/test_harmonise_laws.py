"""Laws of harmonising: total, idempotent, reversible, indifferent to order, and nobody gets lost."""

from __future__ import annotations

import datetime as dt
import re
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
from crosswalk_study import drafts, files, tables, write_codebook
from export_reading import from_spss, read_export

from netwerkkracht.codebook_tools.exports import (
    to_parquet_table,
    to_spss,
    write_export,
)
from netwerkkracht.codebook_tools.formatting import format_tables
from netwerkkracht.core.words import ByLanguage
from netwerkkracht.harmonise import harmonise, restore
from netwerkkracht.harmonise.columns import make_column
from netwerkkracht.harmonise.derived_values import Items, score_items
from netwerkkracht.harmonise.identifiers import TEXT_RULES
from netwerkkracht.harmonise.linking import link
from netwerkkracht.harmonise.reasons import UNKNOWN, VALID, combine
from netwerkkracht.harmonise.recode import apply_list, pomp
from netwerkkracht.harmonise.scoring import completed_years
from netwerkkracht.study.codebook import read_codebook
from netwerkkracht.study.codebook.codelists import parse_codes
from netwerkkracht.study.codebook.forms import NUMBER_FORMS, date_form, text_number
from netwerkkracht.study.codebook.problems import Problems
from netwerkkracht.study.codebook.types import REASONS, Derived, Variable

SLOW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
QUICK = settings(max_examples=40, deadline=None)
NUMBER = Variable("v", ByLanguage({}, "v"), "number", tags=frozenset(REASONS[1:]))
CODES = st.lists(st.integers(-5, 12), min_size=1, max_size=8, unique=True)


@cache
def book(policies=True):
    texts = tables()
    if policies:
        texts["study.yaml"] += "linking:\n" + "".join(
            f"  {name}: {{do: set_aside, decision: B08}}\n"
            for name in (
                "duplicate_identical",
                "duplicate_different",
                "unknown_key",
                "no_first_wave",
                "empty_id",
            )
        )
        texts["examples.csv"] = ""
    with TemporaryDirectory() as folder:
        return read_codebook(write_codebook(Path(folder), texts))


def column(values):
    variable = SimpleNamespace(name="v", label="", format="F8.0", value_labels={}, missing=(), width=0)
    return make_column(variable, pd.Series(values, dtype=float))


def code_list(pairs):
    rows = [
        {"codes": "list", "source": str(source), "source_label": "", "target": str(target), "decision": ""}
        for source, target in pairs
    ]
    problems = Problems()
    listed = parse_codes(rows, problems)["list"]
    assert not problems.findings
    return listed


def recode(values, pairs):
    folded = column(values)
    table = apply_list(folded, code_list(pairs), NUMBER)
    return table.values[folded.index], table.reasons[folded.index]


@QUICK
@given(CODES, st.data())
def test_a_recode_is_total(codes, data):
    """Every value gets a target, a reason or the mark of an error: never a value of its own accord."""
    targets = data.draw(
        st.lists(st.sampled_from(["1", "2", ".w", ".n"]), min_size=len(codes), max_size=len(codes))
    )
    values = data.draw(st.lists(st.integers(-6, 13).map(float) | st.just(np.nan), min_size=1, max_size=30))
    known = dict(zip(codes, targets, strict=True))
    got, reasons = recode(values, known.items())
    for value, result, reason in zip(values, got, reasons, strict=True):
        target = None if np.isnan(value) else known.get(int(value))
        if target is None:
            assert reason == UNKNOWN
            assert np.isnan(result)
        elif target.startswith("."):
            assert REASONS[reason] == target[1:]
            assert np.isnan(result)
        else:
            assert reason == VALID
            assert result == float(target)


@QUICK
@given(CODES, st.data())
def test_recoding_a_canonical_value_again_changes_nothing(codes, data):
    """A list that keeps its codes is idempotent: what is harmonised stays what it is."""
    values = data.draw(st.lists(st.sampled_from(codes), min_size=1, max_size=30))
    pairs = [(code, "=") for code in codes]
    once, _ = recode(values, pairs)
    twice, reasons = recode(once, pairs)
    np.testing.assert_array_equal(once, twice)
    np.testing.assert_array_equal(once, values)
    assert (reasons == VALID).all()


@QUICK
@given(st.integers(-3, 3), st.integers(1, 9), st.data())
def test_reversing_twice_is_the_identity(low, length, data):
    codes = range(low, low + length + 1)
    reverse = [(code, low + low + length - code) for code in codes]
    values = data.draw(st.lists(st.sampled_from(list(codes)), min_size=1, max_size=30))
    once, _ = recode(values, reverse)
    twice, _ = recode(once, reverse)
    np.testing.assert_array_equal(twice, values)
    assert (once != np.asarray(values)).any() or all(2 * value == 2 * low + length for value in values)


@QUICK
@given(st.floats(-50, 50), st.floats(-50, 50), st.lists(st.floats(0, 1), min_size=1))
def test_pomp_runs_from_0_to_100_and_its_reversal_mirrors(first, last, shares):
    if abs(first - last) < 1e-3:
        return
    values = first + np.array(shares) * (last - first)
    scaled = pomp(values, first, last)
    np.testing.assert_allclose(scaled, 100 * np.array(shares), atol=1e-6)
    np.testing.assert_allclose(pomp(values, last, first), 100 - scaled, atol=1e-6)


@QUICK
@given(st.lists(st.lists(st.integers(-1, 8), min_size=4, max_size=4), min_size=1, max_size=5), st.randoms())
def test_joining_reasons_does_not_depend_on_the_order_of_sources(parts, random):
    arrays = [np.array(part, dtype=np.int8) for part in parts]
    shuffled = list(arrays)
    random.shuffle(shuffled)
    np.testing.assert_array_equal(combine(arrays), combine(shuffled))


def damaged(seed):
    """Return files with rows doubled, dropped and given unknown identifiers, at random."""
    rng = np.random.default_rng(seed)
    made = drafts()
    for name, draft in made.items():
        n = len(next(iter(draft.columns.values())))
        take = rng.permutation(n)[: rng.integers(n // 2, n)]
        take = np.concatenate([take, take[rng.integers(0, len(take), rng.integers(0, 4))]])
        draft.columns = {key: values[take].copy() for key, values in draft.columns.items()}
        own = "RESPNR" if name == "wt_t0" else "respnr"
        lost = rng.integers(0, len(take), rng.integers(0, 3))
        text = draft.columns[own].dtype == object
        draft.columns[own][lost] = "ZZ-99" if text else 98765.0
        draft.columns["steun"][rng.integers(0, len(take), 1)] = rng.integers(0, 11)
    return made


@SLOW
@given(st.integers(0, 10_000))
def test_rows_in_are_rows_used_and_rows_set_aside(seed):
    made = files(damaged(seed))
    result = harmonise(book(), made, strict=False)
    for row in result.flow.itertuples():
        reasons = result.set_aside.loc[result.set_aside["file"] == row.file, "count"].sum()
        assert row.rows_in == made[row.file].n_rows == row.used + row.set_aside
        assert row.set_aside == reasons
    assert len(result.panel) == result.flow["used"].sum()
    assert not result.panel.duplicated(["person", "visit"]).any()
    counted = result.missing.groupby("variable")["count"].sum()
    roster = result.panel.groupby("arm")["person"].nunique().sum()
    assert (counted == roster * 3).all()


@SLOW
@given(st.integers(0, 10_000))
def test_order_of_rows_persons_and_files_does_not_matter(seed):
    rng = np.random.default_rng(seed)
    made = files(damaged(seed))
    shuffled = {
        name: replace(made[name], frame=made[name].frame.iloc[rng.permutation(made[name].n_rows)])
        for name in rng.permutation(sorted(made))
    }
    shuffled = {
        name: replace(held, frame=held.frame.reset_index(drop=True)) for name, held in shuffled.items()
    }
    first, second = harmonise(book(), made, strict=False), harmonise(book(), shuffled, strict=False)
    pd.testing.assert_frame_equal(first.panel, second.panel)
    pd.testing.assert_frame_equal(first.set_aside, second.set_aside)
    assert set(first.findings) == set(second.findings)


@cache
def two_waves(rules=()):
    """Return a study of two waves without a key table, and with some rules of identifiers."""
    texts = {
        "study.yaml": (
            "study: s\ntitle: {nl: s, en: s}\nwaves: ['1', '2']\ngroups: {A: {nl: A, en: A}}\n"
            "person: person\ngroup: arm\nwave: visit\nfiles:\n"
            "  - {file: a, wave: '1', group: A, path: a.sav, id: nr}\n"
            "  - {file: b, wave: '2', group: A, path: b.sav, id: nr}\n"
            + (f"id_rule: {{rules: [{', '.join(rules)}], decision: B1}}\n" if rules else "")
        ),
        "variables.csv": "variable;label_nl;label_en;type;min;max;targets;tags\n",
        "sources.csv": "variable;wave;group;rule;source;codes;source_label;decision\n",
        "decisions.csv": "number;date;decision_nl;decision_en;reason_nl;reason_en;who\n"
        "B1;2024-01-01;b;b;r;r;x\n",
    }
    with TemporaryDirectory() as folder:
        for name, text in texts.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        return read_codebook(Path(folder))


# few characters, so that identifiers often differ only in what a rule would let differ
IDENTIFIER = st.text(st.sampled_from("0017aA \u200b\xa0.|\\\uff11"), max_size=4)
IDENTIFIERS = st.lists(IDENTIFIER, min_size=1, max_size=8, unique=True)


def linked(study, waves):
    frames = {name: pd.DataFrame({"nr": texts}) for name, texts in zip("ab", waves, strict=True)}
    made = link(study, {}, frames)
    return made, {
        (name, text): int(person)
        for name, texts in zip("ab", waves, strict=True)
        for text, person in zip(texts, made.files[name].persons, strict=True)
    }


@QUICK
@given(IDENTIFIERS, IDENTIFIERS)
def test_linking_never_merges_two_stored_identifiers_without_a_rule(first, second):
    """Two rows are one person exactly when their identifiers are equal after trailing blanks."""
    _, people = linked(two_waves(), (first, second))
    for (_, one), person in people.items():
        for (_, other), somebody in people.items():
            if person >= 0 and somebody >= 0:
                assert (person == somebody) == (one.rstrip(" ") == other.rstrip(" "))
            else:
                assert not one.rstrip(" ") or not other.rstrip(" ")


@QUICK
@given(IDENTIFIERS, IDENTIFIERS, st.sets(st.sampled_from(TEXT_RULES), min_size=1))
def test_a_rule_never_parts_what_is_equal_and_says_what_it_links(first, second, rules):
    """More rules link more; whenever a rule linked anybody, a finding says so."""
    made, people = linked(two_waves(tuple(sorted(rules))), (first, second))
    _, plain = linked(two_waves(), (first, second))
    for one, person in plain.items():
        for other, somebody in plain.items():
            if person == somebody >= 0:
                assert people[one] == people[other]
    joined = {
        one.rstrip(" ") != other.rstrip(" ")
        for (_, one), person in people.items()
        for (_, other), somebody in people.items()
        if person == somebody >= 0
    }
    assert (True in joined) == any(finding.code in {"K01", "K07"} for finding in made.findings)


@QUICK
@given(IDENTIFIERS, IDENTIFIERS)
def test_a_rule_is_proposed_when_it_would_link_and_not_otherwise(first, second):
    made, plain = linked(two_waves(), (first, second))
    proposed = [finding for finding in made.findings if finding.code == "K06"]
    would = [
        len(set(linked(two_waves((rule,)), (first, second))[1].values())) < len(set(plain.values()))
        for rule in TEXT_RULES
    ]
    if any(would):
        assert sum("," not in finding.what.partition("]")[0] for finding in proposed) == sum(would)
    for finding in proposed:
        assert finding.severity == "warning"
        assert finding.count


def fits(form, number):
    """Write a number in a form, as a Dutch or English text would."""
    thousands, decimal = NUMBER_FORMS[form]
    whole, _, rest = f"{number:,.2f}".partition(".")
    return whole.replace(",", thousands[:1]) + decimal + rest


@QUICK
@given(st.sampled_from(sorted(NUMBER_FORMS)), st.integers(-(10**9), 10**9))
def test_a_number_is_read_as_it_was_written_in_its_form(form, hundredths):
    number = hundredths / 100
    assert text_number(fits(form, number), form) == number
    assert text_number(str(hundredths), form) == hundredths == text_number(str(hundredths))


@QUICK
@given(st.text(st.sampled_from("0125.,' -+eE_x\xa0\u0663\uff11"), min_size=1, max_size=9))
def test_a_text_is_a_number_by_the_grammar_or_not_at_all(text):
    """Whatever is read as a number is digits with the signs of its form; without a form, digits only."""
    plain = text_number(text)
    if plain is not None:
        assert re.fullmatch(r"-?[0-9]+", text)
        assert plain == int(text)
    for form, (thousands, decimal) in NUMBER_FORMS.items():
        got = text_number(text, form)
        if got is not None:
            assert set(text) <= {*"-0123456789", *thousands, decimal}
            assert text.count(decimal) <= 1
            digits = "".join(mark for mark in text if mark not in thousands).replace(decimal, ".")
            assert got == float(digits)


@QUICK
@given(
    st.sampled_from(["count_from", "count_upto", "sum", "mean", "max", "min"]),
    st.integers(0, 3),
    st.lists(st.lists(st.sampled_from(["1", "5", "w", "n", "q", "m"]), min_size=3, max_size=3), min_size=1),
)
def test_an_index_has_a_value_exactly_when_enough_items_have(rule, least, rows):
    if least == 0 and rule in {"mean", "max", "min"}:
        return
    table = np.array(rows).T
    valid = np.isin(table, ["1", "5"])
    values = np.where(valid, table, "nan").astype(float)
    reasons = np.array([[0 if cell in "15" else REASONS.index(cell) for cell in part] for part in table])
    derived = Derived("x", ByLanguage({}, "x"), rule, (("a", "b", "c"),), ("1",), least)
    names, used = ("a", "b", "c"), np.ones(table.shape, dtype=bool)
    got, why = score_items(derived, Items(names, values, reasons.astype(np.int8), used))
    asked = ~np.isin(table, ["q", "m"]).all(axis=0)
    np.testing.assert_array_equal(why == VALID, (valid.sum(axis=0) >= least) & asked)
    assert (np.isnan(got) == (why != VALID)).all()
    if rule in {"count_from", "count_upto", "sum"}:
        assert (got[(why == VALID) & ~valid.any(axis=0)] == 0).all()


FORMS = (
    *("dd/mm/yyyy", "mm/dd/yyyy", "yyyy-mm-dd", "dd.mm.yyyy", "yyyymmdd", "ddmmyyyy", "dd-mm-yy from 1930"),
    *("yymmdd from 1930", "dd mmm yyyy"),
)


def shown(form, day):
    pattern = form.split(" from ")[0]
    for token, code in (("yyyy", "%Y"), ("yy", "%y"), ("mmm", "%b"), ("mm", "%m"), ("dd", "%d")):
        pattern = pattern.replace(token, code)
    return day.strftime(pattern)


@QUICK
@given(st.sampled_from(FORMS), st.dates(dt.date(1930, 1, 1), dt.date(2029, 12, 31)))
def test_a_date_is_read_as_it_was_written_in_its_form(form, day):
    text = shown(form, day)
    assert date_form(form).read(text) == day
    if text.isdigit():
        assert date_form(form).read(float(text)) == day


@QUICK
@given(st.sampled_from(FORMS), st.text(st.sampled_from("0123/-. fb"), max_size=11))
def test_what_is_read_as_a_date_is_written_so(form, text):
    """Text in, the same text out or nothing: no day is made up of another form or an impossible one."""
    day = date_form(form).read(text)
    if day is not None:
        unpadded = re.sub(r"(?<![0-9])0(?=[0-9](?![0-9]))", "", text)
        assert re.sub(r"(?<![0-9])0(?=[0-9](?![0-9]))", "", shown(form, day)) == unpadded


@QUICK
@given(st.dates(), st.dates())
def test_completed_years_turn_on_the_birthday(born, day):
    if born.year < 1583 or day.year < 1583:
        return
    years = completed_years(np.array([day_number(born)]), np.array([day_number(day)]))[0]
    if born <= day:
        assert years == day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    assert completed_years(np.array([day_number(day)]), np.array([day_number(born)]))[0] == -years


def day_number(day):
    return float(day.toordinal() - dt.date(1970, 1, 1).toordinal())


@st.composite
def panels(draw):
    """Return panels of the study with any value and any reason in any cell."""
    study = book(policies=False)
    n = draw(st.integers(1, 12))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    columns = {
        "person": pd.Series([f"{k:03d}" for k in range(n)], dtype="str"),
        "arm": pd.Series(rng.choice(["EKC", "WT"], n), dtype="str"),
        "visit": pd.Series(rng.choice(["T0", "T1", "T2"], n), dtype="str"),
    }
    for name in study.columns:
        reasons = rng.integers(0, len(REASONS), n) * rng.integers(0, 2, n)
        if study.is_text(name):
            days = np.datetime64("2019-01-01") + rng.integers(0, 900, n)
            values = pd.Series(np.where(reasons == 0, days.astype(str), None), dtype="str")
        else:
            numbers = rng.choice([0.0, 1 / 3, 66.66666666666667, 7.0, 0.1, 1e-9], n)
            values = pd.Series(np.where(reasons == 0, numbers, np.nan))
        columns[name] = values
        columns[f"{name}__reason"] = pd.Series(
            pd.Categorical.from_codes(reasons.astype(np.int8), categories=list(REASONS))
        )
    return pd.DataFrame(columns)


@SLOW
@given(panels())
def test_export_forms_give_the_panel_back(panel):
    study = book(policies=False)
    pd.testing.assert_frame_equal(from_spss(study, to_spss(study, panel, "nl")[0]), panel, check_exact=True)
    table = to_parquet_table(study, panel)
    assert table.schema.metadata is None
    pd.testing.assert_frame_equal(restore(study, table.to_pandas()), panel, check_exact=True)


@pytest.mark.parametrize("kind", [".csv", ".parquet", ".sav"])
def test_every_export_file_gives_the_panel_back(kind, tmp_path):
    study = book(policies=False)
    panel = harmonise(study, files()).panel
    out = tmp_path / f"panel{kind}"
    write_export(study, panel, out, "nl")
    pd.testing.assert_frame_equal(read_export(study, out), panel, check_exact=True)
    first = out.read_bytes()
    write_export(study, panel, out, "nl")
    assert out.read_bytes() == first


@SLOW
@given(st.randoms())
def test_canonical_form_is_one_and_stays(random):
    """Shuffled lines and other spacing give the same canonical text; formatting it again changes nothing."""
    texts = tables()
    study = {"waves": ["T0", "T1", "T2"], "groups": {"EKC": 1, "WT": 1}, "keys": "keys.csv"}
    study["files"] = [{"file": name} for name in drafts_names()]
    once = format_tables(texts, study)
    assert format_tables(once, study) == once
    for name in ("sources.csv", "codes.csv", "targets.csv", "keys.csv", "decisions.csv"):
        head, *lines = texts[name].splitlines()
        random.shuffle(lines)
        texts[name] = "\n".join([head, *(line.replace(";", " ; ") for line in lines)]) + "\n"
    assert format_tables(texts, study) == once


@cache
def drafts_names():
    return tuple(drafts())

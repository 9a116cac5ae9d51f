"""The store of numbers: what is collected, what is refused, how it is printed."""

import json
import math

import pytest
from report_samples import FOLDER, SOURCES

from netwerkkracht.core import display
from netwerkkracht.core.errors import StudyError
from netwerkkracht.report.compute import COMPUTATIONS
from netwerkkracht.report.numbers import collect
from netwerkkracht.report.spec import KINDS, read_spec
from netwerkkracht.report.store import Numbers, format_number

SPEC = (FOLDER / "numbers.yaml").read_text()


def made(text, sources=SOURCES):
    return collect(read_spec(text, ("nl", "en")), sources)


def one(entry, sources=SOURCES):
    return made(f"numbers: {{x: {entry}}}", sources)["x"]


def codes(text, sources=SOURCES):
    with pytest.raises(StudyError) as caught:
        made(text, sources)
    return [finding.code for finding in caught.value.findings], str(caught.value)


def test_a_number_keeps_its_raw_value_its_place_and_its_texts():
    number = made(SPEC)["change"]
    assert (number.raw, number.file, number.row, number.column) == (-0.3125, "model.csv", 2, "estimate")
    assert number.text == {"nl": "\u22120,31", "en": "\u22120.31"}
    assert number.how == "term = change"


def test_the_row_is_the_line_of_the_file_with_the_header_as_line_1():
    assert made(SPEC)["n_all"].row == 3
    assert made(SPEC)["n_both"].row == 4


def test_a_value_held_back_by_its_status_is_never_printed_as_a_number():
    number = made(SPEC)["held_back"]
    assert number.raw is None
    assert number.text == {"nl": "niet gegeven", "en": "not given"}


def test_an_empty_cell_with_status_ok_is_a_fault():
    rows = [{**SOURCES["model.csv"][0], "p": ""}]
    found, text = codes(SPEC, {**SOURCES, "model.csv": [*rows, SOURCES["model.csv"][1]]})
    assert found[0] == "R04"
    assert "empty" in text


def test_another_column_may_hold_the_status():
    rows = [{"term": "a", "b": "", "fit": "separated", "status": "ok"}]
    entry = "numbers:\n  x: {file: f.csv, where: {term: a}, column: b, kind: number, status: fit}"
    assert made(entry, {"f.csv": rows})["x"].raw is None
    assert codes(entry.replace(", status: fit", ""), {"f.csv": rows})[0] == ["R04"]


def test_a_model_that_was_not_fitted_has_no_row_and_no_number():
    model = {"m.json": {"status": "singular", "contrasts": []}}
    text = """
numbers:
  s: {file: m.json, pointer: status, kind: text}
  b: {file: m.json, pointer: contrasts, where: {kind: b}, column: estimate, kind: number, status_of: s}
"""
    assert made(text, model)["b"].text["en"] == "not given"
    assert "R03" in codes(text, {"m.json": {"status": "ok", "contrasts": []}})[0]


def test_json_and_computed_numbers():
    numbers = made(SPEC)
    assert numbers["seed"].text == {"nl": "20191001", "en": "20191001"}
    assert numbers["kept"].raw == pytest.approx(90 / 115)
    assert numbers["kept"].text["nl"] == "78,3%"
    assert numbers["kept"].uses == ("n_both", "n_all")


def test_a_number_over_many_rows():
    entry = "{{file: flow.csv, where: {{stage: in}}, column: n, reduce: {}, kind: count}}"
    found = {how: one(entry.format(how)) for how in ("min", "max", "sum", "rows")}
    assert {how: number.raw for how, number in found.items()} == {
        "min": 55,
        "max": 115,
        "sum": 170,
        "rows": 2,
    }
    assert found["sum"].row is None
    assert found["sum"].how == "sum over 2 rows, stage = in"


def test_rows_within_a_json_file():
    files = {
        "m.json": {
            "contrasts": [{"kind": "a", "estimate": 1.5}, {"kind": "b", "estimate": None}],
            "status": "boundary",
        }
    }
    text = """
numbers:
  s: {file: m.json, pointer: status, kind: text}
  a: {file: m.json, pointer: contrasts, where: {kind: a}, column: estimate, kind: number}
  b: {file: m.json, pointer: contrasts, where: {kind: b}, column: estimate, kind: number, status_of: s}
"""
    numbers = made(text, files)
    assert (numbers["a"].raw, numbers["b"].raw) == (1.5, None)
    assert numbers["a"].how == "contrasts: kind = a"


def test_a_number_from_a_model_leaves_with_the_digits_of_its_class():
    files = {"m.json": {"contrasts": [{"estimate": -1.131188401808902, "lower": -2 / 3, "upper": 1 / 3}]}}
    text = """
numbers:
  a: {file: m.json, pointer: contrasts, column: estimate, kind: number}
  b: {file: m.json, pointer: contrasts, columns: [lower, upper], kind: interval}
"""
    numbers = made(text, files)
    assert numbers["a"].raw == -1.1311884
    assert numbers["b"].raw == [-0.6666667, 0.3333333]


def test_words_follow_their_number():
    up = [{**SOURCES["model.csv"][0], "estimate": "0.3"}, SOURCES["model.csv"][1]]
    assert made(SPEC)["change_word"].text == {"nl": "daalde", "en": "fell"}
    assert made(SPEC, {**SOURCES, "model.csv": up})["change_word"].text["en"] == "rose"


def test_the_store_comes_back_from_json_unchanged():
    numbers = made(SPEC)
    back = Numbers.from_json(json.loads(json.dumps(numbers.to_json())))
    assert back.to_json() == numbers.to_json()
    assert list(back.by_key) == list(numbers.by_key)


@pytest.mark.parametrize(
    ("entry", "code", "says"),
    [
        ("{file: gone.csv, column: n, kind: count}", "R03", "was not read"),
        ("{file: flow.csv, where: {stage: in, group: all}, column: m, kind: count}", "R03", "'m'"),
        ("{file: flow.csv, where: {stage: inn}, column: n, kind: count}", "R03", "0 rows"),
        ("{file: flow.csv, where: {stage: in}, column: n, kind: count}", "R03", "2 rows"),
        ("{file: flow.csv, where: {stag: in}, column: n, kind: count}", "R03", "did you mean 'stage'"),
        ("{file: flow.csv, where: {stage: both}, column: stage, kind: count}", "R04", "not a number"),
        ("{file: facts.json, pointer: run.sed, kind: text}", "R03", "run.sed"),
        ("{compute: ratio, of: [a, b], kind: percent}", "R02", "'a'"),
    ],
)
def test_a_number_that_cannot_be_had_stops_the_build(entry, code, says):
    found, text = codes(f"numbers: {{x: {entry}}}")
    assert found == [code]
    assert says in text


def test_all_faults_are_told_at_once():
    found, _ = codes("numbers: {a: {file: x, column: n, kind: count}, b: {file: y, column: n, kind: count}}")
    assert found == ["R03", "R03"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("numbers: {x: {file: a, column: n, kind: cuont}}", "did you mean 'count'"),
        ("numbers: {x: {file: a, column: n, kind: count, decimal: 2}}", "did you mean 'decimals'"),
        ("numbers: {x: {file: a, column: n, kind: interval}}", "two columns"),
        ("numbers: {x: {column: n, kind: count}}", "no file"),
        ("numbers: {X: {file: a, column: n, kind: count}}", "lower case"),
        ("numbers: {x: {compute: power, of: [], kind: number}}", "'power'"),
        ("words: {w: {rule: direction, of: x, say: {up: {nl: a, en: b}}}}", "must say exactly"),
        ("words: {w: {rule: size, of: x, say: {}}}", "must say exactly"),
        ("words: {w: {rule: because, of: x, say: {}}}", "'because'"),
        ("numbers: {x: {file: a, column: n, kind: count, unit: {nl: jaar}}}", "every language: also in en"),
        ("figures: {}", "unknown part"),
        ("- a", "not a map"),
    ],
)
def test_a_wrong_list_is_refused(text, says):
    with pytest.raises(StudyError, match="R01") as caught:
        read_spec(text, ("nl", "en"))
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("raw", "kind", "decimals", "nl", "en"),
    [
        (1234, "count", 0, "1.234", "1,234"),
        (0.6222, "percent", 0, "62%", "62%"),
        (-0.5, "number", 1, "\u22120,5", "\u22120.5"),
        (0.5, "signed", 1, "+0,5", "+0.5"),
        (0.0004, "p", 3, "<\u00a00,001", "<\u00a00.001"),
        (0.034, "p_phrase", 3, "p\u00a0=\u00a00,034", "p\u00a0=\u00a00.034"),
        ([-0.92, 0.3], "interval", 2, "[\u22120,92;\u00a00,30]", "[\u22120.92,\u00a00.30]"),
        ([0.476, 0.749], "share_interval", 0, "[48%;\u00a075%]", "[48%,\u00a075%]"),
        ("ok", "text", 0, "ok", "ok"),
        (None, "interval", 2, "niet gegeven", "not given"),
    ],
)
def test_each_kind_is_printed_by_the_one_formatter(raw, kind, decimals, nl, en):
    assert kind in KINDS
    assert [format_number(raw, kind, decimals, lang) for lang in ("nl", "en")] == [nl, en]


def test_a_unit_follows_after_a_space_that_does_not_break():
    assert one(
        "{file: flow.csv, where: {stage: both}, column: n, kind: count, unit: {nl: jaar, en: years}}"
    ).text == {
        "nl": f"90{display.NO_BREAK_SPACE}jaar",
        "en": f"90{display.NO_BREAK_SPACE}years",
    }


def test_what_a_sample_can_show():
    # power.t.test(n = 45, power = .8)$delta; pwr.2p.test on h; prop.test(28, 45, correct = FALSE)
    assert COMPUTATIONS["detectable_d"](45, 45) == pytest.approx(0.5971691, abs=1e-6)
    assert COMPUTATIONS["detectable_share_below"](28 / 45, 45, 45) == pytest.approx(0.3315, abs=5e-4)
    assert COMPUTATIONS["detectable_share_above"](28 / 45, 45, 45) == pytest.approx(0.8715, abs=5e-4)
    assert COMPUTATIONS["wilson"](28, 45) == pytest.approx((0.4762993, 0.7489192), abs=1e-7)
    assert COMPUTATIONS["wilson"](0, 10)[0] == pytest.approx(0.0, abs=1e-12)
    assert math.isnan(COMPUTATIONS["wilson"](0, 0)[0])

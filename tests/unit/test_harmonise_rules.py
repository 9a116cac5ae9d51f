"""Source rules on small columns by hand: merges, multiple response, filters, POMP, dates, free text."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from netwerkkracht.core.words import ByLanguage
from netwerkkracht.harmonise.columns import make_column
from netwerkkracht.harmonise.rules import evaluate
from netwerkkracht.study.codebook.book import Codebook
from netwerkkracht.study.codebook.codelists import parse_codes
from netwerkkracht.study.codebook.forms import date_form, text_number
from netwerkkracht.study.codebook.lint_rules import lint_rule
from netwerkkracht.study.codebook.problems import Problems
from netwerkkracht.study.codebook.tables import parse_source
from netwerkkracht.study.codebook.types import REASONS, Decision, Study, TargetCode, Variable

X = ByLanguage({}, "x")
TAGS = frozenset(REASONS[1:])
LISTS = """yn;1;1
yn;2;0
yn;8;.w
yn;9;.r
yn;SYSMIS;.s
four;1..4;=
four;8;.w
four;SYSMIS;.s
five;1..5;=
five;8;.w
five;SYSMIS;.s
sev;1;1
sev;2;2
sev;3;3
sev;8;.w
sev;9;.n
sev;SYSMIS;.s
tick;1;1
tick;0;0
tick;SYSMIS;.s
blank;1;1
blank;SYSMIS;0
mention;1..9;=
mention;98;.w
mention;SYSMIS;.s
gate;1;1
gate;2;.n
gate;8;.w
gate;SYSMIS;.s
implied;1;1
implied;2;0
other;buurvrouw;7
other;de Buren;7
other;tante;5
other;SYSMIS;.s
nodate;-1;.r
nodate;SYSMIS;.s"""


def book():
    rows = [
        dict(zip(("codes", "source", "target"), line.split(";"), strict=True))
        | {"source_label": "", "decision": ""}
        for line in LISTS.splitlines()
    ]
    kinds = {"flag": "yesno", "level": "code", "count": "integer", "share": "number", "day": "date"}
    variables = {name: Variable(name, X, kind, tags=TAGS, worst="high") for name, kind in kinds.items()}
    variables["level"] = Variable("level", X, "code", targets="lv", tags=TAGS, worst="high")
    variables["low"] = Variable("low", X, "code", targets="lv", tags=TAGS, worst="low")
    variables["name"] = Variable("name", X, "id", tags=TAGS)
    study = Study("s", X, ("1",), {}, {"A": X}, {}, "p", "g", "w", (), None, {})
    levels = {"lv": tuple(TargetCode(float(code), X) for code in range(1, 6))}
    decisions = {"B1": Decision("B1", "2019-01-01", ByLanguage({}, "d"), ByLanguage({}, "r"), "w")}
    return Codebook(study, variables, levels, {}, parse_codes(rows, Problems()), decisions=decisions)


def rule(**cells):
    row = dict.fromkeys(
        (
            *("source", "codes", "option", "scale", "filter", "if_missing"),
            *("date_form", "number_form", "source_label", "decision"),
        ),
        "",
    )
    problems = Problems()
    made = parse_source({**row, "wave": "1", "group": "A", **cells}, 2, problems)
    assert not problems.findings, problems.findings
    lint_rule(book(), made, problems)
    assert not problems.findings, problems.findings
    return made


def run(columns, spss_format="", **cells):
    """Return the cells of a rule as numbers, texts or tags; '?' where no line covers the value."""
    made = rule(**cells)

    def get(name):
        if name not in columns:
            return None
        values = columns[name]
        text = any(isinstance(value, str) for value in values)
        variable = SimpleNamespace(
            name=name, label="", format=spss_format, value_labels={}, missing=(), width=0
        )
        return make_column(variable, pd.Series(values, dtype=object if text else float))

    result = evaluate(book(), made, get, len(next(iter(columns.values()))))
    shown = []
    for value, reason in zip(result.numbers, result.reasons, strict=True):
        shown.append("?" if reason < 0 else f".{REASONS[reason]}" if reason else value)
    return (shown, result.hidden) if result.hidden else shown


NAN = np.nan


def test_recode_covers_each_code_or_says_it_does_not():
    got = run({"q": [1, 2, 8, 9, NAN, 3]}, variable="flag", rule="recode", source="q", codes="yn")
    assert got == [1, 0, ".w", ".r", ".s", "?"]


@pytest.mark.parametrize(
    ("variable", "name", "expected"),
    [
        ("level", "worst", [3, 2, ".w", ".n", ".w", ".g", "?"]),
        ("level", "best", [1, 2, ".w", ".n", ".w", ".g", "?"]),
        ("low", "worst", [1, 2, ".w", ".n", ".w", ".g", "?"]),
        ("low", "best", [3, 2, ".w", ".n", ".w", ".g", "?"]),
    ],
)
def test_worst_and_best_take_the_end_that_the_variable_names(variable, name, expected):
    columns = {"a": [1, 2, 8, 9, 9, 8, 7], "b": [3, 8, 8, 9, 8, NAN, 1]}
    more = {"source": "a b", "codes": "sev", "if_missing": "use_valid", "decision": "B1"}
    assert run(columns, variable=variable, rule=name, **more) == expected


def test_a_merge_may_be_missing_when_any_source_is():
    columns = {"a": [1, 2, 8], "b": [3, 8, 8]}
    more = {"source": "a b", "codes": "sev", "if_missing": "missing", "decision": "B1"}
    assert run(columns, variable="level", rule="worst", **more) == [3, ".w", ".w"]


@pytest.mark.parametrize(
    ("if_missing", "expected"),
    [("use_valid", [1, 0, 1, 0, ".w", ".g"]), ("missing", [1, 0, 1, ".w", ".w", ".g"])],
)
def test_any_yes_decides(if_missing, expected):
    columns = {"a": [1, 2, 8, 8, 8, 8], "b": [2, 2, 1, 2, 8, 9]}
    more = {"source": "a b", "codes": "yn", "if_missing": if_missing, "decision": "B1"}
    assert run(columns, variable="flag", rule="any", **more) == expected


@pytest.mark.parametrize(
    ("if_missing", "expected"), [("use_valid", [2, 1, 0, ".w"]), ("missing", [2, ".w", 0, ".w"])]
)
def test_native_counts(if_missing, expected):
    columns = {"a": [1, 1, 2, 8], "b": [1, 8, 2, 8]}
    more = {"source": "a b", "codes": "yn", "if_missing": if_missing, "decision": "B1"}
    assert run(columns, variable="count", rule="count", **more) == expected


def test_pomp_of_scales_of_other_length_and_direction():
    columns = {"q": [1, 2, 3, 4, 8, 5]}
    got = run(columns, variable="share", rule="pomp", source="q", codes="four", scale="4..1")
    assert got[:4] == pytest.approx([100, 200 / 3, 100 / 3, 0])
    assert got[4:] == [".w", "?"]
    got = run({"q": [1, 2, 5]}, variable="share", rule="pomp", source="q", codes="five", scale="1..5")
    assert got == pytest.approx([0, 25, 100])


def test_severity_of_merged_items_behind_their_own_filters():
    columns = {
        "has_a": [1, 1, 2, 2, 8],
        "has_b": [1, 2, 1, 2, 2],
        "a": [4, 1, NAN, NAN, NAN],
        "b": [2, NAN, 3, NAN, NAN],
    }
    got = run(
        columns,
        variable="share",
        rule="worst",
        source="a b",
        codes="four",
        scale="4..1",
        filter="has_a:gate has_b:gate",
        if_missing="use_valid",
        decision="B1",
    )
    assert got[:3] == pytest.approx([200 / 3, 100, 100 / 3])
    assert got[3:] == [".n", ".w"]


def test_multiple_response_in_columns_of_ticks():
    """Not ticked and block skipped are two things: the filter tells them apart."""
    columns = {"any": [1, 1, 2, NAN], "q7": [1, NAN, NAN, NAN]}
    more = {"variable": "flag", "rule": "multi", "source": "q7", "option": "1"}
    assert run(columns, codes="blank", filter="any:gate", **more) == [1, 0, ".n", ".s"]
    assert run({"q7": [1, 0, NAN]}, codes="tick", **more) == [1, 0, ".s"]


def test_multiple_response_in_order_of_mention():
    columns = {
        "any": [1, 1, 1, 2, 1],
        "m1": [3, 7, 98, NAN, NAN],
        "m2": [7, NAN, NAN, NAN, NAN],
        "m3": [NAN, 2, NAN, NAN, NAN],
    }
    more = {"variable": "flag", "rule": "multi", "source": "m1 m2 m3", "codes": "mention"}
    assert run(columns, option="7", filter="any:gate", **more) == [1, 1, ".w", ".n", ".s"]
    assert run(columns, option="2", filter="any:gate", **more) == [0, 1, ".w", ".n", ".s"]


def test_free_text_joins_the_options():
    """'Other, namely' counts for an option when the small map says so; case and blanks do not matter."""
    columns = {"q7": [0, 0, 1, 0], "other": ["Buurvrouw ", "de  buren", "", "tante"]}
    more = {"variable": "flag", "rule": "multi", "source": "q7 other", "codes": "tick other"}
    assert run(columns, option="1 7", **more) == [1, 1, 1, 0]
    columns["other"][3] = "postbode"
    assert run(columns, option="1 7", **more) == [1, 1, 1, "?"]


def test_a_filter_may_imply_no_and_hidden_answers_are_counted():
    columns = {"any": [1, 2, 2], "q": [1, NAN, 1]}
    more = {"variable": "flag", "rule": "recode", "source": "q", "codes": "yn"}
    assert run(columns, filter="any:implied", **more) == ([1, 0, 0], 1)


def test_stated_absence():
    columns = {"q": [1, 2]}
    assert run(columns, variable="flag", rule="not_asked") == [".q", ".q"]
    assert run(columns, variable="flag", rule="impossible", decision="B1") == [".x", ".x"]
    assert run(columns, variable="flag", rule="not_applicable", decision="B1") == [".n", ".n"]
    assert run(columns, variable="flag", rule="constant", option="1", decision="B1") == [1, 1]


DAY = {"variable": "day", "rule": "direct", "source": "q"}


def test_the_format_of_a_variable_decides_what_a_date_is():
    seconds = [13_747_190_400.0, 0.0, -1.0, NAN]
    for form in ("DATE11", "ADATE10", "EDATE10", "SDATE10", "JDATE7", "DATETIME20", "YMDHMS19"):
        assert run({"q": seconds}, form, **DAY, codes="nodate") == ["2018-06-01", "?", ".r", ".s"]
    # a number is no date; a month, quarter, week or time has no day of its own
    for form in ("F8.0", "MOYR8", "QYR8", "WKYR10", "TIME8", "DTIME12", "WKDAY3", "MONTH3", ""):
        assert run({"q": seconds}, form, **DAY, codes="nodate") == ["?", "?", ".r", ".s"]
    got = run({"q": seconds}, "MOYR8", **DAY, codes="nodate", date_form="seconds since 1582-10-14")
    assert got == ["2018-06-01", "?", ".r", ".s"]
    # another form than the format of the variable says is a contradiction
    assert run({"q": seconds}, "DATE11", **DAY, date_form="yyyymmdd") == ["?", "?", "?", ".s"]
    got = run({"q": ["2018-06-01", "01-06-2018", "2018-02-31", "2018-06", ""]}, **DAY)
    assert got == ["2018-06-01", "?", "?", "?", ".s"]


@pytest.mark.parametrize(
    ("form", "values", "expected"),
    [
        ("dd-mm-yyyy", ["01-06-2018", "1-6-2018", "31-02-2018", "06-13-2018"],
         ["2018-06-01", "2018-06-01", "?", "?"]),
        ("mm/dd/yyyy", ["06/01/2018", "13/01/2018"], ["2018-06-01", "?"]),
        ("dd.mm.yyyy", ["01.06.2018", "01-06-2018"], ["2018-06-01", "?"]),
        ("dd-mm-yy from 1930", ["01-02-19", "01-02-29", "01-02-30"],
         ["2019-02-01", "2029-02-01", "1930-02-01"]),
        ("dd mmm yyyy", ["3 feb 2019", "3 MRT 2019", "3 oct. 2019", "3 foo 2019"],
         ["2019-02-03", "2019-03-03", "2019-10-03", "?"]),
        ("mm-yyyy day 15", ["06-2018"], ["2018-06-15"]),
        ("yyyy-mm-dd HH:MM", ["2018-06-01 23:59", "2018-06-01 24:00"], ["2018-06-01", "?"]),
        ("yyyymmdd", ["20180601", "2018061", "20181301"], ["2018-06-01", "?", "?"]),
        ("yyyymmdd", [20180601.0, 20180601.5, 20181301.0, -1.0], ["2018-06-01", "?", "?", "?"]),
        ("ddmmyyyy", [1062018.0, 31122018.0], ["2018-06-01", "2018-12-31"]),
        ("yymmdd from 1930", [180601.0, 601.0], ["2018-06-01", "2000-06-01"]),
        ("days since 1899-12-30", [43252.0, 43252.9, "43252"], ["2018-06-01"] * 3),
        ("days since 1970-01-01", [0.0, -1.0, 1e12], ["1970-01-01", "1969-12-31", "?"]),
        ("weeks since 1970-01-01", [1.0, 49.0], ["1970-01-08", "1970-12-10"]),
        ("milliseconds since 1960-01-01", [86_400_000.0], ["1960-01-02"]),
        ("months since 1960-01-01", [701.0, -1.0, 0.5], ["2018-06-01", "1959-12-01", "?"]),
        ("days since 1582-10-14", [0.0, 1.0], ["?", "1582-10-15"]),
    ],
)  # fmt: skip
def test_a_stated_form_reads_dates_and_nothing_else(form, values, expected):
    for value, day in zip(values, expected, strict=True):
        assert run({"q": [value]}, "F8.0", **DAY, date_form=form) == [day]


@pytest.mark.parametrize(
    "form",
    [
        *("dd-mm-yy", "dd-mm-yyyy from 1930", "dd-yyyy", "mm-yyyy", "dd-mm-yyyy day 1", "dd-dd-mm-yyyy"),
        *("dd-mm", "yyyy-mm-dd HH", "days since 1900", "days since 1900-13-01", "years since 1900-01-01"),
        *("months since 1900-01-31", "d/m/y", "%d-%m-%Y", "mm-yyyy day 31", ""),
    ],
)
def test_a_form_that_leaves_something_open_is_none(form):
    assert date_form(form) is None


def test_identifiers_become_text():
    got = run({"q": [12.0, 7.0, NAN]}, variable="name", rule="direct", source="q")
    assert got == ["12", "7", ".s"]


NUMBERS = {"variable": "share", "rule": "direct", "source": "q"}


def test_without_a_form_a_text_is_a_whole_number_or_none():
    """What a programming language takes for a number is not the rule."""
    whole = ["1", " 2 ", "03", "-3"]
    assert run({"q": whole}, **NUMBERS) == [1, 2, 3, -3]
    others = [
        "3,0",
        "3.0",
        "1.250",
        "1e3",
        "1_000",
        "inf",
        "nan",
        "+3",
        "0x1",
        "\uff13",
        "\u0663",
        "- 3",
        "1 000",
        "3-",
    ]
    assert run({"q": others}, **NUMBERS) == ["?"] * len(others)
    got = run({"q": ["1", "x", "4", ""]}, **NUMBERS, codes="four")
    assert got == [1, "?", 4, ".s"]


@pytest.mark.parametrize(
    ("form", "good", "bad"),
    [
        ("point", {"1.250": 1.25, "950": 950, "-.5": -0.5}, ["1,5", "1.2.3", "5.", ".", ""]),
        ("comma", {"3,0": 3, "1250,75": 1250.75, ",5": 0.5}, ["1.250", "1,2,3", "1.250,5"]),
        ("point_comma", {"1.250": 1250, "950": 950, "1.250.000,5": 1_250_000.5, "1250,5": 1250.5},
         ["1.25", "12.50", "1.2500", "1.250.00", "1,250.5", "1.250 000", ".250"]),
        ("comma_point", {"1,250.5": 1250.5, "1,250": 1250}, ["1.250,5", "1,25"]),
        ("blank_comma", {"1 250,5": 1250.5, "1\xa0250": 1250, "1\u202f250\u202f000": 1_250_000},
         ["1 25", "1  250", "1 250\xa0000"]),
        ("apostrophe_point", {"1'250.5": 1250.5, "1\u2019250": 1250}, ["1'250,5", "'250"]),
    ],
)  # fmt: skip
def test_a_stated_form_reads_numbers_and_nothing_else(form, good, bad):
    assert {text: text_number(text, form) for text in good} == good
    assert [text_number(text, form) for text in bad] == [None] * len(bad)


@pytest.mark.parametrize(
    ("cells", "part"),
    [
        ({"rule": "worst", "source": "a", "codes": "sev"}, "1 sources"),
        ({"rule": "worst", "source": "a b", "codes": "sev", "if_missing": "use_valid"}, "without a decision"),
        ({"rule": "worst", "source": "a b", "codes": "sev", "decision": "B1"}, "if_missing"),
        ({"rule": "recode", "source": "a"}, "without codes"),
        ({"rule": "pomp", "source": "a", "codes": "four"}, "type 'code'"),
        ({"rule": "recodde", "source": "a", "codes": "sev"}, "did you mean 'recode'"),
        ({"rule": "multi", "source": "a", "codes": "tick"}, "option"),
        ({"rule": "not_asked", "source": "a"}, "1 sources"),
        ({"rule": "recode", "source": "a", "codes": "yn"}, "does not have"),
        ({"rule": "impossible"}, "without a decision"),
        ({"rule": "recode", "source": "a", "codes": "sev", "date_form": "yyyymmdd"}, "date_form with rule"),
        ({"rule": "recode", "source": "a", "codes": "sev", "number_form": "dots"}, "unknown number_form"),
        ({"rule": "not_asked", "number_form": "comma"}, "number_form with rule"),
        ({"variable": "day", "rule": "direct", "source": "a", "date_form": "dd-mm-yy"}, "from 1930"),
        ({"rule": "recode", "source": "a", "codes": "sev", "filter": "b:four"}, "as a filter"),
    ],
)
def test_a_wrong_rule_is_explained(cells, part):
    row = dict.fromkeys(
        (
            *("source", "codes", "option", "scale", "filter", "if_missing"),
            *("date_form", "number_form", "source_label", "decision"),
        ),
        "",
    )
    problems = Problems()
    made = parse_source({**row, "variable": "level", "wave": "1", "group": "A", **cells}, 2, problems)
    lint_rule(book(), made, problems)
    assert part in "\n".join(str(finding) for finding in problems.findings)

"""The tables of the codebook: every cell in its place, hidden counts as a sign, reasons in words."""

import analysis_study as study
import pandas as pd
import pytest
from exhibit_cases import exhibit, frame, material

from netwerkkracht.exhibits import registry
from netwerkkracht.exhibits.spread import spread
from netwerkkracht.exhibits.tables import crosswalk
from netwerkkracht.harmonise.found import COUNTED
from netwerkkracht.release.context import Context
from netwerkkracht.release.roles import HIDDEN, MARK
from netwerkkracht.release.rules import Rules
from netwerkkracht.release.treatments import release_frame
from netwerkkracht.study.facts import Facts

SPACE = "\u00a0"


def printed(kind, made, lang="nl", options=None):
    one = exhibit(kind, options)
    table = registry.table(made, one, material().facts)
    return [column.key for column in table.columns], {row[0]: row[1:] for row in table.cells(lang)}


def test_each_rule_stands_under_its_file():
    keys, rows = printed("crosswalk", frame("crosswalk"))
    cells = dict(zip(keys[1:], rows["prob_fam"], strict=True))
    assert cells["ekc_t0"] == "recode v12c [sev15]"
    assert cells["wt_t1"] == "worst q7_3 q7_4 [sev15] B04"
    assert dict(zip(keys[1:], rows["prob_psy"], strict=True))["wt_t0"] == "niet gevraagd B05"
    _, english = printed("crosswalk", frame("crosswalk"), "en")
    assert "not asked B05" in english["prob_psy"]


def test_many_files_are_laid_out_wave_by_wave():
    waves, groups = ("a", "b", "c", "d"), ("x", "y")
    rows = [
        (name, f"{wave}{group}", wave, group) for name in ("v", "w") for wave in waves for group in groups
    ]
    given = pd.DataFrame(rows, columns=["variable", "file", "wave", "group"])
    facts = Facts("p", "g", "w", groups, waves)
    columns, made = spread(crosswalk.WORDS, given, facts, lambda rows: rows[0]["file"])
    assert [column.key for column in columns] == ["variable", "wave", "x", "y"]
    assert made[0][0] == "v"
    assert [row[2:] for row in made] == 2 * [(f"{wave}x", f"{wave}y") for wave in waves]
    assert [row[0] for row in made] == ["v", None, None, None, "w", None, None, None]


def found(*lines):
    rows = [("v", "f", "1", "g", *line) for line in lines]
    return pd.DataFrame(rows, columns=list(COUNTED))


def test_codes_have_counts_reasons_and_the_names_of_merged_sources():
    made = found(
        ("a", "1", "yes", "1", "0", 30), ("a", "8", "dk", ".w", "1", 2), ("a", "SYSMIS", "", ".s", "", 4),
        ("b", "(texts)", "", "", "", 7),
    )  # fmt: skip
    _, rows = printed("codes", made)
    assert rows["v"][0].replace(SPACE, " ") == "a 1: 30 · 8 (w): 2 · leeg (s): 4; b teksten: 7"


def test_columns_of_mentions_are_added_up_and_a_hidden_count_hides_the_sum():
    lines = [
        ("m1", "3", "", "1", "0", 5), ("m1", "(others)", "", "", "", 40),
        ("m2", "3", "", "1", "0", 6), ("m2", "(others)", "", "", "", 20),
    ]  # fmt: skip
    _, rows = printed("codes", found(*lines), "en")
    assert rows["v"][0].replace(SPACE, " ") == "3: 11 · others: 60"
    hidden = found(*lines).assign(count=[float("nan"), 40, 6, 20], **{MARK: HIDDEN})
    _, rows = printed("codes", hidden, "en")
    assert rows["v"][0].replace(SPACE, " ") == "3: ‡ · others: 60"


def test_very_many_sources_are_left_to_the_data_file():
    made = found(*((f"s{n}", "1", "", "1", "0", 30) for n in range(5)))
    _, rows = printed("codes", made)
    assert rows["v"] == ["5 bronnen, in het gegevensbestand"]


@pytest.mark.parametrize("step", [1, 5, 7])
def test_counts_of_codes_leave_rounded_to_the_limit(step):
    made = found(("a", "1", "", "1", "0", 34), ("a", "2", "", "2", "0", 27), ("a", "9", "", ".r", "1", 3))
    out = release_frame(registry.kind_of("codes").sheet, made, Context(Rules(10, step)))
    # the small one, and the smaller of the others to protect it
    assert out["count"].isna().tolist() == [False, True, True]
    coarse = -(-10 // step) * step
    assert out["count"][0] % coarse == 0
    assert abs(out["count"][0] - 34) <= coarse / 2


def test_every_missing_value_stands_by_wave_and_group():
    facts, options = study.facts(("a", "b")), {"variables": ["mood"], "by": "cell"}
    one = exhibit("missing", options)
    made = registry.make_data(one, material())
    totals = made.groupby(["wave", "group"])["cells"].sum()
    assert set(totals) == {40}
    keys, rows = printed("missing", made, options=options)
    assert keys[2:] == [f"{wave} {group}" for wave in facts.waves for group in facts.groups]
    valid = made[(made["reason"] == "valid") & (made["wave"] == "a") & (made["group"] == facts.groups[0])]
    assert rows["mood"][1].startswith(str(int(valid["cells"].iloc[0])))


def test_without_a_choice_all_variables_are_counted_and_no_key_is():
    made = registry.make_data(exhibit("missing", {"by": "cell"}), material())
    facts = material().facts
    assert {"mood", "load"} <= set(made["variable"])
    assert not {facts.person, facts.group, facts.wave} & set(made["variable"])


def test_released_reasons_are_added_up_over_waves_and_groups():
    one = exhibit("missing", {"variables": ["mood"], "by": "cell"})
    made = release_frame(
        registry.kind_of("missing").sheet, registry.make_data(one, material()), Context(Rules(5, 5), waves=2)
    )
    table = registry.table(made, one, material().facts)
    assert [column.key for column in table.columns] == ["variable", "label", "all"]


def test_an_index_says_its_items_and_its_least_number():
    _, rows = printed("indices", frame("indices"), "en")
    assert rows["stack_n"][1:4] == [
        "how many are 3 or more", "prob_fin prob_home prob_fam prob_psy",
        "at least 3 valid, else 's'; what was asked in the cell",
    ]  # fmt: skip


def test_a_decision_names_where_it_acts_and_counts_the_rest():
    made = frame("decisions").assign(used_in="a b c d e f")
    _, rows = printed("decisions", made)
    assert rows["B04"][1:4] == ["Besluit 4", "Reden 4", "a, b, c, d en 2 andere"]

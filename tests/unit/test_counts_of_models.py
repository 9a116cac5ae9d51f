"""What the attack on released counts reads in tables of models, trajectories and published findings."""

from exhibit_cases import OPTIONS
from exhibit_cases import frame as made_of

from netwerkkracht.exhibits import registry
from netwerkkracht.release.attack import Known, attack
from netwerkkracht.release.readers import read_table
from netwerkkracht.release.rules import Rules

EXACT = Rules(10, 1)


def rows_of(kind, **hidden):
    """Return the rows of a kind as a CSV has them, with one cell of a column emptied per column named."""
    rows = made_of(kind).astype(object).fillna("").astype(str).to_dict("records")
    for column, place in hidden.items():
        rows[place] = {**rows[place], column: ""}
    return rows


def read(*tables, rules=EXACT):
    known = Known()
    for kind, rows in tables:
        read_table(known, registry.kind_of(kind).sheet, kind, rows, OPTIONS[kind], rules)
    return known


def test_persons_hidden_in_one_table_of_models_and_shown_in_another_are_found():
    model = OPTIONS["sensitivity"]["models"][0]
    hidden = (
        "multiplicity",
        rows_of("multiplicity", n_persons=OPTIONS["multiplicity"]["models"].index(model)),
    )
    assert attack(read(hidden), EXACT).exposed == ()
    (found,) = attack(read(hidden, ("sensitivity", rows_of("sensitivity"))), EXACT).exposed
    assert found.key == ("persons in", model)


def test_the_data_beside_model_means_are_part_of_the_interviews():
    known = read(("trajectories", rows_of("trajectories")), rules=Rules(1, 1))
    raw = made_of("trajectories").query("part == 'raw'")
    for row in raw.to_dict("records"):
        line = (row["model"], row["group"], row["wave"])
        assert known.bounds[("data of", *line)] == (row["n"], row["n"])
        assert ((("data of", *line), ("no data of", *line)), (("interviews", *line[1:]),)) in known.sums


def test_a_published_share_is_a_part_of_its_base():
    known = read(("published", rows_of("published")), rules=Rules(1, 1))
    findings = made_of("published").to_dict("records")
    shares = [row for row in findings if row["kind"] in {"share", "rank"}]
    assert shares
    for row in shares:
        line = (row["id"], row["part"], row["variable"])
        assert known.bounds[("finding", *line)] == (row["count"], row["count"])
        assert ((("finding", *line), ("beside", *line)), (("base of", *line),)) in known.sums
    (persons,) = (row for row in findings if row["kind"] == "persons")
    assert known.bounds[("finding", persons["id"], persons["part"], "")] == (persons["found"],) * 2
    # a difference of means counts nobody
    assert not [key for key in known.bounds if key[1] == "D2"]

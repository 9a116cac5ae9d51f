"""What a report says of its own making comes from the records of the jobs, and names no machine."""

from lxml import etree
from lxml import html as parser
from report_samples import sample

from netwerkkracht.provenance.records import Record
from netwerkkracht.report import workings
from netwerkkracht.report.build import build
from netwerkkracht.report.graph import Graph, Node, layers, svg, without_shortcuts

HASH = "ab" * 32
RUN = {
    "commit": "c" * 40,
    "dirty": False,
    "seed": 7,
    "release": {"profile": "open"},
    "config": "d1",
    "lock": None,
}


def record(step, inputs, outputs, item=None):
    return Record(
        step, item, f"netwerkkracht {step}", {}, dict.fromkeys(inputs, HASH), dict.fromkeys(outputs, HASH)
    )


RECORDS = (
    record("ingest", ["raw/a.sav", "raw/b.sav", "book/study.yaml"], ["i.csv"]),
    record("harmonise", ["i.csv", "book/study.yaml", "book/codes.csv"], ["panel.csv"]),
    record("recover", ["panel.csv", "raw/a.sav", "truth/truth.csv"], ["recovery.json"]),
    record("fit", ["panel.csv", "book/study.yaml"], ["m1.json"], "m1"),
    record("fit", ["panel.csv", "book/study.yaml"], ["m2.json"], "m2"),
    record("fit", ["panel.csv"], ["gone.json"], "of an older configuration"),
    record("figure", ["m1.json", "m2.json", "panel.csv"], ["figure-1.csv"], "figure-1"),
    record("notebook", ["panel.csv"], ["page.html"], "01"),
)
READ = {"figure-1.csv": HASH, "recovery.json": HASH, "text/report.typ": HASH, "text/sections/a.typ": HASH}


def behind():
    return [*workings.records_behind(READ, RECORDS), *workings.own_record(READ, ("nl", "en"))]


def rows(lang="en", version="9.9", **changes):
    made = workings.environment(behind(), {**RUN, **changes}, version, "text", ("nl", "en"))
    return {row["cells"][0]: row["cells"][1] for row in made[lang]["rows"]}


def test_only_jobs_behind_the_report_count():
    names = [(one.step, one.item) for one in workings.records_behind(READ, RECORDS)]
    assert names == [
        ("figure", "figure-1"), ("fit", "m1"), ("fit", "m2"), ("harmonise", None), ("ingest", None),
        ("recover", None),
    ]  # fmt: skip


def test_the_environment_names_run_libraries_and_received_files():
    found = rows()
    assert found["version of the code (commit)"] == "c" * 40
    assert found["random seed"] == "7"
    assert found["release profile"] == "open"
    assert found["python"].count(".") == 1
    assert {"pandas", "statsmodels", "typst", "pyreadstat"} <= set(found)
    assert {name for name, value in found.items() if value == HASH} == {
        "book/codes.csv", "book/study.yaml", "raw/a.sav", "raw/b.sav", "truth/truth.csv"
    }  # fmt: skip
    assert "pinned packages (digest)" not in found  # there is no lock file in this study


def test_both_languages_give_the_same_values():
    made = workings.environment(behind(), RUN, "9.9", "text", ("nl", "en"))
    assert [row["cells"][1] for row in made["nl"]["rows"]] == [row["cells"][1] for row in made["en"]["rows"]]


def test_a_changed_text_is_seen():
    other = {**READ, "text/report.typ": "cd" * 32}
    jobs = [*workings.records_behind(other, RECORDS), *workings.own_record(other, ("nl",))]
    made = workings.environment(jobs, RUN, "9.9", "text", ("nl", "en"))["en"]["rows"]
    assert (
        dict(row["cells"] for row in made)["text of this report (digest)"]
        != rows()["text of this report (digest)"]
    )


def test_a_folder_of_the_machine_is_not_shown():
    records = [record("ingest", ["/home/somebody/a.sav", "../next/b.sav", r"C:\data\c.sav"], ["i.csv"])]
    made = workings.environment(records, {}, "1", "text", ("nl", "en"))["en"]["rows"]
    said = str(made)
    assert "somebody" not in said
    assert "../" not in said
    assert "'a.sav'" in said


def drawn():
    return workings.workflow(behind(), "book", "text", ("nl", "en"))


def test_the_graph_shows_each_step_with_its_jobs_and_gates_with_a_heavy_border():
    tree = etree.fromstring(drawn().pictures["en"])
    texts = [text.text for text in tree.iter("{*}text")]
    pairs = dict(zip(texts[::2], texts[1::2], strict=True))
    assert pairs == {
        "SPSS files": "2 files", "codebook": "2 files", "truth": "1 file",
        "text of the report": "2 files", "ingest": "1 job", "harmonise": "1 job", "recover": "1 job",
        "fit": "2 jobs", "figure": "1 job", "report": "2 jobs",
    }  # fmt: skip
    heavy = [box for box in tree.iter("{*}rect") if float(box.get("stroke-width", 0)) > 2]
    assert len(heavy) == 1


def test_the_words_of_the_graph_name_every_box_in_both_languages():
    alt = drawn().alt
    for name in ("ingest (1", "fit (2", "report (2"):
        assert name in alt["nl"]
        assert name in alt["en"]
    assert "SPSS-bestanden (2 bestanden)" in alt["nl"]


def test_no_arrow_says_what_a_longer_road_says():
    edges = {("a", "b"), ("b", "c"), ("a", "c"), ("x", "c")}
    assert without_shortcuts(edges) == {("a", "b"), ("b", "c"), ("x", "c")}
    assert layers(without_shortcuts(edges)) == {"a": 0, "b": 1, "c": 2, "x": 1}


def test_boxes_do_not_overlap_and_stay_in_the_picture():
    edges = frozenset(
        (f"n{i}", f"n{j}") for i in range(9) for j in range(i + 1, 9) if (i * j) % 4 == 1 or j == i + 1
    )
    nodes = {name: Node(name) for edge in edges for name in edge}
    tree = etree.fromstring(
        svg(Graph(nodes, without_shortcuts(edges | {("m", "n8"), ("n0", "m")})), "t").encode()
    )
    boxes = [
        tuple(float(box.get(key)) for key in ("x", "y", "width", "height"))
        for box in tree.iter("{*}rect")
        if box.get("x")
    ]
    assert len(boxes) == len(nodes)
    for at, (x, y, width, height) in enumerate(boxes):
        assert x >= 0
        assert x + width <= float(tree.get("width").removesuffix("pt"))
        for other_x, other_y, _, _ in boxes[at + 1 :]:
            assert abs(x - other_x) >= width or abs(y - other_y) >= height


def test_a_drawing_stands_on_the_page_with_its_words_and_a_table_with_its_cells_to_take_along():
    report = sample(drawings={"workflow": drawn()})
    text = (
        report.source["report.typ"]
        .decode()
        .replace("#checks-box()", '#drawing("workflow", w(nl: [Stappen], en: [Steps]))\n\n#checks-box()')
    )
    report = sample(drawings={"workflow": drawn()}, source={**report.source, "report.typ": text.encode()})
    made = build(report, "en")
    tree = parser.document_fromstring(made.html.decode())
    (picture,) = tree.xpath("//figure[@id='drawing-workflow']//img")
    assert picture.get("alt") == drawn().alt["en"]
    assert made.pdf.startswith(b"%PDF")
    assert tree.xpath("//figure[@id='list-assumed']//a[@download='assumed.csv']")

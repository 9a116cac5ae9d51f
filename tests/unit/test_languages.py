"""Every kind of exhibit, a page of a notebook and every answer speak a language made of data files alone.

The words of a third language, English with marks, take the place of its files; what a kind shows in it must
stand inside marks: pictures by their texts, tables by their cells, and the README beside both.
"""

import re
from dataclasses import replace

import crosswalk_study
import exhibit_cases as cases
import pandas as pd
import pytest
from exhibit_cases import OPTIONS
from lxml import html
from matplotlib.text import Text
from third_language import marked, marked_words, translate_table, translate_yaml, translated, words_left

from netwerkkracht.core import display, words
from netwerkkracht.core.errors import StudyError
from netwerkkracht.exhibits import drawing, registry
from netwerkkracht.exhibits.readme import Making, readme
from netwerkkracht.notebooks import teaching
from netwerkkracht.notebooks.answers import digest
from netwerkkracht.notebooks.dress import Page, dress
from netwerkkracht.notebooks.tables import Labels, chosen, rows_of
from netwerkkracht.study.codebook import read_codebook
from netwerkkracht.study.model import Model

READ = words._read


@pytest.fixture(autouse=True)
def third(monkeypatch):
    def read(package):
        known = READ(package)
        return {**known, "xx": marked_words(known["en"])}

    monkeypatch.setattr(words, "_read", read)
    display._signs.cache_clear()
    yield
    display._signs.cache_clear()


def said(text):
    """Return a text of the invented study in the third language."""
    return {"xx": marked(text["en"])}


def of_row(row):
    """Return a published finding in the third language."""
    given = {key: cell for key, cell in row.items() if not key.endswith("_nl")}
    return {
        key.replace("_en", "_xx"): marked(cell) if key.endswith("_en") else cell
        for key, cell in given.items()
    }


def of_variable(variable):
    codes = tuple((code, said(label)) for code, label in variable.codes)
    return replace(variable, label=said(variable.label), codes=codes)


@pytest.fixture(scope="module")
def material(tmp_path_factory):
    """The material of the invented study, all of its texts in the third language."""
    known = cases.material()
    labels = {
        name: {key: said(text) for key, text in getattr(known.facts, name).items()}
        for name in ("group_labels", "wave_labels", "tags", "left_out")
    }
    variables = {name: of_variable(variable) for name, variable in known.facts.variables.items()}
    facts = replace(known.facts, variables=variables, languages=("xx",), **labels)
    folder = crosswalk_study.write_codebook(tmp_path_factory.mktemp("book"))
    for path in folder.glob("*.csv"):
        translate_table(path)
    translate_yaml(folder / "study.yaml")
    return replace(
        known,
        facts=facts,
        models={name: replace(model, label=said(model.label)) for name, model in known.models.items()},
        specs={
            name: Model.model_validate(translated(spec.model_dump())) for name, spec in known.specs.items()
        },
        published=[of_row(row) for row in known.published],
        codebook=read_codebook(folder),
    )


def exhibit(kind):
    given = {"id": "x-1", "kind": kind, "title": {"xx": marked(f"title of {kind}")}}
    return registry.exhibit_from({**given, "options": translated(OPTIONS[kind])})


def names(material):
    """Return what tables of the codebook print as it stands there or in the files: names, source labels."""
    book = material.codebook
    rules = [
        part for rule in book.rules.values() for part in (rule.rule, *rule.sources, *rule.codes, *rule.labels)
    ]
    found = [str(cell) for row in material.found for cell in row.values()]
    files = [file.file for file in book.study.files]
    who = [decision.who for decision in book.decisions.values()]
    given = " ".join([*book.columns, *book.codes, *files, *rules, *found, *who, *material.facts.variables])
    return set(re.findall(r"[^\W\d_]{2,}", given))


# kinds that print the names of variables, rules, code lists and files, which have no language
OF_NAMES = ("dictionary", "crosswalk", "codes", "decisions", "indices")
# alternatives that the configuration gives no label are called by their key
OF_KEYS = {"specification": {key for given in cases.CHOICES.values() for key in given}}
MAKING = Making("figure", "netwerkkracht figure", ["src/a.py data"], {"a.csv": "0" * 64})


@pytest.mark.parametrize("kind", OPTIONS)
def test_every_kind_speaks_the_third_language(kind, material):
    one, facts = exhibit(kind), material.facts
    frame = registry.make_data(one, material)
    if registry.kind_of(kind).form == "figure":
        figure = drawing.draw(frame, registry.kind_of(kind), one, facts, "xx")
        shown = [text.get_text() for text in figure.findobj(Text) if text.get_visible()]
        shown += [registry.alt_text(frame, one, facts, "xx"), *registry.notes(frame, one, facts, "xx")]
    else:
        table = registry.table(frame, one, facts)
        heads = [word for column in table.columns for word in (column.heading("xx"), column.spanner("xx"))]
        shown = [*heads, *(cell for row in table.cells("xx") for cell in row), *table.note_lines("xx")]
    text = readme(frame, one, facts, MAKING, "reports/x.csv", "1.0")
    shown.append(re.sub(r"`[^`]*`|^    .*$", " ", text, flags=re.MULTILINE))
    assert not any(name.endswith(("_nl", "_en")) for name in frame.columns)
    known = names(material) if kind in OF_NAMES else OF_KEYS.get(kind, set())
    assert set(words_left("\n".join(shown))) - known == set()


def test_a_page_of_a_notebook_speaks_the_third_language():
    page = Page("a", {"xx": marked("A notebook")})
    made = dress("<div class='highlight'><pre>1</pre></div>", page, [page], "xx", study=marked("study"))
    tree = html.fromstring(made)
    for part in tree.xpath("//style | //code"):
        part.drop_tree()
    shown = [*tree.xpath("//text()"), *tree.xpath("//@aria-label")]
    assert words_left("\n".join(shown)) == []


def test_tables_and_answers_of_notebooks_speak_the_third_language(material, monkeypatch, tmp_path, capsys):
    words = {"ratio": [marked("ratio")], "load": {"xx": marked("burden")}, "arm": [marked("way")]}
    labels = Labels(material.facts, "xx", words)
    frame = pd.DataFrame(
        {"mean": [1.5], "ratio": [True], "load": ["ok"]}, index=pd.Index(["new"], name="arm")
    )
    heads, rows = rows_of(frame, labels, 2)
    assert words_left("\n".join([*heads, *(cell for row in rows for part in row for cell in part)])) == []
    with pytest.raises(StudyError, match="N07"):
        chosen(("een", "one"), "xx", ("xx",))
    monkeypatch.setattr(teaching, "every", lambda: ("xx",))
    answers = tmp_path / "answers.csv"
    teaching.check("q", 1.0, answers=answers)
    answers.write_text(f"question;decimals;digest\nq;1;{digest('q', 2.0, 1)}\n", encoding="utf-8")
    for given in (..., 1.0, 1.5, -2.0, 200.0, "x", None, [1, 2]):
        teaching.check("q", given, answers=answers)
    teaching.check("nothing like it", 1.0, answers=answers)
    said_of_it = capsys.readouterr().out.replace("text/plain", "")
    assert said_of_it
    assert words_left(said_of_it) == []

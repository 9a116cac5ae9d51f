import re
from pathlib import Path

import pytest
import yaml

from netwerkkracht.core.errors import StudyError
from netwerkkracht.notebooks.execute import execute
from netwerkkracht.notebooks.leaks import find_leaks
from netwerkkracht.notebooks.page import html_body, in_language, title
from netwerkkracht.notebooks.teaching import check, digest

ROOT = Path(__file__).resolve().parents[2]
OURS = sorted((ROOT / "notebooks").glob("*.py"))
TEXT = """# %% [markdown] lang="nl"
# # Golven
# Kijk naar de telling.
# %% [markdown] lang="en"
# # Waves
# Look at the count.
# %%
import pandas as pd
pd.DataFrame({"n": [45, 45]})
"""


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    return execute(TEXT, name="waves.py", folder=tmp_path_factory.mktemp("kernel"))


@pytest.mark.slow
def test_two_executions_are_equal(notebook, tmp_path):
    assert execute(TEXT, name="waves.py", folder=tmp_path) == notebook


@pytest.mark.slow
def test_each_language_has_its_own_text_and_the_same_code(notebook):
    dutch, english = (in_language(notebook, lang, name="waves.py") for lang in ("nl", "en"))
    assert title(dutch) == "Golven"
    assert title(english) == "Waves"
    assert [c.source for c in dutch.cells if c.cell_type == "code"] == [
        c.source for c in english.cells if c.cell_type == "code"
    ]
    page = html_body(dutch)
    assert "Kijk naar" in page
    assert "Look at" not in page
    assert "http" not in page


@pytest.mark.slow
def test_clean_output_is_no_leak(notebook):
    assert find_leaks(notebook, name="waves.py", id_column="person_id") == []


@pytest.mark.slow
def test_a_failing_cell_is_named_without_values(tmp_path):
    with pytest.raises(StudyError) as caught:
        execute('# %%\nsecret = "98765"\n# %%\nint("98765x")\n', name="bad.py", folder=tmp_path)
    assert "cell 2 stopped (ValueError)" in str(caught.value)
    assert "98765" not in str(caught.value)


@pytest.mark.parametrize(
    ("output", "code"),
    [
        ({"output_type": "stream", "text": "/home/someone/file.csv"}, "NB1"),
        ({"output_type": "stream", "text": "C:\\Users\\someone"}, "NB1"),
        ({"data": {"text/html": "<tr><th>person_id</th></tr>"}}, "NB2"),
        ({"data": {"text/html": "<tr><td>1</td></tr>" * 41}}, "NB3"),
        ({"output_type": "stream", "name": "stderr", "text": "UserWarning: mind"}, "NB5"),
        ({"data": {"image/png": "aGk="}, "metadata": {}}, "NB4"),
        ({"data": {"image/png": "aGk="}, "metadata": {"image/png": {"alt": " "}}}, "NB4"),
    ],
)
def test_leaks_are_found(output, code):
    import nbformat

    node = nbformat.from_dict({"cells": [{"cell_type": "code", "outputs": [output]}]})
    assert [finding.code for finding in find_leaks(node, name="n.py", id_column="person_id")] == [code]


def test_text_cells_must_be_paired():
    import jupytext

    lonely = jupytext.reads('# %% [markdown] lang="nl"\n# tekst\n', fmt="py:percent")
    lonely.cells.append(jupytext.reads("# %% [markdown]\n# text\n", fmt="py:percent").cells[0])
    with pytest.raises(StudyError, match="N02"):
        in_language(lonely, "nl", name="n.py")


def test_answers_are_checked_but_not_given(tmp_path, capsys):
    answers = tmp_path / "answers.csv"
    answers.write_text(
        f"question;decimals;digest\nwaves-1;1;{digest('waves-1', 4.62, 1)}\n", encoding="utf-8"
    )
    assert check("waves-1", 4.6, answers)
    assert not check("waves-1", 4.7, answers)
    assert not check("waves-1", ..., answers)
    assert "4.6" not in capsys.readouterr().out
    with pytest.raises(StudyError, match="N06"):
        check("waves-2", 1, answers)


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_our_notebooks_are_paired_narrow_and_come_back_as_written(path):
    import jupytext

    text = path.read_text(encoding="utf-8")
    assert max(map(len, text.splitlines())) <= 88
    made = jupytext.reads(text, fmt="py:percent")
    assert jupytext.writes(made, fmt="py:percent") == text
    spoken = [cell.metadata["lang"] for cell in made.cells if cell.cell_type == "markdown"]
    assert spoken == ["nl", "en"] * (len(spoken) // 2)
    assert {title(in_language(made, lang, name=path.name)).split(".")[0] for lang in ("nl", "en")} == {
        path.stem[1]
    }


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.stem)
def test_our_notebooks_refuse_real_data_and_hold_themselves_to_the_report(path):
    text = path.read_text(encoding="utf-8")
    assert "open_study()" in text
    spec = yaml.safe_load((ROOT / "reports" / "source" / "numbers.yaml").read_text(encoding="utf-8"))
    asked = re.findall(r'report_number\(f?"([^"]+)"\)', text)
    assert asked
    for key in asked:
        pattern = re.sub(r"\\\{[^{}]+\\\}", r"\\w+", re.escape(key))
        assert any(re.fullmatch(pattern, known) for known in spec["numbers"]), key


def test_outputs_speak_the_language_of_their_page():
    import nbformat

    outputs = [{"metadata": {"lang": "nl"}}, {"metadata": {"lang": "en"}}, {"metadata": {}}]
    node = nbformat.from_dict(
        {"cells": [{"cell_type": "code", "source": "", "metadata": {}, "outputs": outputs}]}
    )
    kept = in_language(node, "en", name="n.py").cells[0].outputs
    assert kept == [{"metadata": {"lang": "en"}}, {"metadata": {}}]


def test_only_single_numbers_of_the_report_are_handed_out(tmp_path, monkeypatch):
    from netwerkkracht.notebooks.teaching import Study

    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "numbers.json").write_text(
        '{"n_all": {"raw": 7}, "limits": {"raw": [1, 2]}, "word": {"raw": "same"}}', encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    study = Study(None, None)
    assert study.report_number("n_all") == 7.0
    for key in ("limits", "word", "n_al"):
        with pytest.raises(StudyError, match="N05"):
            study.report_number(key)


def test_a_table_speaks_the_language_of_its_page_and_leaves_the_frame_alone():
    import analysis_study as invented
    import pandas as pd

    from netwerkkracht.notebooks.tables import Labels, html_table, rows_of

    index = pd.MultiIndex.from_product([["new", "old"], ["a"]], names=["arm", "visit"])
    frame = pd.DataFrame({"count": [40, 38], "load": [-1.26, float("nan")], "x<y": [0.5, 1e3]}, index=index)
    before = frame.copy()
    words = {"x<y": ("deel", "x<y")}
    heads, rows = rows_of(frame, Labels(invented.facts(), "nl", words), {"load": 1})
    assert heads == ["arm", "visit", "aantal", "load (nl)", "deel"]
    assert rows[0] == (["New way (nl)", "visit a (nl)"], ["40", "−1,3", "0,50"])
    assert rows[1][1][1:] == ["–", "1.000,00"]
    heads, rows = rows_of(frame, Labels(invented.facts(), "en", words), 2)
    assert (heads[2:], rows[0][1]) == (["count", "load (en)", "x<y"], ["40", "−1.26", "0.50"])
    page = html_table(heads, rows, "a & b")
    assert '<caption>a &amp; b</caption><thead><tr><th scope="col" class="words">arm</th>' in page
    assert '<th scope="col">x&lt;y</th>' in page
    assert page.count('<th scope="row" class="words">') == 4
    assert "<td>−1.26</td>" in page
    pd.testing.assert_frame_equal(frame, before)


def test_a_table_names_terms_and_drops_an_index_that_only_counts():
    import analysis_study as invented
    import pandas as pd

    from netwerkkracht.notebooks.tables import Labels, rows_of

    frame = pd.DataFrame({"term": ["armold:visitb"], "estimate": [0.5]})
    assert rows_of(frame, Labels(invented.facts(), "en", {}), 1) == (
        ["term", "estimate"],
        [([], ["Old way (en) × visit b (en)", "0.5"])],
    )
    numbered = frame.set_axis([3]).rename_axis("number")
    assert rows_of(numbered, Labels(invented.facts(), "nl", {"number": ("nummer", "number")}), 1)[1][0][
        0
    ] == ["3"]


def test_a_picture_needs_words(capsys):
    from matplotlib.figure import Figure

    from netwerkkracht.notebooks.teaching import show

    with pytest.raises(StudyError, match="N04"):
        show(lambda say: (Figure(figsize=(2, 2)), say("kort", "short")))


def test_real_data_are_refused(tmp_path):
    from netwerkkracht.notebooks.teaching import open_study

    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    for synthetic, real in (
        ("status: synthetic", "status: real"),
        (" truth: data/synthetic,", ""),
        ("profile: open", "profile: strict10"),
    ):
        assert synthetic in text
        text = text.replace(synthetic, real)
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match="N03"):
        open_study(tmp_path / "config.yaml")

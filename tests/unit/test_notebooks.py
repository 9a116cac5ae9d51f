import pytest

from netwerkkracht.errors import StudyError
from netwerkkracht.notebooks.execute import execute
from netwerkkracht.notebooks.leaks import find_leaks
from netwerkkracht.notebooks.page import html_body, in_language, title
from netwerkkracht.teaching import check, digest

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

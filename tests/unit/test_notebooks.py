import re
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from netwerkkracht.core import io
from netwerkkracht.core.errors import StudyError
from netwerkkracht.notebooks import teaching
from netwerkkracht.notebooks.answers import digest, number_of
from netwerkkracht.notebooks.execute import execute
from netwerkkracht.notebooks.leaks import find_leaks
from netwerkkracht.notebooks.lessons import lessons
from netwerkkracht.notebooks.page import html_body, in_language, title
from netwerkkracht.notebooks.teaching import check

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


def shown(capsys):
    """What a student reads: outside a kernel IPython prints an output with its kind."""
    return "\n".join(re.findall(r"^\{'text/plain': [\"'](.*)[\"']\}$", capsys.readouterr().out, re.MULTILINE))


@pytest.fixture
def asked(tmp_path, monkeypatch, capsys):
    """Ask as a student does: give answers, get the verdict and what both languages say."""
    monkeypatch.delenv("NK_LANG", raising=False)
    monkeypatch.setattr(teaching, "_wrong", Counter())
    answers = tmp_path / "answers.csv"
    rows = [("share-1", 1, 81.8), ("change-1", 2, -0.37), ("part-1", 2, 0.25)]
    answers.write_text(
        "question;decimals;digest\n"
        + "".join(f"{name};{decimals};{digest(name, value, decimals)}\n" for name, decimals, value in rows),
        encoding="utf-8",
    )

    def ask(*given):
        right = check(*given, answers=answers)
        return right, shown(capsys)

    return ask


@pytest.mark.parametrize(
    "given",
    [81.8, 81.81818, "81.8", "81,8", "81.8%", " 81,8 % ", "81.8 %", ["81,8"], (81, 8), np.float64(81.8),
     np.array([81.8]), pd.Series([81.8]), [81.8]],
    ids=repr,
)  # fmt: skip
def test_a_right_answer_is_understood_however_it_is_typed(asked, given):
    right, said = asked("share-1", given)
    assert right
    assert "share-1: goed" in said
    assert "share-1: right" in said


def test_a_decimal_comma_without_quotes_is_understood_and_explained(asked):
    right, said = asked("share-1", 81, 8)
    assert right
    assert "gelezen als 81.8: Python schrijft een punt" in said


def test_a_wrong_answer_gets_a_hint_from_the_second_try_on_and_the_answer_never(asked):
    right, said = asked("share-1", 90)
    assert (right, said) == (False, "share-1: nog niet\nshare-1: not yet")
    assert "nog niet: te hoog" in asked("share-1", 90.0)[1]
    assert "not yet: too low" in asked("share-1", "80,25")[1]
    assert "ver naast" in asked("share-1", 1e9)[1]
    assert "goed" in asked("share-1", 81.8)[1]
    assert all("81.8" not in asked("share-1", value)[1] for value in (80, 82, 1e300, -1e300))


def test_a_share_for_a_percentage_and_a_wrong_sign_are_told_at_once(asked):
    assert "gevraagd is een percentage" in asked("share-1", 0.818)[1]
    assert "a share is asked" in asked("part-1", 25)[1]
    assert "let op het teken" in asked("change-1", 0.37)[1]


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ((None,), "None"),
        (("veel",), "geen getal"),
        (("",), "geen getal"),
        ((True,), "geen getal"),
        ((float("nan"),), "geen getal"),
        ((float("inf"),), "geen getal"),
        ((1j,), "geen getal"),
        ((print,), "geen getal"),
        (([1, 2, 3],), "meer waarden"),
        (({"a": 1},), "meer waarden"),
        ((pd.DataFrame({"a": [1, 2]}),), "meer waarden"),
        ((1, 2, 3), "meer waarden"),
        ((81, "8"), "meer waarden"),
        ((81, -8), "meer waarden"),
        ((...,), "nog open"),
        ((), "nog open"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_answer_is_told_in_words_and_counts_as_no_try(asked, given, part):
    right, said = asked("share-1", *given)
    assert not right
    assert part in said
    assert "nog niet" in asked("share-1", 90)[1]


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(), st.lists)
)
def test_nothing_that_is_typed_stops_a_notebook(value):
    found = number_of(value)
    assert isinstance(found, float | str)


def test_an_unknown_question_and_a_check_before_the_first_cell_are_told(asked, tmp_path, capsys, monkeypatch):
    for name in ("shar-1", 81.8, None):
        right, said = asked(name, 81.8)
        assert not right
        assert "er is geen vraag" in said
    assert "did you mean 'share-1'?" in asked("shar-1", 3)[1]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "answers.csv").unlink()
    assert not check("share-1", 81.8)
    assert "voer eerst de eerste cel uit" in capsys.readouterr().out


def test_each_question_of_our_notebooks_has_an_answer_and_each_answer_a_question():
    asked = [
        name for path in OURS for name in re.findall(r'check\("([^"]+)"', path.read_text(encoding="utf-8"))
    ]
    known = [row["question"] for row in io.read_rows(ROOT / "notebooks" / "answers.csv", separator=";")]
    assert sorted(asked) == sorted(known)


@pytest.mark.parametrize(("lang", "said"), [("nl", "goed"), ("en", "right"), ("fr", "goed\nright")])
def test_the_reader_sees_one_language_when_asked(monkeypatch, capsys, lang, said):
    monkeypatch.setenv("NK_LANG", lang)
    teaching.tell(lambda say: say("goed", "right"))
    assert shown(capsys) == said


@pytest.mark.slow
def test_the_pages_of_a_run_do_not_follow_the_language_of_the_reader(tmp_path, monkeypatch):
    monkeypatch.setenv("NK_LANG", "nl")
    text = "# %%\nfrom netwerkkracht.notebooks.teaching import tell\ntell(lambda say: say('ja', 'yes'))\n"
    made = execute(text, name="x.py", folder=tmp_path)
    assert [output["data"]["text/plain"] for output in made.cells[0].outputs] == ["ja", "yes"]


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_lessons_in_one_language_hold_every_cell_of_code_and_stay_as_a_student_leaves_them(tmp_path, lang):
    import jupytext

    lessons(ROOT / "notebooks", tmp_path, lang)
    assert sorted(path.name for path in tmp_path.glob("*.py")) == [path.name for path in OURS]
    for path in OURS:
        both = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")
        one = jupytext.reads((tmp_path / path.name).read_text(encoding="utf-8"), fmt="py:percent")
        kept = [cell for cell in both.cells if cell.metadata.get("lang", lang) == lang]
        assert [cell.source for cell in one.cells] == [cell.source for cell in kept]
    page = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert ("Begin hier" in page) == (lang == "nl")
    assert all(f"({path.name})" in page for path in OURS)
    (tmp_path / OURS[0].name).write_text("mine", encoding="utf-8")
    lessons(ROOT / "notebooks", tmp_path, lang)
    assert (tmp_path / OURS[0].name).read_text(encoding="utf-8") == "mine"


def test_the_start_page_names_each_notebook_by_its_own_title():
    page = (ROOT / "notebooks" / "README.md").read_text(encoding="utf-8")
    for path in OURS:
        titles = re.findall(r"^# # (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert len(titles) == 2
        assert all(f"[{title}]({path.name})" in page for title in titles)


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

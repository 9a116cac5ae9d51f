"""The notebooks' pages in a real browser: nothing leaves, all can be reached, nothing scrolls sideways.

NK_REPORTS or NK_RUN names a finished run, whose pages are looked at; otherwise a small one is made.
"""

import os
import re
from pathlib import Path

import pandas as pd
import pytest
from test_report_pages import axe

pytestmark = pytest.mark.browser
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
LONG = "a_name = " + " + ".join(f"number_{place}" for place in range(30))
TEXT = f"""# %% [markdown] lang="nl"
# # 1. Golven
# Kijk naar `{"_".join(["een_lange_naam"] * 8)}`.
# %% [markdown] lang="en"
# # 1. Waves
# Look at the **count**.
# %%
{LONG}
"""


def sample(folder):
    """Write the pages of a notebook with a long line, a wide table, a picture and a sentence."""
    import nbformat

    from netwerkkracht.notebooks.dress import Page, dress
    from netwerkkracht.notebooks.execute import read
    from netwerkkracht.notebooks.page import html_body, in_language
    from netwerkkracht.notebooks.tables import Labels, html_table, rows_of
    from netwerkkracht.study.facts import Facts

    frame = pd.DataFrame({f"wide{place}": [1.5, 22.25] for place in range(25)})
    facts = Facts("pid", "arm", "visit", ("A", "B"), ("1", "2"))
    notebook = read(TEXT)
    outputs = []
    for lang in ("nl", "en"):
        table = html_table(*rows_of(frame, Labels(facts, lang, {}), 2), "table")
        for data, more in (
            ({"text/html": table}, {}),
            ({"text/plain": {"nl": "1,5 punt", "en": "1.5 points"}[lang]}, {}),
            ({"image/png": PIXEL}, {"image/png": {"alt": "a picture of one dot, and no more than that"}}),
        ):
            outputs.append(nbformat.v4.new_output("display_data", data=data, metadata={"lang": lang, **more}))
    notebook.cells[-1].outputs = outputs
    pages = [
        Page(name, {"nl": "1. Golven", "en": "1. Waves"})
        for name in ("01_waves", "02_a_longer_name_than_that")
    ]
    for page in pages:
        for lang in ("nl", "en"):
            body = html_body(in_language(notebook, lang, name="waves.py"))
            text = dress(body, page, pages, lang, study="Netwerkkracht")
            (folder / f"{page.name}.{lang}.html").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    run = os.environ.get("NK_RUN")
    given = os.environ.get("NK_REPORTS") or (run and f"{run}/reports")
    made = Path(given or "nowhere") / "notebooks"
    return made.resolve() if made.is_dir() else sample(tmp_path_factory.mktemp("notebooks"))


@pytest.fixture
def visit(blank, folder):
    """A function that opens every page of a language in turn."""

    def start(lang="nl", width=1280, scheme="light"):
        page = blank(width, scheme)
        paths = sorted(folder.glob(f"*.{lang}.html"))
        assert paths
        for path in paths:
            page.goto(path.as_uri())
            yield page

    return start


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_no_request_leaves_and_nothing_is_reported(visit, lang):
    for page in visit(lang):
        assert all(url.startswith(("file:", "data:")) for url in page.requests)
        assert page.faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("lang", "width"), [("nl", 1280), ("en", 360)])
def test_axe_finds_nothing(visit, lang, width, scheme):
    for page in visit(lang, width, scheme):
        assert axe(page) == [], page.url


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_page_scrolls_sideways(visit, width):
    for page in visit("nl", width):
        page.evaluate("document.querySelectorAll('details').forEach(it => { it.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url


def test_what_scrolls_inside_the_page_can_be_reached_and_has_a_name(visit):
    for page in visit("en", 360):
        unreachable = page.evaluate(
            "[...document.querySelectorAll('main *')].filter(it => it.scrollWidth > it.clientWidth + 1"
            " && ['auto', 'scroll'].includes(getComputedStyle(it).overflowX)"
            " && !(it.tabIndex >= 0 && it.getAttribute('aria-label'))).map(it => it.className)"
        )
        assert unreachable == [], page.url


def test_the_keyboard_meets_the_skip_link_the_report_and_the_other_language_first(visit):
    for page in visit("nl"):
        met = []
        for _ in range(3):
            page.keyboard.press("Tab")
            met.append(page.evaluate("document.activeElement.className"))
        assert met == ["skip", "name", "tool"]
        page.keyboard.press("Enter")
        page.wait_for_url("**/*.en.html")
        assert page.evaluate("document.documentElement.lang") == "en"
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize(("lang", "foreign"), [("nl", r"\d\.(?!\d{3}\b)\d"), ("en", r"\d,(?!\d{3}\b)\d")])
def test_numbers_in_tables_and_sentences_have_the_signs_of_the_language(visit, lang, foreign):
    for page in visit(lang):
        for text in page.locator("main .output").all_inner_texts():
            assert re.search(foreign, text) is None, (page.url, text)
        for table in page.locator("main .output table").all():
            assert table.locator("thead th").count() >= 2


def test_print_keeps_the_banner_and_the_text_and_drops_the_tools(visit):
    for page in visit("nl", scheme="dark"):
        page.emulate_media(media="print", color_scheme="dark")
        shown = {
            name: page.evaluate(f"getComputedStyle(document.querySelector('{name}')).display")
            for name in ("nav.contents", ".tools", ".banner", "main")
        }
        assert {name for name, display in shown.items() if display == "none"} == {"nav.contents", ".tools"}
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") in {
            "rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"
        }  # fmt: skip

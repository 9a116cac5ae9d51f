"""The report in a real browser: nothing leaves, everything is reachable, nothing scrolls sideways."""

import base64
import csv
import json
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def axe(page):
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})",
        RULES,
    )
    return [
        f"{fault['id']}: {node['html'][:120]} {node['failureSummary'][:160]}"
        for fault in found["violations"]
        for node in fault["nodes"][:3]
    ]


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_no_request_leaves_and_nothing_is_reported(opened, lang):
    page = opened(lang)
    page.wait_for_timeout(100)
    assert all(url.startswith(("file:", "data:")) for url in page.requests)
    assert page.faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("lang", "width"), [("nl", 1280), ("en", 360)])
def test_axe_finds_nothing(opened, lang, width, scheme):
    assert axe(opened(lang, width, scheme)) == []


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_page_never_scrolls_sideways(opened, lang, width):
    page = opened(lang, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("document.querySelectorAll('details').forEach(it => { it.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_keyboard_meets_skip_link_language_and_theme_first(opened):
    page = opened("nl")
    met = []
    for _ in range(5):
        page.keyboard.press("Tab")
        met.append(page.evaluate("document.activeElement.id || document.activeElement.className"))
    assert met[0] == "skip"
    assert met.index("language") < met.index("theme")


def test_the_skip_link_leads_to_the_text(opened):
    page = opened("nl")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_theme_button_turns_the_page_and_says_so(opened):
    page = opened("nl", scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    page.click("#theme")
    assert page.evaluate(ground) != "rgb(255, 255, 255)"
    assert page.get_attribute("#theme", "aria-pressed") == "true"
    page.click("#theme")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"


def test_figures_stay_on_white_in_the_dark(opened):
    page = opened("nl", scheme="dark")
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.picture')).backgroundColor")
        == "rgb(255, 255, 255)"
    )
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"


def test_the_language_link_keeps_the_place(opened):
    page = opened("nl", anchor="#figure-1")
    page.hover("#language")
    page.click("#language")
    page.wait_for_url("**/report.en.html#figure-1")
    assert page.evaluate("document.documentElement.lang") == "en"


def test_a_number_opens_its_origin_and_closes_again(opened):
    page = opened("en")
    link = page.locator("a.num").first
    key = link.get_attribute("data-key")
    link.click()
    assert page.evaluate("document.getElementById('why').open")
    assert key in page.inner_text("#why-body")
    page.keyboard.press("Escape")
    assert not page.evaluate("document.getElementById('why').open")
    assert page.evaluate("document.activeElement.dataset.key") == key


def test_axe_finds_nothing_in_the_open_dialog(opened):
    page = opened("en", scheme="dark")
    page.locator("a.num").first.click()
    assert axe(page) == []


def test_without_script_a_number_leads_to_the_list(opened):
    page = opened("en", script=False)
    link = page.locator("a.num").first
    target = link.get_attribute("href")
    link.click()
    assert page.url.endswith(target)
    assert page.locator(f"[id='{target[1:]}']").is_visible()


def test_downloads_parse(opened, tmp_path):
    page = opened("nl")
    for link in page.locator("a[download]").all():
        with page.expect_download() as waiting:
            link.click()
        path = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(path)
        held = base64.b64decode(link.get_attribute("href").split(",", 1)[1])
        assert path.read_bytes() == held
        if path.suffix == ".md":
            assert path.read_text(encoding="utf-8").startswith("# ")
            continue
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
        assert len(rows) > 1
        assert len({len(row) for row in rows}) == 1


def test_print_shows_the_text_the_banner_and_no_tools(opened):
    page = opened("nl", scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    shown = json.loads(
        page.evaluate(
            "JSON.stringify(Object.fromEntries("
            "['.tools', 'nav.contents', '.foot .tool', '.banner', '.bar .mark', 'main']"
            ".map(it => [it, getComputedStyle(document.querySelector(it)).display])))"
        )
    )
    hidden = {name for name, display in shown.items() if display == "none"}
    assert hidden == {".tools", "nav.contents", ".foot .tool"}
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('a.num')).textDecorationLine") == "none"


def test_the_contents_lead_to_every_chapter(opened):
    page = opened("en")
    for target in page.evaluate("[...document.querySelectorAll('nav.contents ol a')].map(it => it.hash)"):
        page.click(f"nav.contents a[href='{target}']")
        top = page.evaluate("id => document.getElementById(id).getBoundingClientRect().top", target[1:])
        assert -2 <= top < 900


def test_a_link_to_a_step_opens_it(opened):
    page = opened("en")
    link = page.locator(".entries a[href^='#step-']").first
    target = link.get_attribute("href")[1:]
    inside = f"document.getElementById('{target}').querySelector('details').open"
    assert page.evaluate(inside) is False
    link.click()
    assert page.evaluate(inside) is True


def test_a_picture_stands_above_its_caption_that_stands_first_for_a_screen_reader(opened):
    page = opened("en")
    figure = "const figure = document.querySelector('figure:not(.of-table)'); "
    assert page.evaluate(f"() => {{ {figure} return figure.firstElementChild.localName; }}") == "figcaption"
    top = "it => figure.querySelector(it).getBoundingClientRect().top"
    tops = page.evaluate(f"() => {{ {figure} return ['.picture', 'figcaption', '.foot'].map({top}); }}")
    assert tops == sorted(tops)

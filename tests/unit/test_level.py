"""Another `alpha` than 0.05: intervals cover less or more, and every word about them says so."""

import math
import re
from dataclasses import replace
from pathlib import Path

import analysis_study as study
import pytest
from exhibit_cases import OPTIONS, exhibit, frame, material
from scipy.special import ndtri

from netwerkkracht.exhibits import registry
from netwerkkracht.exhibits.material import Material
from netwerkkracht.exhibits.readme import Making, readme
from netwerkkracht.exhibits.table_model import to_html
from netwerkkracht.report.numbers import collect
from netwerkkracht.report.source import read_meta, read_source
from netwerkkracht.report.spec import read_spec
from netwerkkracht.run.step import part
from netwerkkracht.study.config.reading import read_config

ROOT = Path(__file__).parents[2]
LEVEL = 0.9
MAKING = Making("exhibit", "netwerkkracht exhibit --exhibit x", (), {})
WITH_INTERVALS = {
    "trajectories", "forest", "contrasts", "missing-data", "attrition", "models", "means", "multiplicity",
    "sensitivity",
}  # fmt: skip


def words_of(kind, lang, level):
    """Return everything that an exhibit says in words."""
    facts, one = replace(material().facts, level=level), exhibit(kind)
    text = readme(frame(kind), one, facts, MAKING, "x.csv", "9.9")
    if registry.kind_of(kind).form == "table":
        return text + to_html(registry.table(frame(kind), one, facts), lang)
    drawn = registry.draw(frame(kind), one, facts, lang)
    return text + "\n".join(item.get_text() for item in drawn.findobj(lambda x: hasattr(x, "get_text")))


@pytest.mark.parametrize("kind", OPTIONS)
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_no_exhibit_says_95_when_its_intervals_cover_90(kind, lang):
    interval = re.compile(r"\b95%[ \u00a0\u2011-](?:BI|CI|interval)")
    assert not interval.search(words_of(kind, lang, LEVEL))
    if kind in WITH_INTERVALS:
        assert interval.search(words_of(kind, lang, 0.95))
        assert re.search(r"\b90%[ \u00a0\u2011-](?:BI|CI|interval)", words_of(kind, lang, LEVEL))


def test_the_limits_of_drop_out_follow_the_level():
    facts, panel = study.facts(("a", "b")), study.panel(n=150, visits=("a", "b"), lost=0.4)
    wide, made = (
        registry.make_data(exhibit("attrition"), Material(replace(facts, level=level), panel)).iloc[0]
        for level in (0.95, LEVEL)
    )
    reach = math.log(made["upper"] / made["ratio"]) / math.log(wide["upper"] / wide["ratio"])
    assert reach == pytest.approx(float(ndtri(0.95) / ndtri(0.975)))


def test_the_promise_of_the_simulations_follows_the_level():
    drawn = registry.draw(
        frame("operating"), exhibit("operating"), replace(material().facts, level=LEVEL), "en"
    )
    promised = [
        line.get_xdata()[0] for axes in drawn.axes[:2] for line in axes.lines if len(line.get_xdata()) == 2
    ]
    assert {round(float(value), 6) for value in promised} >= {90.0, 10.0}


def test_the_note_on_other_choices_names_the_level_of_the_tests():
    said = words_of("sensitivity", "nl", 0.999)
    assert "onder 0,001 liggen" in said


def test_every_step_that_prints_words_gets_alpha():
    config = read_config(ROOT / "config.yaml").model_copy(update={"alpha": 0.1})
    for step, item in (
        ("draw", "figure-3"),
        ("data", "table-2"),
        ("figure", "figure-3"),
        ("table", "table-2"),
        ("numbers", None),
        ("report", "nl"),
        ("operate", "n_prob_change"),
    ):
        assert part(config, step, item)["alpha"] == 0.1


def test_numbers_and_text_of_the_report_say_what_intervals_cover():
    listed = (
        "numbers:\n  limits: {file: a.csv, columns: [lower, upper], kind: interval, "
        'meaning: {nl: "{level}-interval", en: "{level} interval"}}\n'
    )
    rows = [{"lower": "1", "upper": "2"}]
    spec = read_spec(listed, ("nl", "en"))
    assert collect(spec, {"a.csv": rows})["limits"].meaning == {"nl": "95%-interval", "en": "95% interval"}
    assert collect(spec, {"a.csv": rows}, level=0.975)["limits"].meaning["nl"] == "97,5%-interval"
    source = read_source(ROOT / "reports" / "source")
    assert read_meta(source, ("nl", "en"), synthetic=True, level=LEVEL).level == LEVEL


def test_the_text_of_this_study_leaves_the_level_to_the_configuration():
    """Only Wilson's interval and the glossary's example have a level of their own."""
    source = read_source(ROOT / "reports" / "source")
    text = "\n".join(
        content.decode() for name, content in source.items() if name.endswith((".typ", "numbers.yaml"))
    )
    own = [line for line in text.splitlines() if re.search(r"95%[ -]interval", line)]
    assert all("Wilson" in line or "95 van de 100" in line for line in own)
    assert "#level()" in text

"""A made-up language, xx: English with marks around every text, made of data files alone.

What stands outside marks in anything that a run in it shows was said by code, or in another language.
"""

import csv
import io
import re
from pathlib import Path

import yaml

OPEN, CLOSE = "⟦", "⟧"
NAMES = ("core/languages", "study/codebook/words", "exhibits/words", "report/words", "notebooks/words")
# how numbers are written is no text; neither is what a proof-reader or Typst knows of a language
KEPT = {("signs",), ("reading",), ("source", "region")}
SIGNS = {"decimal": "·", "thousands": "'", "interval": "{level} ⟦CI⟧"}
TEXTS = ("label", "decision", "reason", "statistic")


def marked(text):
    """Return a text in the third language."""
    return f"{OPEN}{text}{CLOSE}"


def marked_words(held, path=()):
    """Return the words of a language with marks around each."""
    if path in KEPT:
        return {**held, **SIGNS} if path == ("signs",) else held
    if isinstance(held, dict):
        return {key: marked_words(inner, (*path, key)) for key, inner in held.items()}
    if isinstance(held, list):
        return [marked_words(inner, path) for inner in held]
    return marked(held)


def write_words(package):
    """Write xx.yaml beside every en.yaml of a copy of the package; return how many."""
    made = 0
    for name in NAMES:
        for path in Path(package).glob(f"{name}/en.yaml"):
            held = marked_words(yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader))
            text = yaml.safe_dump(held, allow_unicode=True, sort_keys=False, width=10**6)
            path.with_name("xx.yaml").write_text(text, encoding="utf-8")
            made += 1
    return made


def translated(given):
    """Return YAML in which every text by language is in the third one only."""
    if isinstance(given, dict):
        if "en" in given:
            rest = {key: translated(inner) for key, inner in given.items() if key not in {"nl", "en"}}
            return {**rest, "xx": _said(given["en"])}
        return {key: translated(inner) for key, inner in given.items()}
    return [translated(inner) for inner in given] if isinstance(given, list) else given


def _said(text):
    return [marked(one) for one in text] if isinstance(text, list) else marked(text)


def translate_yaml(path):
    """Rewrite a YAML file of a study, numbers and booleans as they were written."""
    given = yaml.load(path.read_text(encoding="utf-8"), yaml.SafeLoader)
    if "report" in given and "languages" in given["report"]:
        given["report"]["languages"] = ["xx"]
    text = yaml.safe_dump(translated(given), allow_unicode=True, sort_keys=False, width=10**6)
    path.write_text(text, encoding="utf-8")


def translate_table(path):
    """Rewrite a table of a codebook: the columns of both languages become one of the third."""
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")), delimiter=";"))
    made = []
    for row in rows:
        line = {}
        for name, cell in row.items():
            stem, _, lang = name.rpartition("_")
            if stem in TEXTS and lang == "nl":
                text = row[f"{stem}_en"] or cell
                line[f"{stem}_xx"] = marked(text) if text else ""
            elif not (stem in TEXTS and lang == "en"):
                line[name] = cell
        made.append(line)
    if made and list(made[0]) != list(rows[0]):
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(made[0]), delimiter=";", lineterminator="\n")
            writer.writeheader()
            writer.writerows(made)


def block(text, start):
    """Return the content of the brackets that open at a place, and the place behind them."""
    depth, end = 1, start + 1
    while depth:
        depth += {"[": 1, "]": -1}.get(text[end], 0)
        end += 1
    return text[start + 1 : end - 1], end


def translate_source(path):
    """Rewrite a source of a report: passages and short texts of both languages become the third's."""
    text, made, at = path.read_text(encoding="utf-8"), "", 0
    while found := re.compile(r"#(nl|en)\[|(?<![\w-])w\(nl: \[").search(text, at):
        made += text[at : found.start()]
        said, at = block(text, found.end() - 1)
        if found[1] == "en":
            made += f"#xx[{marked(said)}]"
        elif found[1] is None:
            said, at = block(text, text.index("[", at))
            made += f"w(xx: [{marked(said)}]"
    path.write_text(made + text[at:], encoding="utf-8")


def translate_recipe(path):
    """Rewrite what a recipe of a synthetic study says of its planted faults."""
    text = path.read_text(encoding="utf-8")
    made = re.sub(
        r"said: \{nl: [^,}]*, en: ([^}]*)\}", lambda found: f"said: {{xx: {marked(found[1])}}}", text
    )
    path.write_text(made, encoding="utf-8")


def translate_study(folder, codebook="codebook", report="report"):
    """Rewrite a study, all of its texts in the third language."""
    translate_recipe(folder / codebook / "synthetic" / "structure.yaml")
    for path in (folder / "config.yaml", folder / codebook / "study.yaml", *(folder / report).glob("*.yaml")):
        translate_yaml(path)
    for path in (folder / codebook).rglob("*.csv"):
        translate_table(path)
    for path in (folder / report).rglob("*.typ"):
        translate_source(path)


def unmarked(text):
    """Return what stands outside all marks."""
    kept, depth = [], 0
    for sign in text:
        if sign == OPEN:
            depth += 1
        elif sign == CLOSE:
            depth -= 1
        elif not depth:
            kept.append(sign)
    assert depth == 0, "marks do not pair"
    return "".join(kept)


def words_left(text, allowed=()):
    """Return the words outside all marks that nobody allowed, each once."""
    rest = unmarked(text)
    for pattern in allowed:
        rest = re.sub(pattern, " ", rest)
    return sorted(set(re.findall(r"[^\W\d_]{2,}", rest)))

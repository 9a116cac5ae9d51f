"""A language made of data files alone: a whole study runs in it, and nothing is said in another one."""

import csv
import json
import re
import shutil
import subprocess

import pytest
import yaml
from lxml import html
from project import ROOT, command, surroundings
from third_language import translate_study, unmarked, words_left, write_words

pytestmark = [pytest.mark.workflow, pytest.mark.slow]
PROGRAM = ("Snakefile", "rules", "profiles", "requirements.lock", "src")
# what is no text of the study or the program: why it may stand outside marks
ALLOWED = (
    r"The netwerkkracht developers",  # the author of the second study
    r"netwerkkracht",  # the name of the program
    r"\b(?:figure|table)-\d+\b",  # an exhibit by its id, as in names of files
    r"\b[0-9a-f]{10,}\b",  # hashes
    r"\bsha256\b",  # how they are made
)
# more of the library for sources than the smallest report uses
MORE = """
= #w(nl: [Omgeving], en: [Environment]) <environment>
#data-table("environment", w(nl: [Versies], en: [Versions]))
#drawing("workflow", w(nl: [Stappen], en: [Steps]))
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A run of the second study in the third language, by a copy of the program that has its words."""
    place = tmp_path_factory.mktemp("third")
    program, folder = place / "program", place / "study"
    program.mkdir()
    for name in PROGRAM:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, program / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, program / name)
    assert write_words(program / "src" / "netwerkkracht") == 5
    shutil.copytree(ROOT / "tests" / "second_study", folder)
    with (folder / "report" / "report.typ").open("a", encoding="utf-8") as stream:
        stream.write(MORE)
    translate_study(folder)
    settings = surroundings(program)
    done = command(folder, "synthesise", "--out", "data", settings=settings)
    assert done.returncode == 0, done.stderr
    words = ["run", "--cores", "2", "--snakefile", str(program / "Snakefile")]
    done = command(folder, *words, settings=settings)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return folder / "reports"


def shown(path):
    """Return what a page says: its text and what it says to those who cannot see it, but for code."""
    tree = html.fromstring(path.read_text(encoding="utf-8"))
    for part in tree.xpath("//script | //style | //code"):
        part.drop_tree()
    said = tree.xpath("//@alt | //@aria-label | //@title | //meta[@name='description']/@content")
    return "\n".join([*tree.xpath("//text()"), *said])


def words_of(text):
    return set(re.findall(r"[^\W\d_]{2,}", text))


def names(folder):
    """Return the words in names that have no language: of variables, sources, files and libraries."""
    book = folder / "codebook"
    columns = ("variable", "from", "source", "codes", "who", "group")
    cells = [
        row.get(column) or ""
        for path in book.rglob("*.csv")
        for row in csv.DictReader(path.open(encoding="utf-8"), delimiter=";")
        for column in columns
    ]
    files = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if "results" not in path.parts]
    locked = re.findall(r"^[\w.-]+", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE)
    return words_of(" ".join([*cells, *files, *locked])) | {"python"}


def origins(made):
    """Return the words of the list of origins that stand so in files: keys, selectors, steps."""
    numbers = json.loads((made / "numbers.json").read_text(encoding="utf-8"))
    said = [f"{key} {one['how']} {one['file']} {one['column']}" for key, one in numbers.items()]
    steps = [path.name for path in (made.parent / "results" / "provenance").iterdir()]
    return words_of(" ".join([*said, *steps]))


def texts(lang):
    """Return the texts of more than one word that the program has in a language, without names in braces."""
    waiting = [
        yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
        for path in (ROOT / "src").rglob(f"{lang}.yaml")
    ]
    while waiting:
        held = waiting.pop()
        if isinstance(held, str):
            yield from (part.strip() for part in re.split(r"\{[^}]*\}", held) if " " in part.strip(" .,:;"))
        else:
            waiting += held.values() if isinstance(held, dict) else held


def test_every_page_is_in_the_third_language(made):
    pages = sorted(made.rglob("*.html"))
    assert {path.suffixes[-2] for path in pages} == {".xx"}
    known = names(made.parent)
    left = {path.name: set(words_left(shown(path), ALLOWED)) - known for path in pages}
    assert {name: words for name, words in left.items() if words} == {}


def test_every_readme_is_in_the_third_language(made):
    readmes = sorted(made.rglob("*.README.md"))
    assert readmes
    left = {}
    for path in readmes:
        text = re.sub(r"`[^`]*`|^    .*$", " ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        left[path.name] = words_left(text, ALLOWED)
    assert {name: words for name, words in left.items() if words} == {}


def test_every_number_is_in_the_signs_of_the_third_language(made):
    numbers = json.loads((made / "numbers.json").read_text(encoding="utf-8"))
    assert all({"nl", "en"}.isdisjoint(entry) and "xx" in entry for entry in numbers.values())
    assert re.fullmatch(r"\d+·\d\d", numbers["stress_first"]["xx"])
    text = "".join(shown(path) for path in made.rglob("*.html"))
    assert not re.search(r"\d[.,]\d+ ⟦?\[|\[[−\d]*[.,]\d", text)


def test_the_paged_report_is_in_the_third_language(made):
    if shutil.which("pdftotext") is None:
        pytest.skip("needs pdftotext (poppler-utils)")
    done = subprocess.run(
        ["pdftotext", "-enc", "UTF-8", "-raw", str(made / "report.xx.pdf"), "-"],
        capture_output=True,
        check=True,
    )
    text = done.stdout.decode("utf-8")
    assert set(words_left(text, ALLOWED)) - names(made.parent) - origins(made) == set()
    bare = " ".join(unmarked(text).split())
    assert [one for lang in ("nl", "en") for one in texts(lang) if one in bare] == []


def test_pictures_and_data_are_made_for_the_third_language_only(made):
    pictures = [*made.rglob("*.svg"), *made.rglob("*.png")]
    assert pictures
    assert {path.suffixes[-2] for path in pictures} == {".xx"}
    for path in made.rglob("*.csv"):
        head = path.read_text(encoding="utf-8").partition("\n")[0]
        assert not re.search(r"_(nl|en)\b", head), path.name

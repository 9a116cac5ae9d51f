"""A typo in any key or any value of a configuration is refused before any job, and told in words."""

import copy
import re
import shutil
from functools import cache
from pathlib import Path

import pytest
import yaml

from netwerkkracht.core.errors import StudyError
from netwerkkracht.core.strict_yaml import load
from netwerkkracht.run import faults, study_facts
from netwerkkracht.study.config import study_files
from netwerkkracht.study.config.reading import make_config

ROOT = Path(__file__).resolve().parents[2]
HOMES = {"ours": ROOT, "second": ROOT / "tests" / "second_study"}
GIVEN = {
    name: load((home / "config.yaml").read_text(encoding="utf-8"), file="config.yaml")
    for name, home in HOMES.items()
}
# texts for readers: any text is as good as another
TEXTS = {"title", "title_real", "label", "nl", "en"}


def walk(given, path=()):
    """Yield the place of every key and of every value that is no map and no list, with what stands there."""
    if isinstance(given, dict):
        for key, value in given.items():
            yield (*path, key), None
            yield from walk(value, (*path, key))
    elif isinstance(given, list):
        for place, value in enumerate(given):
            yield from walk(value, (*path, place))
    else:
        yield path, given


def typo(word):
    """Return a word with a slip of the finger."""
    middle = len(word) // 2
    return word[:middle] + word[middle + 1 :] if len(word) > 3 else f"{word}q"


def slips(value):
    """Yield (what comes instead of a value, the wrong word, the right word)."""
    if isinstance(value, bool):
        yield "ture", "ture", ""
    elif isinstance(value, (int, float)):
        yield "seven", "", ""
    elif "~" in value or " + " in value:  # a formula, or terms of one
        for found in re.finditer(r"[A-Za-z_][\w.]*", value):
            wrong = typo(found[0])
            yield value[: found.start()] + wrong + value[found.end() :], wrong, found[0]
        if "(" in value:
            yield value.replace(")", "", 1), "cannot be read", ""
    elif "/" in value:
        parts = value.split("/")
        for place, part in enumerate(parts):
            wrong = typo(part)
            yield "/".join([*parts[:place], wrong, *parts[place + 1 :]]), wrong, part
    else:
        yield typo(value), typo(value), value


def changed(given, path, *, key=None, value=None):
    """Return a copy with another key or another value in a place."""
    made = copy.deepcopy(given)
    holder = made
    for step in path[:-1]:
        holder = holder[step]
    if key is None:
        holder[path[-1]] = value
    else:
        items = [(key if name == path[-1] else name, item) for name, item in holder.items()]
        holder.clear()
        holder.update(items)
    return made


def free(path, value):
    """Whether any word is as good as another here.

    That is so of texts for readers, and of the words in which a model says how it differs from the primary
    one (`choices` of a model).
    """
    of_model = path[0] == "models" and path[2:3] == ("choices",) and len(path) > 3
    return of_model or (value is not None and path[-1] in TEXTS)


def names(path, value):
    """Whether a name is given here, which other places repeat: a model, a set, a choice, an alternative."""
    set_of = value is None and len(path) == 2 and path[0] in {"covariates", "model_sets", "notes"}
    alternative = value is None and path[3:4] == ("choices",) and len(path) in {5, 6}
    return set_of or alternative or (path[0] == "models" and path[2:] == ("id",))


def repeated(given, path, value):
    """Whether any other place repeats a word, so that a slip in one of them is seen."""
    word = path[-1] if value is None else value
    others = (
        [place[-1]] if said is None else re.findall(r"[\w.-]+", str(said))
        for place, said in walk(given)
        if not free(place, said)
    )
    return sum(other.count(word) for other in others) > 1


def cases():
    for study, given in GIVEN.items():
        for path, value in walk(given):
            # a name that is given and never used is nobody's mistake: a model that no exhibit shows
            if free(path, value) or (names(path, value) and not repeated(given, path, value)):
                continue
            # a slip in a name that is given is told where the name is used
            place = () if names(path, value) else path
            name = f"{study}:" + ".".join(map(str, path))
            if value is None:
                wrong = typo(path[-1])
                yield pytest.param(study, path, {"key": wrong}, (wrong, path[-1]), place, id=f"{name}:")
                continue
            for number, (instead, wrong, right) in enumerate(slips(value)):
                if path[0] == "exhibits" and path[-1] == "id":
                    right = right.partition("-")[0]  # noqa: PLW2901  # the number is not a word
                yield pytest.param(
                    study, path, {"value": instead}, (wrong, right), place, id=f"{name}={number}"
                )


@pytest.fixture(scope="module")
def homes(tmp_path_factory):
    """Return both studies; the files of the second, which are made at test time, are empty here."""
    second = tmp_path_factory.mktemp("studies") / "second"
    shutil.copytree(HOMES["second"], second)
    (second / "data").mkdir()
    listed = yaml.safe_load((second / "codebook" / "study.yaml").read_text(encoding="utf-8"))["files"]
    for entry in listed:
        (second / "data" / entry["path"]).touch()
    return {"ours": ROOT, "second": second}


@pytest.fixture
def at_home(homes, monkeypatch):
    return lambda study: monkeypatch.chdir(homes[study])


@pytest.fixture(autouse=True)
def facts_are_made_once(monkeypatch):
    monkeypatch.setattr(study_facts, "read_facts", KNOWN)


@cache
def _facts(folder, status, alpha, languages):
    return READ(Path(folder), {"status": status, "alpha": alpha, "languages": languages})


READ = study_facts.read_facts


def KNOWN(folder, part):
    return _facts(folder.resolve().as_posix(), part["status"], part["alpha"], tuple(part["languages"]))


def told(given):
    """Return what is said of a configuration by whatever looks at it first."""
    try:
        config = make_config(given)
        for look in (faults.exhibit_faults, faults.start_faults):
            if found := look(config):
                return found
        study_files(config.study)
    except StudyError as error:
        return error.findings
    return []


@pytest.mark.parametrize("study", HOMES)
def test_without_a_typo_nothing_is_said(study, at_home):
    at_home(study)
    assert told(GIVEN[study]) == []


@pytest.mark.parametrize(("study", "path", "slip", "said", "place"), list(cases()))
def test_a_typo_is_refused_with_its_place_and_the_right_word(study, path, slip, said, place, at_home):
    at_home(study)
    texts = [str(one) for one in told(changed(GIVEN[study], path, **slip))]
    assert texts, "nothing is said"
    assert all("config.yaml" in text for text in texts), texts
    assert any(all(says(text, word) for word in said) for text in texts), texts
    steps = [step for step in place if isinstance(step, str)]
    assert not steps or any(says(text, step) for text in texts for step in steps), texts


def says(text, word):
    """Whether a text holds a word, and not as a part of another."""
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text) is not None

"""PSPP is the independent reader: what it says of our own files and of its own must be what we say.

The committed facts stand in for PSPP where it is not installed.
"""

import json
import os
import re
import shutil
from pathlib import Path

import pytest
import spss_pspp_facts
from spss_pspp_facts import REFERENCE

from netwerkkracht.spss import inspect
from netwerkkracht.spss.inspection.facts import code_text

FACTS = json.loads((REFERENCE / "facts.json").read_text(encoding="utf-8"))
NAMES = sorted(FACTS)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return {path.name: path for path in spss_pspp_facts.paths(tmp_path_factory.mktemp("own"))}


def missing_text(missing):
    ranges = [" THRU ".join(code_text(end) for end in pair) for pair in missing["ranges"]]
    return "; ".join([*ranges, *(code_text(value) for value in missing["values"])])


def ours(path):
    """Our facts in PSPP's words."""
    known = json.loads(inspect(path, as_json=True).text)
    variables = {
        name: {
            "label": fact["label"] or "",
            "format": fact["format"],
            "measure": fact["measure"],
            "role": fact["role"],
            "missing": missing_text(fact["missing"]),
            "value_labels": fact["value_labels"],
        }
        for name, fact in known["variables"].items()
    }
    kept = {name: known[name] for name in ("n_rows", "n_vars", "counts_sha")}
    return kept | {"variables": variables}


def plain(facts):
    """Leave out what PSPP only words otherwise: decimals of times, and a measure that no file declares."""
    facts = json.loads(json.dumps(facts))
    for fact in facts["variables"].values():
        fact["format"] = re.sub(r"^([A-Z]*TIME\d+)\.0$", r"\1", fact["format"])
    return facts


@pytest.mark.parametrize("name", NAMES)
def test_we_say_what_pspp_said(files, name):
    mine, theirs = plain(ours(files[name])), plain(FACTS[name])
    # without a record of measures PSPP shows a guess of its own, without long names its own small letters
    if name.endswith(".por") or "_old" in name:
        assert {fact.pop("measure") for fact in mine["variables"].values()} == {"unknown"}
        for fact in theirs["variables"].values():
            del fact["measure"]
        mine["variables"] = {key.lower(): fact for key, fact in mine["variables"].items()}
        theirs["variables"] = {key.lower(): fact for key, fact in theirs["variables"].items()}
    assert mine == theirs


@pytest.mark.pspp
@pytest.mark.skipif(shutil.which("pspp") is None, reason="PSPP is not installed")
@pytest.mark.parametrize("name", NAMES)
def test_the_committed_facts_are_what_pspp_says_now(files, name):
    assert spss_pspp_facts.facts(files[name]) == FACTS[name]


OTHERS = os.environ.get("NETWERKKRACHT_SPSS_CASES")


@pytest.mark.skipif(not OTHERS, reason="NETWERKKRACHT_SPSS_CASES names no folder with files of others")
def test_files_of_others_agree_with_two_readers():
    folder = Path(OTHERS)
    for name, known in json.loads((folder / "facts.json").read_text(encoding="utf-8")).items():
        mine = json.loads(inspect(folder / name, as_json=True).text)
        agreed = [who for who in ("haven", "pspp") if known[who]["counts_sha"] == mine["counts_sha"]]
        # where the two differ (a text cut inside a letter) we cannot agree with both
        assert agreed, name
        assert (mine["n_rows"], mine["n_vars"]) == (known["pspp"]["n_rows"], known["pspp"]["n_vars"]), name

"""Every rule has the one shape, and the workflow passes Snakemake's own lint but for one title."""

import re
import subprocess
import sys

import pytest
from project import ROOT, surroundings

TEXTS = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "rules").glob("*.smk"))}
RULES = {
    name: body
    for text in TEXTS.values()
    for name, body in re.findall(r"^rule (\w+):\n((?:(?:    .*)?\n)+)", text, re.MULTILINE)
}


def test_rules_are_found():
    assert {"ingest", "harmonise", "recover", "fit", "exhibit", "figure", "table", "report"} <= set(RULES)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_has_the_one_shape(name):
    body = RULES[name]
    assert re.match(r'    """[A-Z][^\n]*\."""\n', body), "a sentence a researcher understands"
    step = name.replace("_", "-")
    for needed in (
        "    input:\n",
        "    output:\n",
        f'spec=spec("{step}")',
        f'code("{step}"',
        f'env("{step}"',
        f'"logs/{step}',
        f'"benchmarks/jobs/{step}',
        f'"netwerkkracht {step} ',
        "2> {log}",
    ):
        assert needed.replace("code(", "code(") in body, needed
    for banned in ("run:", "script:", "message:", "conda:", "notebook:"):
        assert f"    {banned}\n" not in body


@pytest.mark.parametrize("name", RULES)
def test_a_command_is_plain_for_every_shell(name):
    command = re.search(r'    shell:\n((?:        ".*"\n)+)', RULES[name])[1]
    words = "".join(re.findall(r'"(.*)"', command))
    assert not re.search(r"[|;&$`*?'\\]|<|>(?! \{log\})", words)


@pytest.mark.parametrize("name", TEXTS)
def test_a_file_of_rules_opens_with_purpose_inputs_and_outputs(name):
    head = TEXTS[name].split('"""')[1]
    for word in ("Purpose:", "Inputs:", "Outputs:"):
        assert word in head


def test_row_level_files_are_made_in_the_restricted_room_only():
    for name, body in RULES.items():
        outputs = re.search(r"    output:\n((?:        .*\n)+)", body)[1]
        for path in re.findall(r'"((?:results|reports)/[^"]+)"', outputs):
            restricted = path.startswith("results/restricted/")
            assert restricted == (
                name in {"ingest", "harmonise"} and "aggregate" not in path and "provenance" not in path
            )


@pytest.mark.workflow
def test_snakemakes_lint_finds_nothing_but_that_there_is_no_conda():
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", "--lint"],
        cwd=ROOT,
        env=surroundings(ROOT),
        capture_output=True,
        text=True,
        check=False,
    )
    titles = re.findall(r"^    \* (.+):$", done.stdout + done.stderr, re.MULTILINE)
    assert titles
    # one environment for everything, locked with hashes; rules may share what common.smk defines
    assert set(titles) <= {
        "Specify a conda environment or container for each rule.",
        "No log directive defined",
    } | {title for title in titles if title.startswith("Mixed rules and functions")}


@pytest.mark.workflow
def test_the_picture_of_the_workflow_shows_the_rules_as_they_are():
    done = subprocess.run(
        [sys.executable, "-m", "netwerkkracht", "schema", "--check"],
        cwd=ROOT,
        env=surroundings(ROOT),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    shown = (ROOT / "docs" / "images" / "workflow.svg").read_text(encoding="utf-8")
    for name in RULES:
        assert f">{name.replace('_', '-')}</text>" in shown

"""Every rule has the one shape, and the workflow passes Snakemake's own lint but for one title."""

import re
import subprocess
import sys

import pytest
from project import ROOT, surroundings

from netwerkkracht.run.step import STEPS, find, parser

TEXTS = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "rules").glob("*.smk"))}
RULES = {
    name: body
    for text in TEXTS.values()
    for name, body in re.findall(r"^rule (\w+):\n((?:(?:    .*)?\n)+)", text, re.MULTILINE)
}


COMMAND = re.compile(r'    shell:\n((?:        ".*"\n)+)')


def words_of(name):
    """Return the command of a rule as one line."""
    return "".join(re.findall(r'"(.*)"', COMMAND.search(RULES[name])[1]))


def step_of(name):
    """Return the step that a rule calls."""
    return words_of(name).split()[1]


def test_every_step_has_a_rule_and_every_rule_a_step():
    assert {step_of(name) for name in RULES} == set(STEPS)


@pytest.mark.parametrize("name", RULES)
def test_a_rule_has_the_one_shape(name):
    body = RULES[name]
    assert re.match(r'    """[A-Z][^\n]*\."""\n', body), "a sentence a researcher understands"
    step = step_of(name)
    for needed in (
        "    input:\n",
        "    output:\n",
        f'spec=spec("{step}")',
        f'code=code("{step}"',
        f'env=env("{step}"',
        f'"logs/{name.replace("_", "-")}',
        f'"netwerkkracht {step} ',
        "2> {log}",
    ):
        assert needed in body, needed
    for banned in ("run:", "script:", "message:", "conda:", "notebook:"):
        assert f"    {banned}\n" not in body


@pytest.mark.parametrize("name", RULES)
def test_a_rule_gives_its_step_what_the_step_declares(name):
    """Every file that the step asks for, in the place that says whether it is read or written."""
    step, words = find(step_of(name)), words_of(name)
    given = dict(re.findall(r"(--[a-z-]+) \{?([a-z]+)", words))
    known = parser(step_of(name), step)._actions
    assert set(given) <= {flag for action in known for flag in action.option_strings}
    assert {action.option_strings[0] for action in known if action.required} <= set(given)
    for role, files in (("input", step.sources), ("output", step.targets)):
        for file in files:
            assert given[file.flag] == role, file.flag
    if step.item:
        assert given[step.item[0]] == "wildcards"


@pytest.mark.parametrize("name", RULES)
def test_a_command_is_plain_for_every_shell(name):
    assert not re.search(r"[|;&$`*?'\\]|<|>(?! \{log\})", words_of(name))


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

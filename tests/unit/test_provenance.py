"""Records, manifest and the chain behind a file."""

import argparse
import subprocess
from pathlib import Path

import pytest

from netwerkkracht.core import io
from netwerkkracht.provenance import records as provenance
from netwerkkracht.provenance.fingerprint import sha256
from netwerkkracht.run.step import Act

PART = {
    "study": {"codebook": "codebook", "data": "data", "status": "synthetic", "received": None},
    "seed": 1,
    "release": {"profile": "open"},
}


def job(folder, step, inputs, outputs, item=None):
    """Do what the command line does for a step: read arguments, write outputs, keep a record."""
    words = ["--record", f"records/{step}.json", "--given", *inputs, "--out", *outputs]
    args = argparse.Namespace(record=Path(f"records/{step}.json"), item=item, command=[step, *words])
    for name in outputs:
        io.write_text(Path(name), f"{step} made {name}\n")
    acts = [Act(step, tuple(map(Path, inputs)), tuple(map(Path, outputs)))]
    provenance.write_record(args, acts, {"alpha": 0.05})


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    io.write_text(Path("raw.sav"), "raw")
    job(tmp_path, "harmonise", ["raw.sav"], ["panel.csv"])
    job(tmp_path, "fit", ["panel.csv"], ["model.json"], item="first")
    job(tmp_path, "draw", ["model.json", "panel.csv"], ["reports/figure-1.csv"], item="figure-1")
    return tmp_path


def test_a_record_holds_command_hashes_and_the_part_of_the_configuration(run):
    [record] = io.read_json(run / "records" / "fit.json")
    assert record["step"] == "fit"
    assert record["item"] == "first"
    assert record["inputs"] == {"panel.csv": sha256(Path("panel.csv"))}
    assert record["outputs"] == {"model.json": sha256(Path("model.json"))}
    assert record["spec"] == {"alpha": 0.05}
    assert record["command"].startswith("netwerkkracht fit --record")


def test_the_chain_leads_back_to_what_was_received(run):
    records = provenance.read_records(Path("records"))
    origin = provenance.trace("reports/figure-1.csv", records, Path())
    lines = provenance.chain_lines(origin)
    steps = [line.split()[1] for line in lines if line.startswith("  step")]
    assert steps == ["draw", "fit", "harmonise"]
    assert any(line.startswith("  made at  src/netwerkkracht/analysis/models/fit.py:") for line in lines)
    assert lines[-2:] == ["received, not made:", f"  raw.sav  sha256 {sha256(Path('raw.sav'))[:12]}"]


def test_a_job_that_did_two_things_says_of_each_what_it_was_made_from(run):
    """A picture is made from the data beside it, the data from the panel, although one job made both."""
    args = argparse.Namespace(record=Path("records/exhibit.json"), item="figure-2", command=["exhibit"])
    for name in ("reports/figure-2.csv", "reports/figure-2.svg"):
        io.write_text(Path(name), name)
    data, picture = Path("reports/figure-2.csv"), Path("reports/figure-2.svg")
    acts = [Act("data", (Path("panel.csv"),), (data,)), Act("draw", (data,), (picture,))]
    provenance.write_record(args, acts, {})
    made = provenance.producers(provenance.read_records(Path("records")))
    assert set(made["reports/figure-2.svg"].inputs) == {"reports/figure-2.csv"}
    assert set(made["reports/figure-2.csv"].inputs) == {"panel.csv"}
    assert {made[path.as_posix()].command for path in (data, picture)} == {"netwerkkracht exhibit"}


def test_what_an_earlier_version_left_is_no_record(run):
    io.write_json(Path("records/old.json"), {"step": "figure", "outputs": {"model.json": "x"}})
    assert provenance.producers(provenance.read_records(Path("records")))["model.json"].step == "fit"


def test_the_manifest_has_a_line_per_file_and_no_time(run):
    records = provenance.read_records(Path("records"))
    made = provenance.manifest(records, [Path("reports/figure-1.csv")], PART, Path())
    line = made["files"]["reports/figure-1.csv"]
    assert set(line) == {"sha256", "bytes", "rule", "item", "command", "spec", "code", "env", "inputs"}
    assert line["sha256"] == sha256(Path("reports/figure-1.csv"))
    assert line["rule"] == "draw"
    assert line["code"].startswith("draw ")
    assert made["run"]["seed"] == 1
    assert made["run"]["lock"] is None
    assert io.json_text(made) == io.json_text(
        provenance.manifest(records, [Path("reports/figure-1.csv")], PART, Path())
    )


def test_any_changed_byte_is_found(run):
    records = provenance.read_records(Path("records"))
    made = provenance.manifest(records, [Path("reports/figure-1.csv")], PART, Path())
    assert provenance.changed_files(made, Path()) == []
    path = Path("reports/figure-1.csv")
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert provenance.changed_files(made, Path()) == ["reports/figure-1.csv"]
    path.unlink()
    assert provenance.changed_files(made, Path()) == ["reports/figure-1.csv"]


def test_digests_of_a_run_do_not_depend_on_the_folder(tmp_path):
    facts = []
    for name in ("one", "two é"):
        folder = tmp_path / name
        io.write_text(folder / "codebook" / "a.csv", "x")
        io.write_text(folder / "config.yaml", "seed: 1\n")
        facts.append(provenance.run_facts(PART, folder))
    assert facts[0] == facts[1]
    assert facts[0]["codebook"]


def test_the_commit_is_named_with_whether_files_differ_from_it(tmp_path):
    assert provenance.commit(tmp_path) == {"commit": None, "dirty": None}
    (tmp_path / "a").write_text("x")
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org"]
    for words in (["init", "-q"], ["add", "a"], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *words], cwd=tmp_path, check=True)
    clean = provenance.commit(tmp_path)
    assert len(clean["commit"]) == 40
    assert clean["dirty"] is False
    (tmp_path / "a").write_text("y")
    assert provenance.commit(tmp_path)["dirty"] is True


def test_a_machine_without_git_is_no_mistake(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert provenance.commit(tmp_path) == {"commit": None, "dirty": None}

"""The command line: at once, in words, without values."""

import errno
import subprocess
import sys
import time
from pathlib import Path

import pytest

from netwerkkracht.core.errors import fail
from netwerkkracht.run import cli
from netwerkkracht.run.step import COMMANDS, STEPS, Step, find


def test_help_lists_every_command_and_imports_nothing_heavy():
    program = (
        "import sys; from netwerkkracht.run.cli import run; code = run(['--help']);"
        "heavy = {'numpy', 'pandas', 'scipy', 'pydantic', 'yaml', 'matplotlib'} & set(sys.modules);"
        "sys.exit(f'{heavy}' if heavy else code)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for name in (*STEPS, *COMMANDS):
        assert f"  {name} " in done.stdout


def test_help_is_there_in_less_than_a_second_even_on_a_busy_machine():
    begun = time.process_time()
    assert cli.run(["--help"]) == 0
    assert time.process_time() - begun < 0.3


def test_every_module_of_the_folder_is_a_command_of_the_table():
    folder = Path(cli.__file__).parent / "steps"
    names = {path.stem.replace("_", "-") for path in folder.glob("*.py")} - {"--init--"}
    assert sorted(names) == sorted([*STEPS, *COMMANDS])
    for name in names:
        assert (find(name).part is not None) == (name in STEPS), name


@pytest.mark.parametrize("name", [*STEPS, *COMMANDS])
def test_every_command_explains_itself(name, capsys):
    with pytest.raises(SystemExit) as caught:
        cli.run([name, "--help"])
    assert caught.value.code == 0
    assert f"netwerkkracht {name}" in capsys.readouterr().out


def test_an_unknown_command_is_answered_with_the_nearest(capsys):
    assert cli.run(["figre"]) == 2
    assert "did you mean 'figure'?" in capsys.readouterr().err


def pretend(monkeypatch, error):
    def run(_):
        raise error

    monkeypatch.setattr(cli, "find", lambda _: Step("fails", run))


def test_a_mistake_of_the_study_is_a_message_and_exit_code_1(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    pretend(monkeypatch, fail("C01", "x is wrong", expected="y", action="do z"))
    assert cli.run(["check"]) == 1
    said = capsys.readouterr().err
    assert said == "C01 error: x is wrong\n  expected: y\n  to do:    do z\n"
    kept = tmp_path / "results" / "restricted" / "tracebacks" / "check.txt"
    assert "Traceback" in kept.read_text()


def test_a_fault_of_ours_keeps_its_values_out_of_sight(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    pretend(monkeypatch, ValueError("could not convert string to float: 'CANARY'"))
    assert cli.run(["check"]) == 70
    said = capsys.readouterr().err
    assert "CANARY" not in said
    assert "ValueError" in said
    kept = tmp_path / "results" / "restricted" / "tracebacks" / "check.txt"
    assert "CANARY" in kept.read_text()
    assert kept.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ["matplotlib", "typst", "matplotlib.figure", "snakemake"])
def test_a_package_that_is_not_installed_is_named_with_what_to_do(monkeypatch, capsys, tmp_path, name):
    monkeypatch.chdir(tmp_path)
    pretend(monkeypatch, ModuleNotFoundError("No module named 'x'", name=name))
    assert cli.run(["check"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"check needs the pipeline, of which '{name.split('.')[0]}' is not installed")
    assert said.count("\n") == 1
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize("name", ["netwerkkracht.gone", "json.gone", None])
def test_a_module_of_our_own_that_is_gone_is_a_fault(monkeypatch, capsys, tmp_path, name):
    monkeypatch.chdir(tmp_path)
    pretend(monkeypatch, ModuleNotFoundError("No module named 'x'", name=name))
    assert cli.run(["check"]) == 70
    assert "Z99" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [
        (errno.EROFS, 1, "F01 error: check stopped: this place is read-only"),
        (errno.EACCES, 1, "F01 error: check stopped: you do not have the right"),
        (errno.ENOSPC, 1, "F01 error: check stopped: the disk is full"),
        (errno.EBADF, 70, "Z99 error"),
    ],
)
def test_what_the_system_refuses_is_no_fault_of_ours(monkeypatch, capsys, tmp_path, number, code, said):
    monkeypatch.chdir(tmp_path)
    pretend(monkeypatch, OSError(number, "no", "results/run.lock"))
    assert cli.run(["check"]) == code
    err = capsys.readouterr().err
    assert err.startswith(said)
    assert ("file run.lock" in err) == (code == 1)


def test_stopping_on_request_is_no_fault(monkeypatch, capsys):
    pretend(monkeypatch, KeyboardInterrupt())
    assert cli.run(["check"]) == 130
    assert "stopped on request" in capsys.readouterr().err


def test_a_run_that_cannot_be_is_refused_before_snakemake(tmp_path, monkeypatch, capsys):
    """Snakemake waits for ever on no cores, and a folder that is not there was our own fault."""
    monkeypatch.chdir(tmp_path)
    words = ["run", "--directory", "nowhere", "--snakefile", "nothing", "--cores", "0"]
    assert cli.run(words) == 1
    said = capsys.readouterr().err
    assert said.count("C08 error") == 3
    assert "there is no folder nowhere" in said
    for cores in ("-1", "two", "", "1.5"):
        assert cli.run(["run", f"--cores={cores}"]) == 1
        assert f"'{cores}' is no number of cores" in capsys.readouterr().err

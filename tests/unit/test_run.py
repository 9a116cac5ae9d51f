"""run.py: the environment is made when it must be, and mistakes are told in a sentence."""

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("run_py", ROOT / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "PLACE", tmp_path / ".venv")
    monkeypatch.setattr(module, "STAMP", tmp_path / ".venv" / "netwerkkracht.json")
    monkeypatch.setattr(module, "LOCKS", {name: tmp_path / f"{name}.lock" for name in module.LOCKS})
    for path in module.LOCKS.values():
        path.write_text("x==1\n")
    (tmp_path / "pyproject.toml").write_text("")
    for name in ("workflow", "unit", "__pycache__", "other"):
        (tmp_path / "tests" / name).mkdir(parents=True)
    (tmp_path / "tests" / "test_layers.py").touch()
    module.done = []

    def quiet(words, message, *, stop=True):
        module.done.append([str(word) for word in words])
        module.python().parent.mkdir(parents=True, exist_ok=True)
        module.python().touch()
        return True

    monkeypatch.setattr(module, "quiet", quiet)
    return module


def test_it_imports_nothing_but_the_standard_library():
    names = re.findall(r"^(?:import|from) (\w+)", (ROOT / "run.py").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(names) <= set(sys.stdlib_module_names)


def test_an_old_python_is_told_in_one_sentence(run, monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2))
    assert run.main([]) == 2
    said = capsys.readouterr().out
    assert "needs Python 3.11 or newer; this is Python 3.9" in said
    assert said.count("\n") == 1


def test_a_second_time_nothing_is_installed(run):
    run.make_environment("run")
    assert run.done
    run.done.clear()
    run.make_environment("run")
    assert not run.done


def test_the_environment_for_tests_serves_the_run_too(run):
    run.make_environment("dev")
    run.done.clear()
    run.make_environment("run")
    assert not run.done


@pytest.mark.parametrize("what", ["lock", "package", "python", "no stamp"])
def test_a_change_of_what_is_asked_for_renews_it(run, monkeypatch, what):
    run.make_environment("run")
    run.done.clear()
    if what == "lock":
        run.LOCKS["run"].write_text("x==2\n")
    elif what == "package":
        (run.ROOT / "pyproject.toml").write_text("[project]\n")
    elif what == "python":
        monkeypatch.setattr(run, "version", lambda: "3.99.0")
    else:
        run.STAMP.unlink()
    run.make_environment("run")
    assert run.done


def test_everything_is_installed_with_hashes(run):
    run.make_environment("dev")
    installs = [words for words in run.done if "install" in words and "-e" not in words]
    assert installs
    assert all("--require-hashes" in words for words in installs)
    package = next(words for words in run.done if "-e" in words)
    assert "--no-deps" in package
    assert "--no-build-isolation" in package


def test_a_failed_install_leaves_no_stamp(run, monkeypatch):
    def broken(words, message, *, stop=True):
        raise run.StoppedError(message)

    monkeypatch.setattr(run, "quiet", broken)
    assert run.main(["run"]) == 1
    assert not run.STAMP.exists()


def test_a_stamp_that_cannot_be_read_counts_as_none(run):
    run.make_environment("run")
    run.STAMP.write_text("{")
    assert not run.satisfied("run")


def test_words_are_handed_on(run, monkeypatch):
    given = []
    for name in ("workflow", "unit", "zebra"):
        (run.ROOT / "tests" / name).mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(run, "start", lambda *words: given.append([str(word) for word in words]) or 0)
    assert run.main(["--dry-run"]) == 0
    assert run.main(["test", "-k", "x"]) == 0
    assert given[0][1:] == ["-m", "netwerkkracht", "run", "--dry-run"]
    assert given[1][1:5] == ["-m", "pytest", "-k", "x"]


def test_all_tests_are_run_the_longest_file_first_on_every_core(run, monkeypatch):
    given = []
    for name in (
        "workflow/test_end_to_end.py",
        "workflow/test_a.py",
        "browser/test_b.py",
        "unit/test_c.py",
        "other.py",
    ):
        (run.ROOT / "tests" / name).parent.mkdir(parents=True, exist_ok=True)
        (run.ROOT / "tests" / name).touch()
    monkeypatch.setattr(run, "start", lambda *words: given.extend(str(word) for word in words) or 0)
    run.test([])
    files = [word for word in given if word.endswith(".py")]
    assert files[0] == "tests/workflow/test_end_to_end.py"
    assert files[-2:] == ["tests/browser/test_b.py", "tests/workflow/test_a.py"]
    assert "tests/unit/test_c.py" in files
    assert "tests/other.py" not in files
    assert given[given.index("-n") + 1] == "auto"


def test_chosen_tests_and_the_debugger_run_in_one_process(run, monkeypatch):
    given = []
    monkeypatch.setattr(run, "start", lambda *words: given.extend(str(word) for word in words) or 0)
    run.test([str(ROOT / "tests" / "unit")])
    run.test(["--pdb"])
    assert "-n" not in given


def pins(name):
    return dict(re.findall(r"^([a-zA-Z0-9._-]+)==([^ ;\\]+)", (ROOT / name).read_text(), re.MULTILINE))


@pytest.mark.parametrize("name", ["requirements-dev.lock", "requirements-notebooks.lock"])
def test_the_larger_locks_hold_the_packages_of_a_run_at_the_same_versions(name):
    small, large = pins("requirements.lock"), pins(name)
    assert small
    assert {key: large.get(key) for key in small} == small


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock", "requirements-uv.lock"])
def test_a_lock_holds_a_hash_for_each_package_and_no_address(name):
    text = (ROOT / name).read_text()
    assert "://" not in text
    for block in re.split(r"\n(?=[a-zA-Z0-9])", text.strip()):
        if not block.startswith("#"):
            assert "--hash=sha256:" in block, block[:60]


def test_help_needs_no_environment():
    done = subprocess.run(
        [sys.executable, str(ROOT / "run.py"), "--help"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert "python3 run.py test" in done.stdout
    assert json.dumps(done.stderr) == '""'

"""run.py: the environment is made when it must be, and mistakes are told in a sentence."""

import errno
import importlib.util
import json
import os
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

    module.real_quiet = module.quiet

    def quiet(words, message, *, stage="", stop=True):
        module.done.append([str(word) for word in words])
        module.python().parent.mkdir(parents=True, exist_ok=True)
        module.python().touch()
        return True

    monkeypatch.setattr(module, "quiet", quiet)
    return module


def test_it_imports_nothing_but_the_standard_library():
    names = re.findall(r"^(?:import|from) (\w+)", (ROOT / "run.py").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(names) <= set(sys.stdlib_module_names)


@pytest.mark.parametrize(("have", "word"), [((3, 9, 2), "3.9:"), ((3, 14, 0), "no ready-made file")])
def test_a_python_too_old_or_too_new_is_told_in_one_sentence(run, monkeypatch, capsys, have, word):
    monkeypatch.setattr(sys, "version_info", have)
    assert run.main([]) == 2
    said = capsys.readouterr().out
    assert f"needs Python 3.11, 3.12 or 3.13; this is Python 3.{have[1]}" in said
    assert word in said
    assert said.count("\n") == 1
    assert not run.done


def test_pyproject_and_the_sentence_name_the_same_pythons(run):
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    newest = f"{run.NEWEST[0]}.{run.NEWEST[1] + 1}"
    assert f'requires-python = ">=3.{run.OLDEST[1]},<{newest}"' in text


@pytest.mark.parametrize(
    ("word", "near"),
    [("tets", "test"), ("notebook", "notebooks"), ("Test", "test"), ("fetch_wheels", "fetch-wheels")],
)
def test_a_word_that_is_no_command_is_answered_before_anything_is_installed(run, capsys, word, near):
    assert run.main([word]) == 2
    said = capsys.readouterr().err
    assert f"there is no command '{word}'; did you mean `python3 run.py {near}`?" in said
    assert not run.done


def test_a_word_like_nothing_is_answered_with_the_commands(run, capsys):
    assert run.main(["xyzzy", "--dry-run"]) == 2
    assert "there are run, test, check, notebooks, fetch-wheels" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [["run", "tets"], ["reports/report.nl.html"], ["--cores", "1"], ["run", "--open", "all"]]
)
def test_targets_and_options_still_go_to_the_run(run, monkeypatch, words):
    given = []
    monkeypatch.setattr(run, "start", lambda *words: given.append([str(word) for word in words]) or 1)
    assert run.main(words) == 1
    handed = [word for word in words if word not in ("run", "--open")]
    assert given[0][1:] == ["-m", "netwerkkracht", "run", *handed]


SLOW = """
import sys, time
time.sleep(0.4)
sys.stdout.buffer.write(b"\\xff" + "é".encode())
sys.exit(int(sys.argv[1]))
"""


def test_a_long_command_shows_what_it_does_and_a_sign_of_life(run, monkeypatch, capsys):
    monkeypatch.setattr(run, "SIGN_OF_LIFE", 0.1)
    assert run.real_quiet([sys.executable, "-c", SLOW, "0"], "broken", stage="84 packages")
    said = capsys.readouterr().out
    assert said.startswith("  84 packages ..")
    assert said.endswith(" s\n")
    assert run.SIGN_OF_LIFE <= 5


def test_what_a_command_says_may_be_any_bytes_and_is_told_when_it_fails(run, capsys):
    with pytest.raises(run.StoppedError, match="broken\n\ufffdé"):
        run.real_quiet([sys.executable, "-c", SLOW, "1"], "broken")
    assert not run.real_quiet([sys.executable, "-c", SLOW, "1"], "going on with pip", stop=False)
    assert "going on with pip" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("ERROR: Could not install: [Errno 28] No space left on device: 'x'", "disk is full"),
        ("error: failed to write: No space left on device (os error 28)", "disk is full"),
        ("not created successfully because ensurepip is not available.  On Debian", "python3-venv"),
        ("Failed to establish a new connection: [Errno -2]", "no connection to the package index"),
        ("error: error sending request for url\n  dns error: failed to lookup", "--wheels FOLDER"),
        ("error: Hash mismatch for `numpy==2.5.5`\n\nExpected:", "file of numpy==2.5.5 is not the one"),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE FILE.\n    numpy==2.5.5 from file:///x.whl",
            "file of numpy==2.5.5 is not the one",
        ),
        ("ERROR: No matching distribution found for numpy==2.4.1", "no file of numpy==2.4.1 for this Python"),
        ("Because immutables==0.21 has no usable wheels and you require", "no file of immutables==0.21 for"),
    ],
)
def test_the_words_of_pip_and_uv_become_one_sentence_and_nothing_else_is_tried(run, said, told):
    with pytest.raises(run.StoppedError, match=told) as caught:
        run.real_quiet([sys.executable, "-c", f"import sys; sys.exit({said!r})"], "x", stop=False)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("made", "number", "told"),
    [
        (False, errno.EACCES, "cannot be written"),
        (True, errno.EACCES, "belongs to somebody else"),
        (True, errno.EROFS, "cannot be written"),
    ],
)
def test_a_folder_or_an_environment_that_is_not_ours_is_one_sentence(
    run, monkeypatch, capsys, made, number, told
):
    if made:
        run.PLACE.mkdir()

    def refuse(folder):
        assert folder == (run.PLACE if made else run.ROOT)
        raise OSError(number, os.strerror(number), str(folder / "x"))

    monkeypatch.setattr(run, "probe", refuse)
    assert run.main([]) == 1
    said = capsys.readouterr().err.strip()
    assert "\n" not in said
    assert told in said
    assert "copy" in said
    assert not run.done


def test_an_environment_that_cannot_be_looked_into_is_one_sentence(run, monkeypatch, capsys):
    def refuse(kind):
        raise PermissionError(13, "Permission denied", str(run.STAMP))

    monkeypatch.setattr(run, "satisfied", refuse)
    assert run.main(["test"]) == 1
    assert "belongs to somebody else" in capsys.readouterr().err


def test_the_report_is_opened_on_request_in_the_language_of_the_reader(run, monkeypatch, capsys):
    opened = []
    monkeypatch.setattr(run, "start", lambda *_: 0)
    monkeypatch.setattr(run.webbrowser, "open", lambda address: opened.append(address) or True)
    monkeypatch.setenv("LC_ALL", "nl_NL.UTF-8")
    folder = run.ROOT / "my study" / "reports"
    folder.mkdir(parents=True)
    for lang in ("en", "nl"):
        (folder / f"report.{lang}.html").touch()
    assert run.main(["run", "--open", "--directory", "my study"]) == 0
    assert opened == [(folder / "report.nl.html").resolve().as_uri()]
    assert run.main(["run", "--directory", "my study"]) == 0
    assert len(opened) == 1
    monkeypatch.setattr(run.webbrowser, "open", lambda _: False)
    assert run.main(["--open", "--directory=my study"]) == 0
    assert "no browser could be opened" in capsys.readouterr().out


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
    for option in ("--require-hashes", "--only-binary", "--no-deps"):
        assert all(option in words for words in installs)
    package = next(words for words in run.done if "-e" in words)
    assert "--no-deps" in package
    assert {"--no-build-isolation", "--no-index"} <= set(package)


def test_from_a_folder_nothing_else_is_asked(run, tmp_path, capsys):
    folder = tmp_path / "wheels"
    assert run.main(["--wheels", str(folder), "test"]) == 2
    assert "there are no packages" in capsys.readouterr().err
    folder.mkdir()
    (folder / "x-1-py3-none-any.whl").touch()
    run.make_environment(*("dev", run.folder_of_wheels(["test", f"--wheels={folder}"])[0]))
    installs = [words for words in run.done if "install" in words]
    assert len(installs) == 4
    for words in installs:
        assert "--no-index" in words
    assert all(words[words.index("--find-links") + 1] == str(folder) for words in installs[:-1])


@pytest.mark.parametrize(
    "name", ["requirements.lock", "requirements-dev.lock", "requirements-notebooks.lock"]
)
@pytest.mark.parametrize("system", ["win_amd64", "linux_x86_64", "linux_aarch64", "macosx_arm64"])
def test_the_conditions_of_a_lock_are_judged_as_packaging_does(run, name, system):
    from packaging.requirements import Requirement

    (os_name, sys_platform, machine), _ = run.SYSTEMS[system]
    for release in run.PYTHONS:
        expected = set()
        for last in (0, 99):
            facts = {
                "os_name": os_name,
                "sys_platform": sys_platform,
                "platform_machine": machine,
                "python_version": release,
                "python_full_version": f"{release}.{last}",
                "implementation_name": "cpython",
                "platform_python_implementation": "CPython",
            }
            asked = re.findall(r"^[\w.-]+==[^\\\n]+", (ROOT / name).read_text(), re.MULTILINE)
            asked = [Requirement(line.strip()) for line in asked]
            chosen = [r for r in asked if r.marker is None or r.marker.evaluate(facts)]
            expected.add(frozenset(f"{r.name}{r.specifier}" for r in chosen))
        lists = run.pins_for([ROOT / name], system, release)
        made = {frozenset(re.findall(r"^([\w.-]+==\S+) \\$", text, re.MULTILINE)) for text in lists}
        assert made == expected
        assert all(
            text.count("--hash=sha256:") >= len(made_) for text, made_ in zip(lists, made, strict=True)
        )


def test_a_folder_is_filled_by_hash_with_wheels_only_for_the_systems_named(run, tmp_path, capsys):
    for lock in run.LOCKS.values():
        lock.write_text(
            "x==1 ; sys_platform == 'win32' \\\n    --hash=sha256:00\ny==2 \\\n    --hash=sha256:11\n"
        )
    run.UV_LOCK = run.LOCKS["run"]
    folder = tmp_path / "to carry"
    words = ["--for", "notebooks", "--python", "3.12", "3.13", "--platform", "win_amd64", "linux_x86_64"]
    assert run.main(["fetch-wheels", str(folder), *words]) == 0
    fetched = [words for words in run.done if "download" in words]
    assert len(fetched) == 4
    for words in fetched:
        assert {"--no-deps", "--only-binary", "--require-hashes"} <= set(words)
        assert words[words.index("--dest") + 1] == str(folder)
    assert "manylinux_2_28_x86_64" in fetched[-1]
    assert "win_amd64" in fetched[0]
    assert fetched[0][fetched[0].index("--python-version") + 1] == "3.12"
    assert "run.py --wheels" in (folder / "README.txt").read_text()
    assert "0 files" in capsys.readouterr().out


def test_what_is_fetched_is_named_in_words_or_refused(run, capsys):
    for words in (["x", "--python", "3.14"], ["x", "--platform", "amiga"], []):
        with pytest.raises(SystemExit):
            run.main(["fetch-wheels", *words])
    assert "invalid choice" in capsys.readouterr().err
    assert not run.done


def test_a_failed_install_leaves_no_stamp(run, monkeypatch):
    def broken(words, message, *, stage="", stop=True):
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


def test_the_notebooks_open_in_the_language_asked_on_their_start_page(run, monkeypatch, capsys):
    given = []
    monkeypatch.setattr(run, "start", lambda *words: given.append([str(word) for word in words]) or 0)
    monkeypatch.setattr(run.os, "environ", {})
    (run.ROOT / "reports").mkdir()
    (run.ROOT / "reports" / "numbers.json").touch()
    words = run.ROOT / "src" / "netwerkkracht" / "notebooks" / "words"
    words.mkdir(parents=True)
    for lang in ("nl", "en"):
        (words / f"{lang}.yaml").touch()
    assert run.main(["notebooks", "--no-browser"]) == 0
    assert run.os.environ.get("NK_LANG") is None
    assert given[-1][-1] == "--no-browser"
    assert given[-1][4] == str(run.ROOT / "notebooks")
    assert run.main(["notebooks", "--lang", "nl"]) == 0
    assert run.os.environ["NK_LANG"] == "nl"
    assert given[-2][2] == "netwerkkracht.notebooks.lessons"
    assert given[-1][4] == str(run.ROOT / "lessons" / "nl")
    assert any(word.endswith("README.md") for word in given[-1])
    assert run.main(["notebooks", "--lang=fr"]) == 2
    assert "speak en and nl" in capsys.readouterr().err


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
    # asked for by Snakemake, imported nowhere, and no wheel: see pyproject.toml
    assert "connection-pool" not in text
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

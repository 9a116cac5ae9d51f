"""One command: makes the environment, then runs the analysis, the tests, the checks or the notebooks.

python3 run.py              the whole analysis, up to the report
python3 run.py test         every test, in the environment for tests
python3 run.py check        format, lint and types, as CI does before the tests
python3 run.py notebooks    JupyterLab on the notebooks

Needs Python 3.11 or newer and nothing else. Words after the command are handed on, for example
`python3 run.py run --dry-run` or `python3 run.py test -k fingerprint`.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent
PLACE = ROOT / ".venv"
STAMP = PLACE / "netwerkkracht.json"
UV_LOCK = ROOT / "requirements-uv.lock"
# what is installed -> its lock; each later one holds all of the run's packages at the same versions
LOCKS = {
    "run": ROOT / "requirements.lock",
    "dev": ROOT / "requirements-dev.lock",
    "notebooks": ROOT / "requirements-notebooks.lock",
}
# a file of tests stays on one core, so that what it prepares is prepared once
EVERY_CORE = ("-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder")
LONGEST = Path("tests", "workflow", "test_end_to_end.py")
NEEDED = {"run": "run", "test": "dev", "check": "dev", "notebooks": "notebooks"}


def main(words: list[str]) -> int:
    """Run one command and return its exit code."""
    if sys.version_info < OLDEST:
        print(
            "netwerkkracht needs Python 3.11 or newer; this is Python "
            f"{sys.version_info[0]}.{sys.version_info[1]}: install a newer one and type `python3.11 run.py`."
        )
        return 2
    if words[:1] in (["-h"], ["--help"], ["help"]):
        print(__doc__)
        return 0
    command = words[0] if words and words[0] in NEEDED else "run"
    rest = words[1:] if words and words[0] in NEEDED else words
    try:
        make_environment(NEEDED[command])
        return COMMANDS[command](rest)
    except StoppedError as stop:
        print(f"\n{stop}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped; what was ready is kept, and the next run goes on from there", file=sys.stderr)
        return 130


class StoppedError(Exception):
    """Something that the person at the keyboard can put right, in words."""


# --- the environment ---------------------------------------------------------------------------------------


def make_environment(kind: str) -> None:
    """Make or renew `.venv` so that it holds what a lock says; do nothing when it already does."""
    if satisfied(kind):
        return
    begun = time.monotonic()
    print(f"making the environment in {PLACE.name} ({kind}) ...", flush=True)
    have = installed()
    if not python().is_file() or have.get("python") != version():
        make_folder()
    keep = {name for name in LOCKS if name in have.get("locks", {})} | {"run", kind}
    for name in sorted(keep, key=list(LOCKS).index):
        install(LOCKS[name])
    quiet(
        [python(), "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "-e", "."],
        "the package itself could not be installed",
    )
    locks = {name: digest(LOCKS[name]) for name in sorted(keep)}
    stamp = {"python": version(), "locks": locks, "package": digest(ROOT / "pyproject.toml")}
    STAMP.write_text(json.dumps(stamp, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    print(f"the environment is ready ({time.monotonic() - begun:.0f} s)", flush=True)


def satisfied(kind: str) -> bool:
    """Say whether `.venv` was made by this Python from these locks and this package description."""
    have = installed()
    return (
        python().is_file()
        and have.get("python") == version()
        and have.get("package") == digest(ROOT / "pyproject.toml")
        and have.get("locks", {}).get(kind) == digest(LOCKS[kind])
    )


def installed() -> dict:
    """Return what the stamp of `.venv` says, empty where there is none."""
    try:
        return json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def make_folder() -> None:
    """Make an empty environment with pip in it."""
    quiet(
        [sys.executable, "-m", "venv", "--clear", PLACE],
        "the environment could not be made; on Debian or Ubuntu install python3-venv first",
    )
    quiet(
        [python(), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", UV_LOCK],
        "uv could not be installed; going on with pip, which takes a minute longer",
        stop=False,
    )


def install(lock: Path) -> None:
    """Install what a lock lists, every file checked against its hash; with uv where that works, else pip."""
    uv = python().with_name("uv.exe" if os.name == "nt" else "uv")
    hashed = ["--require-hashes", "-r", lock]
    if uv.is_file():
        words = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python(), *hashed]
        if quiet(words, "uv could not install the packages; trying pip", stop=False):
            return
    quiet(
        [python(), "-m", "pip", "install", "--quiet", *hashed],
        f"the packages of {lock.name} could not be installed; is there a connection to the package index?",
    )


def quiet(words: list, message: str, *, stop: bool = True) -> bool:
    """Run a command without its chatter; on failure say what it means, with its last lines."""
    done = subprocess.run(
        [str(word) for word in words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return True
    tail = "\n".join((done.stdout + done.stderr).strip().splitlines()[-8:])
    if stop:
        raise StoppedError(f"{message}\n{tail}")
    print(message, flush=True)
    return False


def python() -> Path:
    """Return the Python of the environment."""
    return PLACE / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def version() -> str:
    """Return the version of the Python that runs this, as the stamp writes it."""
    return ".".join(str(part) for part in sys.version_info[:3])


def digest(path: Path) -> str:
    """Return the sha256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


# --- the commands ------------------------------------------------------------------------------------------


def start(*words: object) -> int:
    """Run a command in the environment and return its exit code."""
    return subprocess.call([str(word) for word in words], cwd=ROOT, env=surroundings())


def surroundings() -> dict:
    """Return the environment variables of a command: our programs first on the path, texts in UTF-8."""
    path = os.pathsep.join([str(python().parent), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path, "PYTHONUTF8": "1"}


def run(words: list[str]) -> int:
    """Run the analysis: what is out of date is made anew."""
    return start(python(), "-m", "netwerkkracht", "run", *words)


def test(words: list[str]) -> int:
    """Run every test on every core, or those that pytest's words choose, one after the other."""
    if any(not word.startswith("-") and Path(word.split("::")[0]).exists() for word in words):
        return start(python(), "-m", "pytest", *words)
    # the debugger wants one process
    alone = any(word in words for word in ("--pdb", "--trace", "-n0"))
    return start(python(), "-m", "pytest", *words, *([] if alone else EVERY_CORE), *order_of_tests())


def order_of_tests() -> list[str]:
    """Return the files of tests: the one that takes minutes first, then cheap ones."""
    last = ("browser", "workflow")
    files = [path.relative_to(ROOT) for path in sorted((ROOT / "tests").rglob("test_*.py"))]
    files.sort(key=lambda path: (path != LONGEST, last.index(path.parts[1]) if path.parts[1] in last else -1))
    return [path.as_posix() for path in files]


def check(words: list[str]) -> int:
    """Run what CI runs before the tests, cheap things first, and stop at the first that fails."""
    source = ["src", "tests", "benchmarks", "run.py"]
    stages = [
        ("format", [python(), "-m", "ruff", "format", "--check", *source]),
        ("format of the rules", [python(), "-m", "snakefmt", "--check", "Snakefile", "rules"]),
        ("lint", [python(), "-m", "ruff", "check", "--quiet", *source]),
        ("types", [python(), "-m", "mypy"]),
    ]
    for name, stage in stages:
        code = start(*stage)
        print(f"{name}: {'passed' if code == 0 else 'NOT PASSED'}", flush=True)
        if code:
            return code
    return test(words) if words else 0


def notebooks(words: list[str]) -> int:
    """Open JupyterLab on the notebooks, after a run: they open what it made."""
    if not (ROOT / "reports" / "numbers.json").is_file():
        print("the notebooks need the results of a run; running it first", flush=True)
        code = run([])
        if code:
            return code
    # text files open as notebooks; nothing is fetched (notebooks/lab)
    os.environ["JUPYTER_CONFIG_PATH"] = str(ROOT / "notebooks" / "lab")
    return start(python(), "-m", "jupyterlab", "--ServerApp.root_dir", ROOT / "notebooks", *words)


COMMANDS = {"run": run, "test": test, "check": check, "notebooks": notebooks}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

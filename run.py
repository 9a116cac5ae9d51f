"""One command: makes the environment, then runs the analysis, the tests, the checks or the notebooks.

python3 run.py              the whole analysis, up to the report (--open shows it in the browser at the end)
python3 run.py test         every test, in the environment for tests
python3 run.py check        format, lint and types, as CI does before the tests
python3 run.py notebooks    JupyterLab on the notebooks (--lang nl or --lang en: in one language)

python3 run.py fetch-wheels FOLDER    fills a folder with all packages, for a machine without a network
python3 run.py --wheels FOLDER        there: installs from that folder and asks no network (docs/enclave.md)

Needs Python 3.11, 3.12 or 3.13 and nothing else. Words after the command are handed on, for example
`python3 run.py run --dry-run` or `python3 run.py test -k fingerprint`.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import errno
import hashlib
import json
import operator
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
import webbrowser
from pathlib import Path

OLDEST, NEWEST = (3, 11), (3, 13)
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
# in words, with the packages that people know
WHAT = {
    "run": "the analysis (numpy, pandas, scipy, matplotlib, snakemake, typst and what they need)",
    "dev": "the tests (pytest, hypothesis, ruff, mypy, playwright and what they need)",
    "notebooks": "the notebooks (JupyterLab and what it needs)",
}
# a file of tests stays on one core, so that what it prepares is prepared once
EVERY_CORE = ("-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder")
LONGEST = Path("tests", "workflow", "test_end_to_end.py")
NEEDED = {"run": "run", "test": "dev", "check": "dev", "notebooks": "notebooks"}
FETCH = "fetch-wheels"
SIGN_OF_LIFE = 3.0  # seconds between two dots
# every package of a lock is named in it and is a wheel: nothing is searched for, nothing is built
AS_LOCKED = ("--no-deps", "--only-binary", ":all:", "--require-hashes")


def main(words: list[str]) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    if not OLDEST <= tuple(sys.version_info[:2]) <= NEWEST:
        print(wrong_python())
        return 2
    if words[:1] in (["-h"], ["--help"], ["help"]):
        print(__doc__)
        return 0
    try:
        wheels, words = folder_of_wheels(words)
        command, rest = understood(words)
        if command == FETCH:
            return fetch_wheels(rest)
        make_environment(NEEDED[command], wheels)
        return COMMANDS[command](rest)
    except StoppedError as stop:
        print(f"\n{stop}", file=sys.stderr)
        return stop.code
    except KeyboardInterrupt:
        print("\nstopped; what was ready is kept, and the next run goes on from there", file=sys.stderr)
        return 130


class StoppedError(Exception):
    """Something that the person at the keyboard can put right, in words."""

    def __init__(self, words: str, code: int = 1) -> None:
        """Keep the words and the exit code: 2 for a command that was not understood."""
        super().__init__(words)
        self.code = code


def wrong_python() -> str:
    """Return the sentence for a Python that is too old or too new."""
    this = f"{sys.version_info[0]}.{sys.version_info[1]}"
    why = "" if sys.version_info < OLDEST else ", for which a package that we need has no ready-made file yet"
    return (
        f"netwerkkracht needs Python 3.11, 3.12 or 3.13; this is Python {this}{why}: "
        "install one of those and type, for example, `python3.12 run.py` (Windows: `py -3.12 run.py`)."
    )


# --- the words ---------------------------------------------------------------------------------------------


def understood(words: list[str]) -> tuple[str, list[str]]:
    """Return the command and the words for it; without a command the words are for ``run``.

    A first word that is an option or a path of a file to make belongs to ``run``; any other that is no
    command is refused before anything is installed.
    """
    first = words[0] if words else ""
    known = [*NEEDED, FETCH]
    if first in known:
        return first, words[1:]
    if not first or first.startswith("-") or re.search(r"[./\\]", first):
        return "run", words
    close = difflib.get_close_matches(first.lower(), known, n=1, cutoff=0.6)
    hint = f"did you mean `python3 run.py {close[0]}`?" if close else f"there are {', '.join(known)}"
    raise StoppedError(
        f"there is no command '{first}'; {hint} (a rule of the workflow is made by `run.py run {first}`, "
        f"a command of the program by `{script('netwerkkracht').relative_to(ROOT)} {first}`)",
        code=2,
    )


def folder_of_wheels(words: list[str]) -> tuple[Path | None, list[str]]:
    """Take ``--wheels FOLDER`` out of the words: where to install from in place of a network."""
    folder, rest = taken(words, "--wheels")
    if folder is None:
        return None, rest
    place = Path(folder).expanduser().resolve()
    if not any(place.glob("*.whl")):
        raise StoppedError(
            f"there are no packages (.whl) in {folder}; fill it where there is a network: "
            f"`python3 run.py {FETCH} FOLDER` (docs/enclave.md)",
            code=2,
        )
    return place, rest


def taken(words: list[str], option: str) -> tuple[str | None, list[str]]:
    """Take an option with its value out of the words; the value is None where it was not given."""
    for place, word in enumerate(words):
        if word.startswith(f"{option}="):
            return word.split("=", 1)[1], words[:place] + words[place + 1 :]
        if word == option:
            if place + 1 == len(words):
                raise StoppedError(f"{option} wants a word after it", code=2)
            return words[place + 1], words[:place] + words[place + 2 :]
    return None, words


# --- the environment ---------------------------------------------------------------------------------------


def make_environment(kind: str, wheels: Path | None = None) -> None:
    """Make or renew `.venv` so that it holds what a lock says; do nothing when it already does."""
    try:
        if satisfied(kind):
            return
        have, there = installed(), python().is_file()
        probe(PLACE if PLACE.exists() else ROOT)
    except OSError as cause:
        raise StoppedError(not_ours(cause)) from cause
    begun = time.monotonic()
    where = f"from {wheels}" if wheels else "this needs a network, about 1.5 GB and some minutes, once"
    print(f"making the environment in {PLACE.name}; {where}", flush=True)
    if not there or have.get("python") != version():
        make_folder(wheels)
    keep = {name for name in LOCKS if name in have.get("locks", {})} | {"run", kind}
    for name in sorted(keep, key=list(LOCKS).index):
        install(LOCKS[name], wheels, f"{count(LOCKS[name])} packages for {WHAT[name]}")
    ourselves = ["--no-index", "--no-deps", "--no-build-isolation", "-e", "."]
    quiet(
        [python(), "-m", "pip", "install", "--quiet", *ourselves],
        "the package itself could not be installed",
        stage="netwerkkracht itself",
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
    except (FileNotFoundError, ValueError):
        return {}


def probe(folder: Path) -> None:
    """Raise what the system says when a folder cannot be written."""
    with tempfile.TemporaryFile(dir=folder):
        pass


def not_ours(cause: OSError) -> str:
    """Say in one sentence why the folder or its environment cannot be used."""
    place = Path(cause.filename or ROOT)
    if cause.errno != errno.EROFS and PLACE in (place, *place.parents):
        return (
            f"the environment in {PLACE} belongs to somebody else or cannot be changed; copy this folder "
            f"without {PLACE.name} to a place of your own and run it there"
        )
    why = cause.strerror or type(cause).__name__
    return f"the folder {ROOT} cannot be written ({why}); copy it to a place of your own and run it there"


def make_folder(wheels: Path | None) -> None:
    """Make an empty environment with pip in it, and uv where it can be had."""
    quiet(
        [sys.executable, "-m", "venv", "--clear", PLACE],
        "the environment could not be made",
        stage="an empty environment",
    )
    quiet(
        [python(), "-m", "pip", "install", "--quiet", *source(wheels), *AS_LOCKED, "-r", UV_LOCK],
        "uv could not be installed; going on with pip, which takes a minute longer",
        stage="uv, which installs the rest",
        stop=False,
    )


def install(lock: Path, wheels: Path | None, stage: str) -> None:
    """Install what a lock lists, every file checked against its hash; with uv where that works, else pip."""
    words = [*source(wheels), *AS_LOCKED, "-r", lock]
    uv = script("uv")
    if uv.is_file():
        with_uv = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python(), *words]
        if quiet(with_uv, "uv could not install the packages; trying pip", stage=stage, stop=False):
            return
    quiet(
        [python(), "-m", "pip", "install", "--quiet", *words],
        f"the packages of {lock.name} could not be installed",
        stage=stage,
    )


def source(wheels: Path | None) -> list:
    """Return the words that make a folder the only source of packages, none for the package index."""
    return ["--no-index", "--find-links", wheels] if wheels else []


# what programs say -> what it means for the person at the keyboard
NO_ROOM = "No space left on device|os error 28|not enough space on the disk"
NO_VENV = "ensurepip is not available|No module named ensurepip"
NO_NETWORK = (
    "name resolution|getaddrinfo|nodename nor servname|[Nn]etwork is unreachable|[Cc]onnection refused|"
    "Failed to establish a new connection|dns error|error sending request|[Tt]imed out|ProxyError"
)
NO_FILE = (
    r"No matching distribution found for (\S+)|"
    r"Because (\S+) (?:was not found in the provided|has no usable wheels|has no wheels)"
)
OTHER_BYTES = r"Hash mismatch for `?(\S+?)`?\s|DO NOT MATCH THE HASHES[^\n]*\n\s*(\S+)"
MEANINGS = {
    OTHER_BYTES: (
        "the file of {what} is not the one that the lock names (its hash differs), so it was not installed; "
        "remove it, fetch it again, and ask where it came from"
    ),
    NO_ROOM: "the disk is full: an environment takes about 1.5 GB; make room and try again",
    NO_VENV: "this Python cannot make environments; on Debian or Ubuntu install python3-venv first",
    NO_NETWORK: (
        "there is no connection to the package index; try again where there is one, or install from a folder "
        "that was filled elsewhere: `python3 run.py --wheels FOLDER` (docs/enclave.md)"
    ),
    NO_FILE: (
        "there is no file of {what} for this Python and this system; docs/enclave.md says which have them "
        "and how a folder of packages is filled"
    ),
}


def quiet(words: list, message: str, *, stage: str = "", stop: bool = True) -> bool:
    """Run a command without its chatter, a dot now and then; on failure say what it means.

    A cause that no other way of installing would mend stops at once, whatever ``stop`` says.
    """
    begun = time.monotonic()
    print(f"  {stage} " if stage else "  ", end="", flush=True)
    code, said = with_dots(words)
    print(f" {time.monotonic() - begun:.0f} s" if code == 0 else " not done", flush=True)
    if code == 0:
        return True
    told = meaning(said)
    if told:
        raise StoppedError(told)
    if stop:
        raise StoppedError("\n".join([message, *said.strip().splitlines()[-8:]]))
    print(f"  {message}", flush=True)
    return False


def meaning(said: str) -> str:
    """Return what the words of a program mean for the person at the keyboard, empty where that is unknown."""
    for sign, told in MEANINGS.items():
        found = re.search(sign, said)
        if found:
            return told.format(what=next(filter(None, found.groups()), ""))
    return ""


def with_dots(words: list) -> tuple[int, str]:
    """Run a command, print a dot every few seconds, and return its exit code and all it said."""
    with subprocess.Popen(
        [str(word) for word in words],
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        while True:
            try:
                said, _ = process.communicate(timeout=SIGN_OF_LIFE)
            except subprocess.TimeoutExpired:
                print(".", end="", flush=True)
            except BaseException:
                process.kill()
                raise
            else:
                return process.returncode, said


def python() -> Path:
    """Return the Python of the environment."""
    return script("python")


def script(name: str) -> Path:
    """Return a program of the environment."""
    return PLACE / (f"Scripts/{name}.exe" if os.name == "nt" else f"bin/{name}")


def version() -> str:
    """Return the version of the Python that runs this, as the stamp writes it."""
    return ".".join(str(part) for part in sys.version_info[:3])


def digest(path: Path) -> str:
    """Return the sha256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def count(lock: Path) -> int:
    """Return how many packages a lock names; a few of them are for other systems."""
    return len(set(re.findall(r"^[\w.-]+(?===)", lock.read_text(encoding="utf-8"), re.MULTILINE)))


# --- a folder of packages, for a machine without a network --------------------------------------------------

# the systems that the locks have wheels for -> what Python calls them, and the tags of their wheels
SYSTEMS = {
    "win_amd64": (("nt", "win32", "AMD64"), ["win_amd64"]),
    "linux_x86_64": (("posix", "linux", "x86_64"), ["manylinux1_x86_64", "manylinux2010_x86_64"]),
    "linux_aarch64": (("posix", "linux", "aarch64"), []),
    "macosx_arm64": (("posix", "darwin", "arm64"), ["macosx_15_0_arm64"]),
}
PYTHONS = ("3.11", "3.12", "3.13")
FOR = {"run": "run", "test": "dev", "notebooks": "notebooks"}
COMPARED = {ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.GtE: operator.ge}
FOLDER_SAYS = """Packages for netwerkkracht: {what}; Python {pythons}; {systems}.

Carry this folder and a copy of the repository to the machine without a network, and type there, in the
folder of the repository:

    python3 run.py --wheels {name}            (Windows: py run.py --wheels {name})

with the path of this folder. Every file is checked against the hash in the repository before it is installed.
"""


def fetch_wheels(words: list[str]) -> int:
    """Fill a folder with every package of a lock, checked by hash; nothing of them is run."""
    asked = wanted_wheels(words)
    try:
        asked.folder.mkdir(parents=True, exist_ok=True)
        probe(asked.folder)
    except OSError as cause:
        raise StoppedError(f"the folder {asked.folder} cannot be written ({cause.strerror})") from cause
    lock = LOCKS[FOR[asked.purpose]]
    print(f"fetching {count(lock)} packages for {WHAT[FOR[asked.purpose]]}", flush=True)
    with tempfile.TemporaryDirectory(prefix="nk-") as place:
        made = Path(place) / "python"
        quiet([sys.executable, "-m", "venv", made], "pip could not be made ready", stage="pip")
        pip = [made / python().relative_to(PLACE), "-m", "pip", "download", "--quiet"]
        for system in asked.platform:
            for release in asked.python:
                target = ["--implementation", "cp", "--python-version", release, *tags(system)]
                for number, pins in enumerate(pins_for([UV_LOCK, lock], system, release)):
                    listed = Path(place) / f"{system}-{release}-{number}.txt"
                    listed.write_text(pins, encoding="utf-8")
                    quiet(
                        [*pip, *AS_LOCKED, *target, "--dest", asked.folder, "-r", listed],
                        f"the packages for {system}, Python {release}, could not be fetched",
                        stage=f"{system}, Python {release}",
                    )
    files = list(asked.folder.glob("*.whl"))
    said = FOLDER_SAYS.format(
        what=WHAT[FOR[asked.purpose]],
        pythons=", ".join(asked.python),
        systems=", ".join(asked.platform),
        name=asked.folder.name,
    )
    (asked.folder / "README.txt").write_text(said, encoding="utf-8")
    size = sum(path.stat().st_size for path in files) / 1e6
    print(f"{len(files)} files, {size:.0f} MB, in {asked.folder}; README.txt there says how to go on")
    return 0


def wanted_wheels(words: list[str]) -> argparse.Namespace:
    """Return what is asked: ``folder``, ``purpose``, ``python`` and ``platform``."""
    parser = argparse.ArgumentParser(
        prog=f"run.py {FETCH}",
        description="Fill a folder with all packages, for a machine without a network (docs/enclave.md).",
    )
    here = this_platform()
    parser.add_argument("folder", type=Path, help="where the files go")
    parser.add_argument(
        "--for", dest="purpose", choices=FOR, default="run", help="what is done there (default: run)"
    )
    parser.add_argument("--python", nargs="+", choices=PYTHONS, default=[version().rsplit(".", 1)[0]])
    parser.add_argument("--platform", nargs="+", choices=SYSTEMS, default=[here] if here else None)
    asked = parser.parse_args(words)
    if asked.platform is None:
        parser.error(f"this system has no wheels; name the other one: --platform {' | '.join(SYSTEMS)}")
    return asked


def this_platform() -> str:
    """Return the name of this system among those with wheels, empty where it is none of them."""
    machine = platform.machine()
    names = (name for name, (facts, _) in SYSTEMS.items() if facts == (os.name, sys.platform, machine))
    return next(names, "")


def tags(system: str) -> list[str]:
    """Return pip's words for the wheels that a system takes (Linux: glibc 2.28 or newer)."""
    (_, family, machine), more = SYSTEMS[system]
    if family == "linux":
        more = [f"manylinux_2_{number}_{machine}" for number in range(28, 4, -1)] + [
            f"manylinux2014_{machine}",
            *more,
        ]
    return [word for tag in more for word in ("--platform", tag)]


def pins_for(locks: list[Path], system: str, release: str) -> list[str]:
    """Return lists for pip of what locks ask for on a system: one, or two where the third number matters."""
    text = "\n".join(lock.read_text(encoding="utf-8").strip() for lock in locks)
    (os_name, sys_platform, machine), _ = SYSTEMS[system]
    facts = {
        "os_name": os_name,
        "sys_platform": sys_platform,
        "platform_machine": machine,
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    # pip judges conditions by the machine it runs on, so they are judged here and left out
    lists = [pins(text, facts | {"python_full_version": f"{release}.{last}"}) for last in (0, 99)]
    return list(dict.fromkeys(lists))


def pins(text: str, facts: dict) -> str:
    """Return the blocks of a lock whose condition holds, without the condition."""
    kept = []
    for block in re.split(r"\n(?=\S)", text):
        head, _, hashes = block.partition(" \\\n")
        pin, _, condition = head.partition(" ; ")
        if not condition or holds(ast.parse(condition, mode="eval").body, facts):
            kept.append(f"{pin} \\\n{hashes}\n")
    return "".join(kept)


def holds(condition: ast.expr, facts: dict) -> bool:
    """Say whether a condition of a lock, which reads like an expression of Python, holds."""
    if isinstance(condition, ast.BoolOp):
        parts = [holds(part, facts) for part in condition.values]
        return all(parts) if isinstance(condition.op, ast.And) else any(parts)
    name, asked = condition.left.id, condition.comparators[0].value
    have = facts[name]
    if name == "python_full_version":
        have, asked = ([int(number) for number in text.split(".")] for text in (have, asked))
    return COMPARED[type(condition.ops[0])](have, asked)


# --- the commands ------------------------------------------------------------------------------------------


def start(*words: object) -> int:
    """Run a command in the environment and return its exit code."""
    return subprocess.call([str(word) for word in words], cwd=ROOT, env=surroundings())


def surroundings() -> dict:
    """Return the environment variables of a command: our programs first on the path, texts in UTF-8."""
    path = os.pathsep.join([str(python().parent), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path, "PYTHONUTF8": "1"}


def run(words: list[str]) -> int:
    """Run the analysis: what is out of date is made anew; with ``--open`` show the report at the end."""
    rest = [word for word in words if word != "--open"]
    code = start(python(), "-m", "netwerkkracht", "run", *rest)
    if code == 0 and "--open" in words:
        study, _ = taken(rest, "--directory")
        show_report(ROOT / (study or "."))
    return code


def show_report(study: Path) -> None:
    """Open the report in the browser: the file itself, in the reader's language where it is there."""
    mine = (os.environ.get("LC_ALL") or os.environ.get("LANG") or "")[:2]
    pages = sorted((study / "reports").glob("report.*.html"), key=lambda page: f".{mine}." not in page.name)
    if not pages or not webbrowser.open(pages[0].resolve().as_uri()):
        print("no browser could be opened; open the report named above yourself")


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
    """Open JupyterLab on the notebooks, after a run: they open what it made.

    With ``--lang`` the notebooks are copies in one language, in a folder to work in.
    """
    language, words = taken(words, "--lang")
    spoken = sorted(path.stem for path in (ROOT / "src/netwerkkracht/notebooks/words").glob("*.yaml"))
    if language is not None and language not in spoken:
        raise StoppedError(f"the notebooks speak {' and '.join(spoken)}, not '{language}'", code=2)
    if not (ROOT / "reports" / "numbers.json").is_file():
        print("the notebooks need the results of a run; running it first", flush=True)
        code = run([])
        if code:
            return code
    # text files open as notebooks; nothing is fetched (notebooks/lab)
    os.environ["JUPYTER_CONFIG_PATH"] = str(ROOT / "notebooks" / "lab")
    place = ROOT / "notebooks"
    if language:
        os.environ["NK_LANG"] = language
        place = ROOT / "lessons" / language
        code = start(python(), "-m", "netwerkkracht.notebooks.lessons", ROOT / "notebooks", place, language)
        if code:
            return code
    first = "--LabApp.default_url=/lab/tree/README.md"
    return start(python(), "-m", "jupyterlab", "--ServerApp.root_dir", place, first, *words)


COMMANDS = {"run": run, "test": test, "check": check, "notebooks": notebooks}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Start Snakemake so that a killed run resumes by itself, and show how far it is."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Self

from netwerkkracht.core import io
from netwerkkracht.run.progress import Progress

LOG = Path("logs/run.log")
# what a finished run leaves: where it is missing there is work, before Snakemake has said so
FINISHED = Path("reports/manifest.json")
LOG_LINES_SHOWN = 30
CACHES = Path(".snakemake/caches")


@dataclass(frozen=True)
class Order:
    """What is asked of Snakemake; ``lock`` is the descriptor of the lock that it must hold too."""

    snakefile: Path
    cores: str
    dry_run: bool
    targets: tuple[str, ...]
    lock: int
    warm: bool = True


def snakemake() -> list[str]:
    """Return the words that start Snakemake, with our own lock instead of its.

    Raises
    ------
    ModuleNotFoundError
        When it is not installed: a process of its own would say so with a traceback.
    """
    if find_spec("snakemake") is None:
        raise ModuleNotFoundError("No module named 'snakemake'", name="snakemake")
    return [sys.executable, "-m", "snakemake", "--nolock"]


def command(order: Order) -> list[str]:
    """Return the command; half-made files are made anew."""
    words = [*snakemake(), "--snakefile", str(order.snakefile), "--cores", order.cores]
    words += ["--rerun-incomplete", "--show-failed-logs"]
    words += ["--dry-run"] if order.dry_run else []
    return [*words, *order.targets]


def work(order: Order) -> int:
    """Run Snakemake and return its exit code; its own words go to ``logs/run.log``."""
    words = command(order)
    progress = Progress()
    kept: list[str] = []
    # a polite kill stops Snakemake and the helper as well
    signal.signal(signal.SIGTERM, _stop)
    with Helper(order.warm and not order.dry_run) as helper:
        settings = environment() | helper.settings
        if not FINISHED.exists():
            helper.start(settings, ())
        process = subprocess.Popen(
            words,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=settings,
            pass_fds=(order.lock,) if os.name == "posix" else (),
        )
        try:
            for line in process.stdout or ():
                kept.append(line)
                shown = line.rstrip("\n") if order.dry_run else progress.read(line)
                if progress.begun:
                    helper.start(settings, sorted(progress.planned))
                if shown is not None:
                    sys.stdout.write(shown + "\n")
                    sys.stdout.flush()
            code = process.wait()
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
            if not order.dry_run:
                io.write_text(LOG, "".join(kept))
    if progress.nothing and not order.dry_run:
        sys.stdout.write("nothing to do: every result is up to date\n")
    if code:
        _explain(progress, kept)
    return code


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def environment() -> dict[str, str]:
    """Return the environment of the jobs: our commands first on the path, one thread each, plain text."""
    here = str(Path(sys.executable).parent)
    settings = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    settings["PATH"] = os.pathsep.join([here, settings.get("PATH", "")])
    settings |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    # nothing of a study lies outside its folder, and a home that cannot be written stops nothing
    caches = {"XDG_CACHE_HOME": CACHES.resolve(), "MPLCONFIGDIR": (CACHES / "matplotlib").resolve()}
    settings = {name: str(place) for name, place in caches.items()} | settings
    return settings | {"PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8"}


class Helper:
    """The process with the libraries ready; it is started when there is work, and ends with the run.

    Jobs that come before it is there import their libraries themselves.
    """

    def __init__(self, wanted: bool) -> None:
        """Choose its address; nothing runs yet."""
        able = hasattr(os, "fork") and hasattr(socket, "SCM_RIGHTS")
        self._folder = tempfile.TemporaryDirectory(prefix="nk-") if wanted and able else None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def settings(self) -> dict[str, str]:
        """What its clients must know: nothing where there is no helper."""
        return {"NK_WARM": str(Path(self._folder.name) / "w")} if self._folder else {}

    def start(self, settings: dict[str, str], rules: Sequence[str]) -> None:
        """Start it, once, for jobs of these rules; of any rule if none is named."""
        if self._folder is None or self._process is not None:
            return
        words = [sys.executable, "-m", "netwerkkracht.run.warm", settings["NK_WARM"], *rules]
        # a pipe that closes with this process, so that the helper never outlives it
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, env=settings)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the pipe that keeps it alive."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.wait()
        if self._folder is not None:
            self._folder.cleanup()


def _explain(progress: Progress, kept: list[str]) -> None:
    """Say what went wrong in the words of the job that failed, not in Snakemake's."""
    if not progress.failed:
        _explain_start(kept)
    for step, name in progress.failed:
        path = Path(name)
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
        sys.stderr.write(f"\n{step} stopped:\n")
        sys.stderr.write("\n".join(lines[-LOG_LINES_SHOWN:]) + "\n")
    sys.stderr.write(f"\nearlier results are untouched; everything Snakemake said is in {LOG.as_posix()}\n")


def _explain_start(kept: list[str]) -> None:
    """Explain a run that did not start: a mistake in the configuration is told as what it is."""
    from netwerkkracht.run.faults import require_sound
    from netwerkkracht.study.config import read_config, study_files

    # raises the same error that stopped Snakemake, this time in our own form
    config = read_config(Path("config.yaml"))
    study_files(config.study)
    require_sound(config)
    sys.stderr.write("".join(kept[-LOG_LINES_SHOWN:]))

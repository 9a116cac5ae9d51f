"""A helper process that has the heavy libraries ready: a job forks from it instead of importing them anew.

Importing pandas, scipy, statsmodels and matplotlib costs a job more than its work. During a run one process
imports them once, and our own modules after them; each job of the workflow sends it its words and its own
output streams, and a fresh copy of that process does the work. The helper is started anew by every run, so
that the code of the jobs is the code whose fingerprints the run took. Where forking does not exist (Windows),
or the helper is gone, a job imports for itself: the results are the same.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import sys
import warnings
from collections.abc import Collection
from importlib import import_module
from pathlib import Path

LIBRARIES = (
    "yaml",
    "pydantic",
    "numpy",
    "pandas",
    "matplotlib.figure",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "typst",
)
# rules that show what is there already: they fit, harmonise and read no SPSS
SHOWING = frozenset({"all", "compare", "figure", "manifest", "numbers", "release_check", "report", "table"})
# what the other rules need besides, and the parts of our own that no rule for showing needs by itself
COMPUTING = (
    "scipy.linalg",
    "scipy.optimize",
    "scipy.special",
    "scipy.stats",
    "statsmodels.regression.mixed_linear_model",
)
_COMPUTING_PARTS = frozenset({"analysis", "harmonise", "mixed", "notebooks", "spss", "synth"})
# what notebooks need besides
NOTEBOOKS = (
    "jupytext",
    "nbclient",
    "nbconvert",
    "ipykernel.kernelapp",
    "netwerkkracht.notebooks.page:prepare",
)
# what every job reads
STUDY = "netwerkkracht.run.steps.study_facts:prepare"
# the first jobs need no more than these; the rest is imported while nobody asks
FIRST = 4
# started by name or for people, not by jobs
_NOT_OURS = ("__init__", "__main__", "warm")


def ours() -> list[str]:
    """Return the modules of this package, in order of name."""
    root = Path(__file__).resolve().parents[1]
    parts = (path.relative_to(root).with_suffix("").parts for path in sorted(root.rglob("*.py")))
    return [".".join(("netwerkkracht", *part)) for part in parts if part[-1] not in _NOT_OURS]


def needed(rules: Collection[str]) -> list[str]:
    """Return what jobs of these rules need, in the order of loading; of all rules if none is named."""
    named = set(rules)
    computing = not named or not named <= SHOWING
    own = [name for name in ours() if computing or name.split(".")[1] not in _COMPUTING_PARTS]
    notebooks = NOTEBOOKS if not named or "notebook" in named else ()
    return [*LIBRARIES, *(COMPUTING if computing else ()), *own, STUDY, *notebooks]


_STREAMS = (1, 2)


def serve(address: str, rules: Collection[str] = ()) -> None:
    """Import the libraries, then fork one copy per request until standard input closes.

    Standard input is a pipe held by the run: when the run ends, even by force, the helper ends with it.
    """
    import selectors

    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"
    os.environ.pop("NK_WARM", None)
    # Arrow's memory pool keeps a thread that is ready for forks; Python 3.12 and later warn of any thread
    warnings.filterwarnings("ignore", ".*multi-threaded, use of fork", DeprecationWarning)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(address)
    listener.listen(64)
    waiting = needed(rules)
    for _ in range(FIRST):
        _import(waiting.pop(0))
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    watch = selectors.DefaultSelector()
    watch.register(listener, selectors.EVENT_READ)
    watch.register(sys.stdin.fileno(), selectors.EVENT_READ)
    while True:
        _reap()
        asked = watch.select(timeout=0 if waiting else 5)
        if waiting and not asked:
            _import(waiting.pop(0))
        for key, _ in asked:
            if key.fileobj is not listener:
                os.killpg(0, signal.SIGTERM)
                return
            line, _ = listener.accept()
            # what is here stays: a job need not look through it, or copy it, when it collects its own rubbish
            gc.freeze()
            if os.fork() == 0:
                watch.close()
                listener.close()
                _attend(line)
            line.close()


def _import(name: str) -> None:
    """Import a module and call the function named after a colon; pass over what is not installed."""
    from netwerkkracht.notebooks.execute import light_imports

    module, _, function = name.partition(":")
    with contextlib.suppress(ImportError), light_imports() if name in NOTEBOOKS else contextlib.nullcontext():
        made = import_module(module)
        if function:
            getattr(made, function)()


def _reap() -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _attend(line: socket.socket) -> None:
    """Serve one request in a copy: fork the job, wait for it or for its client to go, send the exit code."""
    import selectors

    content, streams, _, _ = socket.recv_fds(line, 1 << 20, len(_STREAMS))
    folder, *words = os.fsdecode(content).split("\0")
    job = os.fork()
    if job == 0:
        line.close()
        _work(folder, words, streams)
    for stream in streams:
        os.close(stream)
    pipe, filled = os.pipe()
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(filled, warn_on_full_buffer=False) if _nonblocking(filled) else None
    watch = selectors.DefaultSelector()
    watch.register(line, selectors.EVENT_READ)
    watch.register(pipe, selectors.EVENT_READ)
    while True:
        done, status = os.waitpid(job, os.WNOHANG)
        if done:
            with contextlib.suppress(OSError):
                line.sendall(str(os.waitstatus_to_exitcode(status)).encode())
            os._exit(0)
        for key, _ in watch.select(timeout=1):
            if key.fileobj is line:  # the client was stopped: so is its job
                os.kill(job, signal.SIGTERM)
                os._exit(1)
            os.read(pipe, 64)


def _nonblocking(handle: int) -> bool:
    os.set_blocking(handle, False)
    return True


def _work(folder: str, words: list[str], streams: list[int]) -> None:
    """Become the job: its streams, its folder, its words."""
    code = 70
    try:
        for target, stream in zip(_STREAMS, streams, strict=True):
            os.dup2(stream, target)
            os.close(stream)
        os.chdir(folder)
        from netwerkkracht.run.cli import run

        code = run(words)
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    """Serve at the address given on the command line, jobs of the rules named after it."""
    os.setpgid(0, 0)
    with contextlib.suppress(FileNotFoundError):
        Path(sys.argv[1]).unlink()
    serve(sys.argv[1], sys.argv[2:])


if __name__ == "__main__":
    main()

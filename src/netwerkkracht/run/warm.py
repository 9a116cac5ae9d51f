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
import selectors
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
SHOWING = frozenset({"all", "compare", "draw", "manifest", "numbers", "release_check", "report"})
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
STUDY = "netwerkkracht.run.prepared:prepare"
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
    """Import the libraries, then fork one job per request until standard input closes.

    Standard input is a pipe held by the run: when the run ends, even by force, the helper ends with it.
    """
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
    desk = Desk(listener)
    while desk.open:
        desk.attend(0 if waiting else 5)
        if waiting and desk.open:
            _import(waiting.pop(0))


class Desk:
    """Takes requests, forks the job of each, and answers with its exit code when it is done.

    A client that goes, because its run was stopped, takes its job with it.
    """

    def __init__(self, listener: socket.socket) -> None:
        """Wait for clients at ``listener``, for the end of standard input, and for jobs that end."""
        self.open = True
        self._listener = listener
        self._clients: dict[int, socket.socket] = {}
        self._ended, filled = os.pipe()
        os.set_blocking(filled, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(filled, warn_on_full_buffer=False)
        self._watch = selectors.DefaultSelector()
        for handle in (listener.fileno(), sys.stdin.fileno(), self._ended):
            self._watch.register(handle, selectors.EVENT_READ)

    def attend(self, seconds: float) -> None:
        """Wait up to ``seconds`` for something to do, and do all that is asked."""
        asked = self._watch.select(timeout=seconds)
        while asked and self.open:
            for key, _ in asked:
                self._do(key.fd)
            asked = self._watch.select(timeout=0)

    def _do(self, handle: int) -> None:
        if handle == sys.stdin.fileno():
            self.open = False
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os.killpg(0, signal.SIGTERM)
        elif handle == self._ended:
            os.read(self._ended, 64)
            self._answer()
        elif handle == self._listener.fileno():
            self._begin(self._listener.accept()[0])
        else:  # a client went
            job = next((job for job, line in self._clients.items() if line.fileno() == handle), None)
            if job is not None:
                self._forget(job)
                os.kill(job, signal.SIGTERM)

    def _begin(self, line: socket.socket) -> None:
        content: bytes = b""
        streams: list[int] = []
        with contextlib.suppress(OSError):  # a client that went before it had spoken
            content, streams, _, _ = socket.recv_fds(line, 1 << 20, len(_STREAMS))
        if len(streams) != len(_STREAMS):
            line.close()
            return
        folder, *words = os.fsdecode(content).split("\0")
        # what is here stays: a job need not look through it, or copy it, when it collects its own rubbish
        gc.freeze()
        job = os.fork()
        if job == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._watch.close()
            for other in (self._listener, line, *self._clients.values()):
                other.close()
            _work(folder, words, streams)
        for stream in streams:
            os.close(stream)
        self._clients[job] = line
        self._watch.register(line.fileno(), selectors.EVENT_READ)

    def _answer(self) -> None:
        """Tell the clients of all jobs that have ended."""
        with contextlib.suppress(ChildProcessError):
            while (done := os.waitpid(-1, os.WNOHANG))[0]:
                line = self._clients.get(done[0])
                if line is not None:
                    with contextlib.suppress(OSError):
                        line.sendall(str(os.waitstatus_to_exitcode(done[1])).encode())
                    self._forget(done[0])

    def _forget(self, job: int) -> None:
        line = self._clients.pop(job)
        self._watch.unregister(line.fileno())
        line.close()


def _import(name: str) -> None:
    """Import a module and call the function named after a colon; pass over what is not installed."""
    from netwerkkracht.notebooks.execute import light_imports

    module, _, function = name.partition(":")
    with contextlib.suppress(ImportError), light_imports() if name in NOTEBOOKS else contextlib.nullcontext():
        made = import_module(module)
        if function:
            getattr(made, function)()


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

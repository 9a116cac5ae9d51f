"""One run at a time in a folder: a lock that the operating system frees when its holder dies."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from netwerkkracht.core.errors import fail


@contextmanager
def only_run(path: Path) -> Iterator[int]:
    """Hold the lock at ``path`` and yield its file descriptor, which a child may inherit to hold it too.

    A killed run leaves no lock behind, so there is nothing to unlock by hand. On network drives that do not
    know locks two runs are not kept apart.

    Raises
    ------
    StudyError
        ``L01`` when another run holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as stream:
        try:
            _take(stream)
        except OSError as cause:
            raise fail(
                "L01",
                "another run is at work in this folder (er loopt al een andere run in deze map)",
                expected="one run at a time",
                action="wait until it is ready, or stop it; nothing was changed",
            ) from cause
        yield stream.fileno()


def _take(stream: IO[bytes]) -> None:
    if os.name == "posix":
        import fcntl

        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    else:
        _take_windows(stream)


def _take_windows(stream: IO[bytes]) -> None:
    from importlib import import_module

    msvcrt = import_module("msvcrt")
    stream.seek(0)
    msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)

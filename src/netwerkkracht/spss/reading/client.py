"""Start the reading process, give it files, and stay alive whatever happens to it."""

from __future__ import annotations

import atexit
import json
import os
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self, cast

from netwerkkracht.spss.model import Limits
from netwerkkracht.spss.reading.worker import receive, send


class WorkerError(Exception):
    """The file could not be read; ``kind`` is crash, time, or the library's kind of failure."""

    def __init__(self, kind: str, text: str = "") -> None:
        """Keep the kind and, where it is a fixed sentence, the text."""
        super().__init__(kind)
        self.kind = kind
        self.text = text


class Answer:
    """What the worker read: facts, one block of numbers (variables x rows) and the texts."""

    def __init__(self, facts: dict[str, Any], body: bytearray) -> None:
        """Split the body into numbers and texts."""
        import numpy as np

        self.facts = facts
        size = facts["numbers"]
        rows = facts["rows"]
        count = facts["texts"].count(False)
        self.numbers = np.frombuffer(body, dtype="<f8", count=size // 8).reshape(count, rows)
        self.texts: list[list[str]] = json.loads(body[size:])


class Worker:
    """One reading process for many files; started at the first file, and again after it died."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self.starts = 0

    def __enter__(self) -> Self:
        """Use the worker in a with block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        self.close()

    def close(self) -> None:
        """End the process, if it runs."""
        if self._process is None:
            return
        process, self._process = self._process, None
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    continue
        process.wait()

    def start(self) -> subprocess.Popen[bytes]:
        """Return the running process, starting it where needed."""
        if self._process is None or self._process.poll() is not None:
            self.close()
            environment = {
                name: value
                for name, value in os.environ.items()
                if name in {"PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH"}
            }
            # threads of the linear algebra library reserve memory that the limit would count
            environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONUTF8": "1"}
            script = str(Path(__file__).with_name("worker.py"))
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-X", "utf8", script],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
            )
            self.starts += 1
        return self._process

    def read(
        self,
        content: bytes,
        container: str,
        row_limit: int,
        limits: Limits,
        *,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> Answer:
        """Read one file in the process, and do something ``meanwhile`` in this one.

        Raises
        ------
        WorkerError
            When the library refuses the file, the process dies, or the time is over.
        """
        with self._lock:
            process = self.start()
            control = {
                "container": container,
                "row_limit": row_limit,
                "most_values": limits.decoded_bytes // 64,
                "memory": limits.memory_bytes,
                "cpu": limits.cpu_seconds,
            }
            answer = self._exchange(process, control, content, limits.wall_seconds, meanwhile)
        facts, body = answer
        if "failed" in facts:
            raise WorkerError(facts["failed"], facts["text"])
        return Answer(facts, body)

    def _exchange(
        self,
        process: subprocess.Popen[bytes],
        control: dict[str, Any],
        content: bytes,
        seconds: float,
        meanwhile: Callable[[], None],
    ) -> tuple[Any, bytearray]:
        """Send and wait, but no longer than ``seconds``; end the process when it does not answer."""
        outcome: list[tuple[Any, bytearray] | None] = []

        def talk() -> None:
            try:
                send(cast("BinaryIO", process.stdin), control, (content,))
                outcome.append(receive(cast("BinaryIO", process.stdout)))
            except (OSError, ValueError, struct.error, MemoryError):
                outcome.append(None)

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        deadline = time.monotonic() + seconds
        try:
            meanwhile()
        finally:
            thread.join(max(0.0, deadline - time.monotonic()))
            late = thread.is_alive()
            if late:
                process.kill()
                thread.join(5)
                self.close()
        if late:
            raise WorkerError("time")
        answer = outcome[0] if outcome else None
        if answer is None:
            self.close()
            raise WorkerError("crash")
        return answer


_shared: Worker | None = None


def shared() -> Worker:
    """Return the worker of this process."""
    global _shared  # noqa: PLW0603 - one reading process per program
    if _shared is None:
        _shared = Worker()
        atexit.register(_shared.close)
    return _shared

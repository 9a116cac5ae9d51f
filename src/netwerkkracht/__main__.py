"""The console command: the words go to ``cli``, or to a warm helper process where a run has started one."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence


def main() -> int:
    """Run the command and return its exit code."""
    address = os.environ.get("NK_WARM")
    if address:
        code = ask(address, sys.argv[1:])
        if code is not None:
            return code
    from netwerkkracht.run.cli import run

    return run(sys.argv[1:])


def ask(address: str, words: Sequence[str]) -> int | None:
    """Let the helper at ``address`` run a command; return its exit code, None when there is no helper.

    A hundred jobs start here: nothing is imported but what a line to the helper needs.
    """
    import socket

    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        try:
            line.connect(address)
            folder = os.getcwd()  # noqa: PTH109  # a text, no path
            socket.send_fds(line, [os.fsencode("\0".join([folder, *words]))], [1, 2])
            answer = line.recv(16)
        except OSError:
            return None
    return int(answer) if answer else 1


if __name__ == "__main__":
    sys.exit(main())

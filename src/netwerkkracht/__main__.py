"""The console command: the words go to ``cli``, or to a warm helper process where a run has started one."""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Run the command and return its exit code."""
    address = os.environ.get("NK_WARM")
    if address:
        from netwerkkracht.warm import ask

        code = ask(address, sys.argv[1:])
        if code is not None:
            return code
    from netwerkkracht.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())

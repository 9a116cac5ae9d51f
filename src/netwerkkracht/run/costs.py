"""What a job cost, measured by the job itself: of one in the helper Snakemake sees only the client."""

from __future__ import annotations

import os
import time
from pathlib import Path

FOLDER = Path("benchmarks/jobs")


def write_cost(begun: float, step: str, item: str | None) -> None:
    """Write elapsed seconds, processor seconds (children included) and peak memory in MiB of this process.

    ``begun`` is ``time.perf_counter()`` at its start; a copy of the helper has used no processor before.
    Memory is ``NA`` where the system does not tell it (Windows). The file is about speed alone: no record
    names it.
    """
    from netwerkkracht.core import io

    used = os.times()
    cells = [
        f"{time.perf_counter() - begun:.2f}",
        f"{used.user + used.children_user:.2f}",
        f"{used.system + used.children_system:.2f}",
        _memory(),
    ]
    path = FOLDER / step / f"{item}.tsv" if item else FOLDER / f"{step}.tsv"
    io.write_text(path, "s\tuser\tsystem\tmax_rss\n" + "\t".join(cells) + "\n")


def _memory() -> str:
    try:
        import resource
    except ImportError:
        return "NA"
    import sys

    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    # bytes on macOS, KiB elsewhere
    return f"{peak / (1 << 20 if sys.platform == 'darwin' else 1 << 10):.1f}"

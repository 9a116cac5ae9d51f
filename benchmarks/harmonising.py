"""Time and memory of harmonising: rows x 50 variables, and whether both grow linearly.

Run: ``.venv/bin/python benchmarks/harmonising.py [rows ...]`` (default 125000 250000 500000 1000000).
Prints per size the seconds, processor seconds (also per million rows), and the peak of memory in frames:
the most that harmonising held at once, the frame itself included, divided by the size of the frame.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

VARIABLES = 50


def codebook_texts() -> dict[str, str]:
    """Return a codebook of 50 variables in the usual mix: ordinal items, yes/no, numbers."""
    names = [f"v{n}" for n in range(1, VARIABLES + 1)]
    kinds = ["code" if n % 5 < 3 else "yesno" if n % 5 == 3 else "number" for n in range(VARIABLES)]
    lists = {"code": "sev", "yesno": "yn", "number": "num"}
    rows = [
        f"{name};{name};{name};{kind};;;{'sev' if kind == 'code' else ''};w r s"
        for name, kind in zip(names, kinds, strict=True)
    ]
    rules = [
        f"{name};*;*;{'direct' if kind == 'number' else 'recode'};{name};{lists[kind]};;"
        for name, kind in zip(names, kinds, strict=True)
    ]
    codes = [f"sev;{code};;{6 - code};" for code in range(1, 6)]
    codes += ["yn;1;;1;", "yn;2;;0;", "num;0..1000;;=;", "num;9999;;.r;"]
    codes += [f"{name};{code};;{tag};" for name in ("sev", "yn") for code, tag in ((8, ".w"), (9, ".r"))]
    codes += [f"{name};SYSMIS;;.s;" for name in ("sev", "yn", "num")]
    items = " ".join(name for name, kind in zip(names, kinds, strict=True) if kind == "code")
    return {
        "study.yaml": (
            "study: bench\ntitle: {nl: b, en: b}\nwaves: ['1', '2']\ngroups: {A: {}, B: {}}\n"
            "person: person\ngroup: arm\nwave: visit\nfiles:\n"
            + "".join(
                f"  - {{file: f{w}{g}, wave: '{w}', group: {g}, path: f{w}{g}.sav, id: id}}\n"
                for w in "12"
                for g in "AB"
            )
        ),
        "variables.csv": "variable;label_nl;label_en;type;min;max;targets;tags\n" + "\n".join(rows) + "\n",
        "targets.csv": "targets;code;label_nl;label_en\n"
        + "".join(f"sev;{c};c{c};c{c}\n" for c in range(1, 6)),
        "sources.csv": "variable;wave;group;rule;source;codes;source_label;decision\n"
        + "\n".join(rules)
        + "\n",
        "codes.csv": "codes;source;source_label;target;decision\n" + "\n".join(codes) + "\n",
        "derived.csv": (
            "variable;label_nl;label_en;rule;from;threshold;min_valid;on_too_few\n"
            f"stack;s;s;count_from;{items};3;20;.s\n"
        ),
    }


def files(rows: int) -> dict[str, object]:
    """Return four files that hold ``rows`` rows together."""
    from netwerkkracht.spss.model import SpssFile, SpssVariable

    rng = np.random.default_rng(3)
    made = {}
    n = rows // 4
    for group, base in (("A", 0), ("B", 10_000_000)):
        for wave in "12":
            columns = {"id": np.arange(base, base + n, dtype=float)}
            for k in range(VARIABLES):
                kind = k % 5
                if kind < 3:
                    values = rng.choice([1.0, 2, 3, 4, 5, 8, 9, np.nan], n)
                elif kind == 3:
                    values = rng.choice([1.0, 2, 8], n)
                else:
                    values = np.round(rng.random(n) * 1000, 3)
                columns[f"v{k + 1}"] = values
            variables = tuple(SpssVariable(name) for name in columns)
            made[f"f{wave}{group}"] = SpssFile(
                f"f{wave}{group}.sav", "", n, variables, pd.DataFrame(columns), "UTF-8"
            )
    return made


def status_mb(field: str) -> float:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    return float("nan")


def measure(rows: int) -> dict[str, float]:
    """Harmonise once in this process and return seconds and megabytes."""
    from netwerkkracht.harmonise import harmonise
    from netwerkkracht.study.codebook import read_codebook

    with tempfile.TemporaryDirectory() as folder:
        for name, text in codebook_texts().items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        book = read_codebook(Path(folder))
    harmonise(book, files(400))  # imports and first calls do not count
    made = files(rows)
    frame = sum(held.frame.memory_usage(index=False, deep=True).sum() for held in made.values()) / 2**20
    before = status_mb("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # start a new peak
    start, cpu = time.perf_counter(), time.process_time()
    result = harmonise(book, made)
    seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
    peak = status_mb("VmHWM")
    assert len(result.panel) == rows // 4 * 4
    assert not result.findings
    return {"rows": rows, "seconds": seconds, "cpu": cpu, "frame_mb": frame, "extra_mb": peak - before}


def main() -> None:
    """Measure each size in a process of its own, so that one does not warm the next."""
    if len(sys.argv) > 2 and sys.argv[1] == "--one":
        print(json.dumps(measure(int(sys.argv[2]))))
        return
    sizes = [int(word) for word in sys.argv[1:]] or [125_000, 250_000, 500_000, 1_000_000]
    print(
        f"{'rows':>9} {'seconds':>8} {'cpu s':>7} {'cpu s per 10^6':>14} {'frame MB':>9} {'peak/frame':>10}"
    )
    for rows in sizes:
        command = [sys.executable, __file__, "--one", str(rows)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
        got = json.loads(done.stdout)
        times = (got["frame_mb"] + got["extra_mb"]) / got["frame_mb"]
        print(
            f"{rows:>9} {got['seconds']:>8.2f} {got['cpu']:>7.2f} {got['cpu'] / rows * 1e6:>14.2f} "
            f"{got['frame_mb']:>9.0f} {times:>10.2f}"
        )


if __name__ == "__main__":
    main()

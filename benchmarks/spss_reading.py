"""Reading in the isolated process against plain pyreadstat: ``python benchmarks/spss_reading.py``.

The two take turns, so that a busy machine slows both; read the ratio. The worker is up before the clock runs.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat

from netwerkkracht.spss import SpssVariable, read, write
from netwerkkracht.spss.reading.client import Worker


def study(rows: int, columns: int) -> tuple[pd.DataFrame, tuple[SpssVariable, ...]]:
    """Three fifths ordinal with three missing codes, one fifth continuous, one fifth binary, 4 texts."""
    random = np.random.default_rng(1)
    frame, variables = {}, []
    for number in range(columns):
        name = f"vraag_{number}"
        if number < 4:
            frame[name] = [f"tekst {row % 97}" for row in range(rows)]
            variables.append(SpssVariable(name, width=20))
        elif number % 5 < 3:
            values = random.integers(1, 6, rows).astype(float)
            values[random.random(rows) < 0.05] = 9
            values[random.random(rows) < 0.02] = np.nan
            frame[name] = values
            labels = {1.0: "nooit", 5.0: "altijd", 8.0: "weet niet", 9.0: "weigert"}
            variables.append(
                SpssVariable(name, f"Vraag {number}", "F2.0", "ordinal", labels, (8.0, 9.0, 99.0))
            )
        elif number % 5 == 3:
            frame[name] = random.normal(50, 10, rows)
            variables.append(SpssVariable(name, measure="scale", missing=((-99.0, -1.0),)))
        else:
            frame[name] = random.integers(0, 2, rows).astype(float)
            variables.append(SpssVariable(name, measure="nominal"))
    return pd.DataFrame(frame), tuple(variables)


def compare(path: Path, rounds: int, worker: Worker) -> tuple[float, float]:
    """Return the median seconds of plain pyreadstat and of the isolated reader."""
    plain, isolated = [], []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        pyreadstat.read_sav(path, user_missing=True, disable_datetime_conversion=True)
        plain.append(time.perf_counter() - start)
        start = time.perf_counter()
        read(path, worker=worker)
        isolated.append(time.perf_counter() - start)
    # the first round warms up
    return statistics.median(plain[1:]), statistics.median(isolated[1:])


def main() -> None:
    """Measure the sizes and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    print(f"{'file':<22}{'plain':>9}{'isolated':>10}{'ratio':>7}")
    with tempfile.TemporaryDirectory() as folder, Worker() as worker:
        for rows, columns in ((120, 400), (10_000, 400)):
            for suffix in (".sav", ".zsav"):
                path = Path(folder) / f"study{suffix}"
                write(path, *study(rows, columns))
                plain, isolated = compare(path, rounds, worker)
                name = f"{rows} x {columns} {suffix}"
                print(f"{name:<22}{plain:>8.3f}s{isolated:>9.3f}s{isolated / plain:>7.2f}")


if __name__ == "__main__":
    main()

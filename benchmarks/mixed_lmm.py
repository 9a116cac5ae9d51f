"""Speed of the Gaussian mixed model beside statsmodels and, where it is installed, R's lme4.

Run from the project root, quietly, with one thread:

    OMP_NUM_THREADS=1 python benchmarks/mixed_lmm.py [--quick] [--out benchmarks/mixed_lmm]

Prints a table of seconds and ratios, from 10^2 to 10^5 persons, and the batched refits; writes it as CSV, and
as a plot (SVG) with the same name.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from netwerkkracht.mixed import fit
from netwerkkracht.mixed.gaussian.batch import fit_many, spectrum

FORMULA = "y ~ group * wave + (1 | id)"
R_SCRIPT = """
suppressMessages(library(lme4)); d <- read.csv("{data}", colClasses = c(wave = "character"))
control <- lmerControl(calc.derivs = FALSE); times <- numeric()
model <- y ~ group * wave + (1 | id)
for (i in 1:{repeats}) times[i] <- system.time(m <- lmer(model, d, control = control))[["elapsed"]]
cat(median(times), "\\n")
if ({refits} > 0) {{ set.seed(1); y <- simulate(m, {refits})
cat(system.time(for (j in seq_len({refits})) refit(m, y[[j]]))[["elapsed"]], "\\n") }}
"""


def panel(persons: int, waves: int, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = persons * waves
    frame = pd.DataFrame(
        {
            "id": np.repeat(np.arange(persons), waves),
            "group": np.repeat(np.where(np.arange(persons) % 2, "WT", "EKC"), waves),
            "wave": np.tile([str(w + 1) for w in range(waves)], persons),
        }
    )
    frame["y"] = 5 + np.repeat(rng.normal(size=persons), waves) + rng.normal(size=n)
    return frame


def median_time(action, repeats: int) -> float:
    action()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def with_statsmodels(frame: pd.DataFrame, repeats: int) -> float:
    from statsmodels.regression.mixed_linear_model import MixedLM

    def action() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            MixedLM.from_formula("y ~ group * wave", frame, groups="id").fit(reml=True)

    return median_time(action, repeats)


def with_r(frame: pd.DataFrame, repeats: int, refits: int = 0) -> tuple[float, float]:
    if shutil.which("Rscript") is None:
        return float("nan"), float("nan")
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data.csv"
        frame.to_csv(data, index=False)
        script = R_SCRIPT.format(data=data, repeats=repeats, refits=refits)
        done = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True, check=False)
    found = [float(line) for line in done.stdout.split()] if done.returncode == 0 else []
    return (*found, float("nan"), float("nan"))[:2]


def single_fits(sizes: list[int], limit_statsmodels: int, limit_r: int) -> pd.DataFrame:
    rows = []
    for persons in sizes:
        frame = panel(persons, 3 if persons < 100_000 else 4)
        repeats = max(1, min(30, 30_000 // persons))
        ours = median_time(lambda: fit(FORMULA, frame), repeats)  # noqa: B023
        tables = median_time(lambda: fit(FORMULA, frame).coefficients, repeats)  # noqa: B023
        theirs = with_statsmodels(frame, min(repeats, 3)) if persons <= limit_statsmodels else float("nan")
        r = with_r(frame, min(repeats, 10))[0] if persons <= limit_r else float("nan")
        rows.append((persons, len(frame), ours, tables, theirs, r, theirs / ours, r / ours))
    names = [
        "persons",
        "rows",
        "fit",
        "fit + Kenward-Roger",
        "statsmodels",
        "lme4",
        "statsmodels / fit",
        "lme4 / fit",
    ]
    return pd.DataFrame(rows, columns=names)


def refits(count: int) -> pd.DataFrame:
    frame = panel(120, 3)
    gaps = frame[np.random.default_rng(2).uniform(size=len(frame)) > 0.15]
    rows = []
    for name, data in (("120 x 3, complete", frame), ("120 x 3, 15 % missing", gaps)):
        r = fit(FORMULA, data)
        Y = r.simulate(count, seed=1)
        known = spectrum(r.engine.design)
        for label, df in (("estimates, SE, status", None), ("with Kenward-Roger df", "kenward-roger")):
            seconds = median_time(lambda df=df: fit_many(known, Y, df=df), 3)  # noqa: B023
            rows.append((name, label, count / seconds))
    lme4 = with_r(frame, 1, 200)[1]
    rows.append(("120 x 3, complete", "lme4 refit", 200 / lme4))
    return pd.DataFrame(rows, columns=["data", "what", "refits per second"])


def plot(table: pd.DataFrame, path: Path) -> None:
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 4))
    for name in ("fit", "statsmodels", "lme4"):
        axes.loglog(table["persons"], table[name], marker="o", label=name)
    axes.set_xlabel("persons")
    axes.set_ylabel("seconds for one fit")
    axes.legend(frameon=False)
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small sizes only")
    parser.add_argument("--out", type=Path, help="write OUT.csv and OUT.svg")
    given = parser.parse_args()
    sizes = [100, 1000] if given.quick else [100, 1000, 10_000, 100_000]
    table = single_fits(sizes, 100 if given.quick else 1000, 10_000)
    many = refits(5_000 if given.quick else 20_000)
    print(table.to_string(index=False, float_format=lambda v: f"{v:.4g}"), "\n")
    print(many.to_string(index=False, float_format=lambda v: f"{v:,.0f}"))
    if given.out:
        table.to_csv(given.out.with_suffix(".csv"), index=False, float_format="%.5g", lineterminator="\n")
        plot(table, given.out.with_suffix(".svg"))


if __name__ == "__main__":
    main()

"""Time the logit, count and ordinal mixed models, beside lme4 and ordinal where R is installed.

    OMP_NUM_THREADS=1 python benchmarks/mixed_glmm.py [--largest 100000] [--out benchmarks/mixed_glmm.csv]

Prints (and writes) a table of model, engine, persons, seconds, ratio to ours; --plot draws it.
"""

import argparse
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from netwerkkracht.mixed import fit

R_SCRIPT = """
suppressMessages({library(lme4); library(ordinal)})
a <- commandArgs(TRUE); d <- read.csv(a[1]); q <- as.integer(a[2])
timed <- function(e) { e(); t <- proc.time()[[3]]; e(); proc.time()[[3]] - t }
m <- NULL
cat("logit", timed(function() m <<- glmer(yes ~ group * wave + age + (1 | id), d, binomial, nAGQ = q)), "\\n")
s <- simulate(m, 10, seed = 1)
cat("refits", 100 * timed(function() for (y in s) refit(m, y)), "\\n")
d$lonely <- factor(d$lonely)
cat("ordinal", timed(function() clmm(lonely ~ group * wave + age + (1 | id), data = d, nAGQ = q)), "\\n")
"""


def panel(persons, waves, seed=1):
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(persons), waves)
    d = pd.DataFrame(
        {
            "id": who,
            "wave": np.tile([f"w{k}" for k in range(waves)], persons),
            "age": rng.normal(50, 10, persons)[who],
        }
    )
    d["group"] = np.where(who % 2, "WT", "EKC")
    eta = 0.3 * (who % 2) + 0.02 * (d["age"] - 50) + rng.normal(0, 1, persons)[who]
    d["yes"] = (rng.random(len(d)) < 1 / (1 + np.exp(-eta))).astype(float)
    d["lonely"] = np.digitize(eta + rng.logistic(size=len(d)), [-1, 0, 1]) + 1.0
    return d


def timed(function, repeats):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return float(np.median(times))


def ours(d, repeats):
    logit = "yes ~ group * wave + age + (1 | id)"
    rows = {
        "logit": timed(lambda: fit(logit, d, family="binomial"), repeats),
        "logit without age": timed(
            lambda: fit("yes ~ group * wave + (1 | id)", d, family="binomial"), repeats
        ),
        "ordinal": timed(lambda: fit("lonely ~ group * wave + age + (1 | id)", d, family="ordinal"), repeats),
    }
    if len(d) < 1000:
        for name, formula in (("refits", logit), ("refits without age", "yes ~ group * wave + (1 | id)")):
            result = fit(formula, d, family="binomial")
            Y = result.simulate(1000, 1)
            rows[name] = timed(lambda result=result, Y=Y: result.engine.refit_many(Y), 1)
    return rows


def in_r(d, nodes=15):
    with tempfile.TemporaryDirectory() as folder:
        data, script = Path(folder) / "d.csv", Path(folder) / "time.R"
        d.to_csv(data, index=False)
        script.write_text(R_SCRIPT, encoding="utf-8")
        done = subprocess.run(
            ["Rscript", str(script), str(data), str(nodes)], capture_output=True, text=True, check=True
        )
    return {line.split()[0]: float(line.split()[1]) for line in done.stdout.splitlines()}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=100_000)
    parser.add_argument("--largest-r", type=int, default=120)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    rows = []
    for persons, waves in ((120, 3), (1000, 4), (10_000, 4), (100_000, 4)):
        if persons > options.largest:
            continue
        d = panel(persons, waves)
        mine = ours(d, 7 if persons < 1000 else 1)
        rows += [(model, "netwerkkracht", persons, seconds, 1.0) for model, seconds in mine.items()]
        if shutil.which("Rscript") and persons <= options.largest_r:
            rows += [(m, "R", persons, s, s / mine[m]) for m, s in in_r(d).items()]
    table = pd.DataFrame(rows, columns=["model", "engine", "persons", "seconds", "ratio"])
    print(table.to_string(index=False, float_format=lambda v: f"{v:.4g}"))
    if options.out:
        table.to_csv(options.out, index=False, float_format="%.4g")
    if options.plot:
        wide = table[table["engine"] == "netwerkkracht"].pivot_table("seconds", "persons", "model")
        wide.plot(loglog=True, marker="o", ylabel="seconds").figure.savefig(options.plot)


if __name__ == "__main__":
    main()

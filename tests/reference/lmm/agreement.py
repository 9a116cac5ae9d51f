"""Print the largest difference between the Gaussian engine and R for each quantity of values.csv.

Run: python tests/reference/lmm/agreement.py
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parent))
from test_lmm_reference import KEYS, METHOD, expected, fitted


def main() -> None:
    rows = []
    for case, how in KEYS:
        r, want = fitted(case, how), expected(case, how)
        names = list(want["estimate"])
        se = np.array(list(want["se"].values()))
        kind = "boundary" if want["singular"][""] else "interior"

        def note(quantity, found, wanted, scale=1.0):
            size = float(np.nanmax(np.abs(np.asarray(found) - np.asarray(wanted)) / scale))
            rows.append((kind, quantity, size, f"{case} {how}"))  # noqa: B023

        note("estimate / SE", r.coefficients["estimate"][: len(names)], list(want["estimate"].values()), se)
        note("logLik (absolute)", r.loglik, want["loglik"][""])
        sd = np.array(list(want["sd"].values()))
        note("sd (relative to the largest)", np.sort(r.variances["sd"]), np.sort(sd), sd.max())
        for key, method in METHOD.items():
            if f"{key} df" in want:
                t = r.engine.tests(np.eye(len(names)), method)
                df, wanted_se = (
                    np.array(list(want[f"{key} df"].values())),
                    list(want["kr se" if key == "kr" else "se"].values()),
                )
                note(f"{key} SE (relative)", t.se, wanted_se, np.array(wanted_se))
                note(f"{key} df (relative)", t.df, df, df)
                note(f"{key} p (absolute)", t.p, list(want[f"{key} p"].values()))
            if f"anova {key} DenDF" in want:
                own = r.anova(method).set_index("term")
                for ours, theirs, relative in (
                    ("den_df", "DenDF", True),
                    ("statistic", "F value", True),
                    ("p", "Pr(>F)", False),
                ):
                    value = want[f"anova {key} {theirs}"]
                    wanted = np.array(list(value.values()))
                    note(
                        f"anova {key} {ours}", own.loc[list(value), ours], wanted, wanted if relative else 1.0
                    )
    table = pd.DataFrame(rows, columns=["kind", "quantity", "difference", "case"])
    worst = table.loc[table.groupby(["kind", "quantity"])["difference"].idxmax()]
    print(worst.to_string(index=False))  # noqa: T201


if __name__ == "__main__":
    main()

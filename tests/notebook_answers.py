"""The answers to the notebooks' exercises, worked out from the panel; remakes notebooks/answers.csv when run.

Kept apart from the notebooks, which do not give them away: `python tests/notebook_answers.py` after a run.
"""

import numpy as np

DECIMALS = {
    "data-1": 1, "data-2": 0, "stacking-1": 2, "stacking-2": 2, "mixed-1": 2, "mixed-2": 2, "help-1": 0,
    "help-2": 1, "diagnostics-1": 3, "diagnostics-2": 0, "choices-1": 0, "choices-2": 2, "figure-1": 1,
    "figure-2": 1,
}  # fmt: skip


def answers(panel):
    """Return question -> unrounded answer, from the panel with text keys."""
    return {**_descriptive(panel), **_modelled(panel)}


def _descriptive(panel):
    size = panel.groupby(["group", "wave"]).size()
    wide = panel.pivot(index="person_id", columns="wave", values="n_prob")
    group = panel.drop_duplicates("person_id").set_index("person_id")["group"]
    mix = panel.pivot(index="person_id", columns="wave", values="help_mix")
    wt2 = panel[(panel["group"] == "WT") & (panel["wave"] == "2")]

    def four_or_more(name, wave):
        values = panel.loc[(panel["group"] == name) & (panel["wave"] == wave), "n_prob"].dropna()
        return 100 * (values >= 4).mean()

    return {
        "data-1": 100 * size["EKC", "2"] / size["EKC", "1"],
        "data-2": size["WT", "1"] - size["WT", "2"],
        "stacking-1": panel.loc[(panel["group"] == "EKC") & (panel["wave"] == "1"), "n_prob"].mean(),
        "stacking-2": (wide["2"] - wide["1"])[group == "EKC"].mean(),
        "help-1": ((mix["1"] == 1) & (mix["2"] == 1)).sum(),
        "help-2": 100 * (wt2["help_mix"] == 1).mean(),
        "diagnostics-1": np.sqrt(1 / 12),
        "figure-1": four_or_more("EKC", "1"),
        "figure-2": four_or_more("WT", "2"),
    }


def _modelled(panel):
    from netwerkkracht.mixed import fit

    data = panel[["person_id", "group", "wave", "n_prob"]].dropna()
    made = fit("n_prob ~ group * wave + (1 | person_id)", data)
    variance = made.variances.set_index("group")["variance"]
    twice = data[data.groupby("person_id")["wave"].transform("nunique") == 2]
    change = fit("n_prob ~ group * wave + (1 | person_id)", twice).coefficients.set_index("term")
    return {
        "mixed-1": variance["person_id"] / variance.sum(),
        "mixed-2": abs(change.loc["groupWT:wave2", "statistic"]),
        "diagnostics-2": len(data),
        "choices-1": 24,
        "choices-2": _spread(panel),
    }


def _spread(panel):
    from netwerkkracht.mixed import fit

    panel = panel.copy()
    first = panel[panel["wave"] == "1"].set_index("person_id")
    for name in ("age_class", "edu3"):
        values = panel["person_id"].map(first[name])
        panel[f"{name}_w1"] = values.map(lambda code: f"{code:.0f}", na_action="ignore")
    estimates = []
    for outcome in ("n_prob", "n_prob_native"):
        valid = panel.dropna(subset=[outcome])
        both = valid[valid.groupby("person_id")["wave"].transform("nunique") == 2]
        estimates += [
            fit(f"{outcome} ~ group * wave{extra} + (1 | person_id)", data)
            .coefficients.set_index("term")
            .loc["groupWT:wave2", "estimate"]
            for extra in ("", " + age_class_w1 + edu3_w1")
            for data in (panel, both)
        ]
    return max(estimates) - min(estimates)


def main():
    from netwerkkracht.core import io
    from netwerkkracht.notebooks.answers import digest
    from netwerkkracht.notebooks.teaching import ANSWERS, open_study

    found = answers(open_study().panel)
    rows = [(name, DECIMALS[name], digest(name, float(found[name]), DECIMALS[name])) for name in DECIMALS]
    io.write_text(ANSWERS, io.csv_text(["question", "decimals", "digest"], rows, separator=";"))


if __name__ == "__main__":
    main()

"""The Gaussian engine against R's answers (lme4, lmerTest, pbkrtest, emmeans); make_values.R made them."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from netwerkkracht.mixed import fit

HERE = Path(__file__).parent
CASES = pd.read_csv(HERE / "cases.csv", sep=";", keep_default_na=False)
VALUES = pd.read_csv(HERE / "values.csv", sep=";", keep_default_na=False)
VALUES["value"] = pd.to_numeric(VALUES["value"], errors="coerce")
PROFILES = pd.read_csv(HERE / "profiles.csv", sep=";")
KEYS = [(int(case), how) for case in CASES["case"] for how in ("REML", "ML")]
METHOD = {"kr": "kenward-roger", "satterthwaite": "satterthwaite"}


def read(name):
    texts = dict.fromkeys(
        ["group", "person", "team", "edu", "sex", "wave", "Subject", "plate", "sample", "batch", "cask",
        "Batch",
         "Worker", "Machine", "Block", "Variety", "recipe", "replicate", "temperature", "subject",
         "treatment", "drug", "length", "school", "type", "Sex"], str)  # fmt: skip
    return pd.read_csv(HERE / "data" / f"{name}.csv", sep=";", dtype=texts)


@cache
def fitted(case, how):
    row = CASES[CASES["case"] == case].iloc[0]
    return fit(row["formula"], read(row["data"]), reml=how == "REML")


@cache
def expected(case, how):
    own = VALUES[VALUES["case"] == f"{case} {how}"]
    return {q: dict(zip(part["name"], part["value"], strict=True)) for q, part in own.groupby("quantity")}


def compare(found, wanted, rtol=0.0, atol=0.0):
    assert set(found) == set(wanted)
    names = list(wanted)
    np.testing.assert_allclose([found[n] for n in names], [wanted[n] for n in names], rtol=rtol, atol=atol)


@pytest.mark.parametrize(("case", "how"), KEYS)
def test_estimates_variances_and_loglik(case, how):
    r, want = fitted(case, how), expected(case, how)
    ok = "rank_deficient" if r.engine.design.dropped_columns else "ok"
    assert r.status == ("boundary" if want["singular"][""] else ok), r.messages
    assert r.n_rows == next(iter(want["n"].values()))
    assert abs(r.loglik - want["loglik"][""]) <= 1e-6
    names = list(want["estimate"])
    assert list(r.engine.names) == names
    plain = r.engine.tests(np.eye(len(names)), "satterthwaite")
    se = np.array([want["se"][n] for n in names])
    np.testing.assert_allclose(
        r.engine.beta / se, [want["estimate"][n] for n in names] / se, rtol=0, atol=1e-6
    )
    np.testing.assert_allclose(plain.se, se, rtol=1e-5)
    found = {
        f"{'Residual' if row.group == 'residual' else row.group}|{row.term or 'NA'}|NA": row.sd
        for row in r.variances.itertuples()
    }
    # a variance that R leaves at 1e-8 is exactly zero here
    compare(found, want["sd"], rtol=1e-5, atol=1e-6 * max(want["sd"].values()))


@pytest.mark.parametrize(("case", "how"), KEYS)
def test_degrees_of_freedom(case, how):
    r, want = fitted(case, how), expected(case, how)
    names = list(r.engine.names)
    for key, method in METHOD.items():
        if f"{key} df" not in want:
            continue
        t = r.engine.tests(np.eye(len(names)), method)
        compare(dict(zip(names, t.df, strict=True)), want[f"{key} df"], rtol=1e-3)
        compare(dict(zip(names, t.p, strict=True)), want[f"{key} p"], atol=1e-4)
        if key == "kr":
            compare(dict(zip(names, t.se, strict=True)), want["kr se"], rtol=1e-5)


@pytest.mark.parametrize(("case", "how"), KEYS)
def test_f_tests(case, how):
    r, want = fitted(case, how), expected(case, how)
    table = r.anova()
    for key, method in METHOD.items():
        if f"anova {key} DenDF" not in want:
            continue
        own = table[table["method"] == method].set_index("term")
        compare(own["num_df"].to_dict(), want[f"anova {key} NumDF"])
        compare(own["den_df"].to_dict(), want[f"anova {key} DenDF"], rtol=1e-3)
        compare(own["statistic"].to_dict(), want[f"anova {key} F value"], rtol=1e-4)
        compare(own["p"].to_dict(), want[f"anova {key} Pr(>F)"], atol=1e-4)


@pytest.mark.parametrize(("case", "how"), KEYS)
def test_conditional_modes(case, how):
    r, want = fitted(case, how), expected(case, how)
    modes = r.conditional_modes()
    modes["key"] = modes["group"] + "|" + modes["term"] + "|" + modes["level"]
    found = modes.set_index("key")["mode"]
    scale = max(r.variances["sd"])
    for name, value in want["mode"].items():
        assert abs(found[name] - value) <= 1e-4 * scale, name


@pytest.mark.parametrize(("case", "how"), [key for key in KEYS if key[1] == "REML"])
@pytest.mark.parametrize("method", ["kenward-roger", "satterthwaite"])
def test_means_and_contrasts(case, how, method):
    r, want = fitted(case, how), expected(case, how)
    if f"means {method} emmean" not in want:
        pytest.skip("no means asked for")
    row = CASES[CASES["case"] == case].iloc[0]
    term, by = row["term"], row["by"] or None
    m = r.means(term, by, method=method)
    names = m[term] + ("|" + m[by] if by else "")
    columns = {"estimate": "emmean", "se": "SE", "df": "df", "lower": "lower.CL", "upper": "upper.CL"}
    for ours, theirs in columns.items():
        rtol = 1e-3 if ours == "df" else 1e-5
        wanted = {clean(n): v for n, v in want[f"means {method} {theirs}"].items()}
        compare(dict(zip(names.map(clean), m[ours], strict=True)), wanted, rtol=rtol, atol=1e-7)
    columns = {
        "estimate": "estimate",
        "se": "SE",
        "df": "df",
        "lower": "lower.CL",
        "upper": "upper.CL",
        "p": "p.value",
    }
    for adjust in ("tukey", "holm"):
        c = r.contrasts(term, by, adjust=adjust, method=method)
        names = c["contrast"] + ("|" + c[by] if by else "")
        for ours, theirs in columns.items():
            rtol, atol = (1e-3, 0) if ours == "df" else (0, 1e-4) if ours == "p" else (1e-4, 1e-5)
            found = dict(zip((clean(n) for n in names), c[ours], strict=True))
            wanted = {clean(n): v for n, v in want[f"pairs {method} {adjust} {theirs}"].items()}
            compare(found, wanted, rtol=rtol, atol=atol)
    if by:
        c = r.contrasts(term, by, interaction=True, adjust="none", method=method)
        names = [clean(n) for n in c["contrast"] + "|" + c[by].astype(str)]
        for ours, theirs in (("estimate", "estimate"), ("se", "SE"), ("df", "df"), ("p", "p.value")):
            wanted = {clean(n): v for n, v in want[f"interaction {method} {theirs}"].items()}
            found = dict(zip(names, c[ours], strict=True))
            compare(found, wanted, rtol=1e-3 if ours == "df" else 1e-5, atol=1e-4 if ours == "p" else 1e-6)


def clean(name):
    """emmeans puts a factor name before numbers and brackets around names with signs."""
    import re

    return re.sub(r"[()]|\b(?:wave|Days|nitro|time)(?=\d)|(?<=\d)\.0\b", "", name)


@pytest.mark.parametrize("case", sorted(set(PROFILES["case"])))
def test_profile_intervals(case):
    own = PROFILES[PROFILES["case"] == case]
    table = fitted(case, "REML").profile().set_index("parameter")
    for side in ("lower", "upper"):
        want = own[own["quantity"] == side].set_index("name")["value"]
        assert {translate(name) for name in want.index} == set(table.index)
        for name, value in want.dropna().items():
            found = table.loc[translate(name), side]
            # lme4 interpolates its profile with splines
            assert abs(found - value) <= 1e-4 * max(abs(value), 1), (name, side, found, value)


def translate(name):
    if name.startswith("sd_"):
        return f"sd({name[3:]})"
    if name.startswith("cor_"):
        pair, group = name[4:].split("|")
        first, second = pair.split(".", 1)
        return f"cor({first},{second}|{group})"
    return name

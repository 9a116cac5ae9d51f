"""The mixed-model core against R on data sets made after it was written; see README.md."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from netwerkkracht.mixed import fit

HERE = Path(__file__).parent
LMM = json.loads((HERE / "values" / "lmm.json").read_text())
GLMM = json.loads((HERE / "values" / "glmm.json").read_text())
KENWARD_ROGER, SATTERTHWAITE = "kenward-roger", "satterthwaite"
# lmerTest's numerical derivatives break down where the outcome is in millions
SATTERTHWAITE_OFF = {"tiny"}
# emmeans takes nested factors for one family
TUKEY_OFF = {"y ~ level / wave + (1 | id)"}
# differences of glmer's and clmm's deviance functions lose digits with several random effects
COARSE = {"s ~ arm + x + (x | id)", "five ~ arm + x0 + (1 + x0 | id)"}


@cache
def frame(name, which):
    kinds = (LMM if which == "lmm" else GLMM)["kinds"][name]
    text = {column: str for column, kind in kinds["kind"].items() if kind == "text"}
    d = pd.read_csv(HERE / "data" / f"{name}.csv", sep=";", dtype=text, keep_default_na=False, na_values=[""])
    for column, levels in (kinds["order"] or {}).items():
        d[column] = pd.Categorical(d[column], categories=levels)
    return d.assign(x0=d["x"] - 20) if name == "ord" else d


@cache
def fitted(which, number):
    r = (LMM if which == "lmm" else GLMM)["cases"][number]
    d = frame(r["data"], which)
    if which == "lmm":
        return fit(r["formula"], d, reml=r["reml"])
    return fit(r["formula"], d, r["family"], nodes=r["nodes"], trials=r["trials"])


def array(values):
    values = values if isinstance(values, list) else [values]
    return np.array([np.nan if v in (None, "NA") else v for v in values], float)


def close(found, wanted, rtol=0.0, atol=0.0):
    np.testing.assert_allclose(np.asarray(found, float), wanted, rtol=rtol, atol=atol, equal_nan=True)


def title(r):
    how = ("REML" if r["reml"] else "ML") if "reml" in r else f"{r['family']} {r['nodes']}"
    return f"{r['data']}: {r['formula']}, {how}"


def plain(value, term=""):
    text = str(value).replace("(", "").replace(")", "")
    return {"True": "TRUE", "False": "FALSE"}.get(text, text.replace(term, "") if term else text)


def cells(table, names, term=""):
    columns = [[plain(v, term if name == "contrast" else "") for v in list(table[name])] for name in names]
    return list(zip(*columns, strict=True))


def placed(found, wanted, names, term=""):
    """Rows of our table in R's order."""
    wanted = {name: v if isinstance(v, list) else [v] for name, v in wanted.items()}
    index = cells(found, names, term)
    assert len(set(index)) == len(index)
    assert set(index) == set(cells(wanted, names, term))
    order = [index.index(cell) for cell in cells(wanted, names, term)]
    return found.iloc[order], {name: array(v) for name, v in wanted.items() if name not in names}


def variances_agree(r, m, tolerance):
    own = {(v.group.replace("residual", "Residual"), v.term): v for v in m.variances.itertuples()}
    largest = max(v["sdcor"] for v in r["var"] if v["var2"] is None)
    first = {}
    for v in r["var"]:
        group = v["grp"] if v["grp"] in m.n_groups or v["grp"] == "Residual" else v["grp"].replace(".", ":")
        if v["var2"] is None:
            first.setdefault(group, v["var1"] or "")
            close(own[group, v["var1"] or ""].sd, v["sdcor"], atol=tolerance * max(largest, 0.1))
        elif first[group] == v["var1"]:
            close(own[group, v["var2"]].correlation, v["sdcor"], atol=10 * tolerance)
    return largest


def modes_agree(r, m, atol):
    own = m.conditional_modes().set_index(["group", "level", "term"])
    for v in r["modes"]:
        group = v["grpvar"] if v["grpvar"] in m.n_groups else v["grpvar"].rsplit(".", 1)[0]
        close(own.loc[(group, v["grp"], v["term"]), "mode"], v["condval"], atol=atol)
        close(own.loc[(group, v["grp"], v["term"]), "sd"], v["condsd"], atol=atol)


def pairs_agree(r, m, pairs, method, tolerance):
    for adjust, wanted in pairs.items():
        if not wanted or (adjust == "tukey" and r["formula"] in TUKEY_OFF):
            continue
        by = [r["by"]] if r["by"] else []
        table = m.contrasts(r["term"], r["by"], adjust=adjust, method=method)
        found, want = placed(table, wanted, ["contrast", *by], r["term"])
        se = np.maximum(want["SE"], 1e-300)
        close(found["estimate"] / se, want["estimate"] / se, atol=tolerance)
        close(found["se"] / se, want["SE"] / se, rtol=tolerance)
        close(found["p"], want["p.value"], atol=tolerance)


@pytest.mark.parametrize("number", range(len(LMM["cases"])), ids=[title(r) for r in LMM["cases"]])
def test_linear_model(number):
    r, m = LMM["cases"][number], fitted("lmm", number)
    assert m.n_rows == r["n"]
    assert m.n_groups == r["ngrps"]
    rank = bool(m.engine.design.dropped_columns)
    assert m.status == ("rank_deficient" if rank else "boundary" if r["singular"] else "ok")
    table = m.coefficients.dropna(subset="estimate")
    assert list(table["term"]) == list(r["est"])
    se = array(r["sat"]["se"])
    close(table["estimate"] / se, array(list(r["est"].values())) / se, atol=1e-6)
    close(m.loglik, r["loglik"], atol=1e-6)
    close(m.aic, r["aic"], atol=1e-6)
    largest = variances_agree(r, m, 1e-5)
    modes_agree(r, m, 1e-5 * largest)
    d = frame(r["data"], "lmm").iloc[[i - 1 for i in r["new_rows"]]]
    size = np.std(r["pred"]["na"]) + largest
    close(m.predict(d) / size, array(r["pred"]["null"]) / size, atol=1e-6)
    close(m.predict(d, conditional=False) / size, array(r["pred"]["na"]) / size, atol=1e-6)


METHODS = [
    (number, method)
    for number, r in enumerate(LMM["cases"])
    for key, method in (("sat", SATTERTHWAITE), ("kr", KENWARD_ROGER))
    if r[key] and not (method == SATTERTHWAITE and r["data"] in SATTERTHWAITE_OFF)
]


@pytest.mark.parametrize(
    ("number", "method"), METHODS, ids=[f"{title(LMM['cases'][i])}, {method}" for i, method in METHODS]
)
def test_small_sample_inference(number, method):
    r, m = LMM["cases"][number], fitted("lmm", number)
    want = r["sat" if method == SATTERTHWAITE else "kr"]
    tests = m.engine.tests(np.eye(len(r["est"])), method)
    close(tests.se, array(want["se"]), rtol=1e-5)
    close(tests.df, array(want["df"]), rtol=1e-3)
    close(tests.p, array(want["p"]), atol=1e-4)
    anova = r["anova"][method]
    own = m.anova(method).set_index("term")
    terms = anova["term"] if isinstance(anova["term"], list) else [anova["term"]]
    assert set(own.index) == set(terms)
    own = own.loc[terms]
    close(own["num_df"], array(anova["num"]))
    close(own["den_df"], array(anova["den"]), rtol=1e-3)
    close(own["statistic"], array(anova["F"]), rtol=1e-4)
    close(own["p"], array(anova["p"]), atol=1e-4)
    if not (r["means"] or {}).get(method):
        return
    names = [r["by"], r["term"]] if r["by"] else [r["term"]]
    found, want = placed(m.means(r["term"], r["by"], method=method), r["means"][method], names)
    close(found["estimate"] / want["SE"], want["emmean"] / want["SE"], atol=1e-6)
    close(found["se"], want["SE"], rtol=1e-5)
    close(found["df"], want["df"], rtol=1e-3)
    close(found["upper"] / want["SE"], want["upper.CL"] / want["SE"], atol=1e-3)
    pairs_agree(r, m, r["pairs"].get(method) or {}, method, 1e-4)


PROFILED = [number for number, r in enumerate(LMM["cases"]) if r.get("profile")]


@pytest.mark.parametrize("number", PROFILED, ids=[title(LMM["cases"][i]) for i in PROFILED])
def test_profile(number):
    r, own = LMM["cases"][number], fitted("lmm", number).profile().set_index("parameter")
    for name, lower, upper in zip(*r["profile"].values(), strict=True):
        ours = f"sd({name[3:].replace('|', '|', 1)})" if name.startswith("sd_") else name
        found = own.loc[ours]
        close([found["lower"], found["upper"]], [lower or 0, upper], atol=5e-4 * (upper - (lower or 0)))


@pytest.mark.parametrize("number", range(len(GLMM["cases"])), ids=[title(r) for r in GLMM["cases"]])
def test_other_families(number):
    r, m = GLMM["cases"][number], fitted("glmm", number)
    assert m.n_rows == r["n"]
    assert m.status in {"ok", "boundary"}
    assert list(m.coefficients["term"]) == list(r["est"])
    se = array(r["se"])
    close(m.coefficients["estimate"] / se, array(list(r["est"].values())) / se, atol=1e-3)
    close(m.coefficients["se"], se, rtol=2e-3 if r["formula"] in COARSE else 1e-3)
    # glmer leaves out data-only constants of counts and proportions where nAGQ > 1
    if r["nodes"] == 1 or (r["trials"] is None and r["family"] != "poisson"):
        close(m.loglik, r["loglik"], atol=1e-4)
    largest = variances_agree(r, m, 1e-4)
    modes_agree(r, m, 1e-3 * max(largest, 0.1))
    if r["sigma"] and r["sigma"] < 1e3:
        close(m.theta, r["sigma"], rtol=1e-3)
    tolerance = 5e-3 if r["formula"] in COARSE else 1e-3
    # emmeans puts offset(log(u)) at log(mean(u)) for glmmTMB only, and an ordinal mean at the mean threshold
    odd = r["family"] == "ordinal" or (r["family"] == "negative-binomial" and "offset" in r["formula"])
    if r["term"] and r["means"] and not odd:
        names = [r["by"], r["term"]] if r["by"] else [r["term"]]
        found, want = placed(m.means(r["term"], r["by"]), r["means"], names)
        close(found["estimate"] / want["SE"], want["emmean"] / want["SE"], atol=tolerance)
        close(found["se"], want["SE"], rtol=tolerance)
    if r["term"] and r["pairs"]:
        pairs_agree(r, m, r["pairs"], None, tolerance)

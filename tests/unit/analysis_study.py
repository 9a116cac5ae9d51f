"""An invented study with other names than the real one: two arms, three visits, for tests."""

import numpy as np
import pandas as pd

from netwerkkracht.study.facts import Facts, VariableFacts
from netwerkkracht.study.model import Model


def words(text):
    return {"nl": f"{text} (nl)", "en": f"{text} (en)"}


def model(formula, family="gaussian", **more):
    """Return a model of the study; what a test does not speak of is plain."""
    given = {"id": "m", "order": 0, "role": "exploratory", "label": words("m")}
    return Model.model_validate({**given, "formula": formula, "family": family, **more})


TROUBLES = ("t_money", "t_house", "t_mind", "t_work", "t_kids")
MIX = (("1", words("both")), ("2", words("net")), ("3", words("pro")), ("4", words("none")))


def facts(visits=("a", "b", "c")):
    named = {
        "pid": VariableFacts("pid", words("person"), "id"),
        "load": VariableFacts("load", words("load"), "integer", 0, 5, parts=TROUBLES, derived="count_from"),
        "mood": VariableFacts("mood", words("mood"), "number", 0, 10),
        "aided": VariableFacts("aided", words("aided"), "yesno"),
        "fixed": VariableFacts("fixed", words("fixed"), "yesno", structural=("new",)),
        "mix": VariableFacts("mix", words("mix"), "code", codes=MIX),
        "school": VariableFacts(
            "school", words("school"), "code", codes=(("1", words("low")), ("2", words("high")))
        ),
        "years": VariableFacts("years", words("years"), "integer", 18, 90),
        **{name: VariableFacts(name, words(name), "yesno") for name in TROUBLES},
    }
    return Facts(
        person="pid",
        group="arm",
        wave="visit",
        groups=("new", "old"),
        waves=tuple(visits),
        group_labels={"new": words("New way"), "old": words("Old way")},
        wave_labels={visit: words(f"visit {visit}") for visit in visits},
        variables=named,
        tags={"m": words("no interview"), "w": words("don't know")},
        languages=("nl", "en"),
    )


def panel(seed=1, n=40, visits=("a", "b", "c"), lost=0.15):
    """Make a panel with drop-out; rows of no interview carry the tag m."""
    draw = np.random.default_rng(seed)
    rows = []
    for arm_number, arm in enumerate(("new", "old")):
        for person in range(n):
            level = draw.normal()
            years = int(draw.integers(20, 80))
            school = float(draw.integers(1, 3))
            gone = False
            for number, visit in enumerate(visits):
                gone = gone or (number > 0 and draw.random() < lost)
                row = {"pid": f"{arm}{person:03d}", "arm": arm, "visit": visit}
                values = _values(draw, level, arm_number, number)
                values |= (
                    {"years": years, "school": school} if number == 0 else {"years": np.nan, "school": np.nan}
                )
                for name, value in values.items():
                    missing = gone or (isinstance(value, float) and np.isnan(value))
                    row[name] = np.nan if missing else value
                    row[f"{name}__reason"] = "m" if gone else "q" if missing else ""
                if not gone and draw.random() < 0.03:
                    row["mood"], row["mood__reason"] = np.nan, "w"
                rows.append(row)
    return pd.DataFrame(rows)


def _values(draw, level, arm, number):
    chance = 1 / (1 + np.exp(-(level - 0.4 * number - 0.3 * arm)))
    troubles = {name: float(draw.random() < chance) for name in TROUBLES}
    return {
        **troubles,
        "load": float(sum(troubles.values())),
        "mood": float(np.clip(5 + 0.6 * level + 0.5 * number - 0.4 * arm + draw.normal(0, 1), 0, 10)),
        "aided": float(draw.random() < 1 / (1 + np.exp(-(0.3 + level - 0.5 * arm)))),
        "fixed": 1.0 if arm == 0 else float(draw.random() < 0.2),
        "mix": float(draw.choice([1, 2, 3, 4], p=[0.6, 0.1, 0.2, 0.1])),
    }

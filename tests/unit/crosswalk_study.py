"""A small invented study of three waves, two groups and twelve variables, clean until a test breaks it.

It is the worked example of the crosswalk format: other codes per wave and group, a domain split in two from
the second wave, a domain not asked of one group, a negatively worded item, id styles that differ.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from netwerkkracht.spss.model import SpssFile, SpssVariable

WAVES = ("T0", "T1", "T2")
N = 20
SEVERITY = {1: "geen probleem", 2: "klein probleem", 3: "matig probleem", 4: "groot probleem"}
SEVERITY[5] = "zeer groot probleem"
AGREE = {1: "helemaal niet mee eens", 2: "niet mee eens", 3: "neutraal", 4: "mee eens"}
AGREE[5] = "helemaal mee eens"
REFUSE = {8: "weet niet", 9: "wil niet zeggen"}
ZERO = {code - 1: label for code, label in SEVERITY.items()}
DAY = 86_400.0
ORIGIN = np.datetime64("1582-10-14")

STUDY = """
study: invented
title: {nl: Voorbeeld, en: Example}
waves: [T0, T1, T2]
groups: {EKC: {nl: Conferentie, en: Conference}, WT: {nl: Wijkteam, en: Team}}
person: person
group: arm
wave: visit
date: day
keys: keys.csv
files:
  - {file: ekc_t0, wave: T0, group: EKC, path: ekc_t0.sav, id: respnr}
  - {file: wt_t0, wave: T0, group: WT, path: wt_t0.sav, id: RESPNR}
  - {file: ekc_t1, wave: T1, group: EKC, path: ekc_t1.sav, id: respnr}
  - {file: wt_t1, wave: T1, group: WT, path: wt_t1.sav, id: respnr}
  - {file: ekc_t2, wave: T2, group: EKC, path: ekc_t2.sav, id: respnr}
  - {file: wt_t2, wave: T2, group: WT, path: wt_t2.sav, id: respnr}
"""
VARIABLES = """variable;label_nl;label_en;type;min;max;targets;tags;structural;worst
day;Datum;Date;date;2019-01-01;2023-12-31;;s;;
age;Leeftijd;Age;integer;12;99;;r q s;;
sex;Geslacht;Sex;code;;;sex;r q s;;
prob_fin;Financien;Finances;code;;;severity;w r n s;;high
prob_home;Huisvesting;Housing;code;;;severity;w r n s;;high
prob_fam;Gezin;Family;code;;;severity;w r n s g;;high
prob_psy;Psychisch;Mental;code;;;severity;w r n q s;;high
control;Eigen regie;Control;code;;;agree;w r s;;low
support;Steun 0-10;Support 0-10;integer;0;10;;w n s;;
"""
TARGETS = "targets;code;label_nl;label_en\nsex;1;man;man\nsex;2;vrouw;woman\n" + "".join(
    f"{name};{code};{label};{label}\n"
    for name, labels in (("severity", SEVERITY), ("agree", AGREE))
    for code, label in labels.items()
)
SOURCES = """variable;wave;group;rule;source;codes;if_missing;source_label;decision
day;*;*;direct;datum;;;Datum afname;
age;T0;*;direct;lft;age;;Leeftijd;
age;T1 T2;*;not_asked;;;;;B01
sex;T0;EKC;recode;gesl;sex_ekc;;Geslacht;
sex;T0;WT;recode;GESL;sex_wt;;Geslacht;B02
sex;T1 T2;*;not_asked;;;;;B01
prob_fin;T0;*;recode;v12a;sev15;;Financiele problemen;
prob_fin;T1;*;recode;q7_1;sev15;;Financiele problemen;
prob_fin;T2;*;recode;fin;sev04;;Financiele problemen;B03
prob_home;T0;*;recode;v12b;sev15;;Problemen met huisvesting;
prob_home;T1;*;recode;q7_2;sev15;;Problemen met huisvesting;
prob_home;T2;*;recode;won;sev04;;Problemen met huisvesting;B03
prob_fam;T0;*;recode;v12c;sev15;;Problemen in het gezin;
prob_fam;T1;*;worst;q7_3 q7_4;sev15;use_valid;Problemen met opvoeding | Relatieproblemen;B04
prob_fam;T2;*;worst;opv rel;sev04;use_valid;Problemen met opvoeding | Relatieproblemen;B04
prob_psy;T0;WT;not_asked;;;;;B05
prob_psy;T0;EKC;recode;v12d;sev15;;Psychische problemen;
prob_psy;T1;*;recode;q7_5;sev15;;Psychische problemen;
prob_psy;T2;*;recode;psy;sev04;;Psychische problemen;B03
control;*;EKC;recode;regie;agree15;;Ik heb zelf de regie;
control;T0;WT;recode;regie;agree51;;Ik heb niet zelf de regie;B06
control;T1 T2;WT;recode;regie;agree15;;Ik heb zelf de regie;
support;*;*;direct;steun;support;;Steun uit netwerk;
"""
DERIVED = """variable;label_nl;label_en;rule;from;threshold;min_valid;on_too_few;on_uneven;scale;decision
stack_n;Aantal;Count;count_from;prob_fin prob_home prob_fam prob_psy;3;3;.s;asked;;B07
stack_sum;Som;Sum;sum;prob_fin prob_home prob_fam;;3;.s;;yes;
stack;Stapeling;Stacking;at_least;stack_n;2;;;;;
"""
DECISIONS = "number;date;decision_nl;decision_en;reason_nl;reason_en;who\n" + "".join(
    f"B{n:02d};2019-05-01;Besluit {n};Decision {n};Reden {n};Reason {n};RT\n" for n in range(1, 12)
)


def _lists() -> str:
    rows = ["codes;source;source_label;target;decision"]
    tags = {8: ".w", 9: ".r", 99: ".n"}
    rows += [f"sev15;{code};{label};{code};" for code, label in SEVERITY.items()]
    rows += [
        f"sev15;{code};{label};{tags[code]};" for code, label in {**REFUSE, 99: "niet van toepassing"}.items()
    ]
    rows += [f"sev04;{code};{label};{code + 1};" for code, label in ZERO.items()]
    rows += ["sev04;-1;weet niet;.w;", "sev04;-2;weigert;.r;", "sev04;-3;n.v.t.;.n;"]
    for code, label in AGREE.items():
        rows += [f"agree15;{code};{label};{code};", f"agree51;{code};{label};{6 - code};"]
    for name in ("agree15", "agree51"):
        rows += [f"{name};{code};{label};{tags[code]};" for code, label in REFUSE.items()]
    rows += ["sex_ekc;1;man;1;", "sex_ekc;2;vrouw;2;", "sex_wt;0;vrouw;2;", "sex_wt;1;man;1;"]
    rows += ["sex_ekc;9;wil niet zeggen;.r;", "sex_wt;9;wil niet zeggen;.r;"]
    rows += ["age;12..99;;=;", "age;999;wil niet zeggen;.r;"]
    rows += ["support;0..10;;=;", "support;88;weet niet;.w;", "support;-99;niet van toepassing;.n;"]
    lists = ("sev15", "sev04", "agree15", "agree51", "sex_ekc", "sex_wt", "age", "support")
    return "\n".join([*rows, *(f"{name};SYSMIS;;.s;" for name in lists)]) + "\n"


def tables() -> dict[str, str]:
    """Return the codebook as file texts."""
    keys = ["file;source_id;person_id"]
    for group, base in (("ekc", 1000), ("wt", 2000)):
        for wave in ("t0", "t1", "t2"):
            keys += [f"{group}_{wave};{_own_id(group, wave, n)};{base + n}" for n in range(1, N + 1)]
    examples = "person_id;wave;variable;expected\n1001;T0;sex;1\n1001;T1;sex;.q\n2001;T0;prob_psy;.q\n"
    return {
        "study.yaml": STUDY,
        "variables.csv": VARIABLES,
        "targets.csv": TARGETS,
        "sources.csv": SOURCES,
        "codes.csv": _lists(),
        "derived.csv": DERIVED,
        "decisions.csv": DECISIONS,
        "examples.csv": examples,
        "keys.csv": "\n".join(keys) + "\n",
    }


def _own_id(group: str, wave: str, n: int) -> str:
    """Return a person's identifier in a file: numbers, EK-017 and WT03-012 styles."""
    if wave == "t0":
        return str((1000 if group == "ekc" else 2000) + n)
    return f"EK-{n:03d}" if group == "ekc" else f"WT{n % 4:02d}-{n:03d}"


def write_codebook(folder: Path, changes: dict[str, str] | None = None) -> Path:
    """Write the codebook, with some of its files replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {**tables(), **(changes or {})}.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@dataclass
class Draft:
    """A file under construction: values, labels and declarations that a test may damage."""

    name: str
    columns: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, SpssVariable] = field(default_factory=dict)

    def add(
        self, name: str, label: str, values: Any, labels: dict | None = None, missing: tuple = ()
    ) -> None:
        values = np.asarray(values)
        text = values.dtype.kind in "OU"
        self.columns[name] = values.astype(object) if text else values.astype(float)
        width = max((len(str(value).encode()) for value in values), default=1) + 9 if text else 0
        keyed = {code if text else float(code): word for code, word in (labels or {}).items()}
        form = "DATE11" if name == "datum" else f"A{width}" if text else "F8.0"
        self.variables[name] = SpssVariable(
            name, label, form, value_labels=keyed, missing=missing, width=width
        )

    def change(self, variable: str, **changes: Any) -> None:
        self.variables[variable] = replace(self.variables[variable], **changes)

    def rename(self, old: str, new: str) -> None:
        self.columns = {new if name == old else name: values for name, values in self.columns.items()}
        kept = {new if name == old else name: variable for name, variable in self.variables.items()}
        self.variables = kept
        self.change(new, name=new)

    def done(self) -> SpssFile:
        frame = pd.DataFrame(self.columns)
        return SpssFile(self.name, "0" * 64, len(frame), tuple(self.variables.values()), frame, "UTF-8")


def drafts(n: int = N, seed: int = 7) -> dict[str, Draft]:
    """Return the six clean files, to be damaged by a test before ``files`` reads them."""
    rng = np.random.default_rng(seed)
    made = {}
    for group in ("ekc", "wt"):
        traits = rng.normal(size=n)
        sex = np.where(np.arange(n) % 2 == 0, 1, 2)
        for place, wave in enumerate(WAVES):
            made[f"{group}_{wave.lower()}"] = _draft(group, wave, place, traits, sex, rng)
    return made


def _draft(group: str, wave: str, place: int, traits: Any, sex: Any, rng: np.random.Generator) -> Draft:
    n = len(traits)
    draft = Draft(f"{group}_{wave.lower()}.sav")
    texts = [_own_id(group, wave.lower(), k) for k in range(1, n + 1)]
    own = "RESPNR" if (group, wave) == ("wt", "T0") else "respnr"
    draft.add(own, "Nummer", np.array(texts, object) if place else np.array(texts, float))
    days = (np.datetime64("2020-01-01") - ORIGIN).astype(int) + 200 * place + np.arange(n)
    draft.add("datum", "Datum afname", days * DAY)
    if wave == "T0":
        draft.add("lft", "Leeftijd", 20 + np.arange(n) * 2, {999: "wil niet zeggen"}, (999.0,))
        if group == "ekc":
            draft.add("gesl", "Geslacht", sex, {1: "man", 2: "vrouw", 9: "wil niet zeggen"}, (9.0,))
        else:
            draft.add("GESL", "Geslacht", 2 - sex, {0: "vrouw", 1: "man", 9: "wil niet zeggen"}, (9.0,))
    _problems(draft, group, wave, traits, rng)
    reverse = (group, wave) == ("wt", "T0")
    answer = _cut(-traits + rng.normal(scale=0.8, size=n))
    label = "Ik heb niet zelf de regie" if reverse else "Ik heb zelf de regie"
    codes = np.where(rng.random(n) < 0.1, 8.0, 6 - answer if reverse else answer)
    draft.add("regie", label, codes, {**AGREE, **REFUSE}, (8.0, 9.0))
    support = np.clip(np.round(5 + 2 * rng.normal(size=n)), 0, 10)
    support[0], support[1] = 88.0, np.nan
    labels = {88: "weet niet", -99: "niet van toepassing"}
    draft.add("steun", "Steun uit netwerk", support, labels, (88.0, -99.0))
    return draft


def _problems(draft: Draft, group: str, wave: str, traits: Any, rng: np.random.Generator) -> None:
    names = {
        "T0": {"fin": "v12a", "home": "v12b", "fam": "v12c", "psy": "v12d"},
        "T1": {"fin": "q7_1", "home": "q7_2", "fam": "q7_3", "rel": "q7_4", "psy": "q7_5"},
        "T2": {"fin": "fin", "home": "won", "fam": "opv", "rel": "rel", "psy": "psy"},
    }[wave]
    labels = {
        "fin": "Financiele problemen",
        "home": "Problemen met huisvesting",
        "psy": "Psychische problemen",
    }
    labels["fam"] = "Problemen in het gezin" if wave == "T0" else "Problemen met opvoeding"
    labels["rel"] = "Relatieproblemen"
    late = wave == "T2"
    known = {**ZERO, -1: "weet niet", -2: "weigert", -3: "n.v.t."} if late else {**SEVERITY, **REFUSE}
    known = known if late else {**known, 99: "niet van toepassing"}
    for domain, name in names.items():
        if domain == "psy" and (group, wave) == ("wt", "T0"):
            continue
        values = _cut(traits + rng.normal(scale=0.7, size=len(traits))) - (1 if late else 0)
        values[rng.random(len(traits)) < 0.08] = -1.0 if late else 8.0
        missing = (-1.0, -2.0, -3.0) if late else (8.0, 9.0, 99.0)
        draft.add(name, labels[domain], values, known, missing)


def _cut(values: Any) -> Any:
    return 1.0 + np.searchsorted([-1.0, -0.3, 0.4, 1.2], values)


def files(made: dict[str, Draft] | None = None) -> dict[str, SpssFile]:
    """Return the files of the drafts (by default the clean ones)."""
    return {name: draft.done() for name, draft in (made or drafts()).items()}

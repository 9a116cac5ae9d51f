# %% [markdown] lang="nl"
# # 6. Hoeveel doen onze keuzes ertoe?
#
# Onderzoekers kiezen: welke maat, welke covariaten, welk model, wie doet mee. Een
# specificatiecurve rekent alle vooraf genoemde keuzes door en zet ze naast elkaar. Het
# **aandeel** uitkomsten aan één kant van nul is geen kans: de specificaties gebruiken
# dezelfde mensen. Alle gegevens zijn synthetisch.

# %% [markdown] lang="en"
# # 6. How much do our choices matter?
#
# Researchers choose: which measure, which covariates, which model, who takes part. A
# specification curve works out all choices named beforehand and lays them side by side.
# The **share** of results on one side of zero is no probability: the specifications use
# the same people. All data are synthetic.

# %%
from itertools import product

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from netwerkkracht.mixed import fit
from netwerkkracht.notebooks.teaching import check, open_study, show, tell

study = open_study()
panel = study.panel
first = panel[panel["wave"] == "1"].set_index("person_id")

# %% [markdown] lang="nl"
# Leeftijd en opleiding nemen we van de eerste meting, als klassen (tekst, geen
# getallen). `both_waves` houdt alleen mensen over met een geldig antwoord bij beide
# metingen.

# %% [markdown] lang="en"
# We take age and education from the first wave, as classes (text, not numbers).
# `both_waves` keeps only people with a valid answer at both waves.

# %%
for name, source in [("age_w1", "age_class"), ("edu_w1", "edu3")]:
    classes = first[source].map(lambda code: f"{code:.0f}", na_action="ignore")
    panel[name] = panel["person_id"].map(classes)


def everyone(outcome):
    return panel


def both_waves(outcome):
    valid = panel.dropna(subset=[outcome])
    return valid[valid.groupby("person_id")["wave"].transform("nunique") == 2]


# %% [markdown] lang="nl"
# Drie keuzes met elk twee mogelijkheden geven acht specificaties. De keuze
# `n_prob_native` telt de gebieden van de eigen vragenlijst van elke groep: leerzaam,
# maar niet eerlijk, want die lijsten verschillen. Het getal is telkens het verschil in
# verandering, EKC min WT.

# %% [markdown] lang="en"
# Three choices with two options each give eight specifications. The choice
# `n_prob_native` counts the areas of each group's own questionnaire: instructive, but
# not fair, because those questionnaires differ. The number is each time the difference
# in change, EKC minus WT.

# %%
outcomes = ["n_prob", "n_prob_native"]
covariates = {"none": "", "age, education": " + age_w1 + edu_w1"}
samples = {"everyone": everyone, "both waves": both_waves}

rows = []
for outcome, (extra, terms), (who, sample) in product(
    outcomes, covariates.items(), samples.items()
):
    made = fit(f"{outcome} ~ group * wave{terms} + (1 | person_id)", sample(outcome))
    change = made.coefficients.set_index("term").loc["groupWT:wave2"]
    estimate, low, high = -change["estimate"], -change["upper"], -change["lower"]
    rows.append((outcome, extra, who, made.status, estimate, low, high))
names = ["outcome", "covariates", "sample", "status", "estimate", "lower", "upper"]
curve = pd.DataFrame(rows, columns=names).sort_values("estimate", ignore_index=True)
words = {"number": ("nummer", "number"), "outcome": ("wat telt", "what counts"),
         "n_prob": ("gemeenschappelijk", "common"),
         "n_prob_native": ("eigen vragenlijst", "own questionnaire"),
         "covariates": ("covariaten", "covariates"), "sample": ("wie", "who"),
         "none": ("geen", "none"), "everyone": ("iedereen", "everyone"),
         "both waves": ("beide metingen", "both waves"),
         "age, education": ("leeftijd, opleiding", "age, education")}
study.table(curve.set_axis(curve.index + 1).rename_axis("number"), words=words)

# %% [markdown] lang="nl"
# Twee van de acht staan ook in het rapport: het hoofdmodel, en hetzelfde model met
# alleen de mensen met een geldig antwoord bij beide metingen. De curve van het rapport
# telt er veel meer, ook met andere families en andere wegen om uitval op te vangen.

# %% [markdown] lang="en"
# Two of the eight stand in the report as well: the primary model, and the same model
# with only the people with a valid answer at both waves. The report's own curve holds
# many more, with other families and other ways to deal with drop-out as well.

# %%
plain = curve[(curve["outcome"] == "n_prob") & (curve["covariates"] == "none")]
in_report = plain.set_index("sample")["estimate"]
assert (curve["status"] == "ok").all()
assert np.isclose(in_report["everyone"], study.report_number("did"))
assert np.isclose(in_report["both waves"], study.report_number("did_panel"))
primary = plain.index[plain["sample"] == "everyone"][0]
in_all = study.report_number("spec_n")
tell(lambda say: say(f"hoofdmodel: nummer {primary + 1}; in het rapport: ",
                     f"primary model: number {primary + 1}; in the report: ")
     + say.number(in_all) + say(" specificaties", " specifications"))


# %%
def draw_curve(say):
    figure = Figure(figsize=(6, 3.1), layout="constrained")
    ax = figure.subplots()
    ax.axhline(0, color="0.5", lw=0.8)
    for i, row in curve.iterrows():
        colour, mark = ("#D55E00", "D") if i == primary else ("#0072B2", "o")
        ax.plot([i, i], [row["lower"], row["upper"]], color=colour)
        ax.plot(i, row["estimate"], mark, color=colour)
    ax.set_xticks(range(len(curve)), range(1, len(curve) + 1))
    ax.set_xlabel(say("specificatie (ruit: hoofdmodel)",
                      "specification (diamond: primary model)"))
    ax.set_ylabel(say("verschil in verandering,\nEKC min WT",
                      "difference in change,\nEKC minus WT"))
    say.axis(ax.yaxis)
    low, high = (say.number(curve["estimate"].agg(side), 2) for side in ["min", "max"])
    own = say.number(curve.loc[primary, "estimate"], 2)
    return figure, say(
        f"Verschil in verandering, EKC min WT, onder {len(curve)} specificaties: "
        f"schattingen van {low} tot {high}; het hoofdmodel is gemerkt, op {own}.",
        f"Difference in change, EKC minus WT, under {len(curve)} specifications: "
        f"estimates from {low} to {high}; the primary model is marked, at {own}.",
    )


show(draw_curve)

# %% [markdown] lang="nl"
# ## Oefening
#
# 1. Hoeveel specificaties krijgt u als er één keuze met drie mogelijkheden bijkomt?
# 2. Hoe groot is het verschil tussen de hoogste en de laagste schatting hierboven?
#    (twee decimalen)

# %% [markdown] lang="en"
# ## Exercise
#
# 1. How many specifications do you get when one choice with three options is added?
# 2. How large is the difference between the highest and the lowest estimate above?
#    (two decimals)

# %%
done = [check("choices-1", ...), check("choices-2", ...)]

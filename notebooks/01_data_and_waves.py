# %% [markdown] lang="nl"
# # 1. Gegevens en metingen
#
# Dit notebook laat zien wie er in de studie zit, hoe vaak mensen zijn gesproken en
# waarom een antwoord ontbreekt. **Alle gegevens zijn synthetisch**: een programma dat
# de echte interviews nooit heeft gezien, heeft ze verzonnen. Wat u hier ziet, zegt
# niets over mensen in Rotterdam.
#
# Voer de cellen van boven naar beneden uit. Draai eerst één keer `python3 run.py`.

# %% [markdown] lang="en"
# # 1. Data and waves
#
# This notebook shows who is in the study, how often people were interviewed and why an
# answer is missing. **All data are synthetic**: a program that never saw the real
# interviews made them up. What you see here says nothing about people in Rotterdam.
#
# Run the cells from top to bottom. Run `python3 run.py` once before you begin.

# %%
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from netwerkkracht.notebooks.teaching import check, open_study, show, tell

study = open_study()
panel = study.panel
n_rows, n_columns = panel.shape
tell(lambda say: say(f"{n_rows} rijen, {n_columns} kolommen",
                     f"{n_rows} rows, {n_columns} columns"))

# %% [markdown] lang="nl"
# Het bestand heeft één rij per persoon en meting: wie twee keer is gesproken, heeft
# twee rijen. We tellen dus **personen** en **interviews** apart.
#
# `study.table` toont een tabel met de namen van het codeboek. Wilt u zien hoe pandas
# hem kent, typ dan `counts` in een lege cel.

# %% [markdown] lang="en"
# The file has one row per person and wave: somebody interviewed twice has two rows. So
# we count **persons** and **interviews** separately.
#
# `study.table` shows a table with the names of the codebook. To see how pandas knows
# it, type `counts` in an empty cell.

# %%
counts = panel.groupby(["group", "wave"]).size().unstack("wave")
counts["% twice"] = 100 * counts["2"] / counts["1"]
study.table(counts, decimals=1, words={"% twice": ("% twee keer", "% twice")})

# %% [markdown] lang="nl"
# De regels met `assert` controleren ons zelf: ze leggen onze getallen naast die van het
# rapport, en het notebook stopt als er een verschil is.

# %% [markdown] lang="en"
# The lines with `assert` check our own work: they lay our numbers beside those of the
# report, and the notebook stops where they differ.

# %%
persons = panel["person_id"].nunique()
twice = int((panel.groupby("person_id").size() == 2).sum())
tell(lambda say: say(f"personen: {persons}; twee keer gesproken: {twice}",
                     f"persons: {persons}; interviewed twice: {twice}"))
assert persons == study.report_number("n_w1_all")
assert twice == study.report_number("n_w2_all")
kept = counts["2"] / counts["1"]
assert np.isclose(kept["EKC"], study.report_number("keep_ekc"))
assert np.isclose(kept["WT"], study.report_number("keep_wt"))

# %% [markdown] lang="nl"
# ## Waarom ontbreekt een antwoord?
#
# Naast elke variabele `v` staat een kolom `v__reason`. Die is leeg als het antwoord
# geldig is, en bevat anders een letter: `w` weet niet, `r` weigert, `n` niet van
# toepassing, `q` niet gesteld, `s` leeg in het bestand, `x` ongeldig na besluit, `g`
# redenen gemengd. Zo gaat de reden niet verloren, en wordt een code als 99 nooit per
# ongeluk een rapportcijfer. Hier tellen we de redenen bij `sup010`, het cijfer van 0
# tot 10 voor de steun uit het netwerk.

# %% [markdown] lang="en"
# ## Why is an answer missing?
#
# Beside each variable `v` stands a column `v__reason`. It is empty when the answer is
# valid and holds a letter otherwise: `w` don't know, `r` refused, `n` not applicable,
# `q` not asked, `s` empty in the file, `x` invalid by decision, `g` reasons mixed. So
# the reason is not lost, and a code such as 99 never becomes a mark by accident. Here
# we count the reasons for `sup010`, the mark from 0 to 10 for support from the network.

# %%
reasons = panel.assign(reason=panel["sup010__reason"].fillna("valid"))
table = pd.crosstab([reasons["group"], reasons["wave"]], reasons["reason"])
tags = study.codebook.study.tags
words = {letter: label for letter, label in tags.items()}
study.table(table, words=words | {"valid": ("geldig", "valid")})

# %% [markdown] lang="nl"
# ## Hoe lang na de start was de eerste meting?
#
# De eerste meting is **geen nulmeting**: de hulp was toen al begonnen. De figuur laat
# zien hoeveel maanden er lagen tussen de start (het keukentafelgesprek of de
# EK-conferentie) en het eerste interview. Een verschil tussen de groepen in verandering
# is dus geen effect van de hulp.

# %% [markdown] lang="en"
# ## How long after the start was the first wave?
#
# The first wave is **no baseline**: help had already begun. The figure shows how many
# months lay between the start (the intake talk or the family group conference) and the
# first interview. So a difference between the groups in change is not an effect of the
# help.

# %%
first = panel[panel["wave"] == "1"]
edges, names = [-1, 3, 6, 9, 12, 100], ["0-3", "4-6", "7-9", "10-12", "13+"]
classes = pd.cut(first["months_since_start"], edges, labels=names)
table = pd.crosstab(classes, first["group"])
late = (first["months_since_start"] > 6).groupby(first["group"]).mean() * 100


def draw_months(say):
    figure = Figure(figsize=(6.3, 2.7), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    for ax, group, colour in zip(axes, ["EKC", "WT"], ["#0072B2", "#D55E00"]):
        bars = ax.bar(names, table[group], color=colour)
        ax.bar_label(bars, fontsize=7)
        ax.set_title(group)
        ax.set_xlabel(say("maanden na de start", "months after the start"))
    axes[0].set_ylabel(say("personen", "persons"))
    ekc, wt = say.number(late["EKC"]), say.number(late["WT"])
    return figure, say(
        "Staven van het aantal maanden tussen start en eerste interview per groep; "
        f"meer dan zes maanden bij {ekc} procent van EKC en {wt} procent van WT.",
        "Bars of the months between start and first interview by group; more than six "
        f"months for {ekc} percent of EKC and {wt} percent of WT.",
    )


show(draw_months)

# %% [markdown] lang="nl"
# ## Oefening
#
# Vul het antwoord in op de plaats van `...` en voer de cel uit. `check` zegt of het
# klopt, maar verklapt het niet.
#
# 1. Welk percentage van de EKC-groep is twee keer gesproken? (één decimaal)
# 2. Hoeveel mensen van de WT-groep zijn alleen bij de eerste meting gesproken?

# %% [markdown] lang="en"
# ## Exercise
#
# Put your answer in the place of `...` and run the cell. `check` says whether it is
# right, but does not give it away.
#
# 1. What percentage of the EKC group was interviewed twice? (one decimal)
# 2. How many people of the WT group were interviewed at the first wave only?

# %%
done = [check("data-1", ...), check("data-2", ...)]

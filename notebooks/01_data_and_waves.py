# %% [markdown] lang="nl"
# # 1. Gegevens en metingen
#
# Dit notebook laat zien wie er in de studie zit, hoe vaak mensen zijn gesproken en waarom een antwoord ontbreekt.
# **Alle gegevens zijn synthetisch**: ze zijn verzonnen door een programma dat de echte interviews nooit heeft gezien.
# Wat u hier ziet, zegt niets over mensen in Rotterdam.
#
# Voer de cellen van boven naar beneden uit. Draai eerst één keer `python3 run.py`.

# %% [markdown] lang="en"
# # 1. Data and waves
#
# This notebook shows who is in the study, how often people were interviewed, and why an answer is missing.
# **All data are synthetic**: a program that never saw the real interviews made them up. What you see here says
# nothing about people in Rotterdam.
#
# Run the cells from top to bottom. Run `python3 run.py` once before you begin.

# %%
import pandas as pd
from matplotlib.figure import Figure

from netwerkkracht.teaching import check, open_study, show

study = open_study()
panel = study.panel
panel.shape

# %% [markdown] lang="nl"
# Het bestand heeft één rij per persoon en meting: wie twee keer is gesproken, heeft twee rijen. We tellen dus
# **personen** en **interviews** apart.

# %% [markdown] lang="en"
# The file has one row per person and wave: somebody interviewed twice has two rows. So we count **persons** and
# **interviews** separately.

# %%
counts = panel.groupby(["group", "wave"]).size().unstack("wave")
counts["retention_%"] = (100 * counts["2"] / counts["1"]).round(1)
counts

# %%
persons = panel["person_id"].nunique()
both_waves = int((panel.groupby("person_id").size() == 2).sum())
print(f"persons: {persons}; interviewed in both waves: {both_waves}; interviews: {len(panel)}")
assert persons == study.report_number("n_wave1")
assert both_waves == study.report_number("n_panel")

# %% [markdown] lang="nl"
# ### Waarom ontbreekt een antwoord?
#
# Naast elke variabele `v` staat een kolom `v__reason`. Die is leeg als het antwoord geldig is, en anders een letter:
# `w` weet niet, `r` weigert, `n` niet van toepassing, `q` niet gesteld, `s` leeg in het bestand, `x` ongeldig na
# besluit, `g` redenen gemengd. Zo gaat de reden niet verloren, en wordt een 9 nooit per ongeluk een rapportcijfer.

# %% [markdown] lang="en"
# ### Why is an answer missing?
#
# Beside each variable `v` stands a column `v__reason`. It is empty when the answer is valid, otherwise a letter: `w`
# don't know, `r` refused, `n` not applicable, `q` not asked, `s` empty in the file, `x` invalid by decision, `g`
# reasons mixed. So the reason is not lost, and a 9 never becomes a mark by accident.

# %%
variable = "sup010"
reasons = panel.assign(reason=panel[f"{variable}__reason"].fillna("valid"))
pd.crosstab([reasons["group"], reasons["wave"]], reasons["reason"])

# %% [markdown] lang="nl"
# ### Hoe lang na de start was de eerste meting?
#
# De eerste meting is **geen nulmeting**: de hulp was toen al begonnen. De figuur laat zien hoeveel maanden er tussen de
# start (het keukentafelgesprek of de EK-conferentie) en het eerste interview zaten. Daarom is een verschil tussen de
# groepen in verandering geen effect van de hulp.

# %% [markdown] lang="en"
# ### How long after the start was the first wave?
#
# The first wave is **no baseline**: help had begun. The figure shows how many months lay between the start (the intake
# talk or the family group conference) and the first interview. So a difference between the groups in change is not an
# effect of the help.

# %%
first = panel[panel["wave"] == "1"]
classes = pd.cut(first["months_since_start"], [-1, 3, 6, 9, 12, 100], labels=["0-3", "4-6", "7-9", "10-12", "13+"])
table = pd.crosstab(classes, first["group"])

figure = Figure(figsize=(6, 2.6), layout="constrained")
axes = figure.subplots(1, table.shape[1], sharey=True)
for ax, group, colour in zip(axes, table.columns, ["#0072B2", "#D55E00"], strict=True):
    ax.bar(table.index.astype(str), table[group], color=colour)
    ax.set_title(group)
    ax.set_xlabel("months / maanden")
axes[0].set_ylabel("persons / personen")
figure.suptitle("synthetic data / synthetische gegevens", fontsize=8)
late = {group: 100 * (first.loc[first["group"] == group, "months_since_start"] > 6).mean() for group in table.columns}
show(
    figure,
    "Bars of months between start and first interview for each group; "
    + ", ".join(f"{share:.0f} percent of {group} after more than six months" for group, share in late.items()),
)

# %% [markdown] lang="nl"
# ### Oefening
#
# Vul het antwoord in op de plaats van `...` en voer de cel uit. `check` zegt of het klopt, maar verklapt het niet.
#
# 1. Welk percentage van de EKC-groep is twee keer gesproken? (één decimaal)
# 2. Hoeveel mensen van de WT-groep zijn alleen bij de eerste meting gesproken?

# %% [markdown] lang="en"
# ### Exercise
#
# Put your answer in the place of `...` and run the cell. `check` says whether it is right, but does not give it away.
#
# 1. What percentage of the EKC group was interviewed twice? (one decimal)
# 2. How many people of the WT group were interviewed at the first wave only?

# %%
done = [check("data-1", ...), check("data-2", ...)]

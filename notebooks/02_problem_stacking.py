# %% [markdown] lang="nl"
# # 2. Stapeling van problemen
#
# Hoeveel problemen hebben mensen tegelijk, en welke gaan samen? We tellen over twaalf leefgebieden die in **alle**
# vragenlijsten voorkomen. Zou een groep over meer gebieden worden gevraagd dan de andere, dan leek die groep vanzelf
# meer problemen te hebben. Alle gegevens zijn synthetisch.

# %% [markdown] lang="en"
# # 2. Problem stacking
#
# How many problems do people have at once, and which go together? We count over twelve areas of life that are in
# **all** questionnaires. Had one group been asked about more areas than the other, it would seem to have more problems
# by itself. All data are synthetic.

# %%
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from netwerkkracht.teaching import check, open_study, show

study = open_study()
panel = study.panel
domains = [name for name in panel.columns if name.startswith("prob_") and not name.endswith("__reason")]
len(domains)

# %% [markdown] lang="nl"
# ### Tellen
#
# `n_prob` is de som van de twaalf ja/nee-vragen. Hij ontbreekt als te weinig vragen zijn beantwoord. We tellen zelf na.

# %% [markdown] lang="en"
# ### Counting
#
# `n_prob` is the sum of the twelve yes/no questions. It is missing when too few were answered. We count again ourselves.

# %%
answered = panel[domains].notna().sum(axis=1)
own_count = panel[domains].sum(axis=1)
complete = answered == len(domains)
assert (own_count[complete] == panel.loc[complete, "n_prob"]).all()
panel.groupby(["group", "wave"])["n_prob"].agg(["count", "mean", "std", "median"]).round(2)

# %%
levels = np.arange(0, 13)
figure = Figure(figsize=(6.2, 3.2), layout="constrained")
axes = figure.subplots(1, 2, sharey=True)
for ax, wave in zip(axes, ["1", "2"], strict=True):
    for group, colour, marker in [("EKC", "#0072B2", "o"), ("WT", "#D55E00", "s")]:
        values = panel[(panel["wave"] == wave) & (panel["group"] == group)]["n_prob"].dropna()
        share = [100 * (values >= level).mean() for level in levels]
        ax.step(levels, share, where="mid", color=colour, marker=marker, ms=4, label=group)
    ax.set_title(f"wave {wave} / meting {wave}")
    ax.set_xlabel("number of problems or more / aantal problemen of meer")
axes[0].set_ylabel("% of persons / van de personen")
axes[0].legend(frameon=False)
figure.suptitle("synthetic data / synthetische gegevens", fontsize=8)
means = panel.groupby(["group", "wave"])["n_prob"].mean()
show(
    figure,
    "Share of persons with at least so many problems, by wave and group. Mean at wave 1: "
    + ", ".join(f"{group} {means[group, '1']:.1f}" for group in ["EKC", "WT"])
    + "; at wave 2: "
    + ", ".join(f"{group} {means[group, '2']:.1f}" for group in ["EKC", "WT"]),
)

# %% [markdown] lang="nl"
# ### Welke problemen gaan samen?
#
# Voor elk paar gebieden: hoeveel procent van de mensen heeft beide, en hoeveel zou dat zijn als de gebieden niets met
# elkaar te maken hadden? Een verhouding boven 1 betekent: vaker samen dan toeval. Met zo weinig mensen schommelen deze
# verhoudingen sterk.

# %% [markdown] lang="en"
# ### Which problems go together?
#
# For each pair of areas: what share of people has both, and what would it be if the areas had nothing to do with each
# other? A ratio above 1 means: together more often than by chance. With so few people these ratios swing widely.

# %%
first = panel[panel["wave"] == "1"]
rows = []
for i, a in enumerate(domains):
    for b in domains[i + 1 :]:
        both = first[[a, b]].dropna()
        together, chance = (both[a] * both[b]).mean(), both[a].mean() * both[b].mean()
        rows.append((a.removeprefix("prob_"), b.removeprefix("prob_"), 100 * together, together / chance, len(both)))
pairs = pd.DataFrame(rows, columns=["area", "with", "both_%", "ratio", "n"])
pairs[pairs["both_%"] >= 10].nlargest(8, "both_%").round(2).reset_index(drop=True)

# %% [markdown] lang="nl"
# ### Drie maten van 'multiprobleem'
#
# Twee of meer, drie of meer, en een maat naar het NJi: problemen in drie kerngebieden tegelijk. Die laatste geldt alleen
# voor wie thuiswonende kinderen heeft. De keuze van de maat is een keuze; daarom staan ze naast elkaar.

# %% [markdown] lang="en"
# ### Three measures of 'multi-problem'
#
# Two or more, three or more, and a measure after NJi: problems in three core areas at once. The last applies only to
# people with children at home. The choice of measure is a choice; that is why they stand side by side.

# %%
flags = ["multi2", "multi3", "multi_nji"]
(100 * panel.groupby(["group", "wave"])[flags].mean()).round(1)

# %% [markdown] lang="nl"
# ### Oefening
#
# 1. Wat is bij meting 1 het gemiddelde aantal problemen in de EKC-groep? (twee decimalen)
# 2. En met hoeveel is dat gemiddelde van meting 1 naar 2 veranderd, onder wie bij beide metingen een geldig antwoord gaf?
#    (twee decimalen, negatief is een daling)

# %% [markdown] lang="en"
# ### Exercise
#
# 1. What is the mean number of problems in the EKC group at wave 1? (two decimals)
# 2. And by how much did that mean change from wave 1 to 2, among those with a valid answer in both? (two decimals,
#    negative is a fall)

# %%
done = [check("stacking-1", ...), check("stacking-2", ...)]

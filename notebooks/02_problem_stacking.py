# %% [markdown] lang="nl"
# # 2. Stapeling van problemen
#
# Hoeveel problemen hebben mensen tegelijk, en welke gaan samen? We tellen over twaalf
# leefgebieden die in **alle** vragenlijsten voorkomen. Vroeg de ene vragenlijst naar
# meer gebieden dan de andere, dan zou de ene groep vanzelf meer problemen lijken te
# hebben. Alle gegevens zijn synthetisch.

# %% [markdown] lang="en"
# # 2. Problem stacking
#
# How many problems do people have at once, and which go together? We count over twelve
# areas of life that are in **all** questionnaires. Had one questionnaire asked about
# more areas than the other, one group would seem to have more problems for that reason
# alone. All data are synthetic.

# %%
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from netwerkkracht.notebooks.teaching import check, open_study, show, tell

study = open_study()
panel = study.panel
columns = [name for name in panel.columns if not name.endswith("__reason")]
domains = [name for name in columns if name.startswith("prob_")]
tell(lambda say: say(f"{len(domains)} gebieden", f"{len(domains)} areas"))

# %% [markdown] lang="nl"
# ## Tellen
#
# `n_prob` is de som van de twaalf ja/nee-vragen. Hij ontbreekt als te weinig vragen
# zijn beantwoord. We tellen zelf na, bij iedereen die alle vragen heeft beantwoord.

# %% [markdown] lang="en"
# ## Counting
#
# `n_prob` is the sum of the twelve yes/no questions. It is missing when too few were
# answered. We count again ourselves, for everyone who answered all questions.

# %%
complete = panel[domains].notna().all(axis=1)
own_count = panel[domains].sum(axis=1)
assert (own_count[complete] == panel.loc[complete, "n_prob"]).all()

problems = panel.groupby(["group", "wave"])["n_prob"]
means = problems.mean()
for group in ["EKC", "WT"]:
    for wave in ["1", "2"]:
        in_report = study.report_number(f"mean_{group.lower()}_w{wave}")
        assert np.isclose(means[group, wave], in_report)
study.table(problems.agg(["count", "mean", "std", "median"]))

# %% [markdown] lang="nl"
# Een gemiddelde verbergt de spreiding. De figuur laat voor elk aantal zien welk deel
# van de mensen **minstens** zoveel problemen heeft. De lijn begint dus bij 100 procent.

# %% [markdown] lang="en"
# A mean hides the spread. For each number the figure shows what share of people has
# **at least** so many problems. So the line begins at 100 percent.

# %%
levels = np.arange(0, 13)


def draw_stacking(say):
    figure = Figure(figsize=(6.3, 3.1), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    for ax, wave in zip(axes, ["1", "2"]):
        for group, colour, mark in [("EKC", "#0072B2", "o"), ("WT", "#D55E00", "s")]:
            values = problems.get_group((group, wave)).dropna().to_numpy()
            share = [100 * (values >= level).mean() for level in levels]
            ax.step(levels, share, where="mid", color=colour, marker=mark, label=group)
        ax.set_title(say(f"meting {wave}", f"wave {wave}"))
        ax.set_xlabel(say("problemen, minstens", "problems, at least"))
        ax.set_xticks(levels[::3])
    axes[0].set_ylabel(say("% van de personen", "% of persons"))
    axes[0].legend(frameon=False)
    ekc1, ekc2, wt1, wt2 = (say.number(value, 1) for value in means)
    return figure, say(
        "Dalende lijnen: het aandeel mensen met minstens zoveel problemen, per meting "
        f"en groep. Gemiddelden bij meting 1: EKC {ekc1}, WT {wt1}; bij meting 2: "
        f"EKC {ekc2}, WT {wt2}.",
        "Falling lines: the share of people with at least so many problems, by wave "
        f"and group. Means at wave 1: EKC {ekc1}, WT {wt1}; at wave 2: EKC {ekc2}, "
        f"WT {wt2}.",
    )


show(draw_stacking)

# %% [markdown] lang="nl"
# ## Welke problemen gaan samen?
#
# Voor elk paar gebieden: hoeveel procent van de mensen heeft beide, en hoeveel zou dat
# zijn als de gebieden niets met elkaar te maken hadden? Een verhouding boven 1
# betekent: vaker samen dan bij toeval. Met zo weinig mensen schommelen deze
# verhoudingen sterk.

# %% [markdown] lang="en"
# ## Which problems go together?
#
# For each pair of areas: what share of people has both, and what would that be if the
# areas had nothing to do with each other? A ratio above 1 means: together more often
# than by chance. With so few people these ratios swing widely.

# %%
first = panel[panel["wave"] == "1"]
rows = []
for i, one in enumerate(domains):
    for two in domains[i + 1 :]:
        pair = first[[one, two]].dropna()
        both = 100 * (pair[one] * pair[two]).mean()
        by_chance = 100 * pair[one].mean() * pair[two].mean()
        rows.append((one[5:], two[5:], len(pair), both, both / by_chance))
pairs = pd.DataFrame(rows, columns=["area", "with", "n", "both %", "ratio"])
labels = {name[5:]: study.codebook.variables[name].label for name in domains}
words = {name: [label[language].split(": ")[-1] for language in study.languages]
         for name, label in labels.items()}
words |= {"area": ("gebied", "area"), "with": ("samen met", "together with"),
          "both %": ("% met beide", "% with both"), "ratio": ("verhouding", "ratio")}
study.table(pairs.nlargest(8, "both %"), {"both %": 1, "ratio": 2}, words=words)

# %%
top = pairs.nlargest(1, "both %").iloc[0]
tell(lambda say: say("Het vaakst samen: ", "Most often together: ")
     + say(" en ", " and ").join(say(*words[top[side]]) for side in ["area", "with"])
     + f" ({say.number(top['both %'])}%)")

# %% [markdown] lang="nl"
# ## Drie maten van 'multiprobleem'
#
# Twee of meer, drie of meer, en een maat naar het NJi: problemen in drie kerngebieden
# tegelijk. Die laatste geldt alleen voor mensen met thuiswonende kinderen. Welke maat u
# neemt is een keuze; daarom staan ze naast elkaar (in procenten).

# %% [markdown] lang="en"
# ## Three measures of 'multi-problem'
#
# Two or more, three or more, and a measure after NJi: problems in three core areas at
# once. The last applies only to people with children at home. Which measure you take is
# a choice; that is why they stand side by side (in percent).

# %%
flags = ["multi2", "multi3", "multi_nji"]
study.table(100 * panel.groupby(["group", "wave"])[flags].mean(), decimals=1,
            title=("% van de personen", "% of persons"))

# %% [markdown] lang="nl"
# ## Oefening
#
# 1. Wat is bij meting 1 het gemiddelde aantal problemen in de EKC-groep?
#    (twee decimalen)
# 2. Hoeveel is dat gemiddelde van meting 1 naar 2 veranderd, onder wie bij beide
#    metingen een geldig antwoord gaf? (twee decimalen, negatief is een daling)

# %% [markdown] lang="en"
# ## Exercise
#
# 1. What is the mean number of problems in the EKC group at wave 1? (two decimals)
# 2. How much did that mean change from wave 1 to 2, among those with a valid answer in
#    both? (two decimals, negative is a fall)

# %%
done = [check("stacking-1", ...), check("stacking-2", ...)]

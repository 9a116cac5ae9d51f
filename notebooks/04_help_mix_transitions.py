# %% [markdown] lang="nl"
# # 4. Wie helpt, en hoe verandert dat?
#
# Hulp kan van een professional komen, uit het eigen netwerk, van beide of van niemand. We volgen mensen van meting 1 naar
# meting 2. Wie niet meer is gesproken, verdwijnt niet: uitval is een eigen toestand. Alle gegevens zijn synthetisch.

# %% [markdown] lang="en"
# # 4. Who helps, and how does that change?
#
# Help can come from a professional, from the own network, from both or from nobody. We follow people from wave 1 to wave
# 2. Those not interviewed again do not vanish: drop-out is a state of its own. All data are synthetic.

# %%
import pandas as pd
from matplotlib.figure import Figure

from netwerkkracht.teaching import check, open_study, show

study = open_study()
panel = study.panel
codes = {code.code: code.label.en for code in study.codebook.targets["help_mix"]}
codes

# %%
wide = panel.pivot(index="person_id", columns="wave", values="help_mix")
seen = panel.pivot(index="person_id", columns="wave", values="group")
mix = wide.replace(codes).astype(object)
mix["2"] = mix["2"].where(mix["2"].notna(), seen["2"].isna().map({True: "not interviewed", False: "no answer"}))
mix["1"] = mix["1"].fillna("no answer")
mix["group"] = seen["1"].fillna(seen["2"])
for group in ["EKC", "WT"]:
    print(group)
    print(pd.crosstab(mix.loc[mix["group"] == group, "1"], mix.loc[mix["group"] == group, "2"]).to_string(), "\n")

# %% [markdown] lang="nl"
# ### Niemand raakt zoek
#
# De rijen van de tabel tellen op tot de mensen bij meting 1, de kolommen tot die bij meting 2 plus de uitval.

# %% [markdown] lang="en"
# ### Nobody gets lost
#
# The rows of the table add up to the people at wave 1, the columns to those at wave 2 plus drop-out.

# %%
assert len(mix) == panel["person_id"].nunique()
assert (mix["2"] == "not interviewed").sum() == len(mix) - study.report_number("n_panel")

# %%
states = [*codes.values(), "no answer", "not interviewed"]
figure = Figure(figsize=(6.2, 2.8), layout="constrained")
axes = figure.subplots(1, 2, sharey=True)
greys = ["#0072B2", "#56B4E9", "#D55E00", "#999999", "#dddddd", "#f2f2f2"]
for ax, group in zip(axes, ["EKC", "WT"], strict=True):
    own = mix[mix["group"] == group]
    for x, wave in enumerate(["1", "2"]):
        bottom = 0
        for state, colour in zip(states, greys, strict=True):
            n = int((own[wave] == state).sum())
            ax.bar(x, n, bottom=bottom, color=colour, edgecolor="white", width=0.7, label=state if x == 0 else None)
            if n >= 4:
                ax.text(x, bottom + n / 2, n, ha="center", va="center", fontsize=7)
            bottom += n
    ax.set_xticks([0, 1], ["wave 1", "wave 2"])
    ax.set_title(group)
axes[0].set_ylabel("persons / personen")
axes[1].legend(frameon=False, fontsize=7, bbox_to_anchor=(1, 1), loc="upper left")
figure.suptitle("synthetic data / synthetische gegevens", fontsize=8)
both = {g: int(((mix["group"] == g) & (mix["2"] == states[0])).sum()) for g in ["EKC", "WT"]}
show(
    figure,
    f"Stacked bars of the help mix at both waves for each group, drop-out included. At wave 2, {both['EKC']} people "
    f"of EKC and {both['WT']} of WT have both kinds of help",
)

# %% [markdown] lang="nl"
# ### Wie deed een beroep op het netwerk?
#
# In de EKC-groep hoort een beroep op het netwerk bij de werkwijze. Het is daar altijd 'ja', en dus geen uitkomst: een
# model dat de groepen hierop vergelijkt, vergelijkt een definitie met een waarneming. De pijplijn weigert het.

# %% [markdown] lang="en"
# ### Who appealed to the network?
#
# In the EKC group an appeal to the network is part of the method. There it is always 'yes', and so no outcome: a model
# that compares the groups on it compares a definition with an observation. The pipeline refuses it.

# %%
panel.groupby(["group", "wave"])["net_asked_worker"].agg(["count", "mean"]).round(2)

# %% [markdown] lang="nl"
# ### Oefening
#
# 1. Hoeveel mensen hadden bij beide metingen professionele hulp én netwerksteun (beide groepen samen)?
# 2. Hoeveel procent van de WT-groep bij meting 2 heeft beide soorten hulp? (van wie is gesproken; één decimaal)

# %% [markdown] lang="en"
# ### Exercise
#
# 1. How many people had professional help and network support at both waves (both groups together)?
# 2. What percentage of the WT group at wave 2 has both kinds of help? (of those interviewed; one decimal)

# %%
done = [check("help-1", ...), check("help-2", ...)]

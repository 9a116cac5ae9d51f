# %% [markdown] lang="nl"
# # 4. Wie helpt, en hoe verandert dat?
#
# Hulp kan van een professional komen, uit het eigen netwerk, van beide of van niemand.
# We volgen mensen van meting 1 naar meting 2. Wie niet meer is gesproken, verdwijnt
# niet: uitval is een eigen toestand. Alle gegevens zijn synthetisch.

# %% [markdown] lang="en"
# # 4. Who helps, and how does that change?
#
# Help can come from a professional, from one's own network, from both or from nobody.
# We follow people from wave 1 to wave 2. Those not interviewed again do not vanish:
# drop-out is a state of its own. All data are synthetic.

# %%
import pandas as pd
from matplotlib.figure import Figure

from netwerkkracht.notebooks.teaching import check, open_study, show, tell

study = open_study()
panel = study.panel
labels = {int(code.code): code.label for code in study.codebook.targets["help_mix"]}
for code, label in labels.items():
    tell(lambda say: f"{code}: {label[say.language]}")

# %% [markdown] lang="nl"
# We zetten de twee metingen naast elkaar. Aan de vier toestanden voegen we er twee toe:
# `?` voor wie is gesproken maar geen geldig antwoord gaf, en `-` voor wie bij meting 2
# niet is gesproken. De rijen zijn meting 1, de kolommen meting 2.

# %% [markdown] lang="en"
# We lay the two waves side by side. To the four states we add two: `?` for those
# interviewed without a valid answer, and `-` for those not interviewed at wave 2. The
# rows are wave 1, the columns wave 2.

# %%
state = panel["help_mix"].map(lambda code: f"{code:.0f}", na_action="ignore")
panel = panel.assign(state=state.fillna("?"))
moves = panel.pivot(index="person_id", columns="wave", values="state").fillna("-")
moves["group"] = panel.groupby("person_id")["group"].first()
table = pd.crosstab([moves["group"], moves["1"]], moves["2"],
                    rownames=["group", "first"], colnames=["second"],
                    margins=True, margins_name="all")
words = {str(code): label for code, label in labels.items()}
words |= {"?": ("geen antwoord", "no answer"),
          "-": ("niet gesproken", "not interviewed"),
          "first": ("bij meting 1", "at wave 1")}
study.table(table, words=words, title=("Rijen: meting 1; kolommen: meting 2",
                                       "Rows: wave 1; columns: wave 2"))

# %% [markdown] lang="nl"
# ## Niemand raakt zoek
#
# De rijen tellen op tot de mensen bij meting 1, de kolommen tot die bij meting 2 plus
# de uitval. En het aandeel met beide soorten hulp bij meting 2 is dat van het rapport.

# %% [markdown] lang="en"
# ## Nobody gets lost
#
# The rows add up to the people at wave 1, the columns to those at wave 2 plus drop-out.
# And the share with both kinds of help at wave 2 is that of the report.

# %%
assert len(moves) == study.report_number("n_w1_all")
assert (moves["2"] != "-").sum() == study.report_number("n_w2_all")
known = moves[moves["2"].isin(["1", "2", "3", "4"])]
assert (known["2"] == "1").sum() == study.report_number("both_n")
assert len(known) == study.report_number("both_base")
tell(lambda say: say("beide soorten hulp bij meting 2: ",
                     "both kinds of help at wave 2: ")
     + say.number(100 * (known["2"] == "1").mean(), 1) + "%")

# %%
fills = ["#0072B2", "#56B4E9", "#D55E00", "#8C8C8C", "#C8C8C8", "#FFFFFF"]
inks = ["white", "black", "white", "black", "black", "black"]
colours, ink = dict(zip("1234?-", fills)), dict(zip("1234?-", inks))


def draw_states(say):
    figure = Figure(figsize=(6.3, 3.2), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    words = {str(code): label[say.language] for code, label in labels.items()}
    words |= {"?": say("geen antwoord", "no answer"),
              "-": say("niet gesproken", "not interviewed")}
    for ax, group in zip(axes, ["EKC", "WT"]):
        own = moves[moves["group"] == group]
        for x, wave in enumerate(["1", "2"]):
            bottom = 0
            for key, colour in colours.items():
                n = int((own[wave] == key).sum())
                ax.bar(x, n, bottom=bottom, color=colour, edgecolor="0.4", width=0.7)
                if n >= 4:
                    middle = bottom + n / 2
                    ax.text(x, middle, n, color=ink[key], ha="center", va="center")
                bottom += n
        ax.set_xticks([0, 1], [say("meting 1", "wave 1"), say("meting 2", "wave 2")])
        ax.set_title(group)
    axes[0].set_ylabel(say("personen", "persons"))
    for key in reversed(colours):
        axes[1].bar(0, 0, color=colours[key], edgecolor="0.4", label=words[key])
    axes[1].legend(frameon=False, bbox_to_anchor=(1, 1), loc="upper left")
    both = moves[moves["2"] == "1"].groupby("group").size()
    ekc, wt = both["EKC"], both["WT"]
    return figure, say(
        "Gestapelde staven van de soort hulp bij beide metingen per groep, met uitval. "
        f"Bij meting 2 hebben {ekc} mensen van EKC en {wt} van WT beide soorten hulp.",
        "Stacked bars of the kind of help at both waves by group, with drop-out. At "
        f"wave 2, {ekc} people of EKC and {wt} of WT have both kinds of help.",
    )


show(draw_states)

# %% [markdown] lang="nl"
# ## Wie deed een beroep op het netwerk?
#
# In de EKC-groep hoort een beroep op het netwerk bij de werkwijze. Het is daar altijd
# 'ja', en dus geen uitkomst: een model dat de groepen hierop vergelijkt, vergelijkt een
# definitie met een waarneming. De pijplijn weigert zo'n model.

# %% [markdown] lang="en"
# ## Who appealed to the network?
#
# In the EKC group an appeal to the network is part of the method. There it is always
# 'yes', and so no outcome: a model that compares the groups on it compares a definition
# with an observation. The pipeline refuses such a model.

# %%
asked = panel.groupby(["group", "wave"])["net_asked_worker"]
title = tuple(study.label("net_asked_worker", language) for language in study.languages)
study.table(asked.agg(["count", "mean"]), title=title)

# %% [markdown] lang="nl"
# ## Oefening
#
# 1. Hoeveel mensen hadden bij beide metingen zowel professionele hulp als netwerksteun
#    (beide groepen samen)?
# 2. Hoeveel procent van de WT-groep heeft bij meting 2 beide soorten hulp? (van wie is
#    gesproken; één decimaal)

# %% [markdown] lang="en"
# ## Exercise
#
# 1. How many people had both professional help and network support at both waves (both
#    groups together)?
# 2. What percentage of the WT group has both kinds of help at wave 2? (of those
#    interviewed; one decimal)

# %%
done = [check("help-1", ...), check("help-2", ...)]

# %% [markdown] lang="nl"
# # 7. Bouw een figuur na, en verander hem
#
# Achter elke figuur van het rapport ligt een klein CSV-bestand met alle getallen die
# erin staan. U hoeft de pijplijn dus niet te begrijpen om een figuur na te maken, of om
# een eigen versie te tekenen. Alle gegevens zijn synthetisch.

# %% [markdown] lang="en"
# # 7. Rebuild a figure, and change it
#
# Behind each figure of the report lies a small CSV file with all numbers in it. So you
# need not understand the pipeline to rebuild a figure, or to draw a version of your
# own. All data are synthetic.

# %%
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from netwerkkracht.notebooks.teaching import check, open_study, show

study = open_study()
numbers = pd.read_csv("reports/figures/figure-2.csv", dtype={"wave": str})
bars = numbers[numbers["part"] == "value"].astype({"value": float})
words = {"value": ("aantal problemen", "number of problems"),
         "persons": ("personen", "persons"), "total": ("van", "of")}
columns = ["wave", "group", "value", "persons", "total"]
study.table(bars[columns].head(6), decimals=0, words=words)

# %% [markdown] lang="nl"
# Elke rij is één staaf: bij deze meting, in deze groep, hebben zoveel mensen
# (`persons`) precies dit aantal problemen (`value`), van zoveel mensen in totaal
# (`total`).

# %% [markdown] lang="en"
# Each row is one bar: at this wave, in this group, so many people (`persons`) have
# exactly this number of problems (`value`), of so many people in all (`total`).

# %%
def draw_panels(say, kind):
    figure = Figure(figsize=(6.3, 2.9), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    styles = [("EKC", "#0072B2", -0.2, ""), ("WT", "#D55E00", 0.2, "////")]
    for ax, wave in zip(axes, ["1", "2"]):
        for group, colour, shift, hatch in styles:
            own = bars[(bars["wave"] == wave) & (bars["group"] == group)]
            own = own.sort_values("value")
            share = (100 * own["persons"] / own["total"]).to_numpy()
            if kind == "bars":
                ax.bar(own["value"] + shift, share, width=0.4, label=group,
                       color=colour, edgecolor="white", hatch=hatch)
            else:
                or_more = share[::-1].cumsum()[::-1]
                line = "-" if hatch == "" else "--"
                ax.step(own["value"], or_more, line, where="mid", label=group,
                        color=colour)
        ax.set_title(say(f"meting {wave}", f"wave {wave}"))
        ax.set_xlabel(say("aantal problemen", "number of problems"))
    axes[0].set_ylabel(say("% van de personen", "% of persons"))
    axes[1].legend(frameon=False)
    return figure


most = bars.loc[bars["persons"].idxmax()]
show(lambda say: (draw_panels(say, "bars"), say(
    "Staven van het aantal problemen per meting en groep; de meeste mensen in één "
    f"staaf: {most['persons']:.0f} van {most['group']} bij meting {most['wave']}, met "
    f"{most['value']:.0f} problemen.",
    "Bars of the number of problems by wave and group; most people in one bar: "
    f"{most['persons']:.0f} of {most['group']} at wave {most['wave']}, with "
    f"{most['value']:.0f} problems.",
)))

# %% [markdown] lang="nl"
# ## Zijn dit de getallen van het rapport?
#
# Uit de staven is het gemiddelde te maken. Het moet het gemiddelde van het rapport
# zijn.

# %% [markdown] lang="en"
# ## Are these the numbers of the report?
#
# The mean can be made from the bars. It must be the mean of the report.

# %%
weighted = bars["value"] * bars["persons"] / bars["total"]
means = weighted.groupby([bars["group"], bars["wave"]]).sum()
for (group, wave), mean in means.items():
    in_report = study.report_number(f"mean_{group.lower()}_w{wave}")
    assert np.isclose(mean, in_report)
study.table(means.rename("mean").unstack("wave"),
            title=("Gemiddeld aantal problemen", "Mean number of problems"))

# %% [markdown] lang="nl"
# ## Dezelfde getallen, een andere vraag
#
# Verander één woord en de figuur beantwoordt een andere vraag: niet 'hoeveel mensen
# hebben precies vier problemen', maar 'hoeveel hebben er vier of meer'.

# %% [markdown] lang="en"
# ## The same numbers, another question
#
# Change one word and the figure answers another question: not 'how many people have
# exactly four problems', but 'how many have four or more'.

# %%
show(lambda say: (draw_panels(say, "steps"), say(
    "Dalende treden: het aandeel mensen met minstens zoveel problemen, per meting en "
    f"groep, gemaakt van dezelfde {len(bars)} getallen als de staven.",
    "Falling steps: the share of people with at least so many problems, by wave and "
    f"group, made from the same {len(bars)} numbers as the bars.",
)))

# %% [markdown] lang="nl"
# ## Oefening
#
# 1. Hoeveel procent van de EKC-groep heeft bij meting 1 vier of meer problemen?
#    (één decimaal)
# 2. En van de WT-groep bij meting 2? (één decimaal)

# %% [markdown] lang="en"
# ## Exercise
#
# 1. What percentage of the EKC group has four or more problems at wave 1? (one decimal)
# 2. And of the WT group at wave 2? (one decimal)

# %%
done = [check("figure-1", ...), check("figure-2", ...)]

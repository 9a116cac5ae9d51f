# %% [markdown] lang="nl"
# # 7. Bouw een figuur na, en verander hem
#
# Achter elke figuur van het rapport ligt een klein CSV-bestand met alle getallen die erin staan. U hoeft de pijplijn dus
# niet te begrijpen om een figuur na te maken, of om een eigen versie te tekenen. Alle gegevens zijn synthetisch.

# %% [markdown] lang="en"
# # 7. Rebuild a figure, and change it
#
# Behind each figure of the report lies a small CSV file with all numbers in it. So you need not understand the pipeline to
# rebuild a figure, or to draw a version of your own. All data are synthetic.

# %%
import pandas as pd
from matplotlib.figure import Figure

from netwerkkracht.teaching import check, show

numbers = pd.read_csv("reports/figures/figure-2.csv", dtype={"wave": str})
numbers.head(8)

# %%
bars = numbers[numbers["part"] == "value"].astype({"value": float})
means = numbers[numbers["part"] == "mean"]


def draw(bars, kind):
    figure = Figure(figsize=(6.2, 2.8), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    for ax, wave in zip(axes, ["1", "2"], strict=True):
        for offset, (group, colour) in zip((-0.2, 0.2), [("EKC", "#0072B2"), ("WT", "#D55E00")], strict=True):
            own = bars[(bars["wave"] == wave) & (bars["group"] == group)].sort_values("value")
            share = 100 * own["persons"] / own["total"]
            if kind == "bars":
                ax.bar(own["value"] + offset, share, width=0.4, color=colour, label=group)
            else:
                ax.step(own["value"], share[::-1].cumsum()[::-1], where="mid", color=colour, label=group)
        ax.set_title(f"wave {wave} / meting {wave}")
        ax.set_xlabel("number of problems / aantal problemen")
    axes[0].set_ylabel("% of persons / van de personen")
    axes[0].legend(frameon=False)
    figure.suptitle("synthetic data / synthetische gegevens", fontsize=8)
    return figure


most = bars.loc[bars["persons"].idxmax()]
show(
    draw(bars, "bars"),
    f"Bars of the number of problems by wave and group; the highest bar is {most['group']} at wave {most['wave']} "
    f"with {most['value']:.0f} problems ({most['persons']:.0f} people)",
)

# %% [markdown] lang="nl"
# ### Dezelfde getallen, een andere vraag
#
# Verander één woord en de figuur beantwoordt een andere vraag: niet 'hoeveel mensen hebben precies vier problemen', maar
# 'hoeveel hebben er vier of meer'.

# %% [markdown] lang="en"
# ### The same numbers, another question
#
# Change one word and the figure answers another question: not 'how many people have exactly four problems', but 'how many
# have four or more'.

# %%
total = bars.groupby(["wave", "group"])["persons"].sum()
assert (total == bars.groupby(["wave", "group"])["total"].first()).all()
show(
    draw(bars, "steps"),
    "Falling steps: the share of people with at least so many problems, by wave and group, starting at 100 percent and "
    f"made from the same {len(bars)} numbers as the bars",
)

# %% [markdown] lang="nl"
# ### Oefening
#
# 1. Hoeveel procent van de EKC-groep heeft bij meting 1 vier of meer problemen? (één decimaal)
# 2. En van de WT-groep bij meting 2?

# %% [markdown] lang="en"
# ### Exercise
#
# 1. What percentage of the EKC group has four or more problems at wave 1? (one decimal)
# 2. And of the WT group at wave 2?

# %%
done = [check("figure-1", ...), check("figure-2", ...)]

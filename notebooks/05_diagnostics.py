# %% [markdown] lang="nl"
# # 5. Past het model?
#
# Een model is een vereenvoudiging. Met gesimuleerde residuen zien we of de gegevens eruitzien als gegevens die het model
# zelf zou kunnen maken. Zo ja, dan zijn de residuen gelijkmatig verdeeld tussen 0 en 1. Alle gegevens zijn synthetisch.

# %% [markdown] lang="en"
# # 5. Does the model fit?
#
# A model simplifies. Simulated residuals show whether the data look like data the model itself could make. If so, the
# residuals are spread evenly between 0 and 1. All data are synthetic.

# %%
import numpy as np
from matplotlib.figure import Figure

from netwerkkracht.mixed import fit
from netwerkkracht.teaching import check, open_study, show

study = open_study()
data = study.panel[["person_id", "group", "wave", "n_prob"]].dropna().reset_index(drop=True)
model = fit("n_prob ~ group * wave + (1 | person_id)", data)
print("status:", model.status)
residuals = model.residuals(n_sim=1000, seed=1)

# %% [markdown] lang="nl"
# ### Een goed en een fout model naast elkaar
#
# Links de residuen van het model; rechts die van een model voor een uitkomst die we expres scheef maken (e-macht). Liggen
# de punten op de lijn, dan past het. De punten zijn gesorteerd: geen punt is één persoon.

# %% [markdown] lang="en"
# ### A good and a wrong model side by side
#
# Left the residuals of the model; right those of a model for an outcome that we bend on purpose (exponentiated). Points
# on the line mean that it fits. The points are sorted: no point is one person.

# %%
bent = fit("bent ~ group * wave + (1 | person_id)", data.assign(bent=np.exp(data["n_prob"] / 2)))
wrong = bent.residuals(n_sim=1000, seed=1)
figure = Figure(figsize=(6.2, 3), layout="constrained")
for ax, made, title in zip(
    figure.subplots(1, 2, sharey=True), [residuals, wrong], ["n_prob", "exp(n_prob / 2)"], strict=True
):
    values = np.sort(made.values)
    ax.plot((np.arange(len(values)) + 0.5) / len(values), values, color="#0072B2", lw=2)
    ax.plot([0, 1], [0, 1], color="0.5", lw=0.8, ls="--")
    ax.set_title(title)
    ax.set_xlabel("expected / verwacht")
figure.axes[0].set_ylabel("simulated residual / gesimuleerd residu")
figure.suptitle("synthetic data / synthetische gegevens", fontsize=8)


def distance(made):
    values = np.sort(made.values)
    return np.abs(values - (np.arange(len(values)) + 0.5) / len(values)).max()


show(
    figure,
    f"Sorted simulated residuals against their expectation: at most {distance(residuals):.2f} from the line for the "
    f"number of problems, and {distance(wrong):.2f} for the outcome bent on purpose",
)
assert distance(wrong) > distance(residuals)

# %% [markdown] lang="nl"
# ### Is de spreiding overal gelijk?
#
# Het model neemt aan dat de spreiding in elke groep en meting gelijk is. We vergelijken.

# %% [markdown] lang="en"
# ### Is the spread the same everywhere?
#
# The model assumes an equal spread in each group and wave. We compare.

# %%
data.assign(residual=residuals.values).groupby(["group", "wave"])["residual"].agg(["mean", "std", "count"]).round(2)

# %% [markdown] lang="nl"
# Gelijkmatig verdeelde residuen hebben gemiddeld 0,50 en standaardafwijking 0,29. Kleine afwijkingen horen bij toeval.
#
# ### Oefening
#
# 1. Welke standaardafwijking heeft een gelijkmatige verdeling tussen 0 en 1 precies? (drie decimalen)
# 2. Hoeveel rijen gebruikt het model?

# %% [markdown] lang="en"
# Evenly spread residuals have mean 0.50 and standard deviation 0.29. Small departures are chance.
#
# ### Exercise
#
# 1. What standard deviation does an even spread between 0 and 1 have exactly? (three decimals)
# 2. How many rows does the model use?

# %%
done = [check("diagnostics-1", ...), check("diagnostics-2", ...)]

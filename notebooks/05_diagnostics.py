# %% [markdown] lang="nl"
# # 5. Past het model?
#
# Een model is een vereenvoudiging. Met gesimuleerde residuen zien we of de gegevens
# lijken op gegevens die het model zelf zou kunnen maken. Zo ja, dan zijn de residuen
# gelijkmatig verdeeld tussen 0 en 1. Alle gegevens zijn synthetisch.

# %% [markdown] lang="en"
# # 5. Does the model fit?
#
# A model simplifies. Simulated residuals show whether the data look like data that the
# model itself could make. If so, the residuals are spread evenly between 0 and 1. All
# data are synthetic.

# %%
import numpy as np
from matplotlib.figure import Figure

from netwerkkracht.mixed import fit
from netwerkkracht.notebooks.teaching import check, open_study, show, tell

study = open_study()
data = study.panel[["person_id", "group", "wave", "n_prob"]].dropna()
model = fit("n_prob ~ group * wave + (1 | person_id)", data)
assert model.status == "ok"
b = model.coefficients.set_index("term")["estimate"]
assert np.isclose(-b["groupWT:wave2"], study.report_number("did"))
tell(lambda say: say("verschil in verandering, EKC min WT: ",
                     "difference in change, EKC minus WT: ")
     + say.number(-b["groupWT:wave2"], 2))

# %% [markdown] lang="nl"
# ## Hoe een gesimuleerd residu ontstaat
#
# Het model maakt duizend keer nieuwe antwoorden. Het residu van een echt antwoord is
# het deel van die duizend dat eronder ligt: 0,5 is precies in het midden, 0,99 is hoog
# voor dit model. Liggen er te veel residuen bij 0 of 1, dan verwacht het model te
# weinig spreiding.

# %% [markdown] lang="en"
# ## How a simulated residual comes about
#
# The model makes new answers a thousand times. The residual of an actual answer is the
# share of that thousand that lies below it: 0.5 is right in the middle, 0.99 is high
# for this model. With too many residuals near 0 or 1, the model expects too little
# spread.

# %%
residuals = model.residuals(n_sim=1000, seed=1).values

# %% [markdown] lang="nl"
# ## Een bruikbaar en een fout model naast elkaar
#
# Links de residuen van het model. Rechts die van een model voor een uitkomst die we
# expres krom maken (met een e-macht). Punten op de streepjeslijn betekenen dat het
# model past. De punten zijn gesorteerd: aan een punt is niet te zien van wie het is.

# %% [markdown] lang="en"
# ## A usable and a wrong model side by side
#
# Left the residuals of the model. Right those of a model for an outcome that we bend on
# purpose (with an exponential). Points on the dashed line mean that the model fits. The
# points are sorted: a point does not show whose it is.

# %%
bent = data.assign(bent=np.exp(data["n_prob"] / 2))
wrong = fit("bent ~ group * wave + (1 | person_id)", bent)
wrong_residuals = wrong.residuals(n_sim=1000, seed=1).values
expected = (np.arange(len(residuals)) + 0.5) / len(residuals)


def distance(values):
    return np.abs(np.sort(values) - expected).max()


def draw_residuals(say):
    figure = Figure(figsize=(6.3, 3.1), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    titles = [say("aantal problemen", "number of problems"),
              say("krom gemaakt", "bent on purpose")]
    for ax, values, title in zip(axes, [residuals, wrong_residuals], titles):
        ax.plot([0, 1], [0, 1], color="0.5", lw=0.8, ls="--")
        ax.plot(expected, np.sort(values), color="#0072B2", lw=2)
        ax.set_title(title)
        ax.set_xlabel(say("verwacht", "expected"))
        say.axis(ax.xaxis)
    axes[0].set_ylabel(say("gesimuleerd residu", "simulated residual"))
    say.axis(axes[0].yaxis)
    left = say.number(distance(residuals), 2)
    right = say.number(distance(wrong_residuals), 2)
    return figure, say(
        "Gesorteerde gesimuleerde residuen tegen hun verwachting: hoogstens "
        f"{left} van de lijn bij het aantal problemen, en {right} bij de krom gemaakte "
        "uitkomst.",
        "Sorted simulated residuals against their expectation: at most "
        f"{left} from the line for the number of problems, and {right} for the outcome "
        "bent on purpose.",
    )


show(draw_residuals)
assert distance(wrong_residuals) > distance(residuals)

# %% [markdown] lang="nl"
# Ook het model links ligt niet precies op de lijn. Een aantal problemen is een geheel
# getal en kan niet onder nul komen; een normale verdeling weet dat niet. Daarom rekent
# het rapport het ook na met modellen voor aantallen.
#
# ## Is de spreiding overal gelijk?
#
# Het model neemt aan dat de spreiding in elke groep en bij elke meting gelijk is.

# %% [markdown] lang="en"
# The model on the left does not lie exactly on the line either. A number of problems is
# a whole number and cannot fall below zero; a normal distribution does not know that.
# That is why the report works it out with models for counts as well.
#
# ## Is the spread the same everywhere?
#
# The model assumes that the spread is equal in each group and at each wave.

# %%
by_cell = data.assign(residual=residuals).groupby(["group", "wave"])["residual"]
study.table(by_cell.agg(["mean", "std", "count"]))

# %% [markdown] lang="nl"
# Gelijkmatig verdeelde residuen hebben gemiddelde 0,50 en standaardafwijking 0,29.
# Kleine afwijkingen horen bij toeval.
#
# ## Oefening
#
# 1. Welke standaardafwijking heeft een gelijkmatige verdeling tussen 0 en 1 precies?
#    (drie decimalen)
# 2. Hoeveel rijen gebruikt het model?

# %% [markdown] lang="en"
# Evenly spread residuals have mean 0.50 and standard deviation 0.29. Small departures
# are part of chance.
#
# ## Exercise
#
# 1. What standard deviation does an even spread between 0 and 1 have exactly?
#    (three decimals)
# 2. How many rows does the model use?

# %%
done = [check("diagnostics-1", ...), check("diagnostics-2", ...)]

# %% [markdown] lang="nl"
# # 3. Een mixed model met de hand
#
# Dezelfde mensen zijn twee keer gesproken. Twee antwoorden van één persoon lijken op elkaar, en dat moet het model weten.
# We schrijven de aannemelijkheid (likelihood) zelf op, zoeken het maximum, en leggen het naast `netwerkkracht.mixed.fit`.
#
# Model: `y = b0 + b1·WT + b2·meting2 + b3·WT·meting2 + u + e`, met `u ~ N(0, s_u²)` per persoon en `e ~ N(0, s_e²)`.

# %% [markdown] lang="en"
# # 3. A mixed model by hand
#
# The same people were interviewed twice. Two answers of one person are alike, and the model must know that. We write the
# likelihood ourselves, look for its maximum, and lay it beside `netwerkkracht.mixed.fit`.
#
# Model: `y = b0 + b1·WT + b2·wave2 + b3·WT·wave2 + u + e`, with `u ~ N(0, s_u²)` per person and `e ~ N(0, s_e²)`.

# %%
import numpy as np
from matplotlib.figure import Figure
from scipy.optimize import minimize

from netwerkkracht.mixed import fit
from netwerkkracht.teaching import check, open_study, show

study = open_study()
data = study.panel[["person_id", "group", "wave", "n_prob"]].dropna().reset_index(drop=True)
wt = (data["group"] == "WT").to_numpy(float)
second = (data["wave"] == "2").to_numpy(float)
X = np.column_stack([np.ones(len(data)), wt, second, wt * second])
y = data["n_prob"].to_numpy(float)
people = [np.flatnonzero(data["person_id"] == person) for person in data["person_id"].unique()]
len(people), len(y)

# %% [markdown] lang="nl"
# ### De aannemelijkheid, persoon voor persoon
#
# De antwoorden van één persoon zijn samen normaal verdeeld: op de diagonaal van de covariantie staat `s_u² + s_e²`,
# daarnaast `s_u²`. De log-aannemelijkheid is de som over personen. We zoeken over `log s`, zodat een sd nooit negatief wordt.

# %% [markdown] lang="en"
# ### The likelihood, person by person
#
# The answers of one person are jointly normal: `s_u² + s_e²` on the diagonal of the covariance, `s_u²` beside it. The
# log-likelihood is the sum over persons. We search over `log s`, so that an sd never becomes negative.


# %%
def minus_loglik(parameters):
    beta, s_u, s_e = parameters[:4], np.exp(parameters[4]), np.exp(parameters[5])
    total = 0.0
    for rows in people:
        n = len(rows)
        V = s_u**2 * np.ones((n, n)) + s_e**2 * np.eye(n)
        r = y[rows] - X[rows] @ beta
        total += 0.5 * (n * np.log(2 * np.pi) + np.linalg.slogdet(V)[1] + r @ np.linalg.solve(V, r))
    return total


start = np.r_[np.linalg.lstsq(X, y, rcond=None)[0], 0.0, 0.0]
minus_loglik(start)

# %% [markdown] lang="nl"
# ### Sneller, en toch hetzelfde
#
# Voor één persoon met `n` antwoorden is `V` zo eenvoudig dat inverse en determinant op papier kunnen. Dan zijn alleen sommen
# per persoon nodig. We controleren dat beide manieren hetzelfde getal geven, en zoeken dan het maximum.

# %% [markdown] lang="en"
# ### Faster, and yet the same
#
# For one person with `n` answers `V` is so simple that inverse and determinant can be done on paper. Then only sums per
# person are needed. We check that both ways give the same number, and then look for the maximum.

# %%
who = data["person_id"].astype("category").cat.codes.to_numpy()
n_answers = np.bincount(who)


def minus_loglik_fast(parameters):
    beta, v_u, v_e = parameters[:4], np.exp(2 * parameters[4]), np.exp(2 * parameters[5])
    r = y - X @ beta
    sums, squares = np.bincount(who, r), np.bincount(who, r**2)
    whole = v_e + n_answers * v_u
    logdet = (n_answers - 1) * np.log(v_e) + np.log(whole)
    return 0.5 * np.sum(n_answers * np.log(2 * np.pi) + logdet + (squares - v_u / whole * sums**2) / v_e)


assert np.isclose(minus_loglik(start), minus_loglik_fast(start))
best = minimize(minus_loglik_fast, start, method="BFGS")
beta_hand, sd_hand = best.x[:4], np.exp(best.x[4:])
print("b:", beta_hand.round(3), " s_u, s_e:", sd_hand.round(3), " log-likelihood:", round(-best.fun, 4))

# %% [markdown] lang="nl"
# ### Hetzelfde met `fit`
#
# `reml=False` maakt dezelfde aannemelijkheid als hierboven. De getallen moeten gelijk zijn.

# %% [markdown] lang="en"
# ### The same with `fit`
#
# `reml=False` makes the same likelihood as above. The numbers must be equal.

# %%
ml = fit("n_prob ~ group * wave + (1 | person_id)", data, reml=False, df="satterthwaite")
assert np.allclose(ml.coefficients["estimate"], beta_hand, atol=1e-3)
assert abs(ml.loglik + best.fun) < 1e-4
ml.variances.replace("person_id", "person").round(3)

# %% [markdown] lang="nl"
# ### REML en kleine steekproeven
#
# ML schat de varianties iets te klein, omdat het doet alsof de b's bekend zijn. REML herstelt dat. Voor toetsen in een
# kleine steekproef gebruiken we vrijheidsgraden volgens Kenward en Roger. Lees de rij `groupWT:wave2`: het verschil tussen
# de groepen in **verandering**. Dat is geen effect van de hulp: de groepen zijn niet geloot en meting 1 is geen nulmeting.

# %% [markdown] lang="en"
# ### REML and small samples
#
# ML makes the variances a little too small, because it acts as if the b's were known. REML mends that. For tests in a
# small sample we use Kenward and Roger's degrees of freedom. Read the row `groupWT:wave2`: the difference between the
# groups in **change**. It is not an effect of the help: the groups were not randomised and wave 1 is no baseline.

# %%
reml = fit("n_prob ~ group * wave + (1 | person_id)", data)
print("status:", reml.status)
reml.coefficients.round(3)

# %%
figure = Figure(figsize=(5.6, 3), layout="constrained")
ax = figure.subplots()
grid = np.linspace(0.02, 3.5, 40)


def profile(s_u):
    def others(parameters):
        return minus_loglik_fast(np.r_[parameters[:4], np.log(s_u), parameters[4]])

    return -minimize(others, np.r_[beta_hand, np.log(sd_hand[1])], method="BFGS").fun


curve = np.array([profile(value) for value in grid])
ax.plot(grid, curve + best.fun, color="#0072B2")
ax.axvline(sd_hand[0], color="#D55E00", ls="--")
ax.axhline(-1.92, color="0.6", lw=0.8)
ax.set_ylim(-8, 0.5)
ax.set_xlabel("s_u: sd between persons / tussen personen")
ax.set_ylabel("log-likelihood minus maximum")
figure.suptitle("synthetic data / synthetische gegevens", fontsize=8)
inside = grid[curve + best.fun > -1.92]
show(
    figure,
    f"Profile of the log-likelihood over the standard deviation between persons: highest near {sd_hand[0]:.2f}, "
    f"and within 1.92 of the maximum from about {inside.min():.1f} to {inside.max():.1f}",
)

# %% [markdown] lang="nl"
# ### Oefening
#
# 1. Welk deel van de variantie ligt tussen personen (ICC, uit het REML-model)? (twee decimalen)
# 2. Neem alleen mensen die twee keer antwoordden. Toets het verschil in verandering met een gewone t-toets op de
#    verschilscores, en met `fit`. Wat is de absolute t? (twee decimalen; ze zijn gelijk)

# %% [markdown] lang="en"
# ### Exercise
#
# 1. What part of the variance lies between persons (ICC, from the REML model)? (two decimals)
# 2. Take only people who answered twice. Test the difference in change with a plain t test on change scores, and with
#    `fit`. What is the absolute t? (two decimals; they are equal)

# %%
done = [check("mixed-1", ...), check("mixed-2", ...)]

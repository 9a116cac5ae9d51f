# %% [markdown] lang="nl"
# # 3. Een gemengd model met de hand
#
# Dezelfde mensen zijn twee keer gesproken. Twee antwoorden van één persoon lijken op
# elkaar, en dat moet het model weten. We schrijven de aannemelijkheid (*likelihood*)
# zelf op, zoeken het maximum en leggen het naast `netwerkkracht.mixed.fit`.
#
# Het model: `y = b0 + b1·WT + b2·meting2 + b3·WT·meting2 + u + e`, met `u ~ N(0, s_u²)`
# per persoon en `e ~ N(0, s_e²)` per antwoord. Alle gegevens zijn synthetisch.

# %% [markdown] lang="en"
# # 3. A mixed model by hand
#
# The same people were interviewed twice. Two answers of one person are alike, and the
# model must know that. We write the likelihood ourselves, look for its maximum and lay
# it beside `netwerkkracht.mixed.fit`.
#
# The model: `y = b0 + b1·WT + b2·wave2 + b3·WT·wave2 + u + e`, with `u ~ N(0, s_u²)`
# per person and `e ~ N(0, s_e²)` per answer. All data are synthetic.

# %%
import numpy as np
from matplotlib.figure import Figure
from scipy.optimize import minimize

from netwerkkracht.mixed import fit
from netwerkkracht.notebooks.teaching import check, open_study, show, tell

study = open_study()
data = study.panel[["person_id", "group", "wave", "n_prob"]].dropna()
wt = (data["group"] == "WT").to_numpy(float)
second = (data["wave"] == "2").to_numpy(float)
X = np.column_stack([np.ones(len(data)), wt, second, wt * second])
y = data["n_prob"].to_numpy(float)
who = data["person_id"].astype("category").cat.codes.to_numpy()
people = [np.flatnonzero(who == person) for person in range(who.max() + 1)]
tell(lambda say: say(f"{len(y)} antwoorden van {len(people)} personen",
                     f"{len(y)} answers of {len(people)} persons"))

# %% [markdown] lang="nl"
# ## De aannemelijkheid, persoon voor persoon
#
# De antwoorden van één persoon zijn samen normaal verdeeld. Op de diagonaal van hun
# covariantie staat `s_u² + s_e²`, daarnaast `s_u²`. De log-aannemelijkheid is de som
# over personen. We zoeken over `log s`, zodat een standaarddeviatie nooit negatief
# wordt.

# %% [markdown] lang="en"
# ## The likelihood, person by person
#
# The answers of one person are jointly normal. On the diagonal of their covariance
# stands `s_u² + s_e²`, beside it `s_u²`. The log-likelihood is the sum over persons. We
# search over `log s`, so that a standard deviation never becomes negative.


# %%
def minus_loglik(parameters):
    beta, (s_u, s_e) = parameters[:4], np.exp(parameters[4:])
    total = 0.0
    for rows in people:
        n = len(rows)
        V = s_u**2 * np.ones((n, n)) + s_e**2 * np.eye(n)
        r = y[rows] - X[rows] @ beta
        logdet = np.linalg.slogdet(V)[1]
        total += 0.5 * (n * np.log(2 * np.pi) + logdet + r @ np.linalg.solve(V, r))
    return total


start = np.r_[np.linalg.lstsq(X, y, rcond=None)[0], 0.0, 0.0]
tell(lambda say: say("log-aannemelijkheid bij de start: ",
                     "log-likelihood at the start: ")
     + say.number(-minus_loglik(start), 2))

# %% [markdown] lang="nl"
# ## Sneller, en toch hetzelfde
#
# Voor één persoon met `n` antwoorden is `V` zo eenvoudig dat inverse en determinant op
# papier kunnen. Dan zijn alleen sommen per persoon nodig. We controleren dat beide
# manieren hetzelfde getal geven, en zoeken dan het maximum.

# %% [markdown] lang="en"
# ## Faster, and yet the same
#
# For one person with `n` answers `V` is so simple that inverse and determinant can be
# worked out on paper. Then only sums per person are needed. We check that both ways
# give the same number, and then look for the maximum.

# %%
n_answers = np.bincount(who)


def minus_loglik_fast(parameters):
    beta, (v_u, v_e) = parameters[:4], np.exp(2 * parameters[4:])
    r = y - X @ beta
    sums, squares = np.bincount(who, r), np.bincount(who, r**2)
    whole = v_e + n_answers * v_u
    logdet = (n_answers - 1) * np.log(v_e) + np.log(whole)
    distance = (squares - v_u / whole * sums**2) / v_e
    return 0.5 * np.sum(n_answers * np.log(2 * np.pi) + logdet + distance)


assert np.isclose(minus_loglik(start), minus_loglik_fast(start))
best = minimize(minus_loglik_fast, start, method="BFGS")
b_hand, (s_u, s_e) = best.x[:4], np.exp(best.x[4:])
tell(lambda say: "b: " + "; ".join(say.number(b, 3) for b in b_hand))
tell(lambda say: f"s_u: {say.number(s_u, 3)}; s_e: {say.number(s_e, 3)}; "
     + say("log-aannemelijkheid: ", "log-likelihood: ") + say.number(-best.fun, 2))

# %% [markdown] lang="nl"
# ## Hetzelfde met `fit`
#
# Met `reml=False` gebruikt `fit` dezelfde aannemelijkheid als hierboven. De getallen
# moeten dus gelijk zijn.

# %% [markdown] lang="en"
# ## The same with `fit`
#
# With `reml=False`, `fit` uses the same likelihood as above. So the numbers must be
# equal.

# %%
model = "n_prob ~ group * wave + (1 | person_id)"
ml = fit(model, data, reml=False, df="satterthwaite")
assert np.allclose(ml.coefficients["estimate"], b_hand, atol=1e-3)
assert abs(ml.loglik + best.fun) < 1e-4
spread = ml.variances.replace("person_id", "person")
study.table(spread[["group", "variance", "sd"]], decimals=3,
            words={"group": ("deel van de spreiding", "part of the spread")})

# %% [markdown] lang="nl"
# ## REML en kleine steekproeven
#
# ML schat de varianties iets te klein, omdat het doet alsof de b's bekend zijn. REML
# herstelt dat. Voor toetsen in een kleine steekproef gebruiken we vrijheidsgraden
# volgens Kenward en Roger. Lees de rij die in de code `groupWT:wave2` heet, in de tabel
# de laatste: het verschil tussen de groepen in **verandering**. Dat is geen effect van
# de hulp: de groepen zijn niet geloot en meting 1 is geen nulmeting. Het rapport trekt
# andersom af, EKC min WT; vandaar het minteken.

# %% [markdown] lang="en"
# ## REML and small samples
#
# ML makes the variances a little too small, because it acts as if the b's were known.
# REML mends that. For tests in a small sample we use degrees of freedom after Kenward
# and Roger. Read the row that the code calls `groupWT:wave2`, the last of the table:
# the difference between the groups in **change**. It is not an effect of the help: the
# groups were not randomised and wave 1 is no baseline. The report subtracts the other
# way, EKC minus WT; hence the minus sign.

# %%
reml = fit(model, data)
assert reml.status == "ok"
b = reml.coefficients.set_index("term")
change = b.loc["groupWT:wave2"]
assert np.isclose(-change["estimate"], study.report_number("did"))
assert np.isclose(b["estimate"].iloc[0], study.report_number("m_ekc_w1"))
assert np.isclose(change["p"], study.report_number("did_p"))
tell(lambda say: say("verschil in verandering: ", "difference in change: ")
     + f"t = {say.number(change['statistic'], 2)}; p = {say.number(change['p'], 3)}")
columns = ["estimate", "se", "df", "statistic", "lower", "upper"]
study.table(b[columns], decimals={"df": 1})

# %% [markdown] lang="nl"
# ## Hoe zeker is `s_u`?
#
# We zetten `s_u` vast op een waarde, zoeken het beste dat de andere parameters dan nog
# kunnen, en herhalen dat. Waar de lijn minder dan 1,92 onder haar top ligt (boven de
# grijze lijn), past de waarde bij de gegevens: een 95%-interval.

# %% [markdown] lang="en"
# ## How certain is `s_u`?
#
# We fix `s_u` at a value, look for the best that the other parameters can still do, and
# repeat that. Where the line lies less than 1.92 below its top (above the grey line),
# the value fits the data: a 95% interval.

# %%
grid = np.linspace(0.4, 2.8, 25)


def profile(value):
    def others(parameters):
        return minus_loglik_fast(np.r_[parameters[:4], np.log(value), parameters[4]])

    return best.fun - minimize(others, np.r_[b_hand, np.log(s_e)], method="BFGS").fun


curve = np.array([profile(value) for value in grid])
inside = grid[curve > -1.92]


def draw_profile(say):
    figure = Figure(figsize=(5.8, 2.9), layout="constrained")
    ax = figure.subplots()
    ax.plot(grid, curve, color="#0072B2")
    ax.axvline(s_u, color="#D55E00", ls="--")
    ax.axhline(-1.92, color="0.5", lw=0.8)
    ax.set_ylim(-8, 0.5)
    ax.set_xlabel(say("s_u: standaarddeviatie tussen personen",
                      "s_u: standard deviation between persons"))
    ax.set_ylabel(say("log-aannemelijkheid\nmin haar maximum",
                      "log-likelihood\nminus its maximum"))
    say.axis(ax.xaxis)
    say.axis(ax.yaxis)
    low, high = say.number(inside.min(), 1), say.number(inside.max(), 1)
    return figure, say(
        "Profiel van de log-aannemelijkheid over de standaarddeviatie tussen personen: "
        f"de top ligt bij {say.number(s_u, 2)}; van ongeveer {low} tot {high} ligt de "
        "lijn minder dan 1,92 daaronder.",
        "Profile of the log-likelihood over the standard deviation between persons: "
        f"the top lies at {say.number(s_u, 2)}; from about {low} to {high} the line "
        "lies less than 1.92 below it.",
    )


show(draw_profile)

# %% [markdown] lang="nl"
# ## Oefening
#
# 1. Welk deel van de variantie ligt tussen personen (ICC, uit het REML-model)?
#    (twee decimalen)
# 2. Neem alleen mensen die twee keer antwoordden. Toets het verschil in verandering met
#    een gewone t-toets op de verschilscores, en met `fit`. Wat is de absolute t?
#    (twee decimalen; ze zijn gelijk)

# %% [markdown] lang="en"
# ## Exercise
#
# 1. What part of the variance lies between persons (ICC, from the REML model)?
#    (two decimals)
# 2. Take only people who answered twice. Test the difference in change with a plain t
#    test on change scores, and with `fit`. What is the absolute t? (two decimals; they
#    are equal)

# %%
done = [check("mixed-1", ...), check("mixed-2", ...)]

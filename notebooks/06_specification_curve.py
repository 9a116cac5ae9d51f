# %% [markdown] lang="nl"
# # 6. Hoeveel doen onze keuzes ertoe?
#
# Onderzoekers kiezen: welke maat, welke covariaten, welk model, wie doet mee. Een specificatiecurve rekent alle vooraf
# genoemde keuzes door en zet ze naast elkaar. Het **aandeel** uitkomsten aan één kant is geen kans: de specificaties
# gebruiken dezelfde mensen. Alle gegevens zijn synthetisch.

# %% [markdown] lang="en"
# # 6. How much do our choices matter?
#
# Researchers choose: which measure, which covariates, which model, who takes part. A specification curve works out all
# choices named beforehand and lays them side by side. The **share** of results on one side is no probability: the
# specifications use the same people. All data are synthetic.

# %%
from itertools import product

import pandas as pd
from matplotlib.figure import Figure

from netwerkkracht.mixed import fit
from netwerkkracht.teaching import check, open_study, show

study = open_study()
panel = study.panel.copy()
age = panel[panel["wave"] == "1"].set_index("person_id")["age_class"]
edu = panel[panel["wave"] == "1"].set_index("person_id")["edu3"]
panel["age_w1"] = panel["person_id"].map(age).astype("Int64").astype("str")
panel["edu_w1"] = panel["person_id"].map(edu).astype("Int64").astype("str")
panel.loc[panel["age_w1"] == "<NA>", "age_w1"] = None
panel.loc[panel["edu_w1"] == "<NA>", "edu_w1"] = None
both = panel.groupby("person_id")["wave"].transform("nunique") == 2

# %%
outcomes = {"12 areas / gebieden": "n_prob", "own questionnaire / eigen vragenlijst": "n_prob_native"}
covariates = {"none / geen": "", "age, education / leeftijd, opleiding": " + age_w1 + edu_w1"}
samples = {"everyone / iedereen": panel, "both waves / beide metingen": panel[both]}

rows = []
for (o, outcome), (c, extra), (s, data) in product(outcomes.items(), covariates.items(), samples.items()):
    made = fit(f"{outcome} ~ group * wave{extra} + (1 | person_id)", data)
    change = made.coefficients.set_index("term").loc["groupWT:wave2"]
    rows.append((o, c, s, made.status, *(change[name] for name in ["estimate", "lower", "upper"])))
curve = pd.DataFrame(rows, columns=["outcome", "covariates", "sample", "status", "estimate", "lower", "upper"])
curve = curve.sort_values("estimate", ignore_index=True)
curve.round(2)

# %%
figure = Figure(figsize=(6, 3), layout="constrained")
ax = figure.subplots()
primary = (curve["outcome"] == list(outcomes)[0]) & (curve["covariates"] == list(covariates)[0])
primary &= curve["sample"] == list(samples)[0]
for i, row in curve.iterrows():
    colour = "#D55E00" if primary[i] else "#0072B2"
    ax.plot([i, i], [row["lower"], row["upper"]], color=colour, lw=1.5)
    ax.plot(i, row["estimate"], "D" if primary[i] else "o", color=colour, ms=5)
ax.axhline(0, color="0.5", lw=0.8)
ax.set_xticks(range(len(curve)), [f"{i + 1}" for i in range(len(curve))])
ax.set_xlabel("specification / specificatie")
ax.set_ylabel("WT minus EKC, change / verandering")
figure.suptitle("synthetic data / synthetische gegevens", fontsize=8)
show(
    figure,
    f"Difference in change, WT minus EKC, under {len(curve)} specifications: estimates from "
    f"{curve['estimate'].min():.2f} to {curve['estimate'].max():.2f}; the primary one is marked and lies at "
    f"{curve.loc[primary, 'estimate'].iloc[0]:.2f}",
)

# %% [markdown] lang="nl"
# ### Oefening
#
# 1. Hoeveel specificaties krijgt u als er één keuze met drie mogelijkheden bijkomt?
# 2. Hoe groot is het verschil tussen de hoogste en de laagste schatting hierboven? (twee decimalen)

# %% [markdown] lang="en"
# ### Exercise
#
# 1. How many specifications do you get when one choice with three options is added?
# 2. How large is the difference between the highest and the lowest estimate above? (two decimals)

# %%
done = [check("choices-1", ...), check("choices-2", ...)]

"""The batched refits against lme4 and pbkrtest, response by response; make_refits.R made the values."""

from pathlib import Path

import numpy as np
import pandas as pd

from netwerkkracht.mixed.formula.design import make_design
from netwerkkracht.mixed.gaussian.batch import fit_many

HERE = Path(__file__).parent


def test_batch_equals_lme4_refit_and_kenward_roger():
    frame = pd.read_csv(HERE / "data" / "panel3_gaps.csv", sep=";", dtype={"wave": str})
    Y = pd.read_csv(HERE / "refit_responses.csv", sep=";").to_numpy()
    want = pd.read_csv(HERE / "refits.csv", sep=";")
    fits = fit_many(make_design("y ~ group * wave + (1 | person)", frame), Y, df="kenward-roger")
    plain = fit_many(make_design("y ~ group * wave + (1 | person)", frame), Y)
    assert (fits.status == "boundary").any()
    for i, own in want.groupby("response"):
        k = i - 1
        np.testing.assert_allclose(fits.estimates[k] / plain.se[k], own["estimate"] / own["se"], atol=1e-6)
        np.testing.assert_allclose(plain.se[k], own["se"], rtol=1e-5)
        np.testing.assert_allclose(fits.se[k], own["kr_se"], rtol=1e-5)
        np.testing.assert_allclose(fits.df[k], own["kr_df"], rtol=1e-3)
        assert abs(fits.loglik[k] - own["loglik"].iloc[0]) < 1e-6
        assert abs(fits.sd[k] - own["sd"].iloc[0]) < 1e-5
        assert abs(fits.sigma[k] / own["sigma"].iloc[0] - 1) < 1e-5
        assert (fits.status[k] == "boundary") == (own["sd"].iloc[0] < 1e-5)

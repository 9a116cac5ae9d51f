"""The result of a fit: tables a researcher reads, made from any family's engine."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.engine import Engine, Tests, has_inference
from netwerkkracht.mixed.inference.anova import anova
from netwerkkracht.mixed.inference.bootstrap import Bootstrap, bootstrap
from netwerkkracht.mixed.inference.means import Choice, contrasts, means
from netwerkkracht.mixed.inference.predict import predict
from netwerkkracht.mixed.inference.residuals import QuantileResiduals, quantile_residuals
from netwerkkracht.mixed.inference.tables import coefficients, interval_table
from netwerkkracht.mixed.status import Method


@dataclass(frozen=True)
class Fit:
    """A fitted mixed model.

    Where the status is not one of ``ok``, ``boundary`` or ``rank_deficient`` the tables hold no inference:
    standard errors, degrees of freedom, p values and limits are NaN.
    """

    engine: Engine

    # -- facts ----------------------------------------------------------------------------------------

    @property
    def family(self) -> str:
        """Name of the family of the model."""
        return self.engine.family.name

    @property
    def formula(self) -> str:
        """Formula as given."""
        return self.engine.design.formula.text

    @property
    def status(self) -> str:
        """One word: ok, boundary, separated, rank_deficient, not_converged, not_identified, too_small, ..."""
        return self.engine.status

    @property
    def messages(self) -> tuple[str, ...]:
        """What the reader of this fit has to know, in sentences."""
        dropped = self.engine.design.n_dropped
        note = (f"{dropped} row(s) with a missing value were left out",) if dropped else ()
        return (*self.engine.messages, *note)

    @property
    def loglik(self) -> float:
        """Maximised log-likelihood; the restricted one for a REML fit."""
        return self.engine.loglik

    @property
    def n_rows(self) -> int:
        """Rows used."""
        return self.engine.design.n_rows

    @property
    def n_dropped(self) -> int:
        """Rows left out for a missing value."""
        return self.engine.design.n_dropped

    @property
    def n_groups(self) -> dict[str, int]:
        """Number of levels of each grouping factor."""
        return {term.group: term.n_levels for term in self.engine.design.random}

    @property
    def has_inference(self) -> bool:
        """Whether standard errors and tests of this fit mean anything."""
        return has_inference(self.engine)

    @property
    def aic(self) -> float:
        """Akaike's criterion, as R's AIC."""
        return 2 * self.engine.n_parameters - 2 * self.loglik

    @property
    def theta(self) -> float:
        """Size parameter of NB2, variance mu + mu^2 / theta (glmmTMB's sigma); NaN for the other families."""
        return self.engine.size

    # -- tables ---------------------------------------------------------------------------------------

    @cached_property
    def coefficients(self) -> pd.DataFrame:
        """Frame of term, estimate, se, df, statistic, p, lower, upper (95 %), terms named as R names them.

        Columns dropped for rank stand at the end with NaN. ``df`` is inf for z tests.
        """
        return coefficients(self.engine)

    def interval_table(self, tests: Tests, level: float = 0.95) -> pd.DataFrame:
        """Put tests in a frame with t or z limits; without inference only the estimates remain."""
        return interval_table(self.engine, tests, level)

    @cached_property
    def variances(self) -> pd.DataFrame:
        """Frame of group, term, variance, sd, correlation (with the first column of the same random term)."""
        rows = self.engine.variances()
        fields = ("group", "term", "variance", "sd", "correlation")
        return pd.DataFrame({name: [getattr(row, name) for row in rows] for name in fields})

    def anova(self, method: Method | None = None) -> pd.DataFrame:
        """F tests of the terms, type III, with Satterthwaite's and Kenward-Roger's degrees of freedom.

        Returns
        -------
        DataFrame
            method, term, num_df, den_df, statistic, p; Gaussian fits have a row for each method unless one is
            asked for, other families Wald chi-square tests as F with ``den_df`` inf.

        Source
        ------
        lmerTest::anova(type = 3, ddf = ...).
        """
        return anova(self.engine, method)

    def means(
        self,
        term: str,
        by: str | None = None,
        *,
        level: float = 0.95,
        method: Method | None = None,
    ) -> pd.DataFrame:
        """Marginal means: the linear predictor averaged over the other factors, covariates at their mean.

        Parameters
        ----------
        term, by
            Factors, one or several joined by ``:``; rows are all their combinations, `by` running slowest.

        Returns
        -------
        DataFrame
            by and term columns, estimate, se, df, lower, upper on the link scale, then ``response``,
            ``response_se``, ``response_lower``, ``response_upper``: the mean response at that linear
            predictor with the random effects integrated out (equal to the link scale for the Gaussian
            family). Ordinal models give a row for each category, named in ``category``.

        Source
        ------
        emmeans::emmeans(spec, by); numeric covariates with two values are averaged over both, as there.
        """
        return means(self.engine, term, by, level, method)

    def contrasts(
        self,
        term: str,
        by: str | None = None,
        *,
        adjust: str = "holm",
        kind: str = "pairwise",
        interaction: bool = False,
        level: float = 0.95,
        method: Method | None = None,
    ) -> pd.DataFrame:
        """Differences of marginal means, within each level of `by`.

        Parameters
        ----------
        adjust
            ``none``, ``bonferroni``, ``sidak``, ``holm``, ``fdr`` or ``tukey``, over the contrasts that share
            a level of `by`. Limits are Bonferroni's for the step-wise ones, as in emmeans.
        kind
            ``pairwise`` (first minus second), ``revpairwise`` or ``reference`` (each minus the first).
        interaction
            Contrast the contrasts of `term` over the levels of `by`: differences in change.

        Source
        ------
        emmeans::contrast(), emmeans::pairs(), contrast(interaction = "pairwise").
        """
        return contrasts(self.engine, term, by, Choice(adjust, kind, interaction, level, method))

    # -- more than the tables -------------------------------------------------------------------------

    def profile(self, level: float = 0.95) -> pd.DataFrame:
        """Profile likelihood intervals of all parameters, variance parts included.

        Source
        ------
        lme4::confint(method = "profile"): by maximum likelihood, also for a REML fit.
        """
        return self.engine.profile(level)

    def bootstrap(
        self, n: int, seed: int, *, null: str | list[str] | None = None, level: float = 0.95
    ) -> Bootstrap:
        """Parametric bootstrap: n responses drawn from the fit and refitted, all together.

        With `null` (names of terms or coefficients) responses are drawn from the model without them, and the
        likelihood ratio is compared with its simulated distribution.
        """
        return bootstrap(self.engine, n, seed, null, level)

    def residuals(self, n_sim: int = 1000, seed: int = 1, *, conditional: bool = False) -> QuantileResiduals:
        """Simulate quantile residuals, uniform if the model is right, and test that."""
        return quantile_residuals(self.engine, n_sim, seed, conditional=conditional)

    def predict(
        self, frame: pd.DataFrame | None = None, *, scale: str = "response", conditional: bool = True
    ) -> Array:
        """Predict for the rows of a frame (the rows of the fit where None).

        With `conditional` the random effects stand at their modes, zero for levels not seen, as lme4's
        ``predict(re.form = NULL, allow.new.levels = TRUE)``; without, at zero (``re.form = NA``). Rows with a
        missing value give NaN. ``scale`` is ``link`` or ``response``.
        """
        return predict(self.engine, frame, scale, conditional=conditional)

    def simulate(self, n: int, seed: int, *, conditional: bool = False) -> Array:
        """Draw n responses of the fitted model, rows by n."""
        return self.engine.simulate(n, np.random.default_rng(seed), conditional=conditional)

    def conditional_modes(self) -> pd.DataFrame:
        """Frame of group, level, term, mode, sd: the random effects given the data (lme4::ranef)."""
        return self.engine.conditional_modes()

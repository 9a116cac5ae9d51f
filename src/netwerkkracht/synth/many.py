"""Many studies for the operating characteristics: everyone's outcome, and who would have been interviewed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from netwerkkracht.analysis.operating.replicates import Drawn
from netwerkkracht.core.errors import fail, nearest
from netwerkkracht.synth.kinds import studies_of
from netwerkkracht.synth.spec import Spec
from netwerkkracht.synth.truth import CHUNK


def unbound(spec: Spec, overrides: Mapping[str, str]) -> Spec:
    """Return the specification without exact counts, and with some assumptions replaced.

    Exact counts hold a share fixed that chance would move from study to study: with them an interval would
    look better than it is.

    Raises
    ------
    StudyError
        ``S02`` when an assumption is not known.
    """
    for name in overrides:
        if name not in spec.assumptions:
            raise fail(
                "S02",
                f"no assumption is called '{name}'; {nearest(name, spec.assumptions)}",
                file="config.yaml",
                expected="a parameter of assumptions.csv",
                action="correct the section 'operating'",
            )
    changed = {name: replace(spec.assumptions[name], value=value) for name, value in overrides.items()}
    return replace(spec, targets=(), assumptions={**spec.assumptions, **changed})


def draw(
    spec: Spec, variable: str, chunks: Sequence[int], seed: int, *, codes: tuple[float, ...] = ()
) -> Drawn:
    """Draw the studies of some chunks; a chunk holds the same studies whoever asks for it.

    Parameters
    ----------
    variable
        The outcome, or a coded variable that ``codes`` turns into 0/1.
    chunks
        Numbers of the chunks of ``CHUNK`` studies.
    """
    values, interviewed = [], []
    for chunk in chunks:
        studies = studies_of(spec, CHUNK, seed, "many", str(chunk))
        made = studies.cells(variable).numbers
        values.append(np.where(np.isnan(made), np.nan, np.isin(made, codes)) if codes else made)
        interviewed.append(studies.interviewed)
    return Drawn(np.concatenate(values), np.concatenate(interviewed), studies.arm)

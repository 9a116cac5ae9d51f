"""What the steps of models and exhibits read: the facts of the study and its panel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from netwerkkracht.study.codebook import Codebook
    from netwerkkracht.study.facts import Facts


def read_facts(folder: Path, part: Mapping[str, Any]) -> Facts:
    """Return the facts of the study whose codebook lies in ``folder``, for a step with this part."""
    from netwerkkracht.study.codebook import read_codebook
    from netwerkkracht.study.facts import facts_from_codebook

    synthetic = part["status"] == "synthetic"
    return facts_from_codebook(
        read_codebook(folder),
        synthetic=synthetic,
        alpha=part["alpha"],
        languages=part.get("languages", ()),
    )


def read_panel(path: Path, codebook: Codebook) -> Any:
    """Return the panel with keys, texts and reasons as text and all other values as numbers.

    A reason is an empty text where the value is valid.
    """
    from netwerkkracht.core import io

    names = codebook.columns
    texts = [*codebook.study.key_columns, *(name for name in names if codebook.is_text(name))]
    reasons = [f"{name}__reason" for name in names]
    panel = io.read_csv(path, text=[*texts, *reasons])
    panel[reasons] = panel[reasons].fillna("")
    return panel

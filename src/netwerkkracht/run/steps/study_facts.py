"""What the steps of models and exhibits read: the facts of the study and its panel."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from netwerkkracht.study.codebook import Codebook
    from netwerkkracht.study.facts import Facts


def prepare() -> None:
    """Read configuration and codebook of this folder, and where the code of its exhibits stands.

    Whoever asks later, in this process or in a copy of it, finds them known.
    """
    from contextlib import suppress

    from netwerkkracht.core.errors import StudyError
    from netwerkkracht.provenance.codelines import KIND_PARTS, places
    from netwerkkracht.study.codebook import read_codebook
    from netwerkkracht.study.config import read_config

    # a mistake is told by the step that meets it
    with suppress(StudyError, OSError):
        config = read_config(Path("config.yaml"))
        for exhibit in config.exhibits:
            for step in KIND_PARTS:
                places(step, {"exhibit": {"kind": exhibit.kind}})
        read_codebook(Path(config.study.codebook))


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

"""An SPSS file as the pipeline keeps it: a CSV of the values as stored, and JSON with everything else."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from netwerkkracht.core import io
from netwerkkracht.core.errors import Finding, fail
from netwerkkracht.spss.model import MultipleResponseSet, SpssFile, SpssVariable

FORM = 2


def to_artifacts(file: SpssFile, csv_path: Path, json_path: Path) -> None:
    """Write values (user-missing codes kept, SYSMIS and empty strings as empty cells) and metadata."""
    io.write_csv(Path(csv_path), file.frame)
    io.write_json(Path(json_path), to_facts(file))


def from_artifacts(csv_path: Path, json_path: Path) -> SpssFile:
    """Read back what :func:`to_artifacts` wrote, equal to the file it came from.

    Raises
    ------
    StudyError
        ``F02`` or ``F03`` when one is missing or damaged, ``I05`` when they do not belong together.
    """
    facts = io.read_json(Path(json_path))
    variables = tuple(_variable(fact) for fact in facts["variables"])
    frame = _frame(Path(csv_path), variables)
    if len(frame) != facts["n_rows"]:
        raise fail(
            "I05",
            "values and metadata of this file do not belong together",
            file=Path(csv_path).name,
            expected=f"{facts['n_rows']} rows",
            action="run the pipeline again",
            count=len(frame),
        )
    return SpssFile(
        name=facts["name"],
        sha256=facts["sha256"],
        n_rows=facts["n_rows"],
        variables=variables,
        frame=frame,
        encoding=facts["encoding"],
        findings=tuple(Finding(**finding) for finding in facts["findings"]),
        container=facts["container"],
        size=facts["size"],
        file_label=facts["file_label"],
        documents=tuple(facts["documents"]),
        product=facts["product"],
        weight_variable=facts["weight_variable"],
        multiple_response_sets=tuple(
            MultipleResponseSet(**{**fact, "variables": tuple(fact["variables"])})
            for fact in facts["multiple_response_sets"]
        ),
        attributes={name: tuple(values) for name, values in facts["attributes"].items()},
    )


def to_facts(file: SpssFile) -> dict[str, Any]:
    """Return the metadata as plain JSON values."""
    plain = {name: getattr(file, name) for name in ("name", "sha256", "n_rows", "encoding", "container")}
    plain |= {name: getattr(file, name) for name in ("size", "file_label", "product", "weight_variable")}
    return plain | {
        "form": FORM,
        "documents": list(file.documents),
        "findings": [vars(finding) for finding in file.findings],
        "multiple_response_sets": [vars(one) for one in file.multiple_response_sets],
        "attributes": {name: list(values) for name, values in file.attributes.items()},
        "variables": [_fact(variable) for variable in file.variables],
    }


def _fact(variable: SpssVariable) -> dict[str, Any]:
    fact = dict(vars(variable))
    # lists of pairs, because JSON has no numbers as keys and the order is the file's
    fact["value_labels"] = [[code_out(code), words] for code, words in variable.value_labels.items()]
    fact["missing"] = [
        [code_out(end) for end in rule] if isinstance(rule, tuple) else code_out(rule)
        for rule in variable.missing
    ]
    fact["attributes"] = {name: list(values) for name, values in variable.attributes.items()}
    return fact


def _variable(fact: Mapping[str, Any]) -> SpssVariable:
    is_text = fact["width"] > 0
    return SpssVariable(
        **{
            **fact,
            "value_labels": {_code_in(code, text=is_text): words for code, words in fact["value_labels"]},
            "missing": tuple(
                (_code_in(rule[0], text=False), _code_in(rule[1], text=False))
                if isinstance(rule, list)
                else _code_in(rule, text=is_text)
                for rule in fact["missing"]
            ),
            "attributes": {name: tuple(values) for name, values in fact["attributes"].items()},
        }
    )


def code_out(code: float | str) -> float | str:
    """Return a code as JSON can hold it: LOWEST and HIGHEST as words."""
    if isinstance(code, str) or math.isfinite(code):
        return code
    return "HIGHEST" if code > 0 else "LOWEST"


def _code_in(code: Any, *, text: bool) -> Any:
    if text:
        return code
    return (
        {"LOWEST": -math.inf, "HIGHEST": math.inf}.get(code, code) if isinstance(code, str) else float(code)
    )


def _frame(path: Path, variables: tuple[SpssVariable, ...]) -> Any:
    import pandas as pd

    texts = {variable.name for variable in variables if variable.is_string}
    try:
        frame = pd.read_csv(
            path,
            keep_default_na=False,
            na_values={variable.name: [""] for variable in variables if not variable.is_string},
            dtype={variable.name: "str" if variable.name in texts else "float64" for variable in variables},
            encoding="utf-8",
            skip_blank_lines=False,
        )
    except (OSError, ValueError):
        frame = None
    if frame is None or list(frame.columns) != [variable.name for variable in variables]:
        raise fail(
            "I05",
            "values and metadata of this file do not belong together",
            file=path.name,
            expected="one column per variable",
            action="run the pipeline again",
        )
    return frame

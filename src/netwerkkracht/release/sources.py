"""Files that the report reads beside the exhibits, in releasable form: counts of rows, findings, models."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from netwerkkracht.analysis.models.result import EFFECTS
from netwerkkracht.core.errors import fail
from netwerkkracht.release.roles import HIDDEN, MARK, ROUNDED
from netwerkkracht.release.rules import Rules, hidden_cells, refused

AGGREGATE: Final = "results/aggregate/"
COUNTS: Final = ("rows_in", "used", "set_aside", "count")
# columns of a model's tables that are numbers, with the decimals that leave
DECIMALS: Final = {"p": 3}
TABLES: Final = ("coefficients", "variances", "means", "contrasts")
WORDS: Final = frozenset({"term", "group", "wave", "scale", "kind", "category", "minuend", "subtrahend"})
QUOTED: Final = re.compile(r"'.*'", re.DOTALL)
NUMBER: Final = re.compile(r"(?<!wave )(?<![\w.])-?\d+(?:[.,]\d+)*(?!\w)")
FIT: Final = ("loglik", "aic", "icc", "r2_marginal", "r2_conditional", "sd_first")


def prepare(name: str, content: Any, rules: Rules, waves: int) -> Any:
    """Return what a file of the analysis holds in releasable form; released and published files stay.

    Parameters
    ----------
    name
        Name of the file relative to the study.
    content
        Rows of text cells, or a JSON document.
    rules, waves
        The limits, and the number of waves: a person gives up to one row per wave.

    Raises
    ------
    StudyError
        ``G12`` for a file of the analysis for which there is no rule.
    """
    if not name.startswith(AGGREGATE):
        if name.startswith("results/"):
            raise _no_rule(name)
        return content
    inside = name.removeprefix(AGGREGATE)
    if inside.startswith("models/"):
        return _model(content, rules, waves)
    if inside.startswith("operating/") or inside == "recovery.json":
        return content
    maker = _FILES.get(inside)
    if maker is None:
        raise _no_rule(name)
    return maker(content, rules, waves)


def _no_rule(name: str) -> Exception:
    return fail(
        "G12",
        "the report reads a file for which there is no rule of release",
        file=name,
        expected="a released exhibit, a model, or counts of rows, missing values and findings",
        action="read the number from the CSV of an exhibit instead",
    )


def _text(count: float) -> str:
    return "" if math.isnan(count) else str(int(count))


def _counts(rows: Sequence[Mapping[str, str]], rules: Rules, _waves: int) -> list[dict[str, str]]:
    """Round counts of rows per file; rows in the file give rows set aside back, so both go."""
    made = []
    for row in rows:
        counts = {name: rules.rounded(float(row[name])) for name in COUNTS if row.get(name)}
        if math.isnan(counts.get("set_aside", 0.0)) and "rows_in" in counts:
            counts["rows_in"] = math.nan
        mark = HIDDEN if any(math.isnan(count) for count in counts.values()) else ROUNDED
        made.append({**row, **{name: _text(count) for name, count in counts.items()}, MARK: mark})
    return made


def _missing(rows: Sequence[Mapping[str, str]], rules: Rules, _waves: int) -> list[dict[str, str]]:
    """Hide small numbers of missing answers, and what would give them back in their variable and cell."""
    lines: dict[tuple[str, ...], list[int]] = {}
    for place, row in enumerate(rows):
        key = tuple(value for name, value in row.items() if name not in {"reason", "count"})
        lines.setdefault(key, []).append(place)
    gone: set[int] = set()
    for places in lines.values():
        cells = [float(rows[place]["count"] or 0) for place in places]
        hidden = hidden_cells(cells, math.fsum(cells), rules)
        gone |= {place for place, away in zip(places, hidden, strict=True) if away}
    # no column for the mark: the report spreads these rows over columns of its own
    return [
        {**row, "count": "" if place in gone else _text(rules.rounded(float(row["count"] or 0)))}
        for place, row in enumerate(rows)
    ]


def without_details(what: str) -> str:
    """Return a message without what it quotes and counts: words of a file may be anybody's, and counts small.

    From the first quotation mark to the last, since a label may hold one itself.
    """
    return NUMBER.sub("…", QUOTED.sub("'…'", what))


def _findings(rows: Sequence[Mapping[str, Any]], rules: Rules, waves: int) -> list[dict[str, Any]]:
    limits = Rules(rules.least * waves, rules.step)
    made = []
    for row in rows:
        count = math.nan if row.get("count") is None else limits.rounded(float(row["count"]))
        shown: dict[str, Any] = {"count": None if math.isnan(count) else int(count)}
        if "what" in row:
            shown["what"] = without_details(str(row["what"]))
        made.append({**row, **shown})
    return made


def _model(model: Mapping[str, Any], rules: Rules, waves: int) -> dict[str, Any]:
    """Round a model's numbers and counts; of a model of too few persons only its name and status stay."""
    away = refused(model["persons_by_group"], len(model["coefficients"] or ()), rules)
    rows = Rules(rules.least * waves, rules.step)
    by_group = {group: rules.rounded(float(n)) for group, n in model["persons_by_group"].items()}
    made = {
        **model,
        MARK: HIDDEN if away else ROUNDED,
        "status": "too_small" if away else model["status"],
        "n_rows": None if away else _whole(rows.rounded(float(model["n_rows"]))),
        "n_persons": None if away else _whole(rules.rounded(float(model["n_persons"]))),
        "persons_by_group": {group: None if away else _whole(n) for group, n in by_group.items()},
        "dropped": [],
    }
    for name in FIT:
        made[name] = None if away else _rounded(model.get(name), 2)
    for name in TABLES:
        # a mean on the scale of answers is a share in disguise; the exhibits show those that may leave
        bare = away or (name == "means" and EFFECTS[model["family"]] != "difference")
        made[name] = [_row(row, bare=bare) for row in model.get(name) or ()]
    return made


def _row(row: Mapping[str, Any], *, bare: bool) -> dict[str, Any]:
    cells = {
        name: value if name in WORDS else None if bare else _rounded(value, DECIMALS.get(name, 2))
        for name, value in row.items()
    }
    return {**cells, MARK: HIDDEN if bare else ROUNDED}


def _rounded(value: Any, decimals: int) -> float | None:
    return None if value is None else round(float(value), decimals) + 0.0


def _whole(value: float) -> int | None:
    return None if math.isnan(value) else int(value)


_FILES: Final[dict[str, Callable[[Any, Rules, int], Any]]] = {
    "flow.csv": _counts,
    "set_aside.csv": _counts,
    "missing.csv": _missing,
    "findings.json": _findings,
}

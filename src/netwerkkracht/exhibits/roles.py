"""What each column of each kind of exhibit is, for the release of real data (docs/release.md).

A kind that is not here, or a column that has no role, does not leave under the profile strict10. The tables
stand in role_tables.py.
"""

from __future__ import annotations

from typing import Final

from netwerkkracht.exhibits.role_tables import (
    MODEL,
    MOVES,
    SIMULATED,
    TABLES,
    estimates,
    sheet,
    texts,
)
from netwerkkracht.release.roles import (
    CORRELATION,
    ESTIMATE,
    FREQUENCIES,
    INDIVIDUAL,
    NEVER,
    PERSONS,
    PLAIN,
    POSITION,
    ROWS,
    P,
    Sheet,
    moment,
    share,
)

SHEETS: Final[dict[str, Sheet]] = {
    **TABLES,
    "flow": sheet(
        FREQUENCIES,
        {**MODEL, **texts("stage group wave reason"), "count": PERSONS},
        treatment="flow",
    ),
    "distribution": sheet(
        FREQUENCIES,
        {
            **texts("part group wave value"),
            "persons": PERSONS,
            "total": PERSONS,
            "share": share("persons", "total"),
            "mean": moment("total"),
            "sd": moment("total"),
        },
        treatment="bins",
    ),
    "trajectories": sheet(
        f"{CORRELATION}, {POSITION}",
        {
            **MODEL,
            **texts("part status group wave"),
            **estimates("estimate lower upper"),
            "n": PERSONS,
            "decimals": PLAIN,
        },
        treatment="trajectories",
    ),
    "forest": sheet(
        CORRELATION,
        {
            **MODEL,
            **texts("scale status role family kind wave minuend subtrahend"),
            **estimates("estimate lower upper shown shown_lower shown_upper"),
            "p": P,
            "decimals": PLAIN,
        },
        treatment="models",
    ),
    "upset": sheet(
        FREQUENCIES,
        {
            **texts("part wave item combination group"),
            "size": PLAIN,
            "persons": PERSONS,
            "total": PERSONS,
            "share": share("persons", "total"),
        },
        treatment="upset",
        keep={"part": ("item",)},
    ),
    "alluvial": MOVES,
    "specification": sheet(
        CORRELATION,
        {
            **texts("status minuend subtrahend"),
            **estimates("estimate lower upper"),
            "p": P,
            "n_persons": PERSONS,
            "primary": PLAIN,
        },
        treatment="estimates",
        total="n_persons",
        named_by="choices",
    ),
    "missing-data": sheet(
        CORRELATION,
        {
            **texts("route shifted status minuend subtrahend wave"),
            **estimates("estimate se df lower upper"),
            "p": P,
            "delta": PLAIN,
            "n_persons": PERSONS,
            "n_effective": PERSONS,
        },
        treatment="estimates",
        total="n_persons",
    ),
    "influence": sheet(
        INDIVIDUAL,
        {
            **texts("part group minuend subtrahend status"),
            **dict.fromkeys(("low", "high"), NEVER),
            "persons": PERSONS,
            **estimates("estimate se"),
        },
        treatment="withheld",
        keep={"part": ("range", "main")},
    ),
    "diagnostics": sheet(
        INDIVIDUAL,
        {
            **MODEL,
            **texts("part group wave"),
            **dict.fromkeys(("x", "low", "middle", "high"), NEVER),
            "n": ROWS,
            "statistic": ESTIMATE,
            "p": P,
        },
        treatment="withheld",
        keep={"part": ("test",)},
    ),
    "pattern": sheet(
        FREQUENCIES,
        {
            **texts("part group wave pattern variable"),
            "persons": PERSONS,
            "total": PERSONS,
            "share": share("persons", "total"),
        },
        treatment="pattern",
        lines=("variable", "group", "wave"),
        cells="persons",
        total="total",
    ),
    "shares": sheet(
        FREQUENCIES,
        {
            **texts("variable code group wave"),
            "fixed": PLAIN,
            "persons": PERSONS,
            "total": PERSONS,
            "share": share("persons", "total"),
        },
        lines=("variable", "group", "wave"),
        cells="persons",
        total="total",
    ),
    "balance": sheet(
        CORRELATION,
        {
            **texts("covariate status minuend subtrahend"),
            **estimates("before after"),
            "n": PERSONS,
            "n_effective": PERSONS,
        },
        treatment="terms",
        total="n",
    ),
    "operating": SIMULATED,
}

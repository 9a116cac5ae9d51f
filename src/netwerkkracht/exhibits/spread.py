"""Variables by file: the files side by side, or a row per wave when there are many."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from netwerkkracht.core.words import ByLanguage, Section
from netwerkkracht.exhibits.cells import Spoken
from netwerkkracht.exhibits.table_model import Heading, heading
from netwerkkracht.study.facts import Facts

Row = dict[str, Any]
MOST_FILES = 6
"""More files than this do not fit beside each other: each wave then has a row of its own."""
WIDE_NAME, WIDE_CELL = 25, 26


def spread(
    words: Section, frame: Any, facts: Facts, cell: Callable[[list[Row]], Any]
) -> tuple[tuple[Heading, ...], tuple[tuple[Any, ...], ...]]:
    """Lay rows per variable and file out with the files side by side, or a row per wave when there are many.

    Parameters
    ----------
    words
        Words of the kind, with the headings ``variable`` and ``wave``.
    frame
        Rows with variable, file, wave and group.
    facts
        Labels of waves and groups.
    cell
        Makes one cell from the rows of a variable in a file.

    Returns
    -------
    tuple
        Columns and rows of the table.
    """
    files = frame[["file", "wave", "group"]].drop_duplicates().to_dict("records")
    # plain rows: a group of a data frame costs more than what is done with it
    parts: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in frame.to_dict("records"):
        parts[(row["variable"], row["file"])].append(row)
    held = {key: cell(rows) for key, rows in parts.items()}
    names = list(dict.fromkeys(frame["variable"]))
    first = heading(words, "variable", width=WIDE_NAME)
    if len(files) <= MOST_FILES:
        columns = [first]
        for file in files:
            span = Spoken(lambda lang, file=file: facts.wave_label(file["wave"], lang))  # type: ignore[misc]
            own = ByLanguage({}, file["file"])
            columns.append(Heading(file["file"], own, over=span, width=WIDE_CELL))
        rows = [(one, *(held.get((one, file["file"])) for file in files)) for one in names]
        return tuple(columns), tuple(rows)
    columns = [first, heading(words, "wave")]
    columns += [
        Heading(group, Spoken(lambda lang, group=group: facts.group_label(group, lang)))  # type: ignore[misc]
        for group in dict.fromkeys(file["group"] for file in files)
    ]
    by = {(file["wave"], file["group"]): file["file"] for file in files}
    rows = []
    for one in names:
        for place, wave in enumerate(dict.fromkeys(file["wave"] for file in files)):
            cells = [held.get((one, by.get((wave, column.key), ""))) for column in columns[2:]]
            label = Spoken(lambda lang, wave=wave: facts.wave_label(wave, lang))  # type: ignore[misc]
            rows.append((one if place == 0 else None, label, *cells))
    return tuple(columns), tuple(rows)

"""Lays the harmonised rows of all files into one sorted table of persons x waves."""

from __future__ import annotations

from typing import Any

import numpy as np

from netwerkkracht.harmonise.linked import Linking
from netwerkkracht.harmonise.reasons import CODE, Reasons, from_column, to_categorical
from netwerkkracht.study.codebook.book import Codebook


class PanelBuilder:
    """Knows where each kept row of each file belongs, and fills one variable at a time."""

    def __init__(self, codebook: Codebook, linking: Linking) -> None:
        """Sort the kept rows by person and wave."""
        self.codebook = codebook
        study = codebook.study
        files = list(linking.files.values())
        sizes = [int(rows.kept.sum()) for rows in files]
        persons = np.concatenate([rows.persons[rows.kept] for rows in files] or [np.array([], np.int64)])
        waves = np.repeat([study.waves.index(rows.spec.wave) for rows in files], sizes).astype(np.int16)
        groups = np.concatenate([rows.groups[rows.kept] for rows in files] or [np.array([], np.int64)])
        starts = np.cumsum([0, *sizes])
        if study.no_interview == "rows":
            persons, waves, groups = self._complete(persons, waves, groups)
        # persons are numbered in the order of their names
        order = np.lexsort((waves, persons))
        target = np.empty(len(order), dtype=np.int64)
        target[order] = np.arange(len(order))
        self.n = len(order)
        self._place = {rows.spec.file: target[starts[n] : starts[n + 1]] for n, rows in enumerate(files)}
        self.keys = {
            study.person: linking.people[persons[order]],
            study.group: np.array(list(study.groups), dtype=object)[groups[order].astype(int)],
            study.wave: np.array(study.waves, dtype=object)[waves[order].astype(int)],
        }
        self._values: dict[str, Any] = {}
        self._reasons: dict[str, Reasons] = {}

    def _complete(self, persons: Any, waves: Any, groups: Any) -> tuple[Any, Any, Any]:
        """Add a row for every person and wave without an interview."""
        distinct, index = np.unique(persons, return_inverse=True)
        home = np.zeros(len(distinct), dtype=np.int64)
        home[index] = groups
        held = np.zeros((len(distinct), len(self.codebook.study.waves)), dtype=bool)
        held[index, waves] = True
        who, when = np.nonzero(~held)
        return (
            np.concatenate([persons, distinct[who]]),
            np.concatenate([waves, when.astype(waves.dtype)]),
            np.concatenate([groups, home[who]]),
        )

    def put(self, file: str, name: str, values: Any, reasons: Reasons) -> None:
        """Fill the rows of one file for one variable."""
        if name not in self._values:
            text = self.codebook.is_text(name)
            self._values[name] = np.full(self.n, None if text else np.nan, dtype=object if text else float)
            self._reasons[name] = np.full(self.n, CODE["m"], dtype=np.int8)
        self._values[name][self._place[file]] = values
        self._reasons[name][self._place[file]] = reasons

    def frame(self) -> Any:
        """Return the panel: key columns, then each variable with its reason column."""
        import pandas as pd

        columns: dict[str, Any] = {name: pd.Series(values, dtype="str") for name, values in self.keys.items()}
        for name in self.codebook.harmonised:
            if name not in self._values:
                self._values[name] = np.full(self.n, np.nan)
                self._reasons[name] = np.full(self.n, CODE["m"], dtype=np.int8)
            values = self._values.pop(name)
            columns[name] = pd.Series(
                values, dtype="str" if self.codebook.is_text(name) else float, copy=False
            )
            columns[f"{name}__reason"] = pd.Series(to_categorical(self._reasons.pop(name)))
        return pd.DataFrame(columns, copy=False)


def restore(codebook: Codebook, frame: Any) -> Any:
    """Return a panel that was read from CSV with the types it had: text keys, floats, categorical reasons.

    Parameters
    ----------
    codebook
        The study.
    frame
        The panel as ``io.read_csv`` gives it (empty reason cells read as missing).

    Returns
    -------
    DataFrame
        Equal to the panel that was written.
    """
    import pandas as pd

    columns: dict[str, Any] = {}
    for name in codebook.study.key_columns:
        columns[name] = frame[name].astype("str")
    for name in (name for name in codebook.columns if name in frame.columns):
        if codebook.is_text(name):
            columns[name] = frame[name].astype("str").where(frame[name].notna(), None)
        else:
            columns[name] = frame[name].astype(float)
        reasons = from_column(frame[f"{name}__reason"])
        columns[f"{name}__reason"] = pd.Series(to_categorical(reasons), index=frame.index)
    return pd.DataFrame(columns, copy=False)

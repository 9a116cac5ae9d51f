"""Reads files and writes their codebook skeleton to a folder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from netwerkkracht.codebook_tools.scaffolding import scaffold
from netwerkkracht.core import io
from netwerkkracht.core.errors import fail


def run_scaffold(
    paths: Sequence[Path],
    out: Path,
    *,
    languages: Sequence[str],
    cells: Sequence[str] = (),
    name: str = "study",
) -> list[Path]:
    """Read files and write a codebook skeleton to a folder.

    Parameters
    ----------
    paths
        SPSS files, in the order of waves.
    out
        Folder of the new codebook; it must not hold one already.
    languages
        The languages that the study will speak.
    cells
        ``WAVE:GROUP`` of each file; without, each file is a wave of its own of one group.
    name
        Name of the study.
    """
    from netwerkkracht.spss.reading.reader import read

    if (out / "sources.csv").exists():
        raise fail(
            "X04",
            "the folder holds a codebook already",
            file=out.name,
            expected="an empty folder: a skeleton never overwrites decisions",
            action="give another folder",
        )
    if cells and (len(cells) != len(paths) or not all(":" in cell for cell in cells)):
        raise fail(
            "X04",
            f"{len(cells)} cells for {len(paths)} files",
            expected="one WAVE:GROUP per file, in the same order",
            action="give --cells with as many WAVE:GROUP as there are files, such as 1:A 1:B 2:A 2:B",
        )
    given = cells or [f"{n}:all" for n in range(1, len(paths) + 1)]
    pairs = [(cell.split(":", 1)[0].strip(), cell.split(":", 1)[1].strip()) for cell in given]
    names = _short_names(paths)
    files = {key: read(path) for key, path in zip(names, paths, strict=True)}
    texts = scaffold(files, pairs, [path.name for path in paths], languages=languages, study=name)
    for key, text in texts.items():
        io.write_text(out / key, text)
    return [out / key for key in texts]


def _short_names(paths: Sequence[Path]) -> list[str]:
    names: list[str] = []
    for path in paths:
        base = re.sub(r"[^a-z0-9]+", "_", path.stem.lower()).strip("_") or "file"
        name, n = base, 1
        while name in names:
            n += 1
            name = f"{base}_{n}"
        names.append(name)
    return names

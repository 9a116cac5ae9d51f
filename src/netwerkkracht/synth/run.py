"""Write a synthetic study to a folder: the truth first, then the files made from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from netwerkkracht.core import io
from netwerkkracht.spss.writing.writer import write
from netwerkkracht.synth.fieldwork import Fieldwork, distort
from netwerkkracht.synth.reading import read_spec
from netwerkkracht.synth.truth import Truth, make_truth


@dataclass(frozen=True)
class Made:
    """What was written where; ``attempt`` counts the draws until all declared directions held."""

    folder: Path
    seed: int
    attempt: int
    files: tuple[str, ...]
    rows: int


def synthesise(codebook: Path, seed: int, out: Path) -> Made:
    """Write the SPSS files, ``truth.csv`` and ``planted.json`` of one seed; the same bytes every time.

    Parameters
    ----------
    codebook
        Folder of the codebook; the specification is in its folder ``synthetic``. No data are read.
    seed
        Root seed.
    out
        Folder to write to.

    Raises
    ------
    StudyError
        ``S01`` to ``S08`` for a specification that cannot be carried out.
    """
    spec = read_spec(codebook / "synthetic")
    truth = make_truth(spec, seed)
    fieldwork = distort(truth)
    io.write_csv(out / "truth.csv", truth.panel)
    io.write_json(out / "planted.json", record(truth, fieldwork))
    for delivered in fieldwork.files.values():
        source = delivered.source
        write(
            out / source.path,
            delivered.frame,
            delivered.variables,
            file_label=source.label,
            encoding=source.encoding,
        )
    paths = tuple(delivered.source.path for delivered in fieldwork.files.values())
    return Made(out, seed, truth.attempt, paths, len(truth.panel))


def record(truth: Truth, fieldwork: Fieldwork) -> dict[str, object]:
    """Return what ``planted.json`` holds: key columns, seed, attempt, exact targets and planted faults."""
    spec = truth.spec
    return {
        "study": spec.study,
        "keys": {"person": spec.person, "group": spec.group, "wave": spec.wave},
        "seed": truth.seed,
        "attempt": truth.attempt,
        "signs": [sign.id for sign in spec.signs],
        "targets": sorted({target.id for target in spec.targets}),
        "faults": list(fieldwork.planted),
    }

"""Damage files on purpose and see what the reader makes of them: ``python tests/unit/spss_mutate.py``.

Counts what comes out: a clear error, the same content, or other content without an error (which only the
hash in the register finds). A traceback or a crash of this program would be a fault of ours.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from netwerkkracht.core.errors import StudyError
from netwerkkracht.spss.inspection.facts import facts
from netwerkkracht.spss.model import Limits, SpssFile, SpssVariable
from netwerkkracht.spss.reading.client import Worker
from netwerkkracht.spss.reading.reader import read_bytes
from netwerkkracht.spss.writing.writer import Extras, to_bytes

LIMITS = Limits(file_bytes=2**24, decoded_bytes=2**26, cpu_seconds=10, wall_seconds=15.0)
EXTREMES = (0, 1, 2, 255, 256, 2**15, 2**24, 2**30, 2**31 - 1, -1, -2, -(2**31))


@dataclass(frozen=True)
class Outcome:
    """What came of one damaged file: ``refused``, ``same``, ``changed`` or ``traceback``."""

    kind: str
    mutation: str
    detail: str
    seconds: float


def bit_flip(data: bytearray, random: np.random.Generator) -> None:
    """Flip one bit anywhere."""
    data[int(random.integers(len(data)))] ^= 1 << int(random.integers(8))


def header_byte(data: bytearray, random: np.random.Generator) -> None:
    """Replace one of the first 600 bytes."""
    data[int(random.integers(min(600, len(data))))] = int(random.integers(256))


def some_bytes(data: bytearray, random: np.random.Generator) -> None:
    """Replace up to 8 bytes anywhere."""
    for _ in range(int(random.integers(1, 9))):
        data[int(random.integers(len(data)))] = int(random.integers(256))


def extreme_integer(data: bytearray, random: np.random.Generator) -> None:
    """Put an extreme 32-bit number at a multiple of four."""
    at = int(random.integers(len(data) // 4)) * 4
    data[at : at + 4] = int(random.choice(EXTREMES)).to_bytes(4, "little", signed=True)


def truncate(data: bytearray, random: np.random.Generator) -> None:
    """Cut the end off."""
    del data[int(random.integers(len(data))) :]


def swap_blocks(data: bytearray, random: np.random.Generator) -> None:
    """Exchange two blocks of up to 64 bytes."""
    size = int(random.integers(1, 65))
    first, second = sorted(int(at) for at in random.integers(0, max(1, len(data) - size), 2))
    data[first : first + size], data[second : second + size] = (
        data[second : second + size],
        data[first : first + size],
    )


def drop_block(data: bytearray, random: np.random.Generator) -> None:
    """Take a block of up to 64 bytes out."""
    at = int(random.integers(len(data)))
    del data[at : at + int(random.integers(1, 65))]


def repeat_block(data: bytearray, random: np.random.Generator) -> None:
    """Put a block of up to 64 bytes in twice."""
    at = int(random.integers(len(data)))
    data[at:at] = data[at : at + int(random.integers(1, 65))]


def zero_block(data: bytearray, random: np.random.Generator) -> None:
    """Fill a block of up to 64 bytes with zeros."""
    at = int(random.integers(len(data)))
    end = min(len(data), at + int(random.integers(1, 65)))
    data[at:end] = bytes(end - at)


MUTATIONS: dict[str, Callable[[bytearray, np.random.Generator], None]] = {
    function.__name__: function
    for function in (
        bit_flip,
        header_byte,
        some_bytes,
        extreme_integer,
        truncate,
        swap_blocks,
        drop_block,
        repeat_block,
        zero_block,
    )
}


def seeds() -> dict[str, bytes]:
    """Return small files of invented content, in each way of storing rows."""
    import pandas as pd

    frame = pd.DataFrame(
        {
            "nr": np.arange(1.0, 21.0),
            "antwoord": [1.0, 2.0, 9.0, np.nan, 1.5] * 4,
            "datum": [13765680000.0 + 86400 * day for day in range(20)],
            "tekst": ["één", "twee", "", "vier"] * 5,
            "lang": ["x" * 300, "y"] * 10,
        }
    )
    variables = (
        SpssVariable("nr", "Nummer", "F8.0", "nominal"),
        SpssVariable("antwoord", "Antwoord", "F3.1", "ordinal", {1.0: "ja", 2.0: "nee", 9.0: ""}, (9.0,)),
        SpssVariable("datum", "Datum", "DATE11", "scale", role="none"),
        SpssVariable("tekst", "Tekst", width=12, value_labels={"één": "1"}, missing=("twee",)),
        SpssVariable("lang", "Lange tekst", width=300),
    )
    extras = Extras("Proef", weight_variable="antwoord", documents=("Een regel.",))
    made = {
        f"{packing}.sav": to_bytes(frame, variables, extras, packing=packing)  # type: ignore[arg-type]
        for packing in ("none", "rows", "zlib")
    }
    old = to_bytes(frame.drop(columns="lang"), variables[:4], Extras(), encoding="windows-1252")
    return made | {"old.sav": old}


def content_of(file: SpssFile) -> tuple[Any, Any]:
    """Return what can be compared: the facts without the hash, and the values."""
    known = facts(file)
    del known["sha256"], known["bytes"]
    return known, file.frame


def run(files: dict[str, bytes], count: int, random: np.random.Generator, worker: Worker) -> list[Outcome]:
    """Damage ``count`` files and read each; nothing is written to disk."""
    names = sorted(files)
    whole = {name: content_of(_read(files[name], name, worker)) for name in names}
    mutations = sorted(MUTATIONS)
    outcomes: list[Outcome] = []
    while len(outcomes) < count:
        name = names[len(outcomes) % len(names)]
        mutation = mutations[len(outcomes) // len(names) % len(mutations)]
        data = bytearray(files[name])
        MUTATIONS[mutation](data, random)
        if bytes(data) == files[name]:
            continue
        outcomes.append(_outcome(bytes(data), name, mutation, whole[name], worker))
    return outcomes


def _read(content: bytes, name: str, worker: Worker) -> SpssFile:
    digest = hashlib.sha256(content).hexdigest()
    return read_bytes(content, name, digest, None, LIMITS, worker)


def _outcome(content: bytes, name: str, mutation: str, whole: tuple[Any, Any], worker: Worker) -> Outcome:
    start = time.perf_counter()
    try:
        known, frame = content_of(_read(content, name, worker))
        kind, detail = ("same" if known == whole[0] and frame.equals(whole[1]) else "changed"), ""
    except StudyError as cause:
        kind, detail = "refused", cause.findings[0].what
    except Exception as cause:  # noqa: BLE001 - this is what the harness looks for
        kind, detail = "traceback", f"{type(cause).__name__}: {cause}"
    return Outcome(kind, mutation, detail, time.perf_counter() - start)


def summary(outcomes: Sequence[Outcome], worker: Worker) -> str:
    """Return the counts as text."""
    by_kind = collections.Counter(outcome.kind for outcome in outcomes)
    lines = [f"{len(outcomes)} damaged files, {worker.starts} starts of the reading process"]
    lines += [f"{kind:>10} {by_kind[kind]:6d}" for kind in ("refused", "same", "changed", "traceback")]
    lines.append(f"slowest    {max((o.seconds for o in outcomes), default=0.0):6.1f} s")
    reasons = collections.Counter(o.detail for o in outcomes if o.kind in {"refused", "traceback"})
    lines += [f"{count:6d} {reason[:100]}" for reason, count in reasons.most_common(12)]
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; 1 when anything but an answer came out."""
    parser = argparse.ArgumentParser(prog="spss_mutate.py", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="files to damage (default: invented ones)")
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    chosen: Any = parser.parse_args(arguments)
    files = {path.name: path.read_bytes() for path in chosen.files} or seeds()
    with Worker() as worker:
        outcomes = run(files, chosen.count, np.random.default_rng(chosen.seed), worker)
        sys.stdout.write(summary(outcomes, worker))
    return int(any(outcome.kind == "traceback" for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())

"""What was made from what: one record per job, one manifest per run, and the chain behind any number.

A record is written by the job itself, after its results: the command that really ran, and the hashes of the
files it really read and wrote. The manifest collects the records of what is released. Neither holds a time.
"""

from __future__ import annotations

import argparse
import shlex
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from netwerkkracht.core import io
from netwerkkracht.provenance.codelines import entries, places
from netwerkkracht.provenance.fingerprint import code, digest_text, env, files_of, sha256


@dataclass(frozen=True)
class Record:
    """What one job did: its step, what it was about, its command, and hashes by path."""

    step: str
    item: str | None
    command: str
    spec: Mapping[str, Any]
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]


@dataclass(frozen=True)
class Origin:
    """How one file came to be; ``made_from`` holds the origins of its inputs, raw inputs having none."""

    path: str
    sha256: str
    record: Record | None = None
    made_from: tuple[Origin, ...] = field(default=())


def write_record(args: argparse.Namespace, acts: Sequence[Any], part: Mapping[str, Any]) -> None:
    """Write the record of a job that has just finished, one line of it per act (``run.step.Act``)."""
    io.write_json(args.record, [asdict(record_of(args, act, part)) for act in acts])


def record_of(args: argparse.Namespace, act: Any, part: Mapping[str, Any]) -> Record:
    """Return the record of one act of the job with these arguments, ``args.command`` being its words."""
    return Record(
        step=act.step,
        item=args.item,
        command=shlex.join(["netwerkkracht", *args.command]),
        spec=part,
        inputs=hashes(act.read),
        outputs=hashes(act.wrote),
    )


def given_paths(args: argparse.Namespace, *names: str) -> list[Path]:
    """Return the files given under these names, of a folder of tables its own files only."""
    found: list[Path] = []
    for name in names:
        value = getattr(args, name)
        if name in args.flat:
            found += sorted(path for path in value.glob("*.*") if path.is_file())
        else:
            found += value if isinstance(value, list) else [value]
    return found


def hashes(paths: Iterable[Path]) -> dict[str, str]:
    """Return the sha256 of files, folders opened, by path."""
    return {path.as_posix(): sha256(path) for path in files_of(paths)}


def read_records(place: Path) -> tuple[Record, ...]:
    """Return the records of one job, or of all jobs whose records lie in a folder, in stable order.

    A file of another shape was left by an earlier version of the program, and is no record of this run.
    """
    files = sorted(place.rglob("*.json")) if place.is_dir() else [place]
    kept = [content for content in map(io.read_json, files) if isinstance(content, list)]
    return tuple(Record(**given) for content in kept for given in content)


def producers(records: Iterable[Record]) -> dict[str, Record]:
    """Return the record that made each file, by path."""
    return {path: record for record in records for path in record.outputs}


def manifest(
    records: Sequence[Record], released: Iterable[Path], part: Mapping[str, Any], root: Path
) -> dict[str, Any]:
    """Return the manifest of the released files.

    Parameters
    ----------
    records
        The records of the run.
    released
        The released files, relative to ``root``.
    part
        Study, seed and release profile.
    root
        Folder of the study, whose commit is named.

    Returns
    -------
    dict
        ``files`` by path (sha256, bytes, rule, item, command, spec, code, env, inputs) and ``run`` (commit,
        digests of configuration, codebook, register and lock, seed, profile). Sorted when written; no times.
    """
    made = producers(records)
    files = {path.as_posix(): _line(path, root, made.get(path.as_posix())) for path in released}
    return {"files": files, "run": run_facts(part, root)}


def run_facts(part: Mapping[str, Any], root: Path) -> dict[str, Any]:
    """Return what a run rests on: commit, digests of configuration, codebook, data, lock and register, seed.

    A digest is None where there is no such file.
    """
    study = part["study"]
    places = {
        "config": "config.yaml",
        "codebook": study["codebook"],
        "data": study["data"],
        "lock": "requirements.lock",
        "register": study["received"],
    }
    digests = {name: _digest_of(root, place) for name, place in places.items()}
    chosen = {"seed": part["seed"], "release": part["release"], "status": study["status"]}
    return commit(root) | digests | chosen


def _digest_of(root: Path, place: str | None) -> str | None:
    """Return the digest of the content below a place, whatever folder the study lies in."""
    if place is None or not (root / place).exists():
        return None
    whole = root / place
    files = files_of([whole])
    return digest_text("\n".join(f"{path.relative_to(root).as_posix()}:{sha256(path)}" for path in files))


def libraries(records: Iterable[Record]) -> dict[str, str]:
    """Return the version of Python (without its last number) and of every library that the jobs import."""
    found: dict[str, str] = {}
    for record in records:
        for line in env(record.step, *entries(record.step, record.spec)).split(", "):
            name, _, version = line.partition(" ")
            found[name] = version
    return dict(sorted(found.items()))


def _line(path: Path, root: Path, record: Record | None) -> dict[str, Any]:
    whole = root / path
    line: dict[str, Any] = {"sha256": sha256(whole), "bytes": whole.stat().st_size}
    if record is not None:
        line |= {
            "rule": record.step,
            "item": record.item,
            "command": record.command,
            "spec": record.spec,
            "code": code(record.step, *entries(record.step, record.spec)),
            "env": env(record.step, *entries(record.step, record.spec)),
            "inputs": record.inputs,
        }
    return line


def commit(root: Path) -> dict[str, Any]:
    """Return the commit of the folder and whether tracked files differ from it; None without git."""
    head = _git(root, "rev-parse", "HEAD")
    changed = _git(root, "status", "--porcelain", "--untracked-files=no")
    return {"commit": head, "dirty": None if head is None else bool(changed)}


def _git(root: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", *words],  # noqa: S607  # the git of the user
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()


def trace(path: str, records: Sequence[Record], root: Path) -> Origin:
    """Return where a file came from, through every intermediate file, back to the raw inputs."""
    made = producers(records)

    # the panel stands behind nearly every file: it is followed once
    @cache
    def follow(name: str) -> Origin:
        record = made.get(name)
        inputs = () if record is None else tuple(follow(other) for other in sorted(record.inputs))
        return Origin(name, sha256(root / name), record, inputs)

    return follow(path)


def chain_lines(origin: Origin) -> list[str]:
    """Return the chain behind a file in words: each made file once, newest first, then what was received."""
    lines: list[str] = []
    received: list[str] = []
    seen: set[str] = set()
    waiting = [origin]
    while waiting:
        item = waiting.pop(0)
        if item.path in seen:
            continue
        seen.add(item.path)
        if item.record is None:
            received.append(f"  {item.path}  sha256 {item.sha256[:12]}")
            continue
        made = sorted(part.path for part in item.made_from if part.record is not None)
        given = len(item.made_from) - len(made)
        lines.append(f"{item.path}  sha256 {item.sha256[:12]}")
        lines.append(f"  step     {item.record.step} {item.record.item or ''}".rstrip())
        lines.append(f"  command  {item.record.command}")
        asked = entries(item.record.step, item.record.spec)
        lines += [f"  made at  {place}" for place in places(item.record.step, item.record.spec)]
        lines.append(f"  code     {code(item.record.step, *asked)}; {env(item.record.step, *asked)}")
        lines += [f"  from     {path}" for path in made]
        lines += [f"  and      {given} files that were received (below)"] if given else []
        waiting += item.made_from
    return [*lines, "received, not made:", *sorted(received)] if received else lines


def changed_files(made: Mapping[str, Any], root: Path) -> list[str]:
    """Return the released files that are not what the manifest says, in order."""
    return [name for name, line in made["files"].items() if sha256(root / name) != line["sha256"]]

"""What a report says of its own making: the versions and files it rests on, and the graph of its jobs.

Both come from the records that the jobs behind the report wrote, so they show what ran and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath, PurePosixPath
from typing import Any, Final

from netwerkkracht.provenance.fingerprint import digest_text
from netwerkkracht.provenance.records import Record, libraries, producers
from netwerkkracht.report import assets
from netwerkkracht.report.graph import Edge, Graph, Node, svg, without_shortcuts
from netwerkkracht.report.model import Drawing

SPSS: Final = (".sav", ".zsav", ".por")
GATES: Final = frozenset({"recover", "release-check"})
# facts of a run that are digests
DIGESTS: Final = ("config", "lock", "codebook", "data", "register")


def records_behind(paths: Iterable[str], records: Iterable[Record]) -> tuple[Record, ...]:
    """Return the records of the jobs behind files, directly or through others, in stable order."""
    made = producers(records)
    found: dict[str, Record] = {}
    waiting = list(paths)
    while waiting:
        record = made.get(waiting.pop())
        if record is not None and _key(record) not in found:
            found[_key(record)] = record
            waiting += record.inputs
    return tuple(found[key] for key in sorted(found))


def _key(record: Record) -> str:
    return f"{record.step} {record.item or ''}"


def received(records: Sequence[Record]) -> dict[str, str]:
    """Return the hashes of the files that the jobs read and none of them made, by path."""
    made = producers(records)
    found = {path: digest for record in records for path, digest in record.inputs.items() if path not in made}
    return dict(sorted(found.items()))


def environment(
    records: Sequence[Record], run: Mapping[str, Any], version: str, text: str, languages: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Return the table of what a rerun needs, by language, as ``tables`` of a report has it.

    Parameters
    ----------
    records
        The records of the jobs behind the report.
    run
        What ``provenance.run_facts`` says of the run.
    version
        Version of this package.
    text
        Folder of the report's own text, whose files share one digest.
    languages
        The languages of the report.

    Returns
    -------
    dict
        Per language columns and rows: the run, the versions of Python and of each library that jobs import,
        and each file received with its sha256. No time, and no folder above that of the study.
    """
    facts = [("commit", run.get("commit")), ("seed", run.get("seed")), ("version", version)]
    profile = (run.get("release") or {}).get("profile")
    facts += [("profile", profile), *((name, run.get(name)) for name in DIGESTS)]
    given = received(records)
    own = {
        path: digest for path, digest in given.items() if PurePosixPath(text) in PurePosixPath(path).parents
    }
    facts.append(("text", digest_text("\n".join(f"{path}:{digest}" for path, digest in own.items()))))
    files = [(place(path), digest) for path, digest in given.items() if path not in own]
    parts = {
        "run": [(f"environment_{name}", str(value)) for name, value in facts if value is not None],
        "software": list(libraries(records).items()),
        "files": files,
    }
    return {lang: _table(parts, assets.words(lang)) for lang in languages}


def _table(parts: Mapping[str, Sequence[tuple[str, str]]], words: Mapping[str, str]) -> dict[str, Any]:
    rows: list[dict[str, Any]] = []
    for part, lines in parts.items():
        rows.append({"level": 0, "cells": [words[f"environment_{part}"], ""]})
        rows += [{"level": 1, "cells": [words.get(name, name), value]} for name, value in lines]
    headings = (("environment_what", 22), ("environment_value", 45))
    return {
        "columns": [{"text": words[key], "numeric": False, "width": width} for key, width in headings],
        "rows": rows,
        "notes": [],
    }


def place(path: str) -> str:
    """Return a path as it may be shown: relative to the study, of others the name only."""
    pure = PurePosixPath(path)
    return pure.name if pure.is_absolute() or PurePath(path).is_absolute() or ".." in pure.parts else path


def own_record(read: Mapping[str, str], languages: Sequence[str]) -> list[Record]:
    """Return what the jobs that make the report will record: they read the same, but for the language."""
    return [Record("report", lang, "", {}, read, {f"report.{lang}": ""}) for lang in languages]


def workflow(jobs: Sequence[Record], codebook: str, text: str, languages: Sequence[str]) -> Drawing:
    """Return the graph of the jobs behind a report: boxes with the number of jobs, arrows where files went.

    Parameters
    ----------
    jobs
        The records of the jobs behind the report and of those that make it.
    codebook, text
        Folders of the codebook and of the report's own text: one box each. Other files received share a box
        with those of their folder.
    languages
        The languages of the report.
    """
    made = producers(jobs)
    sources = {path: _group(path, codebook, text) for path in received(jobs)}
    edges = {(_from(path, made, sources), record.step) for record in jobs for path in record.inputs}
    shown = without_shortcuts(edge for edge in edges if edge[0] != edge[1])
    counts = {record.step: sum(other.step == record.step for other in jobs) for record in jobs}
    files = {name: sum(group == name for group in sources.values()) for name in sources.values()}
    graphs = {lang: _graph(shown, counts, files, assets.words(lang)) for lang in languages}
    titles: dict[str, str] = {lang: _alt(graph, assets.words(lang)) for lang, graph in graphs.items()}
    return Drawing({lang: svg(graphs[lang], titles[lang]).encode() for lang in languages}, titles)


def _from(path: str, made: Mapping[str, Record], sources: Mapping[str, str]) -> str:
    return made[path].step if path in made else sources[path]


def _group(path: str, codebook: str, text: str) -> str:
    """Return the box of a received file: all SPSS files, the codebook, the text, or the folder it lies in."""
    pure = PurePosixPath(path)
    if pure.suffix in SPSS:
        return "received_spss"
    if pure.parent == PurePosixPath(codebook):
        return "received_codebook"
    if PurePosixPath(text) in pure.parents:
        return "received_text"
    return PurePosixPath(place(path)).parent.as_posix()


def _graph(
    edges: frozenset[Edge], counts: Mapping[str, int], files: Mapping[str, int], words: Mapping[str, str]
) -> Graph:
    nodes = {}
    for name in sorted({name for edge in edges for name in edge}):
        if name in counts:
            unit = words["jobs" if counts[name] > 1 else "job"]
            nodes[name] = Node(name, f"{counts[name]} {unit}", gate=name in GATES)
        else:
            unit = words["files_counted" if files[name] > 1 else "file_counted"]
            nodes[name] = Node(words.get(name, name), f"{files[name]} {unit}", received=True)
    return Graph(nodes, edges)


def _alt(graph: Graph, words: Mapping[str, str]) -> str:
    steps = [f"{node.name} ({node.line})" for node in graph.nodes.values() if not node.received]
    sources = [f"{node.name} ({node.line})" for node in graph.nodes.values() if node.received]
    return words["workflow_alt"].format(sources=", ".join(sources), steps=", ".join(steps))

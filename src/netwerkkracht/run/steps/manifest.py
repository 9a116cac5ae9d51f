"""List every released file with its hash and how it was made."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from netwerkkracht.core import io, logs
from netwerkkracht.provenance.fingerprint import load_cache
from netwerkkracht.provenance.records import manifest, read_records
from netwerkkracht.run.steps.arguments import Part, add_common, add_target


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    add_common(parser)
    parser.add_argument("--records", type=Path, required=True, help="folder with the records of the jobs")
    parser.add_argument("--reports", type=Path, required=True, help="folder of the released files")
    add_target(parser, "--out", "the manifest")


def run(args: argparse.Namespace, part: Part) -> None:
    """Write the manifest of the files that this configuration releases."""
    released = [Path(name) for name in part["released"]]
    load_cache()
    made = manifest(read_records(args.records), released, part, Path())
    if part["release"]["profile"] != "open":
        from netwerkkracht.exhibits.registry import sheets
        from netwerkkracht.release.disclosure import describe

        made["files"] = describe(made["files"], Path(), sheets(_kinds(made["files"])))
    io.write_json(args.out, made)
    logs.start("manifest").info("%d files released", len(made["files"]))


def _kinds(files: Mapping[str, Any]) -> list[str]:
    """Return the kinds of the exhibits that released files are of."""
    shown = [(line.get("spec") or {}).get("exhibit") for line in files.values()]
    return [exhibit["kind"] for exhibit in shown if exhibit is not None]

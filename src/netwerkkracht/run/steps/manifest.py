"""List every released file with its hash and how it was made."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from netwerkkracht.core import io, logs
from netwerkkracht.run.step import File, Part, Step

if TYPE_CHECKING:
    from netwerkkracht.study.config import Config


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe what is given besides files."""
    parser.add_argument("--records", type=Path, required=True, help="folder with the records of the jobs")
    parser.add_argument("--reports", type=Path, required=True, help="folder of the released files")


def part(config: Config, _: str) -> Part:
    """Return what the step sees of the configuration."""
    from netwerkkracht.study.config.parts import released_files, run_part

    kinds = [{"kind": exhibit.kind} for exhibit in config.exhibits]
    return {**run_part(config), "released": released_files(config), "exhibits": kinds}


def run(args: argparse.Namespace, part: Part) -> None:
    """Write the manifest of the files that this configuration releases."""
    from netwerkkracht.provenance.fingerprint import load_cache
    from netwerkkracht.provenance.records import manifest, read_records

    released = [Path(name) for name in part["released"]]
    load_cache()
    made = manifest(read_records(args.records), released, part, Path())
    if part["release"]["profile"] != "open":
        from netwerkkracht.exhibits.registry import sheets
        from netwerkkracht.release.disclosure import describe

        made["files"] = describe(
            made["files"], Path(), sheets(exhibit["kind"] for exhibit in part["exhibits"])
        )
    io.write_json(args.out, made)
    logs.start("manifest").info("%d files released", len(made["files"]))


STEP = Step(
    "list every released file with its hash and how it was made",
    run,
    add_arguments,
    part=part,
    targets=(File("--out", "the manifest"),),
    calls=("manifest",),
    kind=("sheet",),
)

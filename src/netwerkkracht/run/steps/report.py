"""Make the report in one language, as one web page and as PDF."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netwerkkracht.core import io, logs
from netwerkkracht.run.step import File, Part, Step

if TYPE_CHECKING:
    from netwerkkracht.report.model import Check, Exhibit, Report
    from netwerkkracht.study.config import Config

AGGREGATE = Path("results/aggregate")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe what is given besides files: the step names itself what it read."""
    parser.add_argument(
        "--reports", type=Path, required=True, help="folder of the released exhibits and numbers"
    )
    parser.add_argument("--records", type=Path, required=True, help="folder with the records of the jobs")


def part(config: Config, item: str) -> Part:
    """Return what the step sees of the configuration."""
    from netwerkkracht import __version__
    from netwerkkracht.study.config.parts import run_part, shown

    return {
        **run_part(config),
        "language": item,
        "languages": list(config.report.languages),
        "source": config.report.source,
        "status": config.study.status,
        "alpha": config.alpha,
        "version": __version__,
        "exhibits": [shown(config, exhibit) for exhibit in config.exhibits],
        "models": [model.id for model in config.models],
    }


def run(args: argparse.Namespace, part: Part) -> list[Path]:
    """Build the report, write page and PDF, and return the files it was made from."""
    from netwerkkracht.provenance.fingerprint import load_cache
    from netwerkkracht.report.build import build

    load_cache()
    report = gather(args, part)
    made = build(report, args.item)
    io.write_bytes(args.page, made.html)
    io.write_bytes(args.pdf, made.pdf)
    logs.start("report").info(
        "%s: %d exhibits, %d numbers", args.item, len(report.exhibits), len(report.numbers)
    )
    return inputs(args, part)


def inputs(args: argparse.Namespace, part: Part) -> list[Path]:
    """Return the files that the report is made from."""
    from netwerkkracht.run.verify import exhibit_file

    exhibits = [args.reports / exhibit_file(exhibit["id"]) for exhibit in part["exhibits"]]
    pictures = [path for exhibit in exhibits for path in exhibit.parent.glob(f"{exhibit.stem}.{args.item}.*")]
    counts = [AGGREGATE / "findings.json", AGGREGATE / "missing.csv"]
    models = [AGGREGATE / "models" / f"{name}.json" for name in part["models"]]
    verdicts = [args.reports / "numbers.json", args.reports / "verify.json", *_recovered(part)]
    readmes = [path.with_suffix(".README.md") for path in exhibits]
    return [args.source, *verdicts, *counts, *models, *exhibits, *readmes, *sorted(pictures)]


def _recovered(part: Part) -> list[Path]:
    return [AGGREGATE / "recovery.json"] if part["status"] == "synthetic" else []


def gather(args: argparse.Namespace, part: Part) -> Report:
    """Return all that the report is built from."""
    from netwerkkracht.provenance.records import hashes, read_records, run_facts
    from netwerkkracht.report import workings
    from netwerkkracht.report.inputs import origins, read_tables
    from netwerkkracht.report.model import Report
    from netwerkkracht.report.source import read_meta, read_source, small_tables
    from netwerkkracht.report.store import Numbers
    from netwerkkracht.run.releasing import preparer

    prepare = preparer(part["release"], part["study"]["codebook"])
    source = read_source(args.source)
    numbers = Numbers.from_json(io.read_json(args.reports / "numbers.json"))
    read = hashes(inputs(args, part))
    records = workings.records_behind(read, read_records(args.records))
    run = run_facts(part, Path())
    jobs = [*records, *workings.own_record(read, part["languages"])]
    text = args.source.as_posix()
    return Report(
        source=source,
        meta=read_meta(
            source,
            part["languages"],
            synthetic=part["status"] == "synthetic",
            version=part["version"],
            level=1 - part["alpha"],
        ),
        numbers=numbers,
        exhibits=read_exhibits(args, part),
        tables={
            **small_tables(source, read_tables(source, prepare=prepare), part["languages"]),
            "environment": workings.environment(jobs, run, part["version"], text, part["languages"]),
        },
        drawings={"workflow": workings.workflow(jobs, part["study"]["codebook"], text, part["languages"])},
        origins=origins(records),
        checks=checks(part, args.reports, numbers, run),
        languages=tuple(part["languages"]),
    )


def read_exhibits(args: argparse.Namespace, part: Part) -> tuple[Exhibit, ...]:
    """Return the exhibits of the configuration as they were released, in the language of the report."""
    from netwerkkracht.exhibits.registry import exhibit_from, kind_of
    from netwerkkracht.report.inputs import read_exhibit
    from netwerkkracht.run.study_facts import read_facts

    facts = read_facts(args.codebook, part)
    given = [exhibit_from(exhibit) for exhibit in part["exhibits"]]
    return tuple(
        read_exhibit(exhibit, kind_of(exhibit.kind), facts, args.reports, [args.item]) for exhibit in given
    )


def checks(part: Part, reports: Path, numbers: object, run: Any) -> tuple[Check, ...]:
    """Return the lines of the checks box."""
    from netwerkkracht.report import checks as box

    models = [io.read_json(AGGREGATE / "models" / f"{name}.json") for name in part["models"]]
    return (
        *box.run_checks(run),
        *(box.recovery_check(_json("recovery.json")) if part["status"] == "synthetic" else ()),
        *box.finding_checks(_json("findings.json")),
        *box.model_checks(models),
        *box.verdict_check(io.read_json(reports / "verify.json")),
        *box.number_checks(len(numbers), len({number.file for number in numbers if number.file})),  # type: ignore[arg-type, attr-defined]
    )


def _json(name: str) -> Any:
    return io.read_json(AGGREGATE / name)


STEP = Step(
    "make the report in one language, as web page and PDF",
    run,
    add_arguments,
    part=part,
    item=("--language", "a language of the report"),
    sources=(
        File("--source", "folder of the report's source"),
        File("--codebook", "folder of the codebook, for labels"),
    ),
    targets=(File("--page", "the report as one HTML file"), File("--pdf", "the report as PDF")),
    calls=("build",),
    kind=("drawing",),
)

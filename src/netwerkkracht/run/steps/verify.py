"""Compare a finished run with the expected numbers and with its own manifest, or accept it as expected."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from netwerkkracht.run.step import Step


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("--config", type=Path, default=Path("config.yaml"), help="the configuration")
    parser.add_argument("--quiet", action="store_true", help="only what differs")
    parser.add_argument(
        "--accept", action="store_true", help="make this run the expected one; asks for --reason"
    )
    parser.add_argument("--reason", default="", help="which results change and why; enters the changelog")


def run(args: argparse.Namespace) -> int:
    """Print a verdict per exhibit and number; return 1 when one is not reproduced."""
    from netwerkkracht.core.errors import fail
    from netwerkkracht.run.verify import accept
    from netwerkkracht.study.config import read_config

    config = read_config(args.config)
    exhibits = [exhibit.id for exhibit in config.exhibits]
    reference = Path(config.study.reference) if config.study.reference else None
    if args.accept:
        if reference is None:
            raise fail(
                "V01",
                "the configuration names no folder for the expected numbers",
                file=args.config.name,
                expected="study.reference",
                action="add `reference: reports/reference` to the section 'study'",
            )
        made = accept(
            Path("reports"), reference, exhibits, reason=args.reason, changelog=Path("CHANGELOG.md")
        )
        sys.stdout.write(f"the expected numbers are now those of this run (reference {made})\n")
        return 0
    lines, passed = verdict_lines(exhibits, reference, quiet=args.quiet)
    wrong = page_lines(exhibits, config.report.languages, synthetic=config.study.status == "synthetic")
    sys.stdout.write("\n".join([*wrong, *lines]) + "\n")
    return 0 if passed and not wrong else 1


def page_lines(exhibits: list[str], languages: Sequence[str], *, synthetic: bool) -> list[str]:
    """Return what the pages of the report say that the released files beside them do not, in words."""
    from netwerkkracht.core import io
    from netwerkkracht.report.proof import Known, faults, released_cells
    from netwerkkracht.run.verify import exhibit_file, natural

    folder = Path("reports")
    numbers = io.read_json(folder / "numbers.json")
    names = [name for name in sorted(exhibits, key=natural) if (folder / exhibit_file(name)).is_file()]
    said = []
    for lang in languages:
        tables = {
            name: released_cells((folder / "tables" / f"{name}.{lang}.html").read_text(encoding="utf-8"))
            for name in names
            if (folder / "tables" / f"{name}.{lang}.html").is_file()
        }
        known = Known(
            lang=lang,
            synthetic=synthetic,
            numbers={key: number[lang] for key, number in numbers.items()},
            exhibits={name: (folder / exhibit_file(name)).read_bytes() for name in names},
            tables=tables,
        )
        page = (folder / f"report.{lang}.html").read_text(encoding="utf-8")
        said += [f"{finding.file}: {finding.what} ({finding.code})" for finding in faults(page, known)]
    return said


def verdict_lines(
    exhibits: list[str], reference: Path | None, *, quiet: bool = False
) -> tuple[list[str], bool]:
    """Return the verdicts in words, a count at the end, and whether all passed."""
    from netwerkkracht.core import io
    from netwerkkracht.provenance.records import changed_files
    from netwerkkracht.run.verify import compare_run, verdicts_of

    verdict = compare_run(Path("reports"), reference, exhibits)
    touched = changed_files(io.read_json(Path("reports/manifest.json")), Path())
    lines = [f"{name}: not the file that the run made" for name in touched]
    if not verdict["compared"]:
        return [*lines, "there are no expected numbers to compare with"], not touched
    shown = verdicts_of(verdict["exhibits"])
    numbers = verdicts_of(verdict["numbers"])
    lines += [str(item) for item in shown if not (quiet and item.passed)]
    lines += [str(item) for item in numbers if not item.passed]
    good = sum(item.passed for item in shown), sum(item.passed for item in numbers)
    lines.append(f"{good[0]} of {len(shown)} exhibits and {good[1]} of {len(numbers)} numbers as expected")
    return lines, bool(verdict["passed"]) and not touched


STEP = Step(
    "compare the exhibits and numbers with the expected ones of the published run", run, add_arguments
)

"""The module of each exhibit: rules fingerprint it, so that an edit of one kind redraws that kind only."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

from netwerkkracht.core.errors import Finding, StudyError
from netwerkkracht.study.config import Config


def simulated(config: Config) -> frozenset[str]:
    """Return the ids of the exhibits that show operating characteristics."""
    return _needing(config, "operating")


def of_codes(config: Config) -> frozenset[str]:
    """Return the ids of the exhibits that list the codes found in the files."""
    return _needing(config, "found")


def _needing(config: Config, part: str) -> frozenset[str]:
    """Return the ids of the exhibits whose kind reads one part of the material."""
    from netwerkkracht.exhibits.registry import kind_of

    return frozenset(exhibit.id for exhibit in config.exhibits if part in kind_of(exhibit.kind).needs)


def kind_modules(config: Config) -> dict[str, str]:
    """Return the module of every exhibit's kind, by the id of the exhibit.

    Raises
    ------
    StudyError
        ``E01`` to ``E03``, ``M02``: all that is wrong with exhibits and models, before anything is computed.
    """
    from netwerkkracht.exhibits.registry import modules

    faults = exhibit_faults(config)
    if faults:
        raise StudyError(faults)
    return {exhibit.id: modules()[exhibit.kind] for exhibit in config.exhibits}


def exhibit_faults(config: Config) -> list[Finding]:
    """Return what is wrong with exhibits and models of the configuration, given the codebook it names."""
    from netwerkkracht.analysis.models.declared import model_faults
    from netwerkkracht.exhibits.registry import option_faults
    from netwerkkracht.run.steps.study_facts import read_facts

    facts = None
    # a mistake in the codebook is told by the step that works with it
    with suppress(StudyError, OSError):
        facts = read_facts(
            Path(config.study.codebook),
            {
                "status": config.study.status,
                "alpha": config.alpha,
                "languages": config.report.languages,
            },
        )
    return [*(model_faults(config.models, facts) if facts else []), *option_faults(config, facts)]


def number_faults(config: Config) -> list[Finding]:
    """Return ``E03`` for each id with a number that it cannot have in the text, where each stands once."""
    faults = []
    for form in ("figure", "table"):
        ids = [exhibit.id for exhibit in config.exhibits if exhibit.id.startswith(f"{form}-")]
        numbers = {name: int(found[0]) for name in ids if (found := re.search(r"\d+$", name))}
        faults += [
            Finding(
                "E03",
                "error",
                f"'{name}' cannot be {form} {number} of the text: the number of {form}s is {len(ids)}",
                file="config.yaml",
                expected=f"ids that end in 1 to {len(ids)}, in the order of the text",
                action="renumber the ids, also where the text names them; numbers.yaml too",
            )
            for name, number in numbers.items()
            if not 1 <= number <= len(ids)
        ]
    return faults


def source_faults(config: Config) -> list[Finding]:
    """Return ``R03`` for each file that the text reads and that this configuration does not make."""
    from netwerkkracht.report.inputs import number_files
    from netwerkkracht.run.verify import exhibit_file

    made = {f"reports/{exhibit_file(exhibit.id)}" for exhibit in config.exhibits}
    made |= {f"results/aggregate/models/{model.id}.json" for model in config.models}
    try:
        named = number_files(Path(config.report.source))
    except (StudyError, OSError):  # told by the step that reads the list
        return []
    return [
        Finding(
            "R03",
            "error",
            f"the numbers of the text are read from {name}, which this configuration does not make",
            file="numbers.yaml",
            expected="files of the exhibits and models of config.yaml",
            action="change numbers.yaml and the text with it, or put the exhibit or model back",
        )
        for name in named
        if name.startswith(("reports/figures/", "reports/tables/", "results/aggregate/models/"))
        and name not in made
    ]

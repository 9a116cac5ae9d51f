"""All that is wrong with a configuration, found before any job: `check` says it, and a run begins with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from netwerkkracht.core.errors import Finding, StudyError, nearest
from netwerkkracht.run.spoken import language_faults
from netwerkkracht.study.config import Config

# made by `netwerkkracht verify --accept`: not there yet in a new study
LATER = "study.reference"


def config_faults(config: Config) -> list[Finding]:
    """Return what is wrong with models, exhibits, paths, simulation and the list of numbers, all at once.

    Parameters
    ----------
    config
        The configuration as read: keys and types are right. Its paths are relative to this folder.

    Returns
    -------
    list of Finding
        ``M01``, ``M02`` models and alternatives; ``E01`` to ``E03`` exhibits; ``C09`` paths; ``S02`` the
        simulation; ``R03`` the list of numbers; ``L03``, ``X10`` a language that nobody wrote.
    """
    return [*exhibit_faults(config), *start_faults(config)]


def start_faults(config: Config) -> list[Finding]:
    """Return those faults that the rules of the workflow do not look for themselves."""
    return [
        *path_faults(config),
        *generator_faults(config),
        *number_faults(config),
        *source_faults(config),
        *language_faults(config),
    ]


def require_sound(config: Config) -> None:
    """Stop where exhibits or models of the configuration are wrong.

    Raises
    ------
    StudyError
        ``E01`` to ``E03``, ``M01``, ``M02``: all that is wrong with exhibits and models, before anything is
        computed.
    """
    faults = exhibit_faults(config)
    if faults:
        raise StudyError(faults)


def exhibit_faults(config: Config) -> list[Finding]:
    """Return what is wrong with exhibits and models of the configuration, given the codebook it names."""
    from netwerkkracht.analysis.models.declared import model_faults
    from netwerkkracht.exhibits.registry import option_faults
    from netwerkkracht.run.study_facts import read_facts

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


def path_faults(config: Config) -> list[Finding]:
    """Return ``C09`` for each folder or file that the configuration names and that is not there."""
    named = {
        **{f"study.{name}": value for name, value in config.study if name != "status"},
        "operating.generator": config.operating.generator if config.operating else None,
        "notebooks": config.notebooks,
        "report.source": config.report.source,
    }
    return [
        fault
        for place, value in named.items()
        if value is not None
        for fault in _not_there(place, str(value))
    ]


def _not_there(place: str, value: str) -> Iterator[Finding]:
    path = Path(value)
    if path.exists():
        return
    here = next(parent for parent in path.parents if parent.is_dir())
    wrong = path.relative_to(here).parts[0]
    hint = nearest(wrong, sorted(item.name for item in here.iterdir()))
    if hint or place != LATER:
        yield Finding(
            "C09",
            "error",
            f"'{place}' is '{value}', which is not there: no '{wrong}'" + (f"; {hint}" if hint else ""),
            file="config.yaml",
            expected=f"a folder or file in the folder of the study, below {here.as_posix()}",
            action="correct the path, or put there what it names",
        )


def generator_faults(config: Config) -> list[Finding]:
    """Return ``S02`` for assumptions that the generator lacks, values of another kind, unknown outcomes."""
    from netwerkkracht.synth.reading import read_spec

    plan = config.operating
    if plan is None:
        return []
    try:
        spec = read_spec(Path(plan.generator))
    except (StudyError, OSError):  # told by the step that simulates, or as a path that is not there
        return []
    faults = []
    for name, value in plan.assumptions.items():
        known = spec.assumptions.get(name)
        if known is None:
            hint = nearest(name, spec.assumptions)
            what = f"no assumption of the generator is called '{name}'" + (f"; {hint}" if hint else "")
            faults.append(_generator(f"operating.assumptions.{name}", what, "a parameter of assumptions.csv"))
        elif _numbers(known.value) and not _numbers(value):
            what = f"the value is '{value}'"
            faults.append(
                _generator(f"operating.assumptions.{name}", what, f"numbers, such as {known.value}")
            )
    for model in config.models:
        if model.id in plan.studies and model.source not in spec.made_by:
            what = f"the generator makes no '{model.source}', the outcome of this model"
            faults.append(_generator(f"operating.studies.{model.id}", what, "an outcome of structure.yaml"))
    return faults


def _generator(place: str, what: str, expected: str) -> Finding:
    action = "correct the section 'operating'"
    return Finding("S02", "error", f"'{place}': {what}", file="config.yaml", expected=expected, action=action)


def _numbers(text: str) -> bool:
    try:
        return bool([float(part) for part in text.split()])
    except ValueError:
        return False

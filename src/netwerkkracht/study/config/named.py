"""What a configuration says once and uses by name: sets of columns, lists of models, lines under exhibits.

After this no name of a set is left: what a step gets says everything itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from netwerkkracht.core.errors import Finding, StudyError, nearest
from netwerkkracht.study.config.schema import Config, Exhibit
from netwerkkracht.study.model import Model, unused

SECTIONS = ("at_wave", "indicators")


def resolve(config: Config, file: str) -> Config:
    """Return the configuration with all sets of columns, lists of models and notes written out.

    Raises
    ------
    StudyError
        ``C04`` for a name that no set or note has, a column made twice, and a column that no formula of its
        model uses.
    """
    faults: list[Finding] = []
    models = tuple(
        _model(model, f"models[{place}]", config, faults, file)
        for place, model in enumerate(config.models, start=1)
    )
    exhibits = tuple(
        _exhibit(exhibit, f"exhibits[{place}].options", config, faults, file)
        for place, exhibit in enumerate(config.exhibits, start=1)
    )
    if faults:
        raise StudyError(faults)
    return config.model_copy(update={"models": models, "exhibits": exhibits})


def _fault(file: str, what: str, expected: str) -> Finding:
    action = "correct one of the two; docs/config.md explains it"
    return Finding("C04", "error", what, file=file, expected=expected, action=action)


def _named(
    place: str, names: Sequence[Any], section: str, known: Mapping[str, Any], file: str
) -> Iterator[Finding]:
    for number, name in enumerate(names, start=1):
        if not isinstance(name, Mapping) and str(name) not in known:
            hint = nearest(str(name), known)
            what = f"'{place}[{number}]' is '{name}', which the section '{section}' does not have"
            yield _fault(
                file, what + (f"; {hint}" if hint else ""), ", ".join(known) or "a section of that name"
            )


def _joined(
    own: Mapping[str, Any], names: Sequence[str], config: Config, place: str, faults: list[Finding], file: str
) -> dict[str, Any]:
    """Return columns by section: those of the sets named, then those made in this place."""
    made: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
    faults += _named(f"{place}.covariates", names, "covariates", config.covariates, file)
    sets = [config.covariates[name] for name in map(str, names) if name in config.covariates]
    for part in (*(columns.model_dump(exclude_defaults=True) for columns in sets), own):
        for section in SECTIONS:
            for name, column in part.get(section, {}).items():
                if name in made[section]:
                    faults.append(
                        _fault(file, f"'{place}' makes the column '{name}' twice", "each column once")
                    )
                made[section][name] = column
    return made


def _model(model: Model, place: str, config: Config, faults: list[Finding], file: str) -> Model:
    own = model.model_dump(include=set(SECTIONS))
    made = model.changed(**_joined(own, model.covariates, config, place, faults, file), covariates=())
    faults += [
        _fault(file, f"'{place}': {what}", "a column that the formula names")
        for what in unused(made, (*made.columns, made.trials or ""))
    ]
    return made


def _exhibit(exhibit: Exhibit, place: str, config: Config, faults: list[Finding], file: str) -> Exhibit:
    """Return the exhibit with its notes and the columns of its alternatives; what has no such form stays."""
    options = dict(exhibit.options)
    if isinstance(notes := options.get("notes"), list):
        known = {name: text.model_dump() for name, text in config.notes.items()}
        faults += _named(f"{place}.notes", notes, "notes", known, file)
        options["notes"] = [known.get(note, note) if isinstance(note, str) else note for note in notes]
    if "models" in options:
        options["models"] = _listed(options["models"], f"{place}.models", config, faults, file)
    if isinstance(choices := options.get("choices"), Mapping):
        options["choices"] = {
            choice: {
                name: _change(change, f"{place}.choices.{choice}.{name}", config, faults, file)
                for name, change in given.items()
            }
            if isinstance(given, Mapping)
            else given
            for choice, given in choices.items()
        }
    return exhibit.model_copy(update={"options": options})


def _listed(named: Any, place: str, config: Config, faults: list[Finding], file: str) -> Any:
    """Return a list of models with every list it names written out; ``all`` and what is no list stay."""
    given = named if isinstance(named, list) else [named]
    lists = ("all", *config.model_sets)
    for name in given:
        hint = (
            nearest(name, [*lists, *(model.id for model in config.models)]) if isinstance(name, str) else ""
        )
        # a name that is nearer to a model is told by the kind of exhibit
        if name not in lists and hint and hint == nearest(name, lists):
            faults.append(
                _fault(file, f"'{place}' names '{name}', which is no list of models; {hint}", "a list")
            )
    if isinstance(named, str):
        return list(config.model_sets.get(named, ())) or named
    if not isinstance(named, list):
        return named
    return [
        model
        for name in named
        for model in (config.model_sets.get(name, (name,)) if isinstance(name, str) else (name,))
    ]


def _change(change: Any, place: str, config: Config, faults: list[Finding], file: str) -> Any:
    """Return an alternative with the columns of the sets it names."""
    if not isinstance(change, Mapping) or not isinstance(names := change.get("covariates"), list):
        return change
    if not all(isinstance(change.get(section, {}), Mapping) for section in SECTIONS):
        return change
    made = _joined(change, names, config, place, faults, file)
    rest = {key: value for key, value in change.items() if key not in {"covariates", *SECTIONS}}
    return rest | {section: columns for section, columns in made.items() if columns}

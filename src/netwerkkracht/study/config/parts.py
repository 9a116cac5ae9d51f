"""What the parts of the configuration that steps see are made of; each step puts its own together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from netwerkkracht.core.errors import fail, nearest
from netwerkkracht.study.config.schema import Config, Exhibit
from netwerkkracht.study.model import Model

Part = dict[str, Any]


def unknown(kind: str, name: str, known: list[str]) -> Exception:
    """Return ``C05``: nothing of this kind has that name, with the nearest name."""
    hint = nearest(name, known)
    return fail(
        "C05",
        f"there is no {kind} '{name}'" + (f"; {hint}" if hint else ""),
        file="config.yaml",
        expected=", ".join(known),
        action=f"choose a {kind} of the configuration",
    )


def model_of(config: Config, item: str) -> Model:
    """Return the model of this id.

    Raises
    ------
    StudyError
        ``C05`` when there is none.
    """
    for model in config.models:
        if model.id == item:
            return model
    raise unknown("model", item, [model.id for model in config.models])


def exhibit_of(config: Config, item: str) -> Exhibit:
    """Return the exhibit of this id.

    Raises
    ------
    StudyError
        ``C05`` when there is none.
    """
    for exhibit in config.exhibits:
        if exhibit.id == item:
            return exhibit
    raise unknown("exhibit", item, [exhibit.id for exhibit in config.exhibits])


def study_part(config: Config, *names: str) -> Part:
    """Return some settings of the study, its status always among them."""
    return {name: getattr(config.study, name) for name in ("status", *names)}


def run_part(config: Config) -> Part:
    """Return the settings that a whole run rests on."""
    return {
        "study": config.study.model_dump(mode="json"),
        "seed": config.seed,
        "release": config.release.model_dump(mode="json"),
    }


def shown(config: Config, exhibit: Exhibit) -> Part:
    """Return an exhibit as steps see it: its title for these data, and its models whose question changed."""
    made: Part = exhibit.model_dump(mode="json")
    real = made.pop("title_real")
    if made["options"].get("models") == "all":
        made["options"]["models"] = [model.id for model in config.models]
    if real is not None and config.study.status == "real":
        made["title"] = real
    named = exhibit_models(config, exhibit.id)
    changed = [model for model in config.models if model.id in named and model.version_confounded]
    return made | ({"confounded": [model.label.model_dump() for model in changed]} if changed else {})


def exhibit_models(config: Config, item: str) -> tuple[str, ...]:
    """Return the ids of the models an exhibit draws from, in the order of the configuration.

    An exhibit names models in its options ``model`` or ``models``; ``models: all`` means every model.
    """
    options = exhibit_of(config, item).options
    given = options.get("models", ())
    known = [model.id for model in config.models]
    wanted = set(known) if given == "all" else set(given)
    if "model" in options:
        wanted.add(options["model"])
    for name in sorted(wanted - set(known)):
        raise unknown("model", str(name), known)
    return tuple(name for name in known if name in wanted)


def released_files(config: Config) -> list[str]:
    """Return the files that a run releases, relative to the folder of the study, in stable order.

    Real data leave as pixels only: a picture made of vectors is a data file.
    """
    pictures = ("svg", "png") if config.release.profile == "open" else ("png",)
    files = ["reports/numbers.json", "reports/verify.json"]
    for exhibit in config.exhibits:
        figure = exhibit.id.startswith("figure")
        base = f"reports/{'figures' if figure else 'tables'}/{exhibit.id}"
        files += [f"{base}.csv", f"{base}.README.md"]
        files += [
            f"{base}.{lang}.{kind}"
            for lang in config.report.languages
            for kind in (pictures if figure else ("html",))
        ]
    files += [
        f"reports/notebooks/{name}.{lang}.html"
        for name in notebook_names(config)
        for lang in config.report.languages
    ]
    files += [f"reports/report.{lang}.{kind}" for lang in config.report.languages for kind in ("html", "pdf")]
    return sorted(files)


def notebook_names(config: Config) -> tuple[str, ...]:
    """Return the notebooks that a run executes, in order; none for real data."""
    if config.notebooks is None or config.study.status != "synthetic":
        return ()
    return tuple(sorted(path.stem for path in Path(config.notebooks).glob("*.py")))

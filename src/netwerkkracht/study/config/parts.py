"""The part of the configuration that a step may see.

The rule of a step takes this part as a parameter, so that a change of it reruns the step; the step gets this
part and nothing else. A step that read more would go stale without a word.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from netwerkkracht import __version__
from netwerkkracht.core.errors import fail, nearest
from netwerkkracht.study.config.schema import Config, Exhibit
from netwerkkracht.study.model import Model

Part = dict[str, Any]


def part(config: Config, step: str, item: str | None = None) -> Part:
    """Return the part of the configuration of one step (and one model, exhibit or language) as plain data.

    Raises
    ------
    StudyError
        ``C05`` when the step or the item is not known.
    """
    make = _PARTS.get(step)
    if make is None:
        raise _unknown("step", step, list(_PARTS))
    return make(config, item or "")


def part_text(config: Config, step: str, item: str | None = None) -> str:
    """Return the part as one line of canonical JSON."""
    return json.dumps(part(config, step, item), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _unknown(kind: str, name: str, known: list[str]) -> Exception:
    hint = nearest(name, known)
    return fail(
        "C05",
        f"there is no {kind} '{name}'" + (f"; {hint}" if hint else ""),
        file="config.yaml",
        expected=", ".join(known),
        action=f"choose a {kind} of the configuration",
    )


def _model(config: Config, item: str) -> Model:
    for model in config.models:
        if model.id == item:
            return model
    raise _unknown("model", item, [model.id for model in config.models])


def _exhibit(config: Config, item: str) -> Exhibit:
    for exhibit in config.exhibits:
        if exhibit.id == item:
            return exhibit
    raise _unknown("exhibit", item, [exhibit.id for exhibit in config.exhibits])


def _study(config: Config, *names: str) -> Part:
    return {name: getattr(config.study, name) for name in ("status", *names)}


def _run(config: Config) -> Part:
    return {
        "study": config.study.model_dump(mode="json"),
        "seed": config.seed,
        "release": config.release.model_dump(mode="json"),
    }


def _exhibit_part(config: Config, item: str) -> Part:
    """Return the exhibit with the specifications of the models it names, in their order."""
    exhibit = _exhibit(config, item)
    named = exhibit_models(config, item)
    return {
        "exhibit": _shown(config, exhibit),
        "models": [model.model_dump(mode="json") for model in config.models if model.id in named],
        "study": _study(config, "codebook", "published"),
        "release": config.release.model_dump(mode="json"),
        "languages": list(config.report.languages),
        "alpha": config.alpha,
        "seed": config.seed,
    }


def _shown(config: Config, exhibit: Exhibit) -> Part:
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
    options = _exhibit(config, item).options
    given = options.get("models", ())
    known = [model.id for model in config.models]
    wanted = set(known) if given == "all" else set(given)
    if "model" in options:
        wanted.add(options["model"])
    for name in sorted(wanted - set(known)):
        raise _unknown("model", str(name), known)
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


def _operate(config: Config, item: str) -> Part:
    model = _model(config, item)
    plan = config.operating
    if plan is None or model.id not in plan.studies:
        raise _unknown("simulated model", item, list(plan.studies) if plan else [])
    return {
        "model": model.model_dump(mode="json"),
        "alpha": config.alpha,
        "seed": config.seed,
        "status": config.study.status,
        "studies": plan.studies[model.id],
        "assumptions": plan.assumptions,
        "target_chunks": plan.target_chunks,
    }


_PARTS: dict[str, Callable[[Config, str], Part]] = {
    "ingest": lambda config, _: _study(config, "codebook", "data", "received"),
    "harmonise": lambda config, _: _study(config, "codebook"),
    "recover": lambda config, _: _study(config, "codebook", "truth"),
    "fit": lambda config, item: {
        "model": _model(config, item).model_dump(mode="json"),
        "alpha": config.alpha,
        "status": config.study.status,
    },
    "operate": _operate,
    "exhibit": _exhibit_part,
    "figure": lambda config, item: {
        "exhibit": _shown(config, _exhibit(config, item)),
        "status": config.study.status,
        "alpha": config.alpha,
        "languages": list(config.report.languages),
    },
    "table": lambda config, item: {
        "exhibit": _shown(config, _exhibit(config, item)),
        "status": config.study.status,
        "alpha": config.alpha,
        "languages": list(config.report.languages),
    },
    "notebook": lambda config, _: {
        "status": config.study.status,
        "languages": list(config.report.languages),
    },
    "numbers": lambda config, _: {
        **_study(config, "codebook"),
        "alpha": config.alpha,
        "source": config.report.source,
        "languages": list(config.report.languages),
        "release": config.release.model_dump(mode="json"),
    },
    "report": lambda config, item: {
        **_run(config),
        "language": item,
        "languages": list(config.report.languages),
        "source": config.report.source,
        "status": config.study.status,
        "alpha": config.alpha,
        "version": __version__,
        "exhibits": [_shown(config, exhibit) for exhibit in config.exhibits],
        "models": [model.id for model in config.models],
    },
    "compare": lambda config, _: {
        "status": config.study.status,
        "reference": config.study.reference,
        "exhibits": [exhibit.id for exhibit in config.exhibits],
    },
    "manifest": lambda config, _: {**_run(config), "released": released_files(config)},
    "release-check": lambda config, _: {
        **_study(config, "codebook"),
        "exhibits": [_shown(config, exhibit) for exhibit in config.exhibits],
        "release": config.release.model_dump(mode="json"),
    },
}

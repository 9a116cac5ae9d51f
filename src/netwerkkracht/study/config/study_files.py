"""The list of files of a study, read without the rest of the codebook: the workflow needs no more."""

from __future__ import annotations

from pathlib import Path

from netwerkkracht.core.errors import Finding, StudyError, fail
from netwerkkracht.core.strict_yaml import load
from netwerkkracht.study.config.schema import Study


def study_files(study: Study) -> dict[str, str]:
    """Return the path of every file of the study inside its data folder, by the name of the file.

    Raises
    ------
    StudyError
        ``C06`` when the codebook names no files, ``C07`` for each file that is not in the data folder.
    """
    path = Path(study.codebook) / "study.yaml"
    try:
        given = load(path.read_text(encoding="utf-8-sig"), file=path.name)
    except FileNotFoundError as cause:
        raise fail(
            "C06",
            "the description of the study is missing",
            file=path.as_posix(),
            expected="a codebook folder with study.yaml",
            action="correct study.codebook in config.yaml",
        ) from cause
    entries = given.get("files") if isinstance(given, dict) else None
    if not isinstance(entries, list) or not all(
        isinstance(item, dict) and {"file", "path"} <= set(item) for item in entries
    ):
        raise fail(
            "C06",
            "the description of the study lists no files",
            file=path.as_posix(),
            expected="files: a list with file, wave, group, path and id each",
            action="see docs/codebook.md",
        )
    files = {str(item["file"]): str(item["path"]) for item in entries}
    absent = [
        Finding(
            "C07",
            "error",
            f"the file {item['path']} is not there" + _alike(Path(study.data), str(item["path"])),
            file=str(item["path"]),
            wave=str(item.get("wave", "")) or None,
            group=str(item.get("group", "")) or None,
            expected=f"the file in the folder {study.data}",
            action="put it there under this name, or correct study.yaml",
        )
        for item in entries
        if not (Path(study.data) / str(item["path"])).is_file()
    ]
    if absent:
        raise StudyError(absent)
    return files


def _alike(folder: Path, name: str) -> str:
    """Return the file whose name differs in capitals or slashes only: on some machines that is the same."""
    wanted = name.replace("\\", "/").casefold()
    near = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file()]
    return next((f"; '{path}' is" for path in near if path.casefold() == wanted), "")

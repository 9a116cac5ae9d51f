"""Turn an executed notebook into a body of HTML in one language."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from netwerkkracht.core.errors import fail


def in_language(notebook: Any, language: str, *, name: str) -> Any:
    """Return a copy with only the text cells and outputs of ``language``; code cells stay in both.

    A text cell says its language in its metadata: ``# %% [markdown] lang="nl"``. An output may do so too
    (``teaching.show`` and ``teaching.tell``); one that names no language stays in every page.

    Raises
    ------
    StudyError
        ``N02`` when a text cell names no language, or the languages have unequal numbers of text cells.
    """
    texts = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    spoken = [cell.metadata.get("lang") for cell in texts]
    counts = {lang: spoken.count(lang) for lang in {*spoken, language}}
    if None in counts or len(set(counts.values())) > 1:
        raise fail(
            "N02",
            "the text cells are not paired by language",
            file=name,
            expected=f'as many cells `# %% [markdown] lang="{language}"` as of each other language',
            action="write the missing cell",
        )
    chosen = copy.deepcopy(notebook)
    chosen.cells = [
        cell for cell in chosen.cells if cell.cell_type == "code" or cell.metadata["lang"] == language
    ]
    for cell in chosen.cells:
        if "outputs" in cell:
            cell.outputs = [
                output
                for output in cell.outputs
                if output.get("metadata", {}).get("lang", language) == language
            ]
    return chosen


def html_body(notebook: Any) -> str:
    """Return the notebook as an HTML fragment: text, code, outputs; nothing that asks the network."""
    body, _ = _exporter().from_notebook_node(notebook)
    return str(body)


@cache
def _exporter() -> Any:
    """Return one exporter for all pages: it builds its templates once."""
    from netwerkkracht.notebooks.execute import light_imports

    with light_imports():
        from nbconvert import HTMLExporter

    return HTMLExporter(template_name="basic", exclude_input_prompt=True, exclude_output_prompt=True)


def prepare() -> None:
    """Make a small page, so that later ones find templates and grammars ready."""
    from netwerkkracht.notebooks.execute import read

    html_body(read("# %% [markdown]\n# *page*\n# %%\nprint(1)\n"))


def title(notebook: Any) -> str:
    """Return the first heading of the notebook."""
    for cell in notebook.cells:
        for line in cell.source.splitlines():
            if cell.cell_type == "markdown" and line.startswith("# "):
                return str(line[2:].strip())
    return ""

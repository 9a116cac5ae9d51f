"""What the notebooks call: open the synthetic study, show a table or a picture, check an answer.

Refuses real data: notebooks are for learning, and their outputs are shared.
"""

from __future__ import annotations

import hashlib
import os
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from netwerkkracht.core import io
from netwerkkracht.core.display import Lang
from netwerkkracht.core.errors import fail

ANSWERS = Path("notebooks/answers.csv")
PANEL = Path("results/restricted/panel.csv")
NUMBERS = Path("reports/numbers.json")


@dataclass(frozen=True)
class Study:
    """The harmonised synthetic study: ``panel`` (one row per person and wave) and the report's numbers."""

    config: Any
    codebook: Any

    @cached_property
    def panel(self) -> Any:
        """Return the panel: values, and beside each variable ``v`` its reason of absence ``v__reason``."""
        keys = [self.codebook.study.person, self.codebook.study.group, self.codebook.study.wave]
        return io.read_csv(PANEL, text=keys).copy()  # in one piece, so that pandas does not warn

    def label(self, variable: str, language: str) -> str:
        """Return the label of a variable in ``nl`` or ``en``."""
        entry = self.codebook.variables.get(variable) or self.codebook.derived[variable]
        return str(getattr(entry.label, language))

    def table(
        self,
        frame: Any,
        decimals: int | Mapping[str, int] = 2,
        *,
        title: tuple[str, str] = ("", ""),
        words: Mapping[str, tuple[str, str]] | None = None,
    ) -> None:
        """Show a table in each language, with the codebook's labels and the signs of the language.

        Parameters
        ----------
        frame
            A pandas frame; it is not changed.
        decimals
            Decimals of numbers that are not whole, for all columns or by column.
        title
            What stands above the table, Dutch and English.
        words
            Names of the notebook's own: ``{"both %": ("samen %", "both %")}``.
        """
        from IPython.display import display

        from netwerkkracht.study.facts import facts_from_codebook
        from netwerkkracht.notebooks.tables import Labels, html_table, plain_table, rows_of

        facts = facts_from_codebook(self.codebook, synthetic=True)
        for say in EVERY:
            heads, rows = rows_of(frame, Labels(facts, say.language, words or {}), decimals)
            shown = {
                f"text/{kind}": make(heads, rows, say(*title))
                for kind, make in (("html", html_table), ("plain", plain_table))
            }
            display(shown, raw=True, metadata={"lang": say.language})

    def report_number(self, key: str) -> float:
        """Return the unrounded number the report prints under ``key``.

        Raises
        ------
        StudyError
            ``N05`` when the report has no such number, or a word or an interval under that key.
        """
        from netwerkkracht.core.errors import nearest

        numbers = io.read_json(NUMBERS)
        raw = numbers.get(key, {}).get("raw")
        if not isinstance(raw, (int, float)):
            what = "prints no single number under" if key in numbers else "has no number"
            raise fail(
                "N05",
                f"the report {what} '{key}'",
                file=NUMBERS.name,
                expected=nearest(key, numbers) or "a key of the report that stands for one number",
                action="look the key up in the report's list of numbers",
            )
        return float(raw)


def open_study(config: Path = Path("config.yaml")) -> Study:
    """Open the study that the last run harmonised, and work from the project's folder.

    Jupyter starts a notebook in the folder where it lies; paths are those of the project, one folder up.

    Raises
    ------
    StudyError
        ``N03`` when the configuration points at real data; ``F02`` when the pipeline has not run yet.
    """
    from netwerkkracht.study.codebook import read_codebook
    from netwerkkracht.study.config import read_config

    if not config.exists() and (config.parent / ".." / config.name).exists():
        os.chdir(config.parent / "..")
    settings = read_config(config)
    if settings.study.status != "synthetic":
        raise fail(
            "N03",
            "notebooks do not open real data",
            file=config.name,
            expected="status: synthetic",
            action="use the report for the real study; the notebooks teach on the synthetic one",
        )
    return Study(settings, read_codebook(Path(settings.study.codebook)))


@dataclass(frozen=True)
class Say:
    """Says things in one language: ``say("meting", "wave")``, ``say.number(1.5, 2)``."""

    language: Lang

    def __call__(self, dutch: str, english: str) -> str:
        """Return the text of the language."""
        return dutch if self.language == "nl" else english

    def number(self, value: float, decimals: int = 0) -> str:
        """Return a number in the signs of the language."""
        from netwerkkracht.core import display

        return display.number(value, self.language, decimals)

    def axis(self, axis: Any) -> None:
        """Print the numbers along an axis of a figure in the signs of the language."""
        from netwerkkracht.exhibits.style import language_axis

        language_axis(axis, self.language)


EVERY = (Say("nl"), Say("en"))


def tell(words: Callable[[Say], str]) -> None:
    """Show a sentence in each language; a page in one language keeps its own.

    ``words(say)`` returns the sentence.
    """
    from IPython.display import display

    for say in EVERY:
        display({"text/plain": words(say)}, raw=True, metadata={"lang": say.language})


def show(draw: Callable[[Say], tuple[Any, str]]) -> None:
    """Show a picture in each language, with words for those who cannot see it.

    Parameters
    ----------
    draw
        Makes the picture: ``draw(say)`` returns a matplotlib figure and a text of 30 to 300 characters that
        says what it shows.

    Raises
    ------
    StudyError
        ``N04`` when the text is too short or too long.
    """
    from IPython.display import display

    from netwerkkracht.exhibits import style
    from netwerkkracht.exhibits.save import png_bytes, svg_bytes

    for say in EVERY:
        with style.settings():
            figure, alt = draw(say)
            style.stamp(figure, say.language, synthetic=True)
        if not 30 <= len(alt) <= 300:
            raise fail(
                "N04",
                f"the alternative text has {len(alt)} characters",
                expected="30 to 300 characters",
                action="say in one or two sentences what a reader sees",
            )
        width, height = (round(100 * inches) for inches in figure.get_size_inches())
        display(
            {"image/png": b64encode(png_bytes(svg_bytes(figure))).decode(), "text/plain": alt},
            raw=True,
            metadata={"image/png": {"alt": alt, "width": width, "height": height}, "lang": say.language},
        )


def digest(question: str, answer: float | str, decimals: int) -> str:
    """Return the fingerprint of an answer, rounded; the question is the salt."""
    text = f"{answer:.{decimals}f}" if isinstance(answer, (int, float)) else str(answer).strip().lower()
    return hashlib.sha256(f"{question}|{text}".encode()).hexdigest()[:16]


def check(question: str, answer: Any, answers: Path = ANSWERS) -> bool:
    """Say whether an answer is right, without giving the answer away.

    Numbers are compared after rounding to the decimals that ``notebooks/answers.csv`` asks for. An answer
    of ``...`` (not filled in yet) is said to be open.
    """
    known = {row["question"]: row for row in io.read_rows(answers, separator=";")}
    if question not in known:
        raise fail(
            "N06",
            f"there is no question '{question}'",
            file=answers.name,
            expected=", ".join(sorted(known)),
            action="check the name of the question",
        )
    if answer is ...:
        tell(lambda say: f"{question}: {say('nog open', 'still open')}")
        return False
    row = known[question]
    value = answer if isinstance(answer, str) else float(answer)
    right = digest(question, value, int(row["decimals"])) == row["digest"]
    verdict = ("goed", "right") if right else ("nog niet", "not yet")
    tell(lambda say: f"{question}: {say(*verdict)}")
    return right

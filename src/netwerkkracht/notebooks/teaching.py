"""What the notebooks call: open the synthetic study, show a table or a picture, check an answer.

Refuses real data: notebooks are for learning, and their outputs are shared.
"""

from __future__ import annotations

import os
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from netwerkkracht.core import io
from netwerkkracht.core.display import Lang
from netwerkkracht.core.errors import fail, nearest
from netwerkkracht.notebooks import LANGUAGE
from netwerkkracht.notebooks.answers import OPEN, Question, number_of
from netwerkkracht.notebooks.words import WORDS

if TYPE_CHECKING:
    from netwerkkracht.notebooks.tables import Text, Words

ANSWERS = Path("notebooks/answers.csv")
PANEL = Path("results/restricted/panel.csv")
NUMBERS = Path("reports/numbers.json")
CONFIG = Path("config.yaml")
SAID: Final = WORDS.within("answers")
# wrong tries of each question since the notebook was opened
_wrong: Counter[str] = Counter()


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
        """Return the label of a variable in one language."""
        entry = self.codebook.variables.get(variable) or self.codebook.derived[variable]
        return str(entry.label[language])

    @property
    def languages(self) -> tuple[Lang, ...]:
        """The languages of the study, in the order in which notebooks give their texts."""
        given: tuple[Lang, ...] = self.config.report.languages
        return given

    def table(
        self,
        frame: Any,
        decimals: int | Mapping[str, int] = 2,
        *,
        title: Text | None = None,
        words: Words | None = None,
    ) -> None:
        """Show a table in each language, with the codebook's labels and the signs of the language.

        Parameters
        ----------
        frame
            A pandas frame; it is not changed.
        decimals
            Decimals of numbers that are not whole, for all columns or by column.
        title
            What stands above the table: a text for each language of the study, in its order, or by language.
        words
            Names of the notebook's own, each as a title: ``{"both %": ("samen %", "both %")}``.
        """
        from IPython.display import display

        from netwerkkracht.study.facts import facts_from_codebook
        from netwerkkracht.notebooks.tables import Labels, chosen, html_table, plain_table, rows_of

        facts = facts_from_codebook(self.codebook, synthetic=True, languages=self.languages)
        for say in spoken():
            heads, rows = rows_of(frame, Labels(facts, say.language, words or {}), decimals)
            above = chosen(title, say.language, self.languages) if title else ""
            shown = {
                f"text/{kind}": make(heads, rows, above)
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


def open_study(config: Path = CONFIG) -> Study:
    """Open the study that the last run harmonised, and work from the project's folder.

    Jupyter starts a notebook in the folder where it lies; paths are those of the project, above it.

    Raises
    ------
    StudyError
        ``N03`` when the configuration points at real data; ``F02`` when the pipeline has not run yet.
    """
    from netwerkkracht.study.codebook import read_codebook
    from netwerkkracht.study.config import read_config

    for above in ("..", "../.."):  # notebooks/, and the copies in one language below it
        if not config.exists() and (config.parent / above / config.name).exists():
            os.chdir(config.parent / above)
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
    """Says things in one language: ``say("meting", "wave")``, ``say.number(1.5, 2)``.

    Texts stand in the order of the languages of the study.
    """

    language: Lang
    languages: tuple[Lang, ...]

    def __call__(self, *texts: str) -> str:
        """Return the text of the language."""
        from netwerkkracht.notebooks.tables import chosen

        return chosen(texts, self.language, self.languages)

    def number(self, value: float, decimals: int = 0) -> str:
        """Return a number in the signs of the language."""
        from netwerkkracht.core import display

        return display.number(value, self.language, decimals)

    def axis(self, axis: Any) -> None:
        """Print the numbers along an axis of a figure in the signs of the language."""
        from netwerkkracht.exhibits.style import language_axis

        language_axis(axis, self.language)


def every() -> tuple[Lang, ...]:
    """Return the languages of the study in whose folder we are; all that there are words in outside of one."""
    from netwerkkracht.study.config import read_config

    return read_config(CONFIG).report.languages if CONFIG.exists() else WORDS.languages


def spoken() -> tuple[Say, ...]:
    """Return the languages to show: every one, or the reader's own (`python3 run.py notebooks --lang nl`)."""
    languages = every()
    said = tuple(Say(lang, languages) for lang in languages)
    return tuple(say for say in said if say.language == os.environ.get(LANGUAGE)) or said


def tell(words: Callable[[Say], str]) -> None:
    """Show a sentence in each language; a page in one language keeps its own.

    ``words(say)`` returns the sentence.
    """
    from IPython.display import display

    for say in spoken():
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

    for say in spoken():
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


def check(question: str = "", *answer: Any, answers: Path = ANSWERS) -> bool:
    """Say whether an answer is right, without giving the answer away; never stop a notebook.

    Numbers are compared after rounding to the decimals that ``notebooks/answers.csv`` asks for. An answer
    of ``...`` (not filled in yet) is said to be open. "81,8", "81.8 %" and 81,8 are understood as 81.8; what
    cannot be an answer is told in words, and a second wrong try gets a hint.
    """
    if not answers.exists():
        tell(lambda say: SAID[say.language]["first_cell"])
        return False
    known = {row["question"]: row for row in io.read_rows(answers, separator=";")}
    if question not in known:
        near = nearest(str(question), known).removeprefix("did you mean ").rstrip("?")
        key = "near" if near else "no_question"
        tell(lambda say: SAID[say.language][key].format(question=question, near=near))
        return False
    judged = _judge(known[question], answer[0] if len(answer) == 1 else answer)
    tell(lambda say: f"{question}: {judged.words(say.language)}")
    return judged.right


@dataclass(frozen=True)
class Judged:
    """Whether an answer is right, the key of what to say, and the number that was read where it was unclear."""

    right: bool
    key: str
    read_as: float | None = None

    def words(self, lang: Lang) -> str:
        """Return what to say in one language."""
        said = SAID[lang]
        text = said[self.key]
        return text if self.read_as is None else said["read_as"].format(said=text, value=self.read_as)


def _judge(row: Mapping[str, str], given: Any) -> Judged:
    """Judge an answer, and remember a wrong try."""
    if given is ... or (isinstance(given, tuple) and not given):
        return Judged(False, OPEN)
    asked = Question(row["question"], int(row["decimals"]), row["digest"])
    value = number_of(given)
    if isinstance(value, str):
        return Judged(False, value)
    right, key = asked.verdict(value, _wrong[asked.name])
    _wrong[asked.name] += not right
    return Judged(right, key, value if isinstance(given, tuple) else None)

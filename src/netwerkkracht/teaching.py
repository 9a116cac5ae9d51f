"""What the notebooks call: open the synthetic study, show a picture with words, check an answer.

Refuses real data: notebooks are for learning, and their outputs are shared.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from netwerkkracht import io
from netwerkkracht.errors import fail

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
        return io.read_csv(PANEL, text=keys)

    def label(self, variable: str, language: str) -> str:
        """Return the label of a variable in ``nl`` or ``en``."""
        entry = self.codebook.variables.get(variable) or self.codebook.derived[variable]
        return str(getattr(entry.label, language))

    def report_number(self, key: str) -> float:
        """Return the unrounded number the report prints under ``key``.

        Raises
        ------
        StudyError
            ``N05`` when the report has no such number.
        """
        numbers = {entry["key"]: entry["raw"] for entry in io.read_json(NUMBERS)["numbers"]}
        if key not in numbers:
            raise fail(
                "N05",
                f"the report has no number '{key}'",
                file=NUMBERS.name,
                expected="a key of the report",
                action="look the key up in the report's list of numbers",
            )
        return float(numbers[key])


def open_study(config: Path = Path("config.yaml")) -> Study:
    """Open the study that the last run harmonised.

    Raises
    ------
    StudyError
        ``N03`` when the configuration points at real data; ``F02`` when the pipeline has not run yet.
    """
    from netwerkkracht.codebook import read_codebook
    from netwerkkracht.config import read_config

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


def show(figure: Any, alt: str) -> None:
    """Show a matplotlib figure with words for those who cannot see it.

    ``alt`` says what the figure shows in 30 to 300 characters.
    """
    from IPython.display import Image, display

    from netwerkkracht.exhibits.save import png_bytes

    if not 30 <= len(alt) <= 300:
        raise fail(
            "N04",
            f"the alternative text has {len(alt)} characters",
            expected="30 to 300 characters",
            action="say in one or two sentences what a reader sees",
        )
    display(Image(png_bytes(figure)), metadata={"image/png": {"alt": alt}})


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
        print(f"{question}: nog open / still open")  # noqa: T201
        return False
    row = known[question]
    value = answer if isinstance(answer, str) else float(answer)
    right = digest(question, value, int(row["decimals"])) == row["digest"]
    print(f"{question}: {'goed / right' if right else 'nog niet / not yet'}")  # noqa: T201
    return right

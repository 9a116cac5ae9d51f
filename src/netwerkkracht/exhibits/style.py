"""How figures look: size, fonts, palette, own settings; never the user's matplotlib configuration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.core.errors import fail
from netwerkkracht.exhibits.words import WORDS

WIDTH_MM: Final = 160.0
MM: Final = 1 / 25.4

# Blue and vermilion differ for every kind of colour vision, and with marker and line style also in grey.
BLUE, VERMILION = "#0072B2", "#D55E00"
INK, SOFT, FAINT, PAPER = "#222222", "#6B6B6B", "#D9D9D9", "#FFFFFF"
STRIPE, STRIPE_BELOW, BAND, SHADE = "#F6F6F6", "#F5F5F5", "#808080", "#3B3B3B"
# states (answers) are no groups: hues of their own, in which no two look alike; labels stand beside them
STATES: Final = (
    "#004D40", "#5E8C31", "#B8860B", "#7B3F00", "#332288", "#44AA99", "#AA4499", "#882255",
)  # fmt: skip
# answers that are not there, and persons who are not there any more
UNKNOWN, GONE = "#9E9E9E", "#CFCFCF"
# what became of an item between two waves: dark, light and between differ in grey too
MOVED: Final = {"stayed": "#2F4B6E", "resolved": "#B5D0EA", "arose": "#C8701A"}
GROUP_STYLES: Final = (
    {"color": BLUE, "marker": "o", "linestyle": "-", "hatch": ""},
    {"color": VERMILION, "marker": "s", "linestyle": (0, (4, 2)), "hatch": "////"},
    {"color": "#4D4D4D", "marker": "^", "linestyle": ":", "hatch": "...."},
    {"color": "#CC79A7", "marker": "D", "linestyle": "-.", "hatch": "xxxx"},
)

_BASE: Final = {
    "axes.edgecolor": INK, "axes.labelcolor": INK, "axes.linewidth": 0.6, "axes.spines.right": False,
    "axes.spines.top": False, "axes.titlelocation": "left", "axes.titlesize": 8, "axes.titlepad": 6,
    # titles stand on the axes: else all marks are measured again at each drawing, to lift titles over them
    "axes.titley": 1.0,
    "axes.axisbelow": True, "axes.unicode_minus": True, "axes.labelsize": 8, "font.size": 8,
    # the middle of the letters; what matplotlib takes for their middle lies in their upper half
    "ytick.alignment": "center",
    # letters are measured as they are drawn, without fitting them to pixels
    "text.hinting": "no_hinting",
    # a label is words: two dollar signs in it begin no formula
    "text.parse_math": False,
    "figure.dpi": 100, "figure.facecolor": PAPER, "savefig.facecolor": PAPER, "hatch.linewidth": 0.6,
    "legend.fontsize": 8, "legend.frameon": False, "legend.handlelength": 2.4, "lines.linewidth": 1.4,
    "lines.markersize": 4.5, "patch.linewidth": 0.6, "svg.fonttype": "path", "svg.hashsalt": "netwerkkracht",
    "text.color": INK, "xtick.color": INK, "ytick.color": INK, "xtick.labelsize": 8, "ytick.labelsize": 8,
    "xtick.major.width": 0.6, "ytick.major.width": 0.6, "xtick.major.size": 3, "ytick.major.size": 3,
}  # fmt: skip


@cache
def font_families() -> tuple[str, ...]:
    """Return the families of the figures: the bundled typeface, then matplotlib's own for signs it lacks.

    Both are files of the environment under names of ours, so that a font of the machine by the same name,
    of another version perhaps, never takes their place. Without the font package matplotlib's own serves.
    """
    import matplotlib as mpl

    signs = _registered(Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf", "netwerkkracht signs")
    spec = find_spec("fontpkg_noto_sans")
    upright = Path(spec.origin or "").parent / "files" / "NotoSans[wdth,wght].ttf" if spec else None
    if upright is None or not upright.exists():
        return (signs,)
    return (_registered(upright, "netwerkkracht text"), signs)


def _registered(file: Path, name: str) -> str:
    """Make a font file known to matplotlib under a name that no other font has."""
    from matplotlib import font_manager

    entry = font_manager.ttfFontProperty(font_manager.get_font(str(file)))
    font_manager.fontManager.ttflist.append(replace(entry, name=name))
    return name


@contextmanager
def settings() -> Iterator[None]:
    """Draw or save under the project's own settings."""
    import matplotlib as mpl

    own = {**_BASE, "font.family": list(font_families())}
    with mpl.rc_context({**mpl.rcParamsDefault, **own, "backend": "agg"}):
        yield


def new_figure(height_mm: float, width_mm: float = WIDTH_MM) -> Any:
    """Return an empty figure of the page's width with constrained layout, under our settings."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    spacing = ConstrainedLayoutEngine(w_pad=0.04, h_pad=0.04, wspace=0.03, hspace=0.03)
    figure = Figure(figsize=(width_mm * MM, height_mm * MM), layout=spacing)
    FigureCanvasAgg(figure)
    return figure


def settle(figure: Any) -> None:
    """Lay the figure out once: saving it in several formats then costs no further layout."""
    engine = figure.get_layout_engine()
    if engine is not None:
        for axes in figure.axes:
            for axis in (axes.xaxis, axes.yaxis):
                if not axis.label.get_text():
                    # no words to place: spares measuring all marks, now and at each drawing
                    axis.set_label_coords(0.5, 0.5)
        with settings():
            engine.execute(figure)
        figure.set_layout_engine("none")


def stamp(figure: Any, lang: Lang, *, synthetic: bool, below: str = "") -> None:
    """Print inside the figure that the data are synthetic, and what the x axis shows (``below``)."""
    mark = WORDS[lang]["synthetic"] if synthetic else ""
    if below:
        figure.supxlabel(below, fontsize=8)
        figure.text(0.995, 0.012, mark, ha="right", va="bottom", fontsize=7, color=SOFT)
    elif mark:
        figure.supxlabel(mark, x=0.995, ha="right", fontsize=7, color=SOFT)


def group_style(position: int) -> dict[str, Any]:
    """Return colour, marker, line and hatch of the group at a position."""
    return dict(GROUP_STYLES[position % len(GROUP_STYLES)])


def state_colours(states: Sequence[str]) -> dict[str, str]:
    """Return a colour of its own for each state.

    Raises
    ------
    StudyError
        ``E02`` for more states than there are colours that can be told apart.
    """
    if len(states) > len(STATES):
        raise fail(
            "E02",
            f"a figure of {len(states)} states needs more colours than can be told apart",
            file="config.yaml",
            expected=f"a variable with at most {len(STATES)} answers",
            action="show it as the table 'transitions', or derive a variable with fewer answers",
        )
    return dict(zip(states, STATES, strict=False))


def fill_bars(bars: Any, position: int, share: float = 0.75) -> None:
    """Fill bars in the look of the group at a position: a tint of its colour, its edge and its hatch."""
    look = group_style(position)
    for bar in bars:
        bar.set(facecolor=tint(look["color"], share), edgecolor=look["color"], hatch=look["hatch"])


def tint(colour: str, share: float) -> tuple[float, float, float]:
    """Return a colour mixed with white: share 1 is the colour itself, 0 is white."""
    from matplotlib.colors import to_rgb

    red, green, blue = to_rgb(colour)
    return (1 - share * (1 - red), 1 - share * (1 - green), 1 - share * (1 - blue))


@cache
def _advance(letter: str) -> float:
    """Return how far a letter moves the pen, in parts of the font size."""
    from matplotlib import font_manager

    for family in font_families():
        font = font_manager.get_font(font_manager.findfont(font_manager.FontProperties(family=family)))
        if font.get_char_index(ord(letter)):
            font.set_size(100, 72)
            return float(font.load_char(ord(letter)).linearHoriAdvance) / 65536 / 100
    return 1.0  # a sign that neither has is drawn as a box


def text_mm(text: str, size: float = 8) -> float:
    """Return the width of a line of text in millimetres, in the figures' font, kerning left out."""
    return sum(_advance(letter) for letter in text) * size / 72 * 25.4


def wrap(text: str, width_mm: float, size: float = 8) -> list[str]:
    """Break a text into lines that fit a width, at ordinary spaces only."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}".strip()
            if line and text_mm(longer, size) > width_mm:
                lines.append(line)
                line = word
            else:
                line = longer
        lines.append(line)
    return lines


def language_axis(axis: Any, lang: Lang, *, sign: bool = False) -> None:
    """Print an axis' numbers in the language's signs, with as few decimals as its marks need."""
    from matplotlib.ticker import FuncFormatter

    class Marks(FuncFormatter):
        def __init__(self) -> None:
            super().__init__(lambda value, _: display.number(value, lang, 1, sign=sign))

        def format_ticks(self, values: Any) -> list[str]:
            needed = 0
            while needed < 4 and any(abs(round(value, needed) - value) > 1e-9 for value in values):
                needed += 1
            return [display.number(float(value), lang, needed, sign=sign) for value in values]

    axis.set_major_formatter(Marks())


PAPER_BOX = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}  # keeps a number off the line behind it


def note(axes: Any, text: str, at: tuple[float, float], offset: tuple[float, float], **more: Any) -> None:
    """Write a text at an offset in points from a place in data units (or in ``xycoords``)."""
    settled = {"fontsize": 7, "color": INK, "annotation_clip": False, **more}
    axes.annotate(text, at, xytext=offset, textcoords="offset points", **settled)

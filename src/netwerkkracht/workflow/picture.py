"""The workflow as a picture, made from the graph that Snakemake itself prints."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

WIDE, HIGH, GAP_X, GAP_Y, EDGE = 118, 34, 46, 26, 24
GATES = frozenset({"recover", "release_check"})
_NODE = re.compile(r'^\s*(\d+)\[label = "([^"\\]+)')
_EDGE = re.compile(r"^\s*(\d+) -> (\d+)\s*$")
Edge = tuple[str, str]


def edges_of(dot: str) -> set[Edge]:
    """Return the edges between rules of Snakemake's graph, without the rule ``all`` and without shortcuts.

    A shortcut is an edge between two rules that a longer road joins as well: it says nothing new.
    """
    names = {found[1]: found[2] for line in dot.splitlines() if (found := _NODE.match(line))}
    pairs = (found.groups() for line in dot.splitlines() if (found := _EDGE.match(line)))
    edges = {(names[one], names[two]) for one, two in pairs} - {("", "")}
    edges = {edge for edge in edges if "all" not in edge}
    return {edge for edge in edges if not _longer_road(edge, edges)}


def _longer_road(edge: Edge, edges: set[Edge]) -> bool:
    start, end = edge
    seen: set[str] = set()
    waiting = [two for one, two in edges if one == start and two != end]
    while waiting:
        here = waiting.pop()
        if here == end:
            return True
        if here not in seen:
            seen.add(here)
            waiting += [two for one, two in edges if one == here]
    return False


def columns_of(edges: Iterable[Edge]) -> dict[str, int]:
    """Return the column of each rule: one more than the last of those it waits for."""
    known = list(edges)
    columns = dict.fromkeys({name for edge in known for name in edge}, 0)
    for _ in columns:
        for one, two in known:
            columns[two] = max(columns[two], columns[one] + 1)
    return columns


def picture(dot: str) -> str:
    """Return the graph as SVG: rules in columns from left to right, gates with a heavy border."""
    edges = edges_of(dot)
    columns = columns_of(edges)
    places: dict[str, tuple[float, float]] = {}
    tallest = max(list(columns.values()).count(column) for column in columns.values())
    for column in sorted(set(columns.values())):
        names = sorted(name for name in columns if columns[name] == column)
        top = EDGE + (tallest - len(names)) * (HIGH + GAP_Y) / 2
        for row, name in enumerate(names):
            places[name] = (EDGE + column * (WIDE + GAP_X), top + row * (HIGH + GAP_Y))
    width = 2 * EDGE + (max(columns.values()) + 1) * (WIDE + GAP_X) - GAP_X
    height = 2 * EDGE + tallest * (HIGH + GAP_Y) - GAP_Y
    shapes = [_arrow(places[one], places[two]) for one, two in sorted(edges)]
    shapes += [_box(name, place) for name, place in sorted(places.items())]
    steps = ", ".join(sorted(columns, key=lambda name: (columns[name], name)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:g}" role="img"'
        ' font-family="sans-serif" font-size="13">\n'
        f"<title>The steps of the workflow: {html.escape(steps)}</title>\n"
        f'<rect width="{width}" height="{height:g}" fill="#fff"/>\n' + "\n".join(shapes) + "\n</svg>\n"
    )


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> str:
    x1, y1, x2, y2 = start[0] + WIDE, start[1] + HIGH / 2, end[0], end[1] + HIGH / 2
    middle = (x1 + x2) / 2
    return (
        f'<path d="M{x1:g} {y1:g}C{middle:g} {y1:g} {middle:g} {y2:g} {x2 - 5:g} {y2:g}"'
        ' fill="none" stroke="#888"/>'
        f'<path d="M{x2 - 6:g} {y2 - 4:g}L{x2:g} {y2:g}L{x2 - 6:g} {y2 + 4:g}z" fill="#888"/>'
    )


def _box(name: str, place: tuple[float, float]) -> str:
    x, y = place
    border = "3" if name in GATES else "1.2"
    words = html.escape(name.replace("_", "-"))
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{WIDE}" height="{HIGH}" rx="6" fill="#eef4f8" stroke="#1d4e68"'
        f' stroke-width="{border}"/>'
        f'<text x="{x + WIDE / 2:g}" y="{y + HIGH / 2 + 4.5:g}" text-anchor="middle" fill="#10303f">'
        f"{words}</text>"
    )

"""Drawing who waits for whom: a graph in layers from top to bottom, with few crossings."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

Edge = tuple[str, str]
WIDE, HIGH, GAP_X, GAP_Y, EDGE, LANE = 148, 42, 22, 28, 12, 26
SWEEPS: Final = 8
SIZE, LETTERS = 12.5, 18


@dataclass(frozen=True)
class Node:
    """One box: its name, a second line, and whether it was received or is a gate."""

    name: str
    line: str = ""
    received: bool = False
    gate: bool = False


@dataclass(frozen=True)
class Graph:
    """Boxes by key and the arrows between them."""

    nodes: Mapping[str, Node]
    edges: frozenset[Edge]


@dataclass
class _Place:
    """Where a box or a lane of an arrow stands: its layer, its centre, its width."""

    layer: int
    x: float = 0.0
    width: float = LANE
    above: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)


def without_shortcuts(edges: Iterable[Edge]) -> frozenset[Edge]:
    """Return the edges without those between two nodes that a longer road joins as well: they say nothing."""
    known = set(edges)
    return frozenset(edge for edge in known if not _longer_road(edge, known))


def _longer_road(edge: Edge, edges: set[Edge]) -> bool:
    start, end = edge
    waiting = [two for one, two in edges if one == start and two != end]
    seen: set[str] = set()
    while waiting:
        here = waiting.pop()
        if here == end:
            return True
        if here not in seen:
            seen.add(here)
            waiting += [two for one, two in edges if one == here]
    return False


def layers(edges: Iterable[Edge]) -> dict[str, int]:
    """Return the layer of each node: below all that it waits for; a source stands above its first reader."""
    known = sorted(edges)
    made = dict.fromkeys(sorted({name for edge in known for name in edge}), 0)
    for _ in made:
        for one, two in known:
            made[two] = max(made[two], made[one] + 1)
    targets = {two for _, two in known}
    for name in made:
        if name not in targets:
            made[name] = min(made[two] for one, two in known if one == name) - 1
    return made


def svg(graph: Graph, title: str) -> str:
    """Return the graph as SVG, the same bytes for the same graph."""
    places, roads = _lanes(graph)
    rows = _arranged(places)
    width = max(sum(places[name].width for name in row) + GAP_X * (len(row) - 1) for row in rows) + 2 * EDGE
    for row in rows:
        _spread(row, places, width)
    height = 2 * EDGE + len(rows) * (HIGH + GAP_Y) - GAP_Y
    shapes = [_arrow([places[name] for name in road]) for road in roads]
    shapes += [_box(node, places[key]) for key, node in sorted(graph.nodes.items()) if key in places]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}pt" height="{height:g}pt"'
        f' viewBox="0 0 {width:g} {height:g}" role="img" font-family="Noto Sans, sans-serif"'
        f' font-size="{SIZE}">\n'
        f"<title>{html.escape(title)}</title>\n"
        f'<rect width="{width:g}" height="{height:g}" fill="#fff"/>\n' + "\n".join(shapes) + "\n</svg>\n"
    )


def _lanes(graph: Graph) -> tuple[dict[str, _Place], list[list[str]]]:
    """Give every box a place, and every arrow a lane in each layer that it crosses."""
    at = layers(graph.edges)
    places = {name: _Place(layer, width=WIDE) for name, layer in at.items()}
    roads = []
    for one, two in sorted(graph.edges):
        road = [one]
        for layer in range(at[one] + 1, at[two]):
            road.append(f"{one}>{two}>{layer}")
            places[road[-1]] = _Place(layer)
        roads.append([*road, two])
    for road in roads:
        for first, second in pairwise(road):
            places[first].below.append(second)
            places[second].above.append(first)
    return places, roads


def _arranged(places: Mapping[str, _Place]) -> list[list[str]]:
    """Order each layer by the middle of its neighbours, a few times down and up."""
    count = max(place.layer for place in places.values()) + 1
    rows = [sorted(name for name in places if places[name].layer == layer) for layer in range(count)]
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        order = {name: at for row in rows for at, name in enumerate(row)}
        for row in rows[1:] if down else rows[-2::-1]:
            middles = {
                name: _middle(places[name].above if down else places[name].below, order) for name in row
            }
            kept = [middles[name] if middles[name] is not None else float(order[name]) for name in row]
            row[:] = [name for _, _, name in sorted(zip(kept, range(len(row)), row, strict=True))]
            order |= {name: at for at, name in enumerate(row)}
    return rows


def _middle(neighbours: Sequence[str], order: Mapping[str, int]) -> float | None:
    return sum(order[name] for name in neighbours) / len(neighbours) if neighbours else None


def _spread(row: Sequence[str], places: Mapping[str, _Place], width: float) -> None:
    """Set a layer in the middle of the picture."""
    whole = sum(places[name].width for name in row) + GAP_X * (len(row) - 1)
    left = (width - whole) / 2
    for name in row:
        places[name].x = left + places[name].width / 2
        left += places[name].width + GAP_X


def _arrow(road: Sequence[_Place]) -> str:
    """Draw one arrow from the foot of its first box to the head of its last, through its lanes."""
    points = []
    for at, place in enumerate(road):
        top = EDGE + place.layer * (HIGH + GAP_Y)
        points += [(place.x, top)] if at else []
        points += [(place.x, top + HIGH)] if at < len(road) - 1 else []
    (x, y), *rest = points
    path = [f"M{x:g} {y:g}"]
    for at, (to_x, to_y) in enumerate(rest):
        last = at == len(rest) - 1
        end = to_y - 5 if last else to_y
        middle = (y + end) / 2
        path.append(
            f"L{to_x:g} {end:g}" if to_x == x else f"C{x:g} {middle:g} {to_x:g} {middle:g} {to_x:g} {end:g}"
        )
        x, y = to_x, end
    return (
        f'<path d="{"".join(path)}" fill="none" stroke="#7b8894" stroke-width="1.1"/>'
        f'<path d="M{x - 4:g} {y - 1:g}L{x:g} {y + 5:g}L{x + 4:g} {y - 1:g}z" fill="#7b8894"/>'
    )


def _box(node: Node, place: _Place) -> str:
    x, y = place.x - WIDE / 2, EDGE + place.layer * (HIGH + GAP_Y)
    fill, stroke = ("#f4f1ea", "#8a7f66") if node.received else ("#eef4f8", "#1d4e68")
    border = "2.6" if node.gate else "1"
    radius = HIGH / 2 if node.received else 5
    name, line = html.escape(node.name), html.escape(node.line)
    # a long name is set smaller, so that it stays within its box
    size = f' font-size="{SIZE * LETTERS / len(node.name):.1f}"' if len(node.name) > LETTERS else ""
    head = y + HIGH / 2 + (4.5 if not node.line else -3.5)
    text = (
        f'<text x="{place.x:g}" y="{head:g}" text-anchor="middle" fill="#10303f" font-weight="600"{size}>'
        f"{name}</text>"
    )
    if node.line:
        text += (
            f'<text x="{place.x:g}" y="{y + HIGH / 2 + 13:g}" text-anchor="middle" fill="#44545f"'
            f' font-size="10.5">{line}</text>'
        )
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{WIDE}" height="{HIGH}" rx="{radius:g}" fill="{fill}"'
        f' stroke="{stroke}" stroke-width="{border}"/>{text}'
    )

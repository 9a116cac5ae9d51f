"""The workflow as a picture, made from the graph that Snakemake itself prints."""

from __future__ import annotations

import re

from netwerkkracht.report.graph import Edge, Graph, Node, svg, without_shortcuts

GATES = frozenset({"recover", "release_check"})
_NODE = re.compile(r'^\s*(\d+)\[label = "([^"\\]+)')
_EDGE = re.compile(r"^\s*(\d+) -> (\d+)\s*$")


def edges_of(dot: str) -> frozenset[Edge]:
    """Return the edges between rules of Snakemake's graph, without the rule ``all`` and without shortcuts."""
    names = {found[1]: found[2] for line in dot.splitlines() if (found := _NODE.match(line))}
    pairs = (found.groups() for line in dot.splitlines() if (found := _EDGE.match(line)))
    edges = {(names[one], names[two]) for one, two in pairs}
    return without_shortcuts(edge for edge in edges if "all" not in edge)


def picture(dot: str) -> str:
    """Return the graph as SVG: rules from top to bottom, gates with a heavy border."""
    edges = edges_of(dot)
    names = sorted({name for edge in edges for name in edge})
    nodes = {name: Node(name.replace("_", "-"), gate=name in GATES) for name in names}
    steps = ", ".join(node.name for node in nodes.values())
    return svg(Graph(nodes, edges), f"The steps of the workflow: {steps}")

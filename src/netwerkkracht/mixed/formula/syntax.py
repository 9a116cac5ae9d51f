"""Text of a formula to a syntax tree: a tokenizer and precedence climbing. Nothing is ever evaluated."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from netwerkkracht.core.errors import fail

FUNCTIONS = ("factor", "log", "log2", "log10", "log1p", "exp", "sqrt", "abs", "I")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<name>(?:[^\W\d]|\.(?!\d))[\w.]*|`[^`]+`)"
    r"|(?P<op>\|\||%in%|[~+\-*/:^|()]))"
)
# binding power of the operators, weakest first, as in R's grammar
_POWER = {"|": 1, "||": 1, "+": 2, "-": 2, "*": 3, "/": 3, "%in%": 4, ":": 5, "^": 6}


@dataclass(frozen=True)
class Variable:
    """One variable of a formula: `label` as R prints it, the column `name`, the `function` applied to it."""

    label: str
    name: str
    function: str | None = None
    power: float = 1.0


@dataclass(frozen=True)
class Node:
    """A node of the syntax tree: a leaf (``name``, ``number``) or an operator or call with its arguments."""

    kind: str
    value: str
    args: tuple[Node, ...] = ()


class Reader:
    """Reads the tokens of one formula into trees, and collects the variables."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = self._tokenize()
        self.at = 0
        self.variables: dict[str, Variable] = {}

    def fail(self, what: str, action: str = "write the formula in lme4's language") -> NoReturn:
        """Raise FORMULA with the text of the formula."""
        raise fail(
            "FORMULA",
            f"{what}, in the formula '{self.text}'",
            expected="a formula such as y ~ group * wave + x + (1 | person)",
            action=action,
        )

    def _tokenize(self) -> list[tuple[str, str]]:
        tokens, place = [], 0
        text = self.text.rstrip()
        while place < len(text):
            found = _TOKEN.match(text, place)
            if not found:
                rest = text[place:].lstrip()
                self.fail(f"'{rest[:1]}' at position {len(text) - len(rest) + 1} is not understood")
            kind = str(found.lastgroup)
            tokens.append((kind, found.group(kind).strip("`")))
            place = found.end()
        return [*tokens, ("end", "")]

    def next(self) -> tuple[str, str]:
        """Take the next token."""
        self.at += 1
        return self.tokens[self.at - 1]

    def expect(self, value: str) -> None:
        """Take the token that must come next."""
        kind, got = self.next()
        if kind != "op" or got != value:
            self.fail(f"'{value}' was expected where '{got or 'the end'}' stands")

    def expression(self, floor: int = 0) -> Node:
        """Read an expression whose operators bind tighter than `floor`."""
        left = self.operand()
        while True:
            kind, op = self.tokens[self.at]
            power = _POWER.get(op, -1) if kind == "op" else -1
            if power <= floor:
                return left
            self.at += 1
            left = Node("op", op, (left, self.expression(power)))

    def operand(self) -> Node:
        """Read a name, a number, a call or a bracket."""
        kind, value = self.next()
        if kind == "number":
            return Node("number", value)
        if kind == "name":
            if self.tokens[self.at] == ("op", "("):
                return self._call(value)
            return Node("name", self._variable(Variable(value, value)))
        if value == "(":
            inner = self.expression()
            self.expect(")")
            return Node("group", "", (inner,))
        if value in {"-", "+"}:
            return Node("op", value, (Node("group", "empty"), self.expression(_POWER["-"])))
        return self.fail(f"a name was expected where '{value or 'the end'}' stands")

    def _variable(self, variable: Variable) -> str:
        self.variables.setdefault(variable.label, variable)
        return variable.label

    def _call(self, function: str) -> Node:
        self.expect("(")
        kind, name = self.next()
        if kind != "name":
            self.fail(f"{function}() takes one column name")
        if function == "offset":
            if name in FUNCTIONS and self.tokens[self.at] == ("op", "("):
                inner = self._call(name)
                self.expect(")")
                return Node("offset", inner.value)
            self.expect(")")
            return Node("offset", self._variable(Variable(name, name)))
        if function not in FUNCTIONS:
            self.fail(f"the function {function}() is not known", f"use one of {', '.join(FUNCTIONS)}, offset")
        power = "1"
        if function == "I":
            self.expect("^")
            kind, power = self.next()
            if kind != "number":
                self.fail("I() takes a power of one column, as I(x^2)")
        self.expect(")")
        label = f"I({name}^{power})" if function == "I" else f"{function}({name})"
        return Node("name", self._variable(Variable(label, name, function, float(power))))


def chain(node: Node) -> list[tuple[str, Node]]:
    """Unfold a sum into signed parts, left to right."""
    if node.kind == "op" and node.value in {"+", "-"}:
        left, right = node.args
        before = [] if left.value == "empty" else chain(left)
        return [*before, (node.value, right)]
    return [("+", node)]

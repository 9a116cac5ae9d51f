"""lme4's formula language: R's algebra of terms, on the tree that `syntax` reads.

A formula is data: it is parsed here and never evaluated. ``y ~ a * b + offset(z) + (x || g/h)`` becomes a
frozen `Formula` whose terms stand in R's order (by degree, then by appearance).

Source: Wilkinson & Rogers (1973); Chambers & Hastie (1992, ch. 2); Bates et al. (2015), table 2.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from netwerkkracht.mixed.formula.syntax import Node, Reader, Variable, chain


@dataclass(frozen=True)
class RandomPart:
    """One random term: its terms (a tuple of labels each; the empty tuple is the intercept) and its factor.

    ``group`` holds the labels whose combination is the grouping factor, in the order of its printed name.
    """

    terms: tuple[tuple[str, ...], ...]
    group: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name of the grouping factor as lme4 prints it, ``h:g`` for the inner factor of ``g/h``."""
        return ":".join(self.group)


@dataclass(frozen=True)
class Formula:
    """A parsed formula.

    ``terms`` are the fixed terms in R's order, each a tuple of variable labels (the intercept is not among
    them); ``offsets`` the labels inside ``offset()``; ``variables`` every variable by its label.
    """

    text: str
    response: str
    intercept: bool
    terms: tuple[tuple[str, ...], ...]
    offsets: tuple[str, ...]
    random: tuple[RandomPart, ...]
    variables: dict[str, Variable] = field(hash=False)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all columns the formula needs, without repeats."""
        return tuple(dict.fromkeys(variable.name for variable in self.variables.values()))


_Terms = tuple[frozenset[str], ...]
_INTERCEPT: frozenset[str] = frozenset()


def parse(text: str) -> Formula:
    """Parse lme4's formula language.

    Parameters
    ----------
    text
        ``response ~ terms``; terms are joined by ``+ - * : / ^``, ``0``, ``1``, ``offset(x)``, and random
        parts ``(terms | factor)``, ``(terms || factor)`` with factors ``g``, ``g:h`` or ``g/h``. Names are
        identifiers (dots allowed) or stand between backticks. Functions: `syntax.FUNCTIONS`, as ``I(x^2)`` or
        ``log(x)``.

    Raises
    ------
    StudyError
        FORMULA, naming the place, when the text is not such a formula.
    """
    return _Parser(text).formula()


class _Parser(Reader):
    """The expansion of a syntax tree into terms."""

    def formula(self) -> Formula:
        """Parse the whole text and expand it."""
        response = self.operand()
        if response.kind != "name":
            self.fail("the response must be one column")
        self.expect("~")
        known = dict(self.variables)
        tree = self.expression()
        if self.tokens[self.at][0] != "end":
            self.fail(f"'{self.tokens[self.at][1]}' was not expected")
        fixed, offsets, bars = [], [], []
        for sign, node in chain(tree):
            inner = node.args[0] if node.kind == "group" and node.args else node
            if inner.kind == "op" and inner.value in {"|", "||"}:
                if node.kind != "group":
                    self.fail("a random part stands between brackets", "write (1 | person)")
                if sign == "-":
                    self.fail("a random part cannot be taken away", "leave it out of the formula")
                bars.append(inner)
            elif node.kind == "offset":
                offsets.append(node.value)
            else:
                fixed.append((sign, node))
        order = [name for _, node in fixed for name in self._names(node)] + self._names(tree)
        intercept, terms = self._fixed(fixed, order)
        random = tuple(part for bar in bars for part in self._bar(bar, order))
        if response.value in {label for term in terms for label in term}:
            self.fail("the response also stands among the terms")
        variables = known | self.variables
        return Formula(self.text, response.value, intercept, terms, tuple(offsets), random, variables)

    def _names(self, node: Node) -> list[str]:
        own = [node.value] if node.kind == "name" else []
        return own + [name for part in node.args for name in self._names(part)]

    def _fixed(
        self, parts: list[tuple[str, Node]], order: list[str]
    ) -> tuple[bool, tuple[tuple[str, ...], ...]]:
        """Fold a signed sum into the intercept and the terms, in R's order."""
        terms: list[frozenset[str]] = [_INTERCEPT]
        for sign, node in parts:
            zero = node.kind == "number" and float(node.value) == 0
            new = (_INTERCEPT,) if zero else self._expand(node)
            if (sign == "-") != zero:
                terms = [term for term in terms if term not in new]
            else:
                terms += [term for term in new if term not in terms]
        place = {name: i for i, name in enumerate(dict.fromkeys(order))}
        named = [tuple(sorted(term, key=place.__getitem__)) for term in terms if term]
        return _INTERCEPT in terms, tuple(sorted(named, key=len))

    def _expand(self, node: Node) -> _Terms:
        """Expand a tree without intercept rules into terms: R's algebra of ``+ - : * / ^ %in%``."""
        if node.kind == "name":
            return (frozenset([node.value]),)
        if node.kind == "group":
            return self._expand(node.args[0]) if node.args else ()
        if node.kind == "number":
            if float(node.value) not in {0.0, 1.0}:
                self.fail(f"the number {node.value} is not a term")
            return (_INTERCEPT,) if float(node.value) == 1 else ()
        if node.kind == "offset" or node.value in {"|", "||"}:
            self.fail("offset() and random parts stand by themselves, joined by +")
        if node.value == "^":
            return self._power(node)
        left, right = self._expand(node.args[0]), self._expand(node.args[1])
        crossed = tuple(a | b for a in left for b in right)
        if node.value == "-":
            return tuple(term for term in left if term not in right)
        if node.value == "/":
            crossed = tuple(frozenset().union(*left) | b for b in right)
        parts = {"+": left + right, "*": left + right + crossed, "/": left + crossed}
        return tuple(dict.fromkeys(parts.get(node.value, crossed)))

    def _power(self, node: Node) -> _Terms:
        base, exponent = self._expand(node.args[0]), node.args[1]
        if exponent.kind != "number" or not exponent.value.isdigit() or int(exponent.value) < 1:
            self.fail("a power of terms is a whole number, as (a + b)^2")
        found = base
        for _ in range(int(exponent.value) - 1):
            found = tuple(dict.fromkeys(found + tuple(a | b for a in found for b in base)))
        return found

    def _bar(self, bar: Node, order: list[str]) -> list[RandomPart]:
        """Expand ``(terms | factor)``; ``||`` gives every term a part of its own, ``g/h`` gives h:g and g."""
        intercept, terms = self._fixed(chain(bar.args[0]), order)
        columns = (((),) if intercept else ()) + terms
        if not columns:
            self.fail("a random part without any term", "write (1 | person) or (0 + x | person)")
        split = [(column,) for column in columns] if bar.value == "||" else [columns]
        groups = self._groups(bar.args[1])
        return [RandomPart(tuple(part), group) for group in groups for part in split]

    def _groups(self, node: Node) -> list[tuple[str, ...]]:
        """Return the grouping factors of a bar, innermost first."""
        if node.kind == "name":
            return [(node.value,)]
        if node.kind == "group" and node.args:
            return self._groups(node.args[0])
        if node.kind == "op" and node.value in {":", "/"}:
            left, right = self._groups(node.args[0]), self._groups(node.args[1])
            if node.value == ":":
                return [left[0] + right[0]]
            return [right[0] + left[0], *left]
        return self.fail("the factor of a random part is a name, g:h or g/h")

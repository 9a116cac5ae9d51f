"""What a source text defines at its top level, and which names each definition uses.

The unit is the top-level definition: a function, a class whole, an assigned name. Where a name cannot be
followed, everything that it could mean is counted: never less than what runs.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

# the name under which a module keeps the statements that count for all its definitions
LOOSE: Final = "<loose>"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPES = (*_FUNCTIONS, ast.Lambda, ast.ClassDef, *_COMPREHENSIONS)
# a decorator from elsewhere changes what it decorates; one of ours may enter it in a table
_OWN_DECORATORS: Final = ("classmethod", "property", "staticmethod")


@dataclass
class Uses:
    """What a piece of code refers to.

    ``names`` are names of the module with the attributes asked of them (``io.read_json``), with a question
    mark where the body of a class may have a name of its own; ``imports`` the modules and members that it
    imports itself (``module`` or ``module:member``, by the name they get); ``strings`` texts that may name a
    module or a program beside it; ``dynamic`` says that it can reach any name of its module.
    """

    names: set[str] = field(default_factory=set)
    imports: dict[str, list[str]] = field(default_factory=dict)
    strings: set[str] = field(default_factory=set)
    dynamic: bool = False


def facts_of(text: bytes, name: str) -> dict[str, Any]:
    """Return what a source text says, as plain data that can be kept.

    Returns
    -------
    dict
        ``imports``: name -> what it may stand for; ``typing``: those of them that are for types alone;
        ``stars``: modules imported by star; ``own``: definition -> digest, names, imports of its own,
        strings, and whether it is ``dynamic``. The definition ``<loose>`` holds the statements that count
        for all.
    """
    tree = ast.parse(text, filename=name)
    made: dict[str, Any] = {"imports": {}, "typing": [], "stars": [], "own": {}}
    parts: dict[str, list[ast.stmt]] = {}
    for node in tree.body:
        _sort(node, made, parts)
    for key, nodes in parts.items():
        found = Uses()
        # first, so that a name is known as imported wherever the definition uses it
        for node in nodes:
            for inner in statements(node):
                if isinstance(inner, (ast.Import, ast.ImportFrom)):
                    _import(inner, found.imports, None)
        for node in nodes:
            _Walk(found).visit(node)
        dumped = "\n".join(ast.dump(without_docstrings(node)) for node in nodes)
        made["own"][key] = {
            "digest": hashlib.sha256(dumped.encode()).hexdigest()[:16],
            "names": sorted(found.names),
            "imports": found.imports,
            "strings": sorted(found.strings),
            "dynamic": found.dynamic,
        }
    return made


def _sort(node: ast.stmt, made: dict[str, Any], parts: dict[str, list[ast.stmt]]) -> None:
    """Put one top-level statement where it belongs: an import, a definition, or loose."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        _import(node, made["imports"], made["stars"])
        return
    if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING") and not node.orelse:
        before = set(made["imports"])
        for inner in node.body:
            _sort(inner, made, parts)
        made["typing"] += sorted(set(made["imports"]) - before)
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    names = list(_defined(node))
    simple = isinstance(node, (*_FUNCTIONS, ast.ClassDef, ast.Assign, ast.AnnAssign, ast.AugAssign))
    for key in names:
        parts.setdefault(key, []).append(node)
    if not simple or not names or _enters(node, made["imports"]):
        parts.setdefault(LOOSE, []).append(node)
        for deeper in ast.walk(node):
            if isinstance(deeper, (ast.Import, ast.ImportFrom)):
                _import(deeper, made["imports"], made["stars"])


def _defined(node: ast.stmt) -> Iterator[str]:
    """Yield the names that a top-level statement gives a meaning, in blocks too."""
    if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        yield node.name
        return
    yield from _stored(node)


def _stored(node: ast.AST) -> Iterator[str]:
    """Yield the names bound in the scope of a piece of code itself, not in functions inside it."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, (ast.Store, ast.Del)):
        yield node.id
    elif isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        yield node.name
        return
    elif (isinstance(node, ast.ExceptHandler) and node.name) or (
        isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name
    ):
        yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest:
        yield node.rest
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from (alias.asname or alias.name.split(".")[0] for alias in node.names)
    elif isinstance(node, _SCOPES):
        # an assignment expression inside a comprehension binds outside it
        yield from (
            inner.target.id
            for inner in ast.walk(node)
            if isinstance(inner, ast.NamedExpr) and not isinstance(node, ast.Lambda)
        )
        return
    for inner in children(node):
        yield from _stored(inner)


def _enters(node: ast.stmt, imports: dict[str, list[str]]) -> bool:
    """Return whether a decorator of the module's own may enter what it decorates in a table."""
    if not isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        return False
    for given in node.decorator_list:
        root = _root(given.func if isinstance(given, ast.Call) else given)
        if root in _OWN_DECORATORS or (root in imports and not any(map(_is_ours, imports[root]))):
            continue
        return True
    return False


def _is_ours(target: str) -> bool:
    return target.split(":", maxsplit=1)[0].split(".", maxsplit=1)[0] == "netwerkkracht"


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _import(
    node: ast.Import | ast.ImportFrom, imports: dict[str, list[str]], stars: list[str] | None
) -> None:
    """Note what an import binds: ``a`` for a module, ``a:b`` for the member b of a."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            if alias.asname:
                _add(imports, alias.asname, alias.name)
            else:
                # the name is bound to the outermost package, the rest is asked of it
                _add(imports, alias.name.split(".")[0], alias.name.split(".")[0])
                _add(imports, f"import {alias.name}", alias.name)
        return
    if node.module == "__future__":
        return
    module = "." * node.level + (node.module or "")
    for alias in node.names:
        if alias.name == "*":
            (stars if stars is not None else []).append(module)
            _add(imports, "import *", module)
        else:
            _add(imports, alias.asname or alias.name, f"{module}:{alias.name}")


def _add(imports: dict[str, list[str]], name: str, target: str) -> None:
    known = imports.setdefault(name, [])
    if target not in known:
        known.append(target)


class _Walk:
    """Collects what a definition uses; names bound inside a function are its own."""

    def __init__(self, found: Uses) -> None:
        self.found = found
        self.bound: list[set[str]] = []
        # names of the body of a class: what they mean there, if the module has none of that name
        self.own: set[str] = set()

    def visit(self, node: ast.AST) -> None:
        if isinstance(node, (*_FUNCTIONS, ast.Lambda)):
            self._function(node)
        elif isinstance(node, ast.ClassDef):
            self._class(node)
        elif isinstance(node, _COMPREHENSIONS):
            # what is gone through first is looked up outside
            self.visit(node.generators[0].iter)
            self._inside(node, {name for part in node.generators for name in _stored(part.target)})
        elif isinstance(node, (ast.Name, ast.Attribute)):
            self._name(node)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            return
        elif isinstance(node, ast.Constant):
            if isinstance(node.value, str) and (node.value.endswith(".py") or _is_ours(node.value)):
                self.found.strings.add(node.value)
        else:
            skipped: ast.AST | None = None
            if isinstance(node, ast.Call) and _root(node.func) == "vars" and node.args:
                # what an object holds, not what the module does
                skipped = node.func
            elif isinstance(node, ast.AnnAssign):
                skipped = node.annotation
            for inner in children(node):
                if inner is not skipped:
                    self.visit(inner)

    def _inside(self, node: ast.AST, names: set[str]) -> None:
        self.bound.append(names)
        for inner in children(node):
            self.visit(inner)
        self.bound.pop()

    def _function(self, node: Any) -> None:
        """Go through a function: defaults and decorators outside it, the body inside, types not at all."""
        arguments = node.args
        for outer in [*getattr(node, "decorator_list", []), *arguments.defaults, *arguments.kw_defaults]:
            if outer is not None:
                self.visit(outer)
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        names = {given.arg for given in (*every, arguments.vararg, arguments.kwarg) if given is not None}
        body = node.body if isinstance(node.body, list) else [node.body]
        shared: set[str] = set()
        for inner in body:
            names.update(_stored(inner))
            shared.update(_shared(inner))
        # what a function imports itself is found by its import
        self.bound.append(names - shared)
        kept, self.own = self.own, set()
        for inner in body:
            self.visit(inner)
        self.own = kept
        self.bound.pop()

    def _class(self, node: ast.ClassDef) -> None:
        """Go through a class: names of its body are no names of its methods; its annotations may be read."""
        for outer in [*node.decorator_list, *node.bases, *(word.value for word in node.keywords)]:
            self.visit(outer)
        kept, self.own = self.own, {name for inner in node.body for name in _stored(inner)}
        for inner in node.body:
            if isinstance(inner, ast.AnnAssign):
                self.visit(inner.annotation)
            self.visit(inner)
        self.own = kept

    def _name(self, node: ast.AST) -> None:
        chain: list[str] = []
        while isinstance(node, ast.Attribute):
            chain.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            self.visit(node)
            return
        name = node.id
        if isinstance(node.ctx, ast.Store) and not self.bound:
            return
        if any(name in names for names in self.bound) and name not in self.found.imports:
            return
        if name in {"globals", "vars", "__import__", "exec", "eval"}:
            self.found.dynamic = True
        mark = "?" if name in self.own else ""
        self.found.names.add(mark + ".".join([name, *reversed(chain)]))


def _shared(node: ast.AST) -> Iterator[str]:
    """Yield the names that a function declares to be those of the module."""
    for inner in statements(node):
        if isinstance(inner, ast.Global):
            yield from inner.names


def without_docstrings(tree: ast.AST) -> ast.AST:
    """Return a tree whose docstrings are gone; it is changed in place."""
    for node in statements(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, *_FUNCTIONS)) and (
            node.body
            and isinstance(node.body[0], ast.Expr)
            and isinstance(node.body[0].value, ast.Constant)
            and isinstance(node.body[0].value.value, str)
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return tree


def statements(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield a tree and all its statements; expressions hold neither imports nor docstrings."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for part in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, part, None)
            if isinstance(inner, list):
                waiting += inner


def children(node: ast.AST) -> list[ast.AST]:
    """Return what a node consists of, without signs and marks that hold nothing."""
    found: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        given = value if isinstance(value, list) else (value,)
        found += [inner for inner in given if isinstance(inner, ast.AST) and inner._fields]
    return found


def names_in(nodes: Iterable[ast.AST]) -> list[str]:
    """Return the names that expressions use."""
    found = Uses()
    for node in nodes:
        _Walk(found).visit(node)
    return sorted(found.names)

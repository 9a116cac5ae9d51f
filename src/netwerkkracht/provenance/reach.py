"""What a definition of the package can reach: other definitions, libraries, and files beside modules.

A name is followed through imports (late ones too), through packages that hand on what their modules define,
and through attributes asked of modules. What cannot be followed counts whole: a module handed on as a
value, a name that nothing defines, a star. So a fingerprint never says less than what runs; it may say more.
"""

from __future__ import annotations

import builtins
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from netwerkkracht.provenance.symbols import LOOSE, facts_of

PACKAGE: Final = "netwerkkracht"
ROOT = Path(__file__).resolve().parents[1]
# where a run keeps what it found in source texts, in the folder of the study
KEPT = Path(".snakemake/fingerprints.json")
# what a source text says, by the hash of the text: parsing costs more than hashing
_said: dict[str, dict[str, Any]] = {}
# what was concluded from all source texts together, by the hash of them all
_concluded: dict[str, dict[str, Any]] = {}
# modules whose functions open files that lie beside a module
_OPENERS: Final = ("importlib.resources", "pkgutil")
_KNOWN: Final = frozenset(dir(builtins)) | {"__name__", "__doc__", "__package__", "__spec__", "__class__"}


@dataclass(frozen=True)
class Reach:
    """What something reaches at once.

    ``symbols`` are definitions (``module:name``) and modules that count whole (``module``); ``libraries``
    top names of imports from elsewhere; ``beside`` folders whose data files count.
    """

    symbols: frozenset[str] = frozenset()
    libraries: frozenset[str] = frozenset()
    beside: frozenset[Path] = frozenset()

    def __or__(self, other: Reach) -> Reach:
        """Return what either reaches."""
        return Reach(
            self.symbols | other.symbols, self.libraries | other.libraries, self.beside | other.beside
        )


def load_cache(path: Path = KEPT) -> None:
    """Read what earlier runs found in source texts, unless another Python or program found it."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    if kept.get("made_by") == _maker():
        _said.update(kept["said"])
        _concluded.update(kept["concluded"])


def save_cache(path: Path = KEPT) -> None:
    """Write what is known of the source texts that are in use; nothing when that is there already."""
    from netwerkkracht.core.io import write_text

    used = set(_texts().values())
    said = {key: value for key, value in sorted(_said.items()) if key in used}
    concluded = {_tree(): _concluded.get(_tree(), {})}
    kept = {"made_by": _maker(), "said": said, "concluded": concluded}
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"))
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        write_text(path, text)


def _maker() -> str:
    own = [Path(__file__), Path(__file__).with_name("symbols.py")]
    return f"{sys.version} {' '.join(_hash(path.read_bytes()) for path in own)}"


@cache
def _texts() -> Mapping[str, str]:
    """Return the hash of every file of the package, by its place."""
    files = (path for path in ROOT.rglob("*") if path.suffix != ".pyc" and path.is_file())
    return {path.relative_to(ROOT).as_posix(): _hash(path.read_bytes()) for path in files}


@cache
def _tree() -> str:
    return _hash("\n".join(f"{name}:{text}" for name, text in sorted(_texts().items())).encode())


def concluded(key: str, make: Callable[[], Any]) -> Any:
    """Return what ``make`` gives, made once for this state of the package; plain data, for they are kept.

    Nothing but the files of the package may have a say in it.
    """
    known = _concluded.setdefault(_tree(), {})
    if key not in known:
        known[key] = make()
    return known[key]


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def forget() -> None:
    """Forget what was read of the package in this process, as after an edit."""
    for known in (source_file, facts, uses, closure, _loose, _executed, _texts, _tree):
        known.cache_clear()


@cache
def source_file(name: str) -> Path | None:
    """Return the source file of a module of the package, None where there is no such module."""
    inner = name.split(".")[1:]
    if not name.startswith(PACKAGE) or not all(inner):
        return None
    plain = ROOT.joinpath(*inner).with_suffix(".py") if inner else ROOT / "__init__.py"
    package = ROOT.joinpath(*inner) / "__init__.py"
    return plain if plain.is_file() else package if package.is_file() else None


@cache
def facts(module: str) -> Mapping[str, Any] | None:
    """Return what the text of a module says (``symbols.facts_of``), None where there is no such module."""
    path = source_file(module)
    if path is None:
        return None
    text = path.read_bytes()
    key = _hash(text)
    if key not in _said:
        _said[key] = facts_of(text, path.name)
    return _said[key]


def _inside(module: str) -> list[str]:
    """Return a module with the packages it lies in, which are executed before it."""
    parts = module.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts) + 1)]


def _absolute(target: str, module: str) -> str:
    """Return the target of an import with its whole name."""
    name = target.partition(":")[0]
    level = len(name) - len(name.lstrip("."))
    if not level:
        return target
    path = source_file(module)
    package = module.split(".") if path and path.name == "__init__.py" else module.split(".")[:-1]
    kept = package[: len(package) - level + 1]
    return ".".join([*kept, name[level:]]).rstrip(".") + target[len(name) :]


def _target(target: str, attributes: tuple[str, ...], seen: frozenset[str] = frozenset()) -> Reach:
    """Return what an import (``module`` or ``module:member``) with attributes asked of it leads to."""
    module, _, member = target.partition(":")
    if source_file(module) is None:
        return _elsewhere(module)
    asked = (member, *attributes) if member else attributes
    return _member(module, asked, seen) if asked else Reach(frozenset({module}))


def _elsewhere(module: str) -> Reach:
    top = module.split(".", maxsplit=1)[0]
    if top == PACKAGE or top in sys.stdlib_module_names:
        return Reach()
    return Reach(libraries=frozenset({top}))


def _member(module: str, asked: tuple[str, ...], seen: frozenset[str]) -> Reach:
    """Return what ``module.name...`` is: a definition, something handed on, or a module inside it."""
    name, *rest = asked
    said = facts(module)
    place = f"{module}:{name}"
    if said is None or place in seen:
        return Reach(frozenset({module}))
    if name in said["own"]:
        return Reach(frozenset({place}))
    if name in said["imports"]:
        # a module may hand on by a function what it names for types alone
        late = {f"{module}:__getattr__"} if "__getattr__" in said["own"] else set()
        made = Reach(frozenset({f"{module}:{LOOSE}", *late}))
        for given in said["imports"][name]:
            made |= _target(_absolute(given, module), tuple(rest), seen | {place})
        return made
    if source_file(f"{module}.{name}") is not None:
        return _target(f"{module}.{name}", tuple(rest))
    return Reach(frozenset({module}))


def _named(module: str, chain: str, imports: Mapping[str, list[str]]) -> Reach:
    """Return what a name with attributes leads to in a module; ``imports`` are those of its user itself."""
    root, *rest = chain.lstrip("?").split(".")
    said = facts(module) or {"own": {}, "imports": {}, "stars": []}
    targets = [*imports.get(root, []), *said["imports"].get(root, [])]
    made = Reach(frozenset({f"{module}:{root}"})) if root in said["own"] else Reach()
    for given in targets:
        made |= _target(_absolute(given, module), tuple(rest))
        if _absolute(given, module).replace(":", ".").startswith(_OPENERS):
            made |= _files(module)
    # a module that hands its own place or name on may have the files beside it read
    if root in {"__file__", "__name__"}:
        made |= _files(module)
    elif not targets and root not in said["own"] and not chain.startswith("?"):
        for star in [] if root in _KNOWN else said["stars"] or [module]:
            made |= Reach(frozenset({_absolute(star, module)}))
    return made


def _root(chain: str) -> str:
    return chain.lstrip("?").partition(".")[0]


def _files(module: str) -> Reach:
    path = source_file(module)
    return Reach(beside=frozenset({path.parent})) if path else Reach()


def definition(module: str, user: str, name: str) -> str | None:
    """Return the one definition that a name stands for in a function of a module; None if unclear."""
    said = facts(module)
    known = said["own"].get(user) if said else None
    found = _named(module, name, known["imports"] if known else {}).symbols
    own = [symbol for symbol in found if ":" in symbol and not symbol.endswith(LOOSE)]
    return own[0] if len(own) == 1 else None


@cache
def uses(symbol: str) -> Reach:
    """Return what one definition refers to; of a module that counts whole, all it defines and imports."""
    module, _, name = symbol.partition(":")
    said = facts(module)
    if said is None:
        return Reach()
    if not name:
        own = frozenset(f"{module}:{key}" for key in said["own"])
        made = Reach(own)
        for key, targets in said["imports"].items():
            if key not in said["typing"]:
                for given in targets:
                    made |= _target(_absolute(given, module), ())
        return made
    known = said["own"].get(name)
    if known is None:
        # handed on, or not there: then all of the module counts
        return Reach() if name == LOOSE else _member(module, (name,), frozenset())
    made = Reach(frozenset({module} if known["dynamic"] else ()))
    for chain in known["names"]:
        made |= _named(module, chain, known["imports"])
    roots = {_root(chain) for chain in known["names"]}
    for key, targets in known["imports"].items():
        # what is imported and not named afterwards counts as used
        for given in targets if key not in roots and not key.startswith("import ") else ():
            made |= _target(_absolute(given, module), ())
    return made | _spelled(module, known["strings"])


def _spelled(module: str, strings: Iterable[str]) -> Reach:
    """Return the modules that a definition names in a text: to import, to start, or to read files of."""
    found: set[str] = set()
    folders: set[Path] = set()
    path = source_file(module)
    for text in strings:
        beside = module.rpartition(".")[0] + "." + text.removesuffix(".py")
        for name in (text.partition(":")[0], beside if text.endswith(".py") else ""):
            file = source_file(name) if name and name != PACKAGE else None
            if file is None or file == path:
                continue
            # a package is named for the files in it
            if file.name == "__init__.py":
                folders.add(file.parent)
            else:
                found.add(name)
    return Reach(frozenset(found), beside=frozenset(folders))


@cache
def _executed(module: str) -> frozenset[str]:
    """Return the modules that are executed when a module is imported, itself among them."""
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        said = facts(name)
        waiting += _inside(name)
        for key, targets in said["imports"].items() if said else ():
            for given in targets if said and key not in said["typing"] else ():
                whole = _absolute(given, name)
                waiting += [
                    other
                    for other in (whole.partition(":")[0], whole.replace(":", "."))
                    if source_file(other) is not None
                ]
    return frozenset(seen)


@cache
def _loose(module: str) -> frozenset[str]:
    """Return the loose statements that run before any definition of a module can be used."""
    said = {name: facts(name) for name in _executed(module)}
    return frozenset(f"{name}:{LOOSE}" for name, known in said.items() if known and LOOSE in known["own"])


@cache
def closure(*entries: str) -> Reach:
    """Return all that definitions or whole modules reach, directly or through others, themselves among it.

    Parameters
    ----------
    entries
        ``module:name`` for a definition, ``module`` for a whole module. One that is not there counts as a
        name.
    """
    seen: set[str] = set()
    libraries: set[str] = set()
    beside: set[Path] = set()
    waiting = list(entries)
    while waiting:
        symbol = waiting.pop()
        if symbol in seen:
            continue
        seen.add(symbol)
        found = uses(symbol)
        libraries |= found.libraries
        beside |= found.beside
        waiting += found.symbols - seen
        waiting += _loose(symbol.partition(":")[0]) - seen
    return Reach(frozenset(seen), frozenset(libraries), frozenset(beside))


def said_of(symbol: str) -> str | None:
    """Return what a definition says and where its names come from, as one line; None for a whole module."""
    module, _, name = symbol.partition(":")
    said = facts(module)
    known = said["own"].get(name) if said and name else None
    if said is None or known is None:
        return f"{symbol} absent" if name != LOOSE and (said is None or name) else None
    roots = sorted({_root(chain) for chain in known["names"]} & set(said["imports"]))
    sources = [f"{root}={','.join(said['imports'][root])}" for root in roots]
    return f"{symbol} {known['digest']} {' '.join(sources)}"

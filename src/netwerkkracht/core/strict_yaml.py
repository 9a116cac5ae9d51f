"""YAML without surprises: no aliases, no duplicate keys, no words that turn into numbers or booleans."""

from __future__ import annotations

import re
from typing import Any, ClassVar

import yaml

from netwerkkracht.core.errors import fail

LARGEST = 1_000_000
_BOOLEAN = "tag:yaml.org,2002:bool"
_NULL = "tag:yaml.org,2002:null"
_INTEGER = "tag:yaml.org,2002:int"
_FLOAT = "tag:yaml.org,2002:float"


# the parser in C where PyYAML was built with it: every job reads the configuration
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_Base):  # type: ignore[misc]
    """A safe loader that reads the core of YAML 1.2 only.

    In YAML 1.1 ``nee: no`` is false, ``12:30`` is 750 and ``010`` is 8; here they stay text.
    """

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """Refuse a key that stands twice in one map."""
        seen: set[str] = set()
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise _Refused(f"a key is no word (line {key_node.start_mark.line + 1})")
            if key_node.value in seen:
                raise _Refused(
                    f"the key '{key_node.value}' stands twice (line {key_node.start_mark.line + 1})"
                )
            seen.add(str(key_node.value))
        made: dict[Any, Any] = super().construct_mapping(node, deep)
        return made


class _Refused(Exception):  # noqa: N818  # never leaves this module
    pass


_StrictLoader.add_implicit_resolver(_BOOLEAN, re.compile(r"^(?:true|false)$"), list("tf"))  # type: ignore[no-untyped-call]
_StrictLoader.add_implicit_resolver(_NULL, re.compile(r"^(?:null|~|)$"), ["n", "~", ""])  # type: ignore[no-untyped-call]
_StrictLoader.add_implicit_resolver(  # type: ignore[no-untyped-call]
    _INTEGER, re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789")
)
_StrictLoader.add_implicit_resolver(  # type: ignore[no-untyped-call]
    _FLOAT,
    re.compile(r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$"),
    list("-0123456789"),
)


def load(text: str, *, file: str, code: str = "C02") -> Any:
    """Return what a YAML text says.

    Raises
    ------
    StudyError
        ``code`` when the text is too large, uses aliases, repeats a key or is no YAML.
    """
    if len(text) > LARGEST:
        raise _refuse(code, file, f"the file is larger than {LARGEST // 1_000_000} MB")
    try:
        _require_no_alias(text)
        # a subclass of a safe loader: it makes maps, lists, text, numbers and nothing else
        return yaml.load(text, Loader=_StrictLoader)  # noqa: S506
    except _Refused as cause:
        raise _refuse(code, file, str(cause)) from cause
    except yaml.MarkedYAMLError as cause:
        line = f" on line {cause.problem_mark.line + 1}" if cause.problem_mark else ""
        raise _refuse(code, file, f"this is not valid YAML{line}: {cause.problem}") from cause
    except (yaml.YAMLError, RecursionError) as cause:
        raise _refuse(code, file, "this is not valid YAML") from cause


def _require_no_alias(text: str) -> None:
    """Refuse an alias before it can grow."""
    if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=_Base)):
        raise _Refused("an alias (*name) is used")


def _refuse(code: str, file: str, what: str) -> Exception:
    return fail(
        code,
        what,
        file=file,
        expected="plain YAML: maps, lists, texts and numbers, each key once, no aliases",
        action="correct the file; two spaces per level, texts with a colon between quotes",
    )

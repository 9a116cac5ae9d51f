"""Who is the same person: the key table, or the identifiers themselves, compared as the study says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from netwerkkracht.core.errors import Finding
from netwerkkracht.harmonise.id_proposals import proposals
from netwerkkracht.harmonise.identifiers import folded, too_large
from netwerkkracht.study.codebook.book import Codebook
from netwerkkracht.study.codebook.types import FileSpec, KeyRow

Keys = tuple[Any, Any, Any]
"""Identifiers as compared, as written, and the persons they stand for (names, later numbers)."""


def several_columns(codebook: Codebook) -> bool:
    """Whether the key of a row stands in several columns."""
    return any(len(spec.id) > 1 for spec in codebook.study.files)


def fold(codebook: Codebook, texts: Any) -> Any:
    """Return identifiers as the study compares them."""
    return folded(texts, codebook.study.id_rule.rules, several=several_columns(codebook))


def proposed(codebook: Codebook, held: Mapping[str, Any], keys: Mapping[str, Keys] | None) -> list[Finding]:
    """K06: rules that would link more; with a key table, each file is compared with its part of it."""
    import pandas as pd

    known = {file: pd.unique(texts[texts != None]) for file, texts in held.items()}  # noqa: E711
    if keys is None:
        sets = [[(texts, fold(codebook, texts)) for texts in known.values()]]
    else:
        sets = [_beside_table(codebook, texts, keys[file]) for file, texts in known.items()]
    return list(proposals(sets, codebook.study.id_rule.rules, several=several_columns(codebook)))


def _beside_table(codebook: Codebook, texts: Any, table: Keys) -> list[tuple[Any, Any]]:
    """Return a file and its key table; who is known by the table is named as there."""
    named = dict(zip(table[0], table[2], strict=True))
    folds = fold(codebook, texts)
    # a name of the table and an identifier nobody knows may be the same text, and are not the same person
    people = np.array(
        [("known", named[one]) if one in named else ("unknown", one) for one in folds] + [None], dtype=object
    )[:-1]
    tabled = np.array([("known", person) for person in table[2]] + [None], dtype=object)[:-1]
    return [(texts, people), (table[1], tabled)]


def large(codebook: Codebook, spec: FileSpec, frame: Any) -> list[Finding]:
    """K08: identifiers in a numeric variable that it cannot tell apart."""
    count = int(too_large(frame, spec.id).sum())
    if not count or "large_numbers" in codebook.study.id_rule.rules:
        return []
    return [
        Finding(
            "K08",
            "error",
            "identifiers of 2^53 or more in a numeric variable, which holds different ones as one number",
            file=spec.file,
            count=count,
            expected="long identifiers as text",
            action="ask for a file with the identifier as text; or, when these numbers are known to be "
            "right, write the rule large_numbers in id_rule with a decision",
        )
    ]


def key_index(codebook: Codebook, findings: list[Finding]) -> dict[str, Keys] | None:
    """Return per file the compared identifiers, the written ones and the persons of the key table."""
    rows = codebook.study.keys
    if rows is None:
        return None
    found = {}
    groups: dict[str, set[str]] = {}
    for spec in codebook.study.files:
        mine: list[KeyRow] = [row for row in rows if row.file == spec.file]
        source = np.array([row.source_id for row in mine], object)
        compared = fold(codebook, source)
        doubles = len(mine) - len(set(compared.tolist()))
        if doubles:
            findings.append(_key_finding(codebook, spec.file, doubles))
        found[spec.file] = (compared, source, np.array([row.person_id for row in mine], object))
        for row in mine:
            groups.setdefault(row.person_id, set()).add(spec.group)
    double = sum(1 for held in groups.values() if len(held) > 1)
    if double and codebook.study.linking["both_groups"].do == "error":
        findings.append(
            Finding(
                "D05",
                "error",
                "persons whom the key table places in more than one group",
                count=double,
                expected="each person in one group",
                action="correct the key table",
            )
        )
    return found


def _key_finding(codebook: Codebook, file: str, count: int) -> Finding:
    rules = codebook.study.id_rule.rules
    compared = f" (compared by id_rule: {', '.join(rules)})" if rules else ""
    return Finding(
        "K04",
        "error",
        f"identifiers that stand twice in the key table{compared}",
        file=file,
        count=count,
        expected="each identifier of a file once",
        action="remove the double lines from the key table",
    )


def own_keys(codebook: Codebook, held: Mapping[str, Any]) -> dict[str, Keys]:
    """Without a key table a person is named by the identifier, spelled as the first file that has it."""
    import pandas as pd

    parts = [pd.DataFrame({"key": fold(codebook, texts), "as": texts}) for texts in held.values()]
    if not parts:
        return {}
    # within a file the smallest spelling, so that the order of rows does not matter
    parts = [part.dropna().sort_values("as").drop_duplicates("key") for part in parts]
    table = pd.concat(parts).drop_duplicates("key")
    entry = (table["key"].to_numpy(object), table["as"].to_numpy(object), table["as"].to_numpy(object))
    return dict.fromkeys(held, entry)


def numbered(keys: Mapping[str, Keys]) -> tuple[Any, dict[str, Keys]]:
    """Give each person a number in the order of the names, so that rows are compared as numbers."""
    import pandas as pd

    everyone = np.concatenate([np.array([], dtype=object), *(entry[2] for entry in keys.values())])
    names = pd.Index(everyone, dtype=object).unique().sort_values()
    if len({id(entry) for entry in keys.values()}) == 1:
        compared, spelled, people = next(iter(keys.values()))
        shared = (compared, spelled, names.get_indexer(pd.Index(people, dtype=object)))
        return names.to_numpy(), dict.fromkeys(keys, shared)
    return names.to_numpy(), {
        file: (compared, spelled, names.get_indexer(pd.Index(people, dtype=object)))
        for file, (compared, spelled, people) in keys.items()
    }


def places(compared: Any, keys: Keys) -> tuple[Any, Any]:
    """Return for each row how its identifier is written in the keys and the number of its person.

    Rows whose identifier is empty or not among the keys have None and -1.
    """
    import pandas as pd

    first = ~pd.Index(keys[0], dtype=object).duplicated()
    spelled, people = keys[1][first], keys[2][first]
    place = pd.Index(keys[0][first], dtype=object).get_indexer(pd.Index(compared, dtype=object))
    place[np.asarray(pd.isna(compared), dtype=bool)] = -1
    # the last place is what an unknown row takes
    return np.append(spelled, [None])[place], np.append(people, -1)[place].astype(np.int64)


def spelling(codebook: Codebook, spec: FileSpec, texts: Any, written: Any) -> Iterator[Finding]:
    """K01 and K07: what the rule of identifiers did in one file.

    Parameters
    ----------
    texts, written
        The identifier of each row as stored, and as the key table or the first file writes that person
        (None where the person is not known).
    """
    import pandas as pd

    rules = codebook.study.id_rule
    if not rules.rules:
        return
    known = np.asarray(pd.notna(texts) & pd.notna(written), dtype=bool)
    changed = int((texts[known] != written[known]).sum())
    if changed:
        yield Finding(
            "K01",
            "warning",
            f"identifiers that are equal only by id_rule ({', '.join(rules.rules)}); linked by decision "
            f"{rules.decision}",
            file=spec.file,
            count=changed,
            expected="the spelling of the key table, or of the first file",
            action="nothing to do when the decision is right; mend the spelling at the source",
        )
    pairs = pd.DataFrame({"equal": fold(codebook, texts[known]), "stored": texts[known]}).drop_duplicates()
    merged = pairs["equal"].value_counts() > 1
    if merged.any():
        yield Finding(
            "K07",
            "warning",
            "persons with different identifiers in one file that id_rule "
            f"({', '.join(rules.rules)}) makes one, by decision {rules.decision}",
            file=spec.file,
            count=int(merged.sum()),
            expected="different identifiers in one file for different people",
            action="make sure that these are not different people; if they are, state fewer rules",
        )

"""What PSPP reports of an SPSS file; ``python spss_pspp_facts.py`` makes the committed facts anew."""

import csv
import hashlib
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

REFERENCE = Path(__file__).parents[1] / "reference" / "spss"
DATES = re.compile(r"(A|E|J|S)?DATE|DATETIME|YMDHMS|D?TIME|MTIME|QYR|MOYR|WKYR|WKDAY|MONTH")


def pspp(syntax: str, folder: Path) -> str:
    """Run PSPP in a folder and return its output as CSV."""
    (folder / "run.sps").write_text(syntax, encoding="utf-8")
    command = ["pspp", "-O", "format=csv", "-o", "out.csv", "run.sps"]
    environment = {"PATH": "/usr/bin:/bin:/usr/local/bin", "LC_ALL": "C.UTF-8"}
    subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True)
    return (folder / "out.csv").read_text(encoding="utf-8")


def facts(path: Path) -> dict:
    """Rows, variables, labels, formats, measure, role, missing, value labels and the checksum of counts."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        get = "IMPORT" if path.suffix == ".por" else "GET"
        load = f"SET TVARS=NAMES TNUMBERS=VALUES.\n{get} FILE='{path.resolve()}'.\n"
        variables, labels = _dictionary(pspp(load + "DISPLAY DICTIONARY.\n", folder))
        numeric = [name for name, fact in variables.items() if not re.match(r"A\d", fact["format"])]
        dates = [name for name in numeric if DATES.match(variables[name]["format"])]
        plain = "".join(f"FORMATS {name} (F25.6).\n" for name in dates)
        save = "SAVE TRANSLATE /OUTFILE='v.csv' /TYPE=CSV /FIELDNAMES /CELLS=VALUES.\n"
        pspp(f"{load}WEIGHT OFF.\n{plain}{save}", folder)
        rows = list(csv.reader((folder / "v.csv").open(encoding="utf-8", newline="")))[1:]
    for name, fact in variables.items():
        fact["value_labels"] = labels.get(name, {})
    return {
        "n_rows": len(rows),
        "n_vars": len(variables),
        "counts_sha": _counts_sha(rows, list(variables), set(numeric)),
        "variables": variables,
    }


def _dictionary(text: str) -> tuple[dict, dict]:
    tables = re.split(r"^Table: ", text, flags=re.MULTILINE)
    variables: dict = {}
    labels: dict = {}
    for table in tables:
        lines = list(csv.reader(table.splitlines(keepends=True)))
        if lines and lines[0] == ["Variables"]:
            for row in lines[2:]:
                if len(row) == len(lines[1]):
                    fact = dict(zip(lines[1], row, strict=True))
                    variables[fact["Name"]] = {
                        "label": fact["Label"].rstrip(),
                        "format": fact["Print Format"],
                        "measure": fact["Measurement Level"].lower(),
                        "role": fact["Role"].lower(),
                        "missing": re.sub(r'" *([^"]*?) *"', r"\1", fact["Missing Values"]),
                    }
        elif lines and lines[0] == ["Value Labels"]:
            owner = ""
            for row in lines[2:]:
                if len(row) == 3:
                    owner = row[0] or owner
                    labels.setdefault(owner, {})[re.sub(r"\[a\]$", "", row[1])] = row[2]
    return variables, labels


def _counts_sha(rows: list, names: list, numeric: set) -> str:
    counts: Counter = Counter()
    for row in rows:
        for name, cell in zip(names, row, strict=True):
            counts[name.lower(), _number(cell) if name in numeric else cell.rstrip(" ")] += 1
    lines = "".join(f"{name}\t{value}\t{count}\n" for (name, value), count in sorted(counts.items()))
    return hashlib.sha256(lines.encode()).hexdigest()[:16]


def _number(cell: str) -> str:
    if not cell.strip():
        return "."
    text = f"{float(cell):.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def paths(folder: Path) -> list[Path]:
    """The committed files, and our own made in ``folder``."""
    from spss_foreign import foreign
    from spss_samples import samples

    own = {**samples(), **foreign()}
    for name, content in own.items():
        (folder / name).write_bytes(content)
    made = [folder / name for name in own]
    return sorted([*REFERENCE.glob("*.sav"), *REFERENCE.glob("*.zsav"), *REFERENCE.glob("*.por"), *made])


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as where:
        found = {path.name: facts(path) for path in paths(Path(where))}
    text = json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (REFERENCE / "facts.json").write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(found)} files\n")

"""A canary in real data: nothing of one odd person may be in anything that leaves, in logs or records."""

import base64
import re
import shutil
import struct
import zlib
from dataclasses import replace

import pytest
import yaml
from project import ROOT, command, surroundings

from netwerkkracht.core import io
from netwerkkracht.spss import SpssVariable, read
from netwerkkracht.spss.writing.writer import Extras, write

ID, INCOME = "KANARIE-7731", 98765.43
REMARK = "Kanarie Vogelzang, Havenstraat 3"
NOTE, LABEL = "aan de deur bij Vogelzang", r"C:\Users\vogelzang\balie.sav"
WORDS = (ID, "Kanarie", "Vogelzang", "Havenstraat", "vogelzang")
NUMBERS = ("98765.43", "98765,43", "98.765,43", "98,765.43")
PLACES = ("reports", "logs", "results/aggregate", "results/provenance", "benchmarks", ".snakemake")
STREAM = re.compile(rb"stream\r?\n")
EMBEDDED = re.compile(rb"data:[\w/+.-]+;base64,([\w/+=]+)")


def forms():
    """Return every form in which the canary could stand in a file."""
    texts = [text.encode(code) for text in (*WORDS, *NUMBERS) for code in ("utf-8", "utf-16-le")]
    numbers = [struct.pack(code, INCOME) for code in ("<d", ">d", "<f", ">f")]
    return [*texts, *numbers]


def contents(data):
    """Yield a file as it is and all that is packed in it."""
    yield data
    starts = [match.end() for match in STREAM.finditer(data)] if data.startswith(b"%PDF") else []
    if data.startswith(b"\x89PNG"):
        starts = [match.end() for match in re.finditer(b"IDAT|zTXt|iCCP", data)]
    for start in starts:
        try:
            yield zlib.decompressobj().decompress(data[start:])
        except zlib.error:
            continue
    for match in EMBEDDED.finditer(data):
        yield from contents(base64.b64decode(match[1]))


def hits(folder, places):
    """Return the files below the places in which the canary sits, by its forms."""
    return sorted(
        path.relative_to(folder).as_posix()
        for place in places
        for path in (folder / place).rglob("*")
        if path.is_file() and any(form in part for part in contents(path.read_bytes()) for form in forms())
    )


def planted(variable, key):
    """Widen the key, and name a person in labels: of a mark that is given, and of one that nobody gives."""
    if variable.name == key:
        return SpssVariable(key, variable.label, "A16", width=16)
    if variable.name.lower() != "stress":
        return variable
    return replace(variable, value_labels={**variable.value_labels, 5.0: REMARK, 77.0: REMARK})


def plant(folder):
    """Give a person who came to every visit an odd id, and the files a name, a remark, an income, a note."""
    files = {path: read(path) for path in sorted((folder / "data").glob("desk_*.sav"))}
    keys = {path: next(name for name in file.frame.columns if name.lower() == "client")
            for path, file in files.items()}  # fmt: skip
    # the last of them: the worked examples of the codebook are about the first persons
    person = max(set.intersection(*(set(file.frame[keys[path]]) for path, file in files.items())))
    for path, file in files.items():
        key, frame = keys[path], file.frame.copy()
        odd = frame[key] == person
        frame[key] = frame[key].where(~odd, ID)
        frame["remark"] = odd.map({True: REMARK, False: ""})
        frame["income"] = odd.map({True: INCOME, False: 1000.0})
        own = [SpssVariable("remark", label=f"remark on {REMARK}", format="A64", width=64)]
        own.append(SpssVariable("income", label="income", value_labels={INCOME: REMARK}))
        kept = [planted(item, key) for item in file.variables]
        path.unlink()
        write(path, frame, [*kept, *own], file_label=LABEL, extras=Extras(documents=(NOTE,)))


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("canary") / "study"
    shutil.copytree(ROOT / "tests" / "second_study", folder)
    made = command(folder, "synthesise", "--out", "data", settings=surroundings(ROOT))
    assert made.returncode == 0, made.stderr
    plant(folder)
    config = yaml.safe_load((folder / "config.yaml").read_text(encoding="utf-8"))
    config["study"] |= {"status": "real", "truth": None}
    config["release"] = {"profile": "strict10", "min_cell": 10, "round_to": 5}
    (folder / "config.yaml").write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    words = ["run", "--cores", "2", "--snakefile", str(ROOT / "Snakefile")]
    done = command(folder, *words, settings=surroundings(ROOT))
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return folder, done.stdout + done.stderr


def test_the_canary_is_in_the_restricted_room(study):
    found = hits(study[0], ["results/restricted"])
    assert "results/restricted/panel.csv" in found


def test_no_canary_leaves(study):
    assert hits(study[0], PLACES) == []
    assert not any(word in study[1] for word in (*WORDS, *NUMBERS))


def test_the_scan_finds_what_is_packed(study, tmp_path):
    secret = zlib.compress(b"(Kanarie) Tj")
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\nstream\n" + secret + b"\nendstream")
    (tmp_path / "b.html").write_bytes(
        b"<img src='data:image/png;base64," + base64.b64encode(ID.encode()) + b"'>"
    )
    (tmp_path / "c.bin").write_bytes(b"x" + struct.pack("<d", INCOME))
    assert hits(tmp_path, ["."]) == ["a.pdf", "b.html", "c.bin"]
    assert study


def test_the_gate_passed_after_an_attack_on_the_released_tables(study):
    verdict = io.read_json(study[0] / "results" / "aggregate" / "release.json")
    assert verdict["passed"]
    assert verdict["profile"] == "strict10"
    assert verdict["attack"]["hidden"] > 0


def test_no_count_that_left_is_small_or_unrounded(study):
    """By the names of columns, not by the roles that the release itself goes by."""
    seen = 0
    for path in sorted((study[0] / "reports").rglob("*.csv")):
        if "source" in path.parts:
            continue
        for row in io.read_rows(path):
            for name in ("count", "persons", "n", "missing", "base", "n_persons", "total"):
                if row.get(name):
                    seen += 1
                    assert float(row[name]) == 0 or (float(row[name]) >= 10 and float(row[name]) % 5 == 0)
    assert seen > 20


def test_a_leak_planted_after_the_run_is_stopped(study, tmp_path):
    folder = tmp_path / "study"
    shutil.copytree(study[0], folder)
    path = folder / "reports" / "tables" / "table-1.csv"
    rows = path.read_text(encoding="utf-8").splitlines()
    place = rows[0].split(",").index("n")
    cells = rows[1].split(",")
    cells[place] = "29"
    path.write_text("\n".join([rows[0], ",".join(cells), *rows[2:]]) + "\n", encoding="utf-8")
    words = ["release-check", "--manifest", "reports/manifest.json", "--out", "x.json"]
    done = command(folder, *words, settings=surroundings(ROOT))
    assert done.returncode == 1
    assert "G06" in done.stdout + done.stderr
    assert not (folder / "x.json").exists()

"""Small SPSS files of invented content for the tests, made anew each time."""

import math
import struct

import numpy as np
import pandas as pd

from netwerkkracht.spss.model import MultipleResponseSet, SpssVariable
from netwerkkracht.spss.writing.writer import Extras, to_bytes

DAY = 86400.0
FIRST_DATE = 13765680000.0  # 1 January 2019

VARIABLES = (
    SpssVariable("nr", "Nummer", "F8.0", "nominal"),
    SpssVariable("gewicht_van_de_persoon", "Gewicht", "F8.2", "scale", role="output"),
    SpssVariable(
        "vraag",
        "Eén antwoord",
        "F3.0",
        "ordinal",
        {1.0: "één", 2.0: "twee", 9.0: "weet niet", 99.0: ""},
        ((-math.inf, -1.0), 9.0),
        attributes={"bron": ("lijst 1", "lijst 2")},
    ),
    SpssVariable("reeks", None, "F4.1", "scale", missing=((90.0, math.inf),)),
    SpssVariable("kort", "Kort", "A5", "nominal", {"b": "bé"}, ("b", "c"), width=5),
    SpssVariable("twaalf", "Twaalf", "A12", "nominal", {"weet niet": "Weet niet!"}, ("nee",), width=12),
    SpssVariable("zeer_lange_tekst_van_de_persoon", "Lang", "A600", "nominal", width=600),
    SpssVariable("datum", "Datum", "DATE11", "scale"),
    SpssVariable("tijd", "Tijd", "TIME8", "scale", missing=(-356400.0,), role="split"),
)

EXTRAS = Extras(
    "Proef één",
    weight_variable="gewicht_van_de_persoon",
    documents=("Eén regel.",),
    multiple_response_sets=(
        MultipleResponseSet("keuze", "Réeks", "dichotomies", "1", ("vraag", "reeks")),
        MultipleResponseSet("alles", "", "categories", None, ("vraag", "reeks")),
    ),
    attributes={"versie": ("1",)},
)


def frame() -> pd.DataFrame:
    """Values at the edges of what the format can hold in short and in long form."""
    return pd.DataFrame(
        {
            "nr": np.arange(1.0, 8.0),
            "gewicht_van_de_persoon": [0.5, 1, 1.5, 2, 1, 1, 1],
            "vraag": [1.0, 2, 9, np.nan, 151, 152, -100],
            "reeks": [0.1, 1 / 3, 90, 1e300, -1e-300, np.nan, 4503599627370497.5],
            "kort": ["één", "b", "c", "", "NA", "f", " g"],
            "twaalf": ["ja", "nee", "weet niet", "", "a", "b", "c"],
            "zeer_lange_tekst_van_de_persoon": ["x" * 600, "y" * 255 + "Z" * 345, "", "a", "b", "c", "d"],
            "datum": [FIRST_DATE + DAY * day for day in range(6)] + [np.nan],
            "tijd": [0.0, 36610.0, 93600.0, -356400.0, -5400.0, np.nan, 0.5],
        }
    )


def sample(encoding: str = "UTF-8", packing: str = "rows") -> bytes:
    """One file with everything in it."""
    return to_bytes(frame(), VARIABLES, EXTRAS, encoding=encoding, packing=packing)


def samples() -> dict[str, bytes]:
    """The same content in every form we write."""
    return {
        "own_rows.sav": sample(),
        "own_plain.sav": sample(packing="none"),
        "own_packed.zsav": sample(packing="zlib"),
        "own_1252.sav": sample("windows-1252"),
    }


def small(encoding: str = "UTF-8", packing: str = "rows") -> bytes:
    """Two rows with accents in label, value label and data."""
    variables = (
        SpssVariable("a", "Café één", "F1.0", value_labels={1.0: "réeel"}),
        SpssVariable("s", "tekst", width=10),
        SpssVariable("t", "tekst", width=10),
    )
    values = pd.DataFrame({"a": [1.0, 2.0], "s": ["café", "x"], "t": ["reëel", "y"]})
    return to_bytes(values, variables, Extras(), encoding=encoding, packing=packing)


def declare(content: bytes, name: str | None, page: int) -> bytes:
    """Change what a file says of its encoding, and nothing else."""
    mark = struct.pack("<3i", 7, 20, 1)
    at = content.index(mark)
    (size,) = struct.unpack("<i", content[at + 12 : at + 16])
    record = b"" if name is None else mark + struct.pack("<i", len(name)) + name.encode()
    content = content[:at] + record + content[at + 16 + size :]
    at = content.index(struct.pack("<4i", 7, 3, 4, 8)) + 16 + 28
    return content[:at] + struct.pack("<i", page) + content[at + 4 :]


def with_count(content: bytes, rows: int) -> bytes:
    """Change the declared number of rows."""
    return content[:80] + struct.pack("<i", rows) + content[84:]

"""From what the reading process hands over to a typed file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from netwerkkracht.core.errors import Finding
from netwerkkracht.spss.model import Measure, SpssFile, SpssVariable
from netwerkkracht.spss.reading import extensions
from netwerkkracht.spss.reading.client import Answer
from netwerkkracht.spss.reading.header import Header
from netwerkkracht.spss.reading.intake import damaged
from netwerkkracht.spss.reading.text import Decoder, findings_of

MEASURES: dict[str | None, Measure] = {"nominal": "nominal", "ordinal": "ordinal", "scale": "scale"}


@dataclass(frozen=True)
class Source:
    """The bytes being read and what is known of them before reading."""

    name: str
    content: bytes
    sha256: str
    container: str
    header: Header | None


def assemble(source: Source, answer: Answer, decoder: Decoder, notes: tuple[Finding, ...]) -> SpssFile:
    """Decode all texts and build the file; ``notes`` are findings already made."""
    facts = answer.facts
    header = source.header
    extra = extensions.read(header, decoder) if header else extensions.Extra()
    variables = [_variable(index, facts, decoder, extra) for index in range(len(facts["names"]))]
    if len({variable.name for variable in variables}) != len(variables):
        raise damaged(source.name, "two variables have the same name")
    documents = header.documents if header else facts["documents"]
    made = SpssFile(
        name=source.name,
        sha256=source.sha256,
        n_rows=facts["rows"],
        variables=tuple(variables),
        frame=_frame(answer, variables, decoder),
        encoding=decoder.choice.shown,
        container=source.container,
        size=len(source.content),
        file_label=decoder(header.file_label).strip() if header else "",
        documents=tuple(decoder(line).rstrip() for line in documents),
        product=decoder(header.product if header else facts["product"]),
        weight_variable=extra.weight_variable if header else facts["weight_variable"],
        multiple_response_sets=extra.multiple_response_sets,
        attributes=extra.file_attributes,
    )
    found = (*notes, *findings_of(source.name, decoder))
    lost = sum(decoder.seen.undecodable.values())
    return SpssFile(**{**vars(made), "findings": found, "undecodable": lost})


def _variable(index: int, facts: dict[str, Any], decoder: Decoder, extra: extensions.Extra) -> SpssVariable:
    name = decoder(facts["names"][index])
    is_text = facts["texts"][index]
    label = facts["labels"][index]
    labels: dict[float | str, str] = {}
    for code, words in facts["value_labels"][index]:
        key = decoder(code, name).rstrip(" ") if isinstance(code, str) else float(code)
        labels[key] = decoder(words or "", name).rstrip(" ")
    rules: list[float | str | tuple[float, float]] = []
    for low, high in facts["missing"][index]:
        if isinstance(low, str):
            rules.append(decoder(low, name).rstrip(" "))
        else:
            rules.append(float(low) if low == high else (float(low), float(high)))
    return SpssVariable(
        name=name,
        label=(decoder(label, name).rstrip(" ") or None) if label else None,
        # a kind of format that nobody knows is shown as SPSS shows a new variable
        format=facts["formats"][index] or (f"A{facts['widths'][index]}" if is_text else "F8.2"),
        measure=MEASURES.get(facts["measures"][index], "unknown"),
        value_labels=labels,
        missing=tuple(rules),
        width=int(facts["widths"][index]) if is_text else 0,
        display_width=int(facts["display"][index]),
        alignment=facts["alignments"][index] or "unknown",
        role=extra.roles.get(name.lower(), "input"),
        attributes=extra.attributes.get(name.lower(), {}),
    )


def _frame(answer: Answer, variables: list[SpssVariable], decoder: Decoder) -> Any:
    import pandas as pd

    is_text = answer.facts["texts"]
    numeric = [variable.name for variable, text in zip(variables, is_text, strict=True) if not text]
    # one block for all numbers: building a frame column by column takes longer than reading a wide file
    frame = pd.DataFrame(answer.numbers.T, columns=numeric, copy=False)
    textual = [variable for variable, text in zip(variables, is_text, strict=True) if text]
    if not textual:
        return frame
    columns: dict[str, Any] = {}
    for variable, raw in zip(textual, answer.texts, strict=True):
        values = decoder.many(raw, variable.name, variable.width)
        columns[variable.name] = pd.array([value.rstrip(" ") for value in values], dtype="str")
    texts = pd.DataFrame(columns)
    return pd.concat([frame, texts], axis=1)[[variable.name for variable in variables]]

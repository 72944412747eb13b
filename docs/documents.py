"""Writes docs/documents.md from the models: ``python docs/documents.py``. A test fails while the two differ."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.document.deal import Deal
from sim.document.scenario import Scenario
from sim.document.study import Study
from sim.document.values import write_duration
from sim.reading.model import schema

PAGE = Path(__file__).with_name("documents.md")
PARTS = {"deal": Deal, "scenario": Scenario, "study": Study}
INTRO = """\
# Documents

Written from the models by `python docs/documents.py`; a test fails while the two differ. Documents are strict: a field
that is not listed is an error, with the nearest word that is. `source`, `assumption` and `note` may stand beside any
number, and one of the first two has to.

| value | unit, and how it is written |
| --- | --- |
| duration | a number with its unit: `90 min`, `36 h`, `42 d`, `6 w`, `1 d 12 h` |
| date | `day 7`, `day 7 16:00`: of the deal, whose first day is day 1; `phase day 3`: of the phase |
| date of an obligation | these, and `12 h after gate`, `on gate`, `same day` (as the release), `phase end` |
| [Delay](#delay) | one duration, or `{median: 1 d, p95: 5 d}` |
| chance or share | a number without unit, 0 to 1 |
| key | small letters, digits and underscores, a letter first |
| path | keys with dots between: `behaviour.parties.hamas.kinds.release.late` |

A field named in its description in brackets, such as (flow), belongs to that kind or effect alone. Many parts also
have `title` (what tables and figures call it; by default its key), `short_title` (for sentences and narrow tables; by
default its title) and `clause` (one or several of the deal's text).
"""
SOURCED = ("source", "assumption", "note")
EVERYWHERE = {
    "title": "What tables and figures call it; by default its key.",
    "short_title": "What sentences and narrow tables call it; by default its title.",
    "clause": "Clause or clauses of the deal's text.",
}
"""Fields that many parts have, told once at the top; a part that means something else by one has a line of its own."""
FIELDS_OF = {"Claim": "Condition"}
"""Parts that have the fields of an earlier part too, of which only those that differ are listed again."""
MARKS = {"phase end": "date", "(min|h|d|w)": "duration", "[Tt_ ]": "date and hour"}
"""What kinds of text are called, by what their pattern contains; a date may hold a duration."""


def page() -> str:
    """The whole page."""
    parts = [INTRO]
    told: set[str] = set()
    for kind, model in PARTS.items():
        written = schema(kind)  # type: ignore[arg-type]
        definitions = written["$defs"]
        parts.append(f"## {kind.capitalize()}\n\n{_first_line(model.__doc__)}\n")
        parts.append(_fields(written, definitions))
        for name in _reached(written, definitions):
            if name not in told:
                told.add(name)
                body = _body(definitions[name])
                parts.append(f"### {name}\n\n{_first_line(body.get('description', ''))}\n")
                parts.append(_fields(body, definitions, FIELDS_OF.get(name)))
    return "\n".join(parts)


def _first_line(text: str | None) -> str:
    return (text or "").strip().partition("\n")[0]


def _body(definition: dict[str, Any]) -> dict[str, Any]:
    """The full form of a part that may also be written short."""
    if "properties" in definition:
        return definition
    full: dict[str, Any] = next(form for form in definition["anyOf"] if "properties" in form)
    return full


def _reached(written: dict[str, Any], definitions: dict[str, Any]) -> list[str]:
    """Names of the parts of a document, each after the part that mentions it first."""
    names: list[str] = []

    def visit(value: Any) -> None:
        if isinstance(value, dict):
            name = value.get("$ref", "").rpartition("/")[2]
            if name and name not in names and name in definitions and _is_part(definitions[name]):
                names.append(name)
                visit(_body(definitions[name])["properties"])
            for inner in value.values():
                visit(inner)
        elif isinstance(value, list):
            for inner in value:
                visit(inner)

    visit(written["properties"])
    return names


def _is_part(definition: dict[str, Any]) -> bool:
    return "properties" in definition or any("properties" in form for form in definition.get("anyOf", ()))


def _fields(body: dict[str, Any], definitions: dict[str, Any], beside: str | None = None) -> str:
    """A table of the fields of one part; those that another part has in the same words are left to that."""
    rows, sentence = _rows(body, definitions), ""
    if beside is not None:
        told = _rows(_body(definitions[beside]), definitions)
        rows = [row for row in rows if row not in told]
        sentence = f"It has the fields of [{beside}](#{beside.lower()}); these differ or are new:\n\n"
    return sentence + "\n".join(["| field | value | default | |", "| --- | --- | --- | --- |", *rows]) + "\n"


def _rows(body: dict[str, Any], definitions: dict[str, Any]) -> list[str]:
    required = set(body.get("required", ()))
    rows = []
    for name, field in body["properties"].items():
        if name in SOURCED and "source" in body["properties"]:
            continue
        if field.get("description") == EVERYWHERE.get(name):
            continue
        default = "required" if name in required else _default(field, definitions)
        words = field.get("description", "").replace("|", "\\|")
        rows.append(f"| `{name}` | {_type(field, definitions)} | {default} | {words} |")
    return rows


def _default(field: dict[str, Any], definitions: dict[str, Any]) -> str:
    value = field.get("default")
    if _type(field, definitions) == "duration" and isinstance(value, int):
        value = write_duration(value)
    if isinstance(value, dict) and value.keys() >= {"median", "p95"} and value["median"] == value["p95"]:
        value = value["median"]
    if isinstance(value, bool):
        value = str(value).lower()
    return "" if value in (None, {}, [], "") or isinstance(value, dict) else f"`{value}`"


def _type(field: dict[str, Any], definitions: dict[str, Any]) -> str:
    """What may stand there, in a few words."""
    forms = list(dict.fromkeys(_forms(field, definitions)))
    if len(forms) == 2 and forms[1] == f"list of {forms[0]}":
        return f"{forms[0]} or a list"
    return " or ".join(forms) or "anything"


def _forms(field: dict[str, Any], definitions: dict[str, Any]) -> Iterator[str]:
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        yield f"[{name}](#{name.lower()})" if _is_part(definitions[name]) else _type(definitions[name], definitions)
    elif "anyOf" in field:
        for form in field["anyOf"]:
            if form.get("type") != "null" and form != {"const": 0}:  # a duration of 0, which needs no unit
                yield from _forms(form, definitions)
    elif "enum" in field:
        yield ", ".join(f"`{word}`" for word in field["enum"])
    elif "const" in field:
        yield f"`{field['const']}`"
    elif field.get("type") == "array":
        pair = field.get("prefixItems")
        yield f"pair of {_type(pair[0], definitions)}" if pair else f"list of {_type(field['items'], definitions)}"
    elif field.get("type") == "object":
        values = field.get("additionalProperties") or next(iter(field.get("patternProperties", {}).values()), None)
        yield f"by key: {_type(values, definitions)}" if isinstance(values, dict) else "by key"
    elif field.get("type") in ("number", "integer"):
        yield _number(field)
    elif field.get("type") == "string":
        yield _text(field)
    elif field.get("type") == "boolean":
        yield "`true`, `false`"


def _text(field: dict[str, Any]) -> str:
    pattern = field.get("pattern", "")
    for mark, words in MARKS.items():
        if mark in pattern:
            return words
    return "key" if pattern.startswith("^[a-z][a-z0-9_]*") else "text"


def _number(field: dict[str, Any]) -> str:
    kind = "whole number" if field["type"] == "integer" else "number"
    low, high = field.get("minimum"), field.get("maximum")
    if (low, high) == (0, 1):
        return "0 to 1"
    if low is not None and high is not None:
        return f"{kind}, {low:,} to {high:,}"
    return f"{kind} of {low:,} or more" if low is not None else kind


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

"""Files in, documents out: data are held against the models, with every problem at its place."""

from __future__ import annotations

import json
import re
import types
import typing
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from sim.document.behaviour import Behaviour
from sim.document.broken import CODES
from sim.document.deal import Deal
from sim.document.scenario import Scenario
from sim.document.study import Study
from sim.document.values import Sourced, write_duration
from sim.reading.checks import check_deal
from sim.reading.kept import reading_of
from sim.reading.parsed import Locate, Parsed, Positions, as_written, header_of
from sim.reading.pipes import first_bytes, reading_pipes_once
from sim.reading.problem import DocumentError, Fault, Path, Place, Problem, nearest, refuse
from sim.reading.unreachable import check_within_horizon
from sim.reading.upgrade import upgraded

LARGEST_FILE = 1 << 20

Kind = Literal["deal", "scenario", "study"]
KINDS: tuple[Kind, ...] = ("study", "scenario", "deal")
"""Kinds of documents, told by their top-level keys in this order: a scenario names a deal as well."""

Model = TypeVar("Model", bound=BaseModel)


# ---------------------------------------------------------------- reading


def parse_text(text: str, file: str) -> Parsed:
    """The document in a text in today's words, as far as it can be read, with all problems of reading it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if reading := reading_of(text):
        return upgraded(Parsed(file, *reading))
    from sim.reading.parse import parse  # what the catalogue has needs no YAML library

    return upgraded(parse(text, file))


def parse_file(path: FilePath) -> Parsed:
    """The document in a file, as far as it can be read, with all problems of reading it."""
    file = shown(path)
    start = Place(file)
    try:
        content = first_bytes(path, LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return Parsed(file, problems=(Fault((), "unreadable", f"cannot be read: {reason}").at(start),))
    if len(content) > LARGEST_FILE:
        fault = Fault(
            (), "file-too-large", f"a document has at most {LARGEST_FILE} bytes (LARGEST_FILE in sim/reading/model.py)"
        )
        return Parsed(file, problems=(fault.at(start),))
    return parse_bytes(content, file)


def parse_bytes(content: bytes, file: str) -> Parsed:
    """The document in these bytes, which must be UTF-8."""
    hint = "save the file as UTF-8"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Parsed(file, problems=(Fault((), "bad-encoding", "the file is UTF-16", hint).at(Place(file)),))
    content = content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        *before, line = content[: error.start].decode("utf-8").split("\n")
        fault = Fault((), "bad-encoding", f"byte 0x{content[error.start]:02x} is not UTF-8", hint)
        return Parsed(file, problems=(fault.at(Place(file, len(before) + 1, len(line) + 1)),))
    return parse_text(text, file)


def shown(path: FilePath) -> str:
    """The path as it is named in problems: below the working directory, else as it is."""
    try:
        return str(path.absolute().relative_to(FilePath.cwd()))
    except (ValueError, OSError):
        return str(path)


def read_yaml(text: str, file: str) -> tuple[Any, Positions]:
    """The data of a document and the place of each key and list item.

    Parameters
    ----------
    text : str
        YAML 1.2.
    file : str
        As it is to be named in problems.

    Returns
    -------
    data : dict
        Plain data.
    positions : dict
        Line and column, from 1, by path; the empty path is the document.

    Raises
    ------
    DocumentError
        With everything that is wrong with the text as YAML.
    """
    parsed = parse_text(text, file)
    refuse(parsed.problems)
    return parsed.data, parsed.positions


def read_value(text: str) -> Any:
    """One value as YAML reads it: 0.3 is a number, '12 h' is text, null is None, {a: 1} a mapping.

    Raises
    ------
    DocumentError
        If the text is not YAML.
    """
    parsed = parse_text(f"value: {text}", "--set")
    if parsed.problems or set(parsed.data) != {"value"}:
        fault = Fault((), "bad-value", "cannot be read as one YAML value", value=text)
        raise DocumentError([fault.at(Place("--set"))])
    return parsed.data["value"]


def read_header(text: str) -> dict[str, str]:
    """The words that name a document, read without the rest of it; empty where they cannot be read."""
    parsed = parse_text(header_of(text), "")
    found = parsed.data if isinstance(parsed.data, dict) else {}
    return {key: value for key, value in found.items() if isinstance(value, str)}


# ---------------------------------------------------------------- holding data against a model

_TYPES = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "datetime_type": "a date with hour and offset",
    "literal_error": "",
}

_CODES = {
    "less_than_equal": "out-of-range",
    "less_than": "out-of-range",
    "greater_than": "out-of-range",
    "greater_than_equal": "out-of-range",
    "too_short": "too-short",
    "too_long": "too-long",
    "string_too_long": "too-long",
    "finite_number": "not-a-number",
    "datetime_parsing": "bad-date",
    "datetime_from_date_parsing": "bad-date",
    "timezone_naive": "bad-date",
}
"""Codes of the errors that pydantic finds itself, by its types of errors."""


def hold(model: type[Model], data: Any, locate: Locate, prefix: Path = ()) -> tuple[Model | None, list[Problem]]:
    """The data as a model, or everything that keeps them from being one.

    Parameters
    ----------
    model : type of BaseModel
        What the data should be.
    data : object
        Plain data, as read.
    locate : callable
        The place of a path that begins with `prefix`.
    prefix : tuple
        Where in a document the data stand.

    Returns
    -------
    model : Model or None
        None if there are problems.
    problems : list of Problem
        Those of the data; numbers given as text, or text as truth, are among them.
    """
    try:
        return model.model_validate_json(json.dumps(data), strict=True), []
    except ValidationError as error:
        faults = _faults(error, model, data)
    return None, [replace(fault, path=prefix + fault.path).at(locate(prefix + fault.path)) for fault in faults]


def _faults(error: ValidationError, model: type[BaseModel], data: Any) -> Iterator[Fault]:
    """The faults, one for each path: of a choice of types the branch that was meant, else the choice."""
    by_path: dict[Path, list[Any]] = {}
    for detail in error.errors(include_url=False):
        path = as_written(data, detail["loc"])
        by_path.setdefault((*path, detail["loc"][-1]) if detail["type"] == "missing" else path, []).append(detail)
    for path, details in by_path.items():
        of_type = [detail for detail in details if detail["type"] in _TYPES]
        others = [detail for detail in details if detail["type"] not in _TYPES]
        if others:
            yield _fault(path, others[0], model)
        elif not any(other[: len(path)] == path and other != path for other in by_path):
            yield _type_fault(path, of_type)


def _type_fault(path: Path, details: list[Any]) -> Fault:
    wanted = [_TYPES[detail["type"]] or detail["ctx"]["expected"] for detail in details]
    value = details[0]["input"]
    if [detail["type"] for detail in details] == ["literal_error"] and isinstance(value, str):
        hint = nearest(value, re.findall(r"'([^']*)'", wanted[0]))
        return Fault(path, "unknown-word", "not one of the words allowed here", hint, value)
    return Fault(path, "wrong-type", f"must be {' or '.join(dict.fromkeys(wanted))}", _quoted_hint(value), value)


def _quoted_hint(value: Any) -> str:
    from sim.reading.parse import FLOAT

    if isinstance(value, str) and value in ("yes", "no", "on", "off"):
        return f"'{value}' is text in YAML 1.2; write true or false"
    return "write the number without quotes" if isinstance(value, str) and FLOAT.fullmatch(value) else ""


def _fault(path: Path, detail: Any, model: type[BaseModel]) -> Fault:
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    if kind == "extra_forbidden":
        words = _allowed(model, detail["loc"][:-1])
        hint = (
            "write the keys out: merge keys are not part of YAML 1.2"
            if path[-1] == "<<"
            else nearest(str(path[-1]), words)
        )
        return Fault(path, "unknown-key", "no such key here", hint, path[-1])
    if kind == "missing":
        return Fault(path, "missing-key", "is needed here")
    if kind == "string_pattern_mismatch":
        hint = "small letters, digits and underscores, a letter first"
        hint = hint if "_" in context["pattern"] else "small letters, digits and hyphens"
        return Fault(path, "bad-name", "not a name", hint, value)
    if kind in CODES:
        return Fault(path, kind, context["message"], context["hint"], _scalar_or_none(value))
    is_count = kind == "greater_than_equal" and type(context["ge"]) is int and isinstance(value, int)
    code = "negative-count" if is_count else _CODES.get(kind, "wrong-type")
    return Fault(path, code, _bound(detail["msg"], context), value=_scalar_or_none(value))


def _scalar_or_none(value: Any) -> Any:
    return None if isinstance(value, (dict, list)) else value


def _bound(message: str, context: dict[str, Any]) -> str:
    if "max_length" in context:
        return f"has more than {context['max_length']} characters or items"
    if "min_length" in context:
        return f"has fewer than {context['min_length']} items"
    message = message.replace("Input should", "must")
    return message[:1].lower() + message[1:]


def _allowed(model: type[BaseModel], loc: tuple[str | int, ...]) -> set[str]:
    """The keys that a model allows at a place of its own."""
    here: set[Any] = {model}
    for part in loc:
        here = {below for annotation in here for below in _below(annotation, part)} or here
    return {field.alias or name for m in here if _is_model(m) for name, field in m.model_fields.items()}


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _below(annotation: Any, part: str | int) -> Iterator[Any]:
    """The types one step below a type, with choices and annotations opened."""
    if _is_model(annotation):
        for name, info in annotation.model_fields.items():
            if part == (info.alias or name):
                yield from _opened(info.annotation)
        return
    arguments = typing.get_args(annotation)
    if typing.get_origin(annotation) in (dict, list) and arguments and isinstance(part, (str, int)):
        yield from _opened(arguments[-1])


def _opened(annotation: Any) -> Iterator[Any]:
    if typing.get_origin(annotation) is typing.Annotated:
        yield from _opened(typing.get_args(annotation)[0])
    elif typing.get_origin(annotation) in (typing.Union, types.UnionType):
        for choice in typing.get_args(annotation):
            yield from _opened(choice)
    else:
        yield annotation


# ---------------------------------------------------------------- documents


def read_model(parsed: Parsed, model: type[Model]) -> tuple[Model | None, list[Problem]]:
    """A parsed document as a model, with the problems of reading it and of its shape."""
    problems = list(parsed.problems)
    if parsed.data is None:
        return None, problems
    document, found = hold(model, parsed.data, parsed.locate)
    known = {(problem.line, problem.path) for problem in problems}
    return document, problems + [problem for problem in found if (problem.line, problem.path) not in known]


def kind_of(parsed: Parsed) -> Kind | None:
    """Which document this is, by its top-level keys."""
    if not isinstance(parsed.data, dict):
        return None
    return next((kind for kind in KINDS if kind in parsed.data), None)


def no_kind(parsed: Parsed) -> Problem:
    """The problem of a document that is none of those that there are."""
    message, hint = "neither a deal nor a scenario nor a study", "begin with 'deal:', 'scenario:' or 'study:'"
    return Fault((), "unknown-document", message, hint).at(parsed.locate(()))


def read_deal(parsed: Parsed) -> tuple[Deal | None, list[Problem]]:
    """A parsed document as a deal, with all its problems: of reading it, of its shape, and of the rules of a deal."""
    deal, problems = read_model(parsed, Deal)
    if deal is not None:
        problems += [parsed.problem(fault) for fault in [*check_deal(deal), *check_within_horizon(deal)]]
    return deal, problems


def load_deal(path: str | FilePath) -> Deal:
    """The deal in a file.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    Deal
        As written: defaults of the models are filled in, those that follow from other parts are not.

    Raises
    ------
    DocumentError
        With all problems of the file: of reading it, of its shape, and of the rules of a deal.
    """
    deal, problems = read_deal(parse_file(FilePath(path)))
    refuse(problems)
    assert deal is not None
    return deal


def load_scenario_file(path: str | FilePath) -> Scenario:
    """The scenario in a file, as written: what it builds on and its deal are not read.

    Parameters
    ----------
    path : str or Path
        The file.

    Raises
    ------
    DocumentError
        With all problems of the file on its own.
    """
    scenario, problems = read_model(parse_file(FilePath(path)), Scenario)
    refuse(problems)
    assert scenario is not None
    return scenario


@reading_pipes_once()
def load_document(path: str | FilePath) -> Deal | Scenario | Study:
    """The deal, scenario or study in a file, whichever its top-level keys say it is.

    Raises
    ------
    DocumentError
        With all problems of the file.
    """
    parsed = parse_file(FilePath(path))
    kind = kind_of(parsed)
    if kind is None:
        raise DocumentError(parsed.problems or [no_kind(parsed)])
    if kind == "study":
        study, problems = read_model(parsed, Study)
        refuse(problems)
        assert study is not None
        return study
    return load_deal(path) if kind == "deal" else load_scenario_file(path)


def schema(kind: Kind) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of what people write, short forms included.

    Parameters
    ----------
    kind : {'deal', 'scenario', 'study'}
        Which document.
    """
    models: dict[Kind, type[BaseModel]] = {"deal": Deal, "scenario": Scenario, "study": Study}
    model = models[kind]
    body = model.model_json_schema(by_alias=True, mode="validation")
    _close(body)
    _complete_paths(body)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:ceasefire-sim:schema:{kind}",
        **body,
        "title": f"ceasefire-sim {kind}",
    }


def _close(part: Any) -> None:
    """Let a mapping by key refuse what is no key, and defaults be as they are written.

    The generator states the pattern of keys but leaves other keys free, and gives times as their minutes.
    """
    if isinstance(part, dict):
        if "patternProperties" in part:
            part.setdefault("additionalProperties", False)
        if type(part.get("default")) is int and _is_time(part):
            part["default"] = write_duration(part["default"])
        for below in list(part.values()):
            _close(below)
    elif isinstance(part, list):
        for below in part:
            _close(below)


def _is_time(part: dict[str, Any]) -> bool:
    choices = [part, *part.get("anyOf", [])]
    return any(choice.get("pattern", "").endswith(r"(min|h|d|w)\s*)+$") for choice in choices)


def _complete_paths(body: dict[str, Any]) -> None:
    """Name the paths that every scenario has below what goes by path, for editors to complete."""
    for name in ("changes", "uncertain", "vary"):
        part = body["properties"].get(name)
        if part is None:
            continue
        anything = part.get("additionalProperties", True)
        part["properties"] = dict.fromkeys(_everywhere(Behaviour), anything if name != "changes" else True)
        if name != "uncertain":
            part["properties"]["horizon"] = anything if name != "changes" else True


def _everywhere(model: type[BaseModel], prefix: str = "behaviour") -> Iterator[str]:
    """The paths of a model's numbers that go through no mapping, for instance 'behaviour.mediators.settles'."""
    for name, info in model.model_fields.items():
        if name in Sourced.model_fields or typing.get_origin(info.annotation) in (dict, list):
            continue
        path = f"{prefix}.{info.alias or name}"
        models = [each for each in _opened(info.annotation) if _is_model(each)]
        if models:
            yield from _everywhere(models[0], path)
        else:
            yield path

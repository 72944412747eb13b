"""Every public name is documented: numpydoc's own validation, and what it does not look at (shapes, units, errors).

Public is what `import sim` and `sim.testing` offer and what `docs/api.md` shows, with the public members of classes.
"""

import ast
import builtins
import dataclasses
import importlib
import inspect
import re
import textwrap
from functools import cached_property
from pathlib import Path

import numpy as np
import pytest
from numpydoc.docscrape import ClassDoc, FunctionDoc
from numpydoc.validate import validate

import sim
import sim.errors
import sim.testing
from sim.reading.problem import DocumentError

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
LEFT_OUT = {
    "GL01": "a summary stands on the line of its quotes, as PEP 257 has it and ruff checks",
    "GL02": "a docstring of one line closes on that line, as ruff checks",
    "SS05": "a summary says what comes back, in words of the field: the tool takes its nouns for verbs",
    "ES01": "one line is enough where it says everything",
    "SA01": "the page of the reference shows what belongs together",
    "EX01": "examples are pages of the guide, where they are run and their output is compared",
}
"""Codes that are not asked for, each with the reason."""
UNIT = r"(?i)\b(people|replicates?|minutes?|shares?|published units?|status)\b"


def names_shown():
    """Names that the page shows, in its order."""
    return re.findall(r"^::: (sim\.[\w.]+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


def load(name):
    """The object of a dotted name."""
    parts = name.split(".")
    for depth in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:depth]))
        except ModuleNotFoundError:
            continue
        for part in parts[depth:]:
            found = getattr(found, part)
        return found
    raise LookupError(name)


def members(name):
    """Public methods and properties of a class, its own and those of its bases here."""
    value = load(name)
    if not inspect.isclass(value):
        return
    for member, what in inspect.getmembers(value):
        home = next(cls for cls in value.__mro__ if member in vars(cls))
        is_described = callable(what) or isinstance(what, (property, cached_property))
        if not member.startswith("_") and home.__module__.startswith("sim.") and is_described:
            yield f"{name}.{member}"


ROOTS = sorted(
    {f"sim.{name}" for name in sim.__all__}
    | {f"sim.testing.{name}" for name in sim.testing.__all__}
    | set(names_shown()) - {"sim.errors"}
    | {f"sim.errors.{name}" for name, value in vars(sim.errors).items() if inspect.isclass(value)}
)
PUBLIC = [public for root in ROOTS for public in (root, *members(root))]


def complaints(name):
    """What numpydoc's validation says of a name, less what is left out."""
    by_attributes = {"PR01"} if dataclasses.is_dataclass(load(name)) else set()  # held against its fields below
    return [error for error in validate(name)["errors"] if error[0] not in LEFT_OUT.keys() | by_attributes]


def sections(value):
    """The sections of a docstring as numpydoc reads them."""
    return ClassDoc(value, config={"show_class_members": False}) if inspect.isclass(value) else FunctionDoc(value)


def entries(value):
    """Documented values of a name: (name, type, description), of whatever section."""
    value = _function(value)
    read = sections(value) if inspect.isclass(value) or callable(value) else {}
    for section in ("Parameters", "Attributes", "Returns", "Yields"):
        for entry in read[section] if read else ():
            yield entry.name, entry.type, " ".join(entry.desc)


def _function(value):
    if isinstance(value, property):
        return value.fget
    return value.func if isinstance(value, cached_property) else value


def wrong_fields(cls):
    """Public fields of a dataclass without a described entry among its attributes, and entries that are no field."""
    told = {
        name.strip(): entry.type and " ".join(entry.desc)
        for base in cls.__mro__
        if dataclasses.is_dataclass(base)
        for entry in sections(base)["Attributes"]
        for name in entry.name.split(",")
    }
    fields = {field.name for field in dataclasses.fields(cls) if not field.name.startswith("_")}
    return sorted(fields ^ told.keys() | {name for name, words in told.items() if not words})


def bare_arrays(value):
    """Documented arrays of numbers that do not say their shape, or what is counted in them."""
    return [
        name
        for name, type_, words in entries(value)
        if "ndarray" in type_ and not ("shape (" in type_ and re.search(UNIT, words))
    ]


def untold_errors(function):
    """Exceptions that a function's own body raises and its docstring does not name; names that are no exception."""
    known = vars(builtins) | {DocumentError.__name__: DocumentError} | vars(sim.errors) | function.__globals__
    told = {entry.type or entry.name for entry in sections(function)["Raises"]}
    unknown = {name for name in told if not isinstance(known.get(name), type)}
    bases = tuple(known[name] for name in told - unknown)
    raised = {
        node.exc.func.id
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function))))
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name)
    }
    return sorted(unknown | {name for name in raised if not issubclass(known[name], bases)})


def is_written_here(value):
    """Whether a public name is a function with a source of its own; strategies of Hypothesis are made of one."""
    function = _function(value)
    return inspect.isfunction(function) and Path(function.__code__.co_filename).is_file()


def test_the_reference_shows_every_public_name():
    shown = {id(load(name)) for name in names_shown()}
    offered = [f"sim.{name}" for name in sim.__all__] + [f"sim.testing.{name}" for name in sim.testing.__all__]
    assert [name for name in offered if id(load(name)) not in shown] == []


@pytest.mark.parametrize("name", PUBLIC)
def test_numpydoc_finds_nothing_to_complain_of(name):
    assert complaints(name) == []


@pytest.mark.parametrize("name", [name for name in ROOTS if dataclasses.is_dataclass(load(name))])
def test_every_field_is_a_described_attribute(name):
    assert wrong_fields(load(name)) == []


@pytest.mark.parametrize("name", PUBLIC)
def test_arrays_have_shapes_and_units(name):
    assert bare_arrays(load(name)) == []


@pytest.mark.parametrize("name", [name for name in PUBLIC if is_written_here(load(name))])
def test_errors_that_are_raised_are_told(name):
    assert untold_errors(_function(load(name))) == []


@pytest.mark.parametrize("name", [name for name in sim.__all__ if inspect.isfunction(getattr(sim, name))])
def test_every_command_tells_its_errors(name):
    assert sections(getattr(sim, name))["Raises"], "whatever reads documents or folders can be given wrong ones"


@dataclasses.dataclass
class Poor:
    """A class whose docstring leaves much to be said.

    Attributes
    ----------
    row : ndarray of int64
        Minutes.
    trace : ndarray, shape (n,)
        Whatever.
    gone : int
        No longer a field.
    silent : int
    """

    row: np.ndarray
    trace: np.ndarray
    silent: int
    hidden: int

    def act(self, how):
        """Acts

        Raises
        ------
        NoSuchError
            Never heard of.
        """
        if how is None:
            raise DocumentError(how)
        raise ValueError(how)


def test_what_is_poorly_documented_is_caught(monkeypatch):
    monkeypatch.setattr(sim, "Poor", Poor, raising=False)
    assert {"SS03", "PR01"} <= {code for code, _ in complaints("sim.Poor.act")}
    assert wrong_fields(Poor) == ["gone", "hidden", "silent"]
    assert bare_arrays(Poor) == ["row", "trace"]
    assert untold_errors(Poor.act) == ["DocumentError", "NoSuchError", "ValueError"]

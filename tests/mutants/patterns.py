"""Where a mutant bites: one place in the syntax tree of one named function, whatever its file and however it is set.

A pattern is Python in which `$name` stands for any expression, the same one wherever the name occurs again. It is one
expression, or one or several statements that follow each other; it has to match exactly one place of the function. In
what replaces it, `$name` is the text that was matched; nothing at all is `pass`. The rest of the file stays as it is.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Lock

_ANY = re.compile(r"\$(\w+)")
_MARK = "_any_expression_"
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_NOT_COMPARED = ("ctx", "kind")


class PatternError(LookupError):
    """A pattern that does not say one place."""


@dataclass(frozen=True)
class Place:
    """A function, class or constant of a file: what a mutant names."""

    module: str
    path: Path
    node: ast.AST


@dataclass(frozen=True)
class _Match:
    """Nodes that a pattern fits, one or several statements in a row, and what its names stand for."""

    nodes: tuple[ast.AST, ...]
    names: dict[str, ast.AST] = field(default_factory=dict)


def mutated(folder: Path, function: str, old: str, new: str, module: str = "") -> tuple[Path, str]:
    """The file that a mutant changes, and its text with the change.

    Parameters
    ----------
    folder : Path
        The package's folder.
    function : str
        `function`, `Class.method`, or a constant at the top of a file.
    old, new : str
        A pattern, and what stands in its place.
    module : str, optional
        The file or folder where that is, with dots and below the package: for names that occur in several files.

    Raises
    ------
    PatternError
        If there is not exactly one such function with exactly one such place, or the change is no Python.
    """
    with _PARSING:
        place = find(folder, function, module)
        source = place.path.read_text(encoding="utf-8")
        text = replaced(source, place.node, old, new, f"{function} in {place.path.relative_to(folder.parent)}")
    return place.path, text


def find(folder: Path, function: str, module: str = "") -> Place:
    """The one definition of this name."""
    named = _named_so(folder, function)
    found = [place for place in named if not module or f"{place.module}.".startswith(f"{module}.")]
    if not found:
        raise PatternError(f"{function}: no such function{f' in {module}' if module else ''}")
    if len(found) > 1:
        raise PatternError(f"{function}: in {', '.join(place.module for place in found)}; name one as module")
    return found[0]


_PARSING = Lock()
"""Python 3.11 counts how deep it parses for all threads together, and raises `SystemError` where two do at once."""


def definitions(folder: Path) -> dict[str, list[Place]]:
    """By name, what is defined in the files of a package."""
    found: dict[str, list[Place]] = {}
    for path in _texts(folder):
        for name, place in _defined_in(folder, path):
            found.setdefault(name, []).append(place)
    return found


def _named_so(folder: Path, function: str) -> list[Place]:
    """What has this name; only files are parsed in which it stands, since all together take a second."""
    last = function.rpartition(".")[2]
    files = [path for path, text in _texts(folder).items() if last in text]
    return [place for path in files for name, place in _defined_in(folder, path) if name == function]


@lru_cache(maxsize=4)
def _texts(folder: Path) -> dict[Path, str]:
    return {path: path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.py"))}


@lru_cache(maxsize=2000)
def _defined_in(folder: Path, path: Path) -> list[tuple[str, Place]]:
    module = ".".join(path.relative_to(folder).with_suffix("").parts)
    return [(name, Place(module, path, node)) for name, node in _named(ast.parse(_texts(folder)[path]), "")]


def _named(tree: ast.Module | ast.ClassDef, prefix: str) -> Iterator[tuple[str, ast.AST]]:
    for node in tree.body:
        if isinstance(node, _DEFINITIONS):
            yield prefix + node.name, node
        if isinstance(node, ast.ClassDef):
            yield from _named(node, f"{prefix}{node.name}.")
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name):
                yield prefix + target.id, node


def replaced(source: str, within: ast.AST, old: str, new: str, where: str = "source") -> str:
    """A text in which what matches a pattern within one of its nodes, once, is replaced."""
    pattern, is_expression = _parsed(old, new)
    found = list(_matches(within, pattern, is_expression))
    if len(found) != 1:
        lines = ", ".join(str(getattr(match.nodes[0], "lineno", 0)) for match in found)
        raise PatternError(f"{where}: {f'on {len(found)} places (lines {lines})' if found else 'nowhere'}: {old}")
    text = _spliced(source, found[0], new, is_expression, where)
    try:
        ast.parse(text)
    except SyntaxError as error:
        raise PatternError(f"{where}: no Python with {new!r}: {error}") from None
    return text


def n_places(within: ast.AST, old: str, new: str) -> int:
    """How many places of a node a pattern fits."""
    return len(list(_matches(within, *_parsed(old, new))))


def _parsed(old: str, new: str) -> tuple[list[ast.AST], bool]:
    """The pattern's nodes, and whether an expression is replaced by an expression."""
    try:
        tree = ast.parse(_marked(old), mode="eval").body
        ast.parse(_marked(new), mode="eval")
    except SyntaxError:
        return list(ast.parse(_marked(textwrap.dedent(old))).body), False
    return [tree], True


def _marked(pattern: str) -> str:
    return _ANY.sub(rf"{_MARK}\1", pattern)


def _matches(within: ast.AST, pattern: list[ast.AST], is_expression: bool) -> Iterator[_Match]:
    for node in ast.walk(within):
        if is_expression:
            runs = [(node,)] if isinstance(node, ast.expr) else []
        else:
            bodies = [value for _, value in ast.iter_fields(node) if isinstance(value, list)]
            runs = [tuple(body[i : i + len(pattern)]) for body in bodies for i in range(len(body) - len(pattern) + 1)]
        for run in runs:
            names: dict[str, ast.AST] = {}
            if all(_fits(part, found, names) for part, found in zip(pattern, run, strict=True)):
                yield _Match(run, names)


def _fits(pattern: object, found: object, names: dict[str, ast.AST]) -> bool:
    """Whether a pattern fits a node, field or list; what its names stand for is noted."""
    if isinstance(pattern, ast.Name) and pattern.id.startswith(_MARK) and isinstance(found, ast.expr):
        before = names.setdefault(pattern.id.removeprefix(_MARK), found)
        return ast.dump(before) == ast.dump(found)
    if type(pattern) is not type(found):
        return False
    if isinstance(pattern, ast.AST):
        fields = [name for name in pattern._fields if name not in _NOT_COMPARED]
        return all(_fits(getattr(pattern, name, None), getattr(found, name, None), names) for name in fields)
    if isinstance(pattern, list) and isinstance(found, list):
        pairs = zip(pattern, found, strict=False)
        return len(pattern) == len(found) and all(_fits(one, other, names) for one, other in pairs)
    return pattern == found


def _spliced(source: str, match: _Match, new: str, is_expression: bool, where: str) -> str:
    lines = source.encode().splitlines(keepends=True)

    def place(line: int, column: int) -> int:
        return sum(map(len, lines[: line - 1])) + column

    def told(name: re.Match[str]) -> str:
        if name[1] not in match.names:
            raise PatternError(f"{where}: ${name[1]} is not in the pattern")
        return f"({ast.get_source_segment(source, match.names[name[1]])})"

    first, last = match.nodes[0], match.nodes[-1]
    start, end = place(first.lineno, first.col_offset), place(last.end_lineno, last.end_col_offset)
    text = _ANY.sub(told, textwrap.dedent(new) or "pass")
    if is_expression:
        text = f"({text})"
    elif source.encode()[start:].startswith(b"elif"):
        raise PatternError(f"{where}: an elif cannot be replaced, only its test or what is in it")
    else:
        text = textwrap.indent(text, " " * first.col_offset).lstrip()
    return (source.encode()[:start] + text.encode() + source.encode()[end:]).decode()

"""All drawn mutants in one library of compiled rules, with a switch: for a search among many deals.

A copy of the sources has each mutant beside the right rule, and a field of the state says which of them acts. It is
compiled once, in a few minutes, where a copy for each mutant would take half a minute each; then a mutant costs as
much as its histories.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from tests.mutants.mutant import Mutant
from tests.mutants.patterns import find, mutated

FIELD = "mutant"
_BEFORE_FIELDS = "is_queued | (engine)"


def can_be_switched(mutant: Mutant, folder: Path) -> bool:
    """Whether the function that a mutant changes is a rule that has the state, and with it the switch."""
    node = find(folder, mutant.function, mutant.module).node
    is_rule = isinstance(node, ast.FunctionDef) and [ast.unparse(one) for one in node.decorator_list] == ["rule"]
    return is_rule and "state" in [argument.arg for argument in node.args.args]


def write_switched(mutants: Sequence[Mutant], folder: Path) -> None:
    """Write all these mutants into the sources of a copy; number 0 is the right rules, the first of these 1."""
    by_function: dict[tuple[Path, str], list[tuple[int, Mutant]]] = defaultdict(list)
    for number, mutant in enumerate(mutants, 1):
        place = find(folder, mutant.function, mutant.module)
        by_function[place.path, mutant.function].append((number, mutant))
    texts = {path: path.read_text(encoding="utf-8") for path, _ in by_function}
    for (path, function), numbered in by_function.items():
        texts[path] = _with_switch(texts[path], function, [(n, _wrong(mutant, folder)) for n, mutant in numbered])
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    fields = folder / "plan" / "state_fields.py"
    text = fields.read_text(encoding="utf-8")
    assert _BEFORE_FIELDS in text
    with_field = text.replace(_BEFORE_FIELDS, f"{FIELD} | (given) | which mutant acts\n{_BEFORE_FIELDS}", 1)
    fields.write_text(with_field, encoding="utf-8")


def _definition(text: str, function: str) -> ast.FunctionDef:
    return next(n for n in ast.parse(text).body if isinstance(n, ast.FunctionDef) and n.name == function)


def _wrong(mutant: Mutant, folder: Path) -> str:
    """The wrong function alone."""
    _, text = mutated(folder, mutant.function, mutant.old, mutant.new, mutant.module)
    return ast.get_source_segment(text, _definition(text, mutant.function)) or ""


def _with_switch(text: str, function: str, wrong: list[tuple[int, str]]) -> str:
    """A file in which a function asks the switch which of these, or itself as it was, is to act."""
    node = _definition(text, function)
    right = ast.get_source_segment(text, node) or ""
    call = f"({', '.join(argument.arg for argument in node.args.args)})"
    parts = [text.replace(right, _renamed(right, function, f"_right_{function}"), 1)]
    parts += [f"@rule\n{_renamed(body, function, f'_wrong_{n}_{function}')}" for n, body in wrong]
    lines = [f"    if state.{FIELD} == {n}:\n        return _wrong_{n}_{function}{call}" for n, _ in wrong]
    parts.append("\n".join([f"@rule\ndef {function}{call}:", *lines, f"    return _right_{function}{call}\n"]))
    return "\n\n".join(parts)


def _renamed(body: str, function: str, name: str) -> str:
    return body.replace(f"def {function}(", f"def {name}(", 1)

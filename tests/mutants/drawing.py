"""Mutants of the rules drawn by machine: every small change of each function, and so many of them by lot.

The lot depends on the sources, so that nobody chooses which. Kinds of change are drawn in turn, so that the many
arguments that could be swapped do not crowd out the few signs. Each mutant is the smallest piece of syntax around the
change that its function has only once.
"""

from __future__ import annotations

import ast
import copy
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from enum import IntEnum
from itertools import chain, islice, pairwise, zip_longest
from pathlib import Path

from sim.plan import codes
from tests.mutants.mutant import Mutant
from tests.mutants.patterns import PatternError, definitions, mutated, n_places

ROOM = "rules"
LONGEST = 4
"""Lines of a pattern; what needs more to be found is left out."""
_FLIPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_BOUNDARY: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
}  # fmt: skip
_SYMMETRIC = ("max", "min", "range")
"""Functions whose arguments are not swapped: nothing, or nothing at all, would come of it."""

Change = tuple[str, ast.AST, list[ast.AST]]
"""A kind, a node, and what stands in its place."""


def drawn(folder: Path, n: int) -> list[Mutant]:
    """So many mutants of the rules of a package, by lot."""
    digest = rules_digest(folder)
    by_kind: dict[str, list[Mutant]] = {}
    for mutant in sorted(candidates(folder), key=lambda mutant: _lot(digest, mutant)):
        by_kind.setdefault(mutant.name, []).append(mutant)
    in_turn = chain(*zip_longest(*(by_kind[kind] for kind in sorted(by_kind))))
    sound = islice((mutant for mutant in in_turn if mutant and _is_sound(folder, mutant)), n)
    used: Counter[str] = Counter()
    return [_named(mutant, used) for mutant in sound]


def _named(mutant: Mutant, used: Counter[str]) -> Mutant:
    name = f"{mutant.name}-{mutant.function.strip('_').replace('_', '-')}"
    used[name] += 1
    return replace(mutant, name=f"{name}-{used[name]}")


def rules_digest(folder: Path) -> str:
    """Digest of the sources of the rules."""
    digest = hashlib.sha256()
    for file in sorted((folder / ROOM).glob("*.py")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def _lot(digest: str, mutant: Mutant) -> bytes:
    return hashlib.sha256("\0".join((digest, mutant.function, mutant.old, mutant.new)).encode()).digest()


def candidates(folder: Path) -> Iterator[Mutant]:
    """Every mutant that could be drawn, named after its kind alone."""
    for places in definitions(folder).values():
        for place in places:
            if place.module.startswith(f"{ROOM}.") and isinstance(place.node, ast.FunctionDef):
                yield from _of_function(place.module if len(places) > 1 else "", place.node)


def _of_function(module: str, function: ast.FunctionDef) -> Iterator[Mutant]:
    above = {child: node for node in ast.walk(function) for child in ast.iter_child_nodes(node)}
    told = set()
    for statement in function.body[ast.get_docstring(function) is not None :]:
        for node in ast.walk(statement):
            for kind, changed, instead in changes(node, function):
                mutant = _as_mutant(kind, changed, instead, function, above, module)
                if mutant and (mutant.old, mutant.new) not in told:
                    told.add((mutant.old, mutant.new))
                    yield mutant


def _as_mutant(
    kind: str, changed: ast.AST, instead: list[ast.AST], function: ast.FunctionDef, above: dict[ast.AST, ast.AST],
    module: str,
) -> Mutant | None:  # fmt: skip
    """The change as the smallest pattern that fits once; None if that is too long."""
    around = changed
    while around is not function:
        old = ast.unparse(around)
        new = "\n".join(map(ast.unparse, instead)) if around is changed else _unparsed(around, changed, instead)
        if old.count("\n") >= LONGEST:
            return None
        if (
            isinstance(around, ast.expr | ast.stmt)
            and not _is_elif(around, above[around])
            and n_places(function, old, new) == 1
        ):
            breaks = f"{ast.unparse(changed)} → {' '.join(map(ast.unparse, instead)) or 'nothing'}"
            return Mutant(kind, function.name, old, new, " ".join(breaks.split()), module=module)
        around = above[around]
    return None


def _is_elif(node: ast.AST, parent: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(parent, ast.If) and node.col_offset == parent.col_offset


def _unparsed(around: ast.AST, changed: ast.AST, instead: list[ast.AST]) -> str:
    """The text of a node in which one below it is another; of what replaces it, only an expression goes anywhere."""
    changed.is_changed = True
    try:
        twin = copy.deepcopy(around)
    finally:
        del changed.is_changed

    class Replaced(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST | list[ast.AST]:
            if hasattr(node, "is_changed"):
                return instead[0] if len(instead) == 1 else (instead or ast.Pass())
            return self.generic_visit(node)

    return ast.unparse(Replaced().visit(twin))


def _is_sound(folder: Path, mutant: Mutant) -> bool:
    try:
        mutated(folder, mutant.function, mutant.old, mutant.new, mutant.module)
    except PatternError:
        return False
    return True


def changes(node: ast.AST, function: ast.FunctionDef) -> Iterator[Change]:
    """The small changes of one node."""
    if isinstance(node, ast.Compare):
        yield from _of_comparison(node)
    elif isinstance(node, ast.BinOp):
        yield from _of_sum(node)
    elif isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield "logic", node, [ast.BoolOp(other, node.values)]
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "logic", node, [node.operand]
    elif isinstance(node, ast.Constant | ast.Attribute):
        if (other_value := _another_value(node)) is not None:
            yield "constant", node, [other_value]
    elif isinstance(node, ast.Call):
        yield from _of_call(node)
    elif isinstance(node, ast.stmt):
        yield from _of_statement(node, function)


def _of_comparison(node: ast.Compare) -> Iterator[Change]:
    for kind, others in (("comparison", _FLIPPED), ("boundary", _BOUNDARY)):
        if len(node.ops) == 1 and (other := others.get(type(node.ops[0]))):
            yield kind, node, [ast.Compare(node.left, [other()], node.comparators)]


def _of_sum(node: ast.BinOp) -> Iterator[Change]:
    if isinstance(node.op, ast.Add | ast.Sub):
        other = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
        yield "sign", node, [ast.BinOp(node.left, other, node.right)]
        yield "by-one", node, [ast.BinOp(node, ast.Add(), ast.Constant(1))]


def _another_value(node: ast.Constant | ast.Attribute) -> ast.expr | None:
    """The next number, the other truth value, or the next member of an enumeration."""
    if isinstance(node, ast.Attribute):
        kind = getattr(codes, node.value.id, None) if isinstance(node.value, ast.Name) else None
        if not (isinstance(kind, type) and issubclass(kind, IntEnum) and node.attr in kind.__members__):
            return None
        members = list(kind.__members__)
        following = members[(members.index(node.attr) + 1) % len(members)]
        return ast.Attribute(node.value, following, ast.Load())
    if isinstance(node.value, bool):
        return ast.Constant(not node.value)
    if isinstance(node.value, int):
        return ast.Constant(node.value + 1)
    if isinstance(node.value, float):
        return ast.Constant(1.0 if node.value == 0.0 else node.value / 2)
    return None


def _of_call(node: ast.Call) -> Iterator[Change]:
    """Neighbours among the arguments swapped, but for plan and state, which are no numbers."""
    if isinstance(node.func, ast.Name) and node.func.id in _SYMMETRIC:
        return
    numbers = [i for i, one in enumerate(node.args) if not (isinstance(one, ast.Name) and one.id in ("plan", "state"))]
    for one, other in pairwise(numbers):
        arguments = list(node.args)
        arguments[one], arguments[other] = arguments[other], arguments[one]
        if ast.dump(arguments[one]) != ast.dump(arguments[other]):
            yield "argument", node, [ast.Call(node.func, arguments, node.keywords)]


def _of_statement(node: ast.stmt, function: ast.FunctionDef) -> Iterator[Change]:
    """A call or a change of state left out; where a function gives nothing back, an end before any statement."""
    gives_back = any(isinstance(one, ast.Return) and one.value for one in ast.walk(function))
    is_first = node is function.body[ast.get_docstring(function) is not None]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    is_of_state = all(isinstance(target, ast.Attribute | ast.Subscript) for target in targets)
    if is_of_state or isinstance(node, ast.Expr | ast.AugAssign):
        yield "statement", node, []
    if not gives_back and not is_first and not isinstance(node, ast.Return):
        yield "return", node, [ast.Return(), node]

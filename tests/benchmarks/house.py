"""How the code is laid out, of this tree and of another commit: ``python tests/benchmarks/house.py [COMMIT]``.

Prints, for each: files of `sim/` over 500 lines, circles of imports, top-level files, and how many lines the bodies of
functions have, docstrings left out. Imports for type checkers alone are left out; those within functions count.
"""

from __future__ import annotations

import argparse
import ast
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

ROOT = Path(__file__).parents[2]
LONG = 500


def modules(root: Path) -> dict[str, Path]:
    """The modules of `sim`, by dotted name."""
    found = {}
    for path in sorted((root / "sim").rglob("*.py")):
        name = ".".join(path.relative_to(root).with_suffix("").parts)
        found[name.removesuffix(".__init__")] = path
    return found


def imported(tree: ast.Module) -> Iterator[str]:
    """What a module imports; of `from a import b` both a and a.b, since b may be a module."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            waiting += node.orelse
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
            yield node.module
        waiting += ast.iter_child_nodes(node)


def circles(found: dict[str, Path]) -> list[list[str]]:
    """Modules that import one another, each circle once; a package is not held to import what its modules do."""
    names, arrows = list(found), []
    for name, path in found.items():
        targets = {target for target in imported(ast.parse(path.read_text())) if target in found}
        # `from package import module` names the package only on the way to its module
        parents = {target.rpartition(".")[0] for target in targets}
        arrows += [(names.index(name), names.index(target)) for target in targets - parents - {name}]
    graph = coo_array((np.ones(len(arrows)), np.transpose(arrows)), shape=(len(names), len(names)))
    _, parts = connected_components(graph, connection="strong")
    return [
        [name for name, of in zip(names, parts, strict=True) if of == part]
        for part in np.flatnonzero(np.bincount(parts) > 1)
    ]


def functions(found: dict[str, Path]) -> dict[str, int]:
    """Lines of the body of each function and method, by place."""
    return {
        f"{name}:{node.name}": _lines_of(node)
        for name, path in found.items()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def _lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """From the first statement after the docstring to the end; 0 where there is nothing but a docstring."""
    body = function.body[ast.get_docstring(function) is not None :]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def told(root: Path) -> list[str]:
    """What there is to say of one tree, a line each."""
    found = modules(root)
    long = {path.relative_to(root).as_posix(): len(path.read_text().splitlines()) for path in found.values()}
    long = {name: n for name, n in sorted(long.items(), key=lambda item: -item[1]) if n > LONG}
    lengths = functions(found)
    half, most = np.percentile(list(lengths.values()), [50, 90])
    longest = max(lengths, key=lambda name: lengths[name])
    rings = circles(found)
    return [
        f"files over {LONG} lines: {len(long)}  {', '.join(f'{name} {n}' for name, n in long.items())}".rstrip(),
        f"import circles: {len(rings)}  {'; '.join(', '.join(ring) for ring in rings)}".rstrip(),
        f"top-level files of sim/: {len(list((root / 'sim').glob('*.py')))}",
        f"functions: {len(lengths):,}, half of them up to {half:g} lines, 9 of 10 up to {most:g}, "
        f"the longest {lengths[longest]} ({longest})",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("commit", nargs="?", help="another commit to set beside this tree, such as 07e654b")
    commit = parser.parse_args().commit
    if commit:
        with tempfile.TemporaryDirectory() as folder:
            tree = Path(folder) / "tree"
            git = ["git", "-C", str(ROOT), "worktree"]
            subprocess.run([*git, "add", "--quiet", "--detach", str(tree), commit], check=True)
            try:
                print(commit, *told(tree), sep="\n  ")
            finally:
                subprocess.run([*git, "remove", "--force", str(tree)], check=True)
    print("this tree", *told(ROOT), sep="\n  ")


if __name__ == "__main__":
    main()

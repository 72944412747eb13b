"""What a stranger sees of the code: python tests/benchmarks/listing.py [FILE].

Prints (or writes) every file of `sim/` with the first paragraph of its docstring, and its classes and functions with
the first line of theirs, and nothing of their bodies. Readers who have seen nothing else answer the questions at its
head; a wrong answer is a name or a docstring to mend.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
QUESTIONS = """\
1. Where is an incident drawn (file, function)?
2. Where would a new kind of obligation go? Name every file that you would change.
3. What resets between replicates, and where?
4. Who acts first within a minute, and what decides it?
5. Which uniform, of which decision, decides a settlement by mediators?
"""


def lines_of(file: Path) -> Iterator[str]:
    """The file's name and docstring, then each class and function with the first line of its docstring."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    about = (ast.get_docstring(tree) or "").partition("\n\n")[0].replace("\n", " ")
    yield f"\n{file.relative_to(ROOT)}: {about}"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            first = (ast.get_docstring(node) or "").partition("\n")[0]
            kind = "class" if isinstance(node, ast.ClassDef) else "def"
            yield f"    {kind} {node.name}: {first}"


def listing() -> str:
    """The questions, and what a stranger has to answer them from.

    Returns
    -------
    str
    """
    files = sorted((ROOT / "sim").rglob("*.py"))
    return "\n".join([QUESTIONS, *(line for file in files for line in lines_of(file))]) + "\n"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(listing(), encoding="utf-8")
    else:
        print(listing(), end="")

"""Tables that a script prints, and with --write puts into a page between its marks."""

import sys
from pathlib import Path


def show(table: str, page: Path, marks: tuple[str, str]) -> None:
    """Print a table, and with --write put it into its page in the place of the one before."""
    if "--write" in sys.argv:
        before, _, rest = page.read_text(encoding="utf-8").partition(marks[0])
        after = rest.partition(marks[1])[2]
        page.write_text(f"{before}{marks[0]}\n\n{table}\n\n{marks[1]}{after}", encoding="utf-8")
    sys.stdout.write(table + "\n")

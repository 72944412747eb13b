"""Judge drawn mutants cheaply: python tests/mutants/plainly.py [SECONDS] asks the second simulator, in plain Python.

What no deal notices keeps its verdict, and `tests/mutants/drawn.py` asks the other suites.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.mutants.told import deals, noticed  # noqa: E402  (first, since it turns off compiling)

from tests.mutants.drawing import rules_digest  # noqa: E402  isort: skip
from tests.mutants.drawn import KILLED, OPEN, PAGE, draw, drawn_from, fits, page, read, write  # noqa: E402  isort: skip


def main(arguments: list[str]) -> int:
    """Draw if nothing has been drawn of these rules; ask for so long; write table and page."""
    end = time.monotonic() + float(next(iter(arguments), "600"))
    table, rules = read(), drawn_from()
    if not table:
        table, rules = draw([]), rules_digest(ROOT / "sim")
    told = deals()
    by_name = {judged.name: judged for judged in table}
    waiting = [judged for judged in table if judged.verdict == OPEN and fits(judged)]
    for judged in waiting:
        if time.monotonic() > end:
            break
        by, says = noticed(judged.mutant, told)
        if by:
            by_name[judged.name] = replace(judged, verdict=KILLED, by=by, says=says)
        print(judged.name, by or "is not noticed", flush=True)
        write(list(by_name.values()), rules)
    table = list(by_name.values())
    PAGE.write_text(page(table, rules), encoding="utf-8")
    print(dict(Counter(judged.verdict for judged in table)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

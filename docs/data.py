"""Write the catalogue in numbers into docs/data.md: python docs/data.py."""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from sim.report.catalogue import numbers, totals

PAGE = Path(__file__).with_name("data.md")
BLOCK = """<!-- numbers -->
{deals} deals, {obligations} obligations, {dated} of them dated, {clauses} clauses, {not_modelled} parts of clauses
left out with a reason, {sources} sources, {steps} dated lines of records, {scenarios} scenarios.
<!-- /numbers -->"""


def written(page: str) -> str:
    """The page with the numbers of today."""
    return re.sub(r"<!-- numbers -->.*<!-- /numbers -->", BLOCK.format(**totals(numbers())), page, flags=re.DOTALL)


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")

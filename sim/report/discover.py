"""What the unknowns explain of a goal, and the box of them in which it is likely, in the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.report.console import plain_table
from sim.report.words import FOOTER, path_in_words

if TYPE_CHECKING:
    from rich.console import Console


def print_discovery(found: Mapping[str, Any], console: Console) -> None:
    """Print what was discovered.

    Parameters
    ----------
    found : mapping
        As `ceasefire discover --json` prints it.
    console : Console
    """

    def say(text: str) -> None:
        console.print(text, highlight=False, markup=False)

    say(
        f"{len(found['unknowns'])} unknowns explain {found['explained']:.1%} of the variance of one run. It happens in "
        f"{found['base']:.1%} of runs overall; where it is likeliest, by any rule of theirs, in {found['ceiling']:.1%}."
    )
    if found["why_not"] is not None:
        say(f"{found['goal']}: {found['why_not']}.")
        say(FOOTER)
        return
    box = found["box"]
    say(
        f"{found['goal']} at {100 * box['density']:.0f} of 100 points of the box, at {100 * box['base']:.0f} of 100 "
        f"overall; {100 * box['coverage']:.0f} of 100 such points lie in it, which is {box['mass']:.0%} of all points. "
        f"The chance is {box['chance_inside']:.2f} inside on average, {box['chance_outside']:.2f} outside."
    )
    table = plain_table("The box, judged on points that did not choose it", "", "", "p (Holm)")
    for limit in box["limits"]:
        table.add_row(path_in_words(limit["path"]), f"{limit['is']} {limit['words']}", f"{limit['p_holm']:.2g}")
    console.print(table)
    say("A box says where in the ranges it happens, not what brings it about; ends compete with one another.")
    say(FOOTER)

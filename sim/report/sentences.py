"""Every sentence that is written from numbers, as a form with its fields: a new sentence joins by a line here.

A test turns each form into a pattern, reads what commands print with it, and holds every field against the stored
replicates; a sentence of no form fails.
"""

from __future__ import annotations

from collections.abc import Sequence

FORMS = {
    # the answer
    "answer about": "{title} (day 1: {first})",
    "answer baseline": "{scenario}: {title}",
    "answer kind": "{n} {runs} to day {last} ({date}): under assumptions, not a forecast.",
    "answer counts": "At the end: middle run (90 of 100 runs lie between)",
    "answer counts or pairs": "At the end: middle run (90 of 100 runs lie between), or counts in runs of {base}",
    "answer broken": "Promises broken: middle run (90 of 100 runs lie between)",
    "answer events": "In how many of {base} runs; of these, the middle one by day d (9 in 10 between)",
    "answer ends": "Runs of {base} in which it happens",
    "page counts": "At the end: middle run (9 of 10 runs between)",
    "page events": "In how many of {base} runs, and the middle day of these runs",
    "answer always": "In every run: {people}.",
    "answer causes": "Why, in {base} {runs} of {scenario} (odds are assumptions): {causes}.",
    "answer moves": "{variant} against {baseline}, same chance events: {moves}.",
    "answer same": "{variant} against {baseline}, same chance events: nothing above differs in any run.",
    "answer columns": (
        "{first}: middle run (90 of 100 runs lie between); the columns after it: runs of {base} in which it happens."
    ),
    "answer columns events": "Columns: runs of {base} in which it happens.",
    "answer signs": (
        "Run for run against the first, same chance events: {subject}, + more and - fewer, in runs of {base}; ? which "
        "way is undecided."
    ),
    "answer signs events": (
        "Run for run against the first, same chance events: {subject}, + newly and - no longer, in runs of {base}; ? "
        "which way is undecided."
    ),
    "answer swept": "{scenario} at {values} of {paths}, the same chance events in each.",
    "answer swept ends": "Told here: {told} at its lowest and its highest, the others in the middle.",
    "answer swept some": "Told here: {n} of them, the lowest and the highest included.",
    # what the baseline comes to
    "mean": "In “{scenario}” (n = {n} runs), the mean of '{outcome}' is {estimate}{of_total}.",
    "always": "In every run of “{scenario}” (n = {n} runs), '{outcome}' is {value}{of_total}.",
    "same for all": "The same in every run of all scenarios: {outcomes}.",
    # what differs
    "moves": "Run for run against “{baseline}”, “{variant}” moves '{outcome}' by {difference} on average.",
    "undecided": (
        "Run for run against “{baseline}”, it is undecided whether “{variant}” moves '{outcome}': {difference}."
    ),
    "moves another": (
        "Run for run against “{baseline}”, “{variant}” has the same '{outcome}' in every run; it differs in "
        "'{other}' in {share} runs, by {difference} on average."
    ),
    "moves nothing": "Run for run against “{baseline}”, “{variant}” is the same in every run in all that is measured.",
    # how it ends
    "lasts": (
        "The truce lasts {days} days on average; by the last day the deal has neither collapsed nor lapsed in {share} "
        "runs."
    ),
    "collapses": "The deal collapses in {shares}.",
    "goes back": "What an end of “{scenario}” goes back to most often is: {cause}; {end} in {share} runs.",
    "never ended": (
        "{scenario}: no run of {n} ended {end}. By this sample the chance may still be as high as {most} of 10,000."
    ),
    "never more": "{scenario}: never more than {count} of {total} in any run, {curve}.",
    "never fewer": "{scenario}: never fewer than {count} of {total} in any run, {curve}.",
    "no end": "No run ends {ends}; by these runs that may still come about in up to {most} of 100.",
    "kept": "Kept in every run: {guarantees}.",
    # one run
    "released": "Released: {people}.",
    "still held": "Still held: {people}.",
    "captive": "Days in captivity, of the living: {people}.",
    "delivered": "Delivered: {units}.",
    "truce held": "Truce: {days} days.",
    "came to": "Disputes: {disputes}. Incidents: {incidents}.",
    "chosen": (
        "Of the runs of “{scenario}” with the most frequent end it is the first whose '{outcome}' is nearest to the "
        "median of those runs."
    ),
    # where two runs part
    "equal": "Seed {seed}, replicate {replicate}: the two histories are the same.",
    "part": "Seed {seed}, replicate {replicate}: the histories part here.",
    "otherwise": "What fell otherwise, on day {day}: {about}, decided by {who}.",
    "fell": "  {side}: {result}",
    "fell because": "  {side}: {why}; so: {result}",
    "terms": "No decision fell otherwise here; what was agreed differs: {terms}.",
    "no decision": "Which decision fell otherwise cannot be told from the events.",
    "ends": "  ends {end}: {cause}",
    # a sweep
    "spans": (
        "Over {cells} cells of n = {n} runs each, the mean of '{outcome}' goes from {low} (at {at_low}) to {high} "
        "(at {at_high})."
    ),
    "axis moves": (
        "With the other axes in the middle, {axis} from {low} to {high} moves '{outcome}' by {difference} on average."
    ),
    "axis undecided": (
        "With the other axes in the middle, it is undecided whether {axis} from {low} to {high} moves '{outcome}': "
        "{difference}."
    ),
    "axis moves nothing": "In no run does anything that is measured depend on {axis} between {low} and {high}.",
    "one value": "No axis takes more than one value, so that nothing is moved.",
    "cells collapse": (
        "The deal collapses in {rarest} runs of the cell where that is rarest and in {most} runs of the cell where it "
        "is most frequent."
    ),
    # a study
    "in short": "{title}: {cases}.",
    "open": "{outcome}: *{case}* against *{baseline}*",
}  # fmt: skip
"""By name. Fields in braces are numbers in words (`sim.report.numbers`), names, or words of `sim.report.words`."""


def say(form: str, **fields: object) -> str:
    """A sentence of this form.

    Parameters
    ----------
    form : str
        A key of `FORMS`.
    **fields
        What stands in it, in words.
    """
    return FORMS[form].format(**fields)


def listed(parts: Sequence[str]) -> str:
    """'a, b and c'."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"

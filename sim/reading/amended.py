"""Deals as amended by a day: what the parties agreed anew, laid on the text before anything else."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from sim.document.deal import Amendment, Deal
from sim.reading.checks import check_deal
from sim.reading.draft import Draft
from sim.reading.model import hold
from sim.reading.parsed import Parsed
from sim.reading.problem import Fault, Path, Problem

SETTING = "amended"
"""What `--set amended=21` and a scenario's field are called."""
_DAY = re.compile(r"(?:day )?([0-9]{1,4})", re.ASCII)


def day_of(text: Any, deal: Deal) -> int | None:
    """The day of the deal that 21, 'day 21' or a date names; None for anything else.

    Parameters
    ----------
    text : object
    deal : Deal
        Its first day is day 1.
    """
    if isinstance(text, bool):
        return None
    found = _DAY.fullmatch(str(text).strip())
    if found:
        return int(found[1])
    try:
        named = text if isinstance(text, date) else date.fromisoformat(str(text).strip())
    except ValueError:
        return None
    return (named - deal.starts.date()) // timedelta(days=1) + 1


def amend(draft: Draft, deal: Deal, parsed: Parsed, by: int) -> None:
    """Lay on a draft what had been agreed anew by a day; faults go to the draft's problems.

    Parameters
    ----------
    draft : Draft
    deal : Deal
        As first agreed.
    parsed : Parsed
        Its document.
    by : int
        A day of the deal; what came later is left out.
    """
    for place, one in enumerate(deal.amended):
        since = day_of(one.from_, deal)
        if since is None or since > by:
            continue
        for text, value in one.changes.items():
            draft.apply(f"deal.{text}", value, parsed.locate(("amended", place, "changes", text)))
        draft.amended.append(f"As amended on day {since}: {one.title}.")


def check_amended(deal: Deal, parsed: Parsed, draft_of: Any) -> list[Problem]:
    """What is wrong with the amendments of a sound deal, and with the deal after each of them.

    Parameters
    ----------
    deal : Deal
    parsed : Parsed
    draft_of : callable
        Makes a fresh draft of the deal.
    """
    problems: list[Problem] = []
    days = [day_of(one.from_, deal) for one in deal.amended]
    for place, (one, day) in enumerate(zip(deal.amended, days, strict=True)):
        problems += [parsed.problem(fault) for fault in _faults(one, place, day, days[:place])]
    if problems:
        return problems
    for day in dict.fromkeys(days):
        assert day is not None
        draft = draft_of()
        amend(draft, deal, parsed, day)
        problems += draft.problems
        found, faults = hold(Deal, draft.data["deal"], draft.locate, ("deal",))
        problems += faults
        if found is not None:
            problems += [
                fault.at(draft.locate(("deal", *fault.path)))
                for fault in check_deal(found)
                if fault.severity == "error"
            ]
        if problems:  # the later ones stand on this one
            break
    return problems


def _faults(one: Amendment, place: int, day: int | None, earlier: list[int | None]) -> list[Fault]:
    at: Path = ("amended", place)
    if day is None or day < 1:
        return [
            Fault((*at, "from"), "not-a-day", "must be a day of the deal, such as day 8, or a date", value=one.from_)
        ]
    found = []
    if any(before is not None and before > day for before in earlier):
        found.append(Fault((*at, "from"), "not-in-order", "an amendment stands after those of earlier days"))
    if one.source is None and one.assumption is None:
        found.append(Fault(at, "missing-source", "an amendment needs a source, or an assumption in a sentence"))
    own = [text for text in one.changes if text.split(".")[0] in ("amended", "deal", "starts")]
    message = "an amendment changes what is agreed, by path below the deal, and neither its name nor its first day"
    found += [Fault((*at, "changes", text), "cannot-be-amended", message) for text in own]
    return found

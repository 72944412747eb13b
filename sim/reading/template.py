"""A first deal and a first scenario to write on from."""

from __future__ import annotations

import re
from pathlib import Path

from sim.document.deal import Deal
from sim.errors import DealError

_DEAL = """\
# A deal: what was agreed. Every number has a source of the list below, or an assumption in a sentence.
# Durations: 90 min, 12 h, 3 d, 6 w. Dates: day 7, day 7 16:00, phase day 3, 12 h after gate, on gate, phase end.
deal: {name}
title: Title of the deal
starts: 2030-01-01T08:00+02:00   # when the truce begins, with its offset from UTC
horizon: 90 d                    # how far to look

sources:
  text: {{title: Text of the agreement}}

parties: {{north: North, south: South}}
mediators: [mediator]

# People held, by category: counts, never names. Stocks on one list are one line of every table.
stocks:
  civilians: {{of: people, held_by: north, count: 6, list: hostages, source: text}}
  sentenced: {{of: people, held_by: south, count: 60, list: prisoners, source: text}}

# Withdrawal lines in their order; the first is where the withdrawing side stands at the start.
lines: [start, ridge, border]

phases:
  one: {{lasts: 28 d, then: two, source: text}}
  two: {{enters_when: talks.second_phase.agreed, lasts: 28 d, source: text}}

obligations:
  truce:     {{kind: truce, by: south, due: day 1 08:00, source: text}}
  names_1:   {{kind: information, by: north, due: day 1, source: text}}
  batch_1:   {{kind: release, by: north, due: day 2, amount: {{civilians: 3}}, after: names_1, source: text}}
  batch_2:   {{kind: release, by: north, due: day 9, amount: {{civilians: 3}}, after: batch_1, source: text}}
  # One return after each release: ten prisoners for each person released.
  prisoners: {{kind: return, by: south, for_each: release, ratio: {{civilians: {{sentenced: 10}}}}, due: same day,
              source: text}}
  ridge:     {{kind: withdrawal, by: south, to_line: ridge, due: day 10, after: {{released: 6, list: hostages}},
              source: text}}
  talks_two: {{kind: talks, by: south, topic: second_phase, starts_by: day 14, concludes_by: day 27, source: text}}
  border:    {{kind: withdrawal, by: south, phase: two, to_line: border, due: phase day 20, source: text}}

guarantees:
  batch_before_ridge: {{precedes: [batch_1, ridge], source: text}}
"""

_SCENARIO = """\
# A scenario: how everybody may behave, and what to change. What is left out happens as and when the deal says.
scenario: {name}
title: Title of the scenario
question: What happens if releases run late?
deal: {deal}                     # a name of the catalogue, or a file beside this one

behaviour:
  assumption: Round figures to begin with.
  parties:
    {releasing}:
      kinds:
        release: {{late: 0.2, delay: {{median: 12 h, p95: 3 d}}}}   # one in five is late
      tolerance: 1 d             # waits so long before it complains
    {other}:
      default: {{late: 0.1, delay: 1 d}}
      withholds: 0.5             # holds back half of what it owes while it complains
      patience: {{median: 7 d, p95: 14 d}}
  mediators: {{settles: 0.6, attempt: 2 d}}
{talks}
# Terms to change, by path; nothing changes the deal's own file.
changes: {{}}
#   deal.obligations.{obligation}.due: day 4

# The axes of a sweep.
vary:
  behaviour.parties.{releasing}.kinds.release.late: {{low: 0.0, high: 0.5, steps: 6}}
"""
_TALKS = """\
  talks:
    {topic}: {{delay: {{median: 2 d, p95: 10 d}}, agrees_per_day: 0.1}}
"""


def starting_deal(name: str) -> str:
    """A commented deal in YAML, sound as it stands.

    Parameters
    ----------
    name : str
        The deal's name: small letters, digits and hyphens.
    """
    return _DEAL.format(name=name)


def starting_scenario(name: str, deal: str, terms: Deal | None = None) -> str:
    """A commented scenario in YAML, sound as it stands beside its deal.

    Parameters
    ----------
    name : str
        The scenario's name: small letters, digits and hyphens.
    deal : str
        Name or file of the deal.
    terms : Deal, optional
        The deal itself, whose parties and talks the scenario speaks of; by default those of a starting deal.
    """
    releasing, other, obligation, topic = "north", "south", "batch_2", "second_phase"
    if terms is not None:
        releases = [
            key for key, owed in terms.obligations.items() if owed.kind == "release" and owed.by in terms.parties
        ]
        obligation = releases[-1] if releases else next(iter(terms.obligations))
        releasing = terms.obligations[obligation].by if releases else next(iter(terms.parties))
        other = next(party for party in terms.parties if party != releasing)
        topic = next((owed.topic for owed in terms.obligations.values() if owed.topic), "")
    talks = _TALKS.format(topic=topic) if topic else ""
    return _SCENARIO.format(name=name, deal=deal, releasing=releasing, other=other, obligation=obligation, talks=talks)


def copy_of(path: Path, name: str) -> str:
    """A document under a new name, with its comments, to be changed.

    Parameters
    ----------
    path : Path
        A deal or scenario.
    name : str
        The copy's name.

    Returns
    -------
    str
        YAML. In a scenario `builds_on` and `deal` stay as they are, so they must be names of the catalogue.

    Raises
    ------
    DealError
        If the file cannot be read or is neither.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DealError(f"{path}: cannot be read: {error}") from None
    copied, n_named = re.subn(r"^(deal|scenario):.*$", rf"\1: {name}", text, count=1, flags=re.MULTILINE)
    if n_named == 0:
        raise DealError(f"{path}: neither a deal nor a scenario")
    return copied

"""Delays that are cut: whoever is late is complained of and settled with, often long before the delay is over.

A delay of 5 d that is complained of at midnight and settled after a day ends after that day, as one of 2 d does. Where
the numbers that cut it are defaults, nobody has chosen that, and a sweep of the delay is flat; so it is said.
"""

from __future__ import annotations

from collections.abc import Iterator

from sim.document.behaviour import UNWRITTEN, Compliance, Delay
from sim.document.dates import DAY
from sim.document.deal import Obligation
from sim.document.scenario import ResolvedScenario
from sim.document.values import write_duration
from sim.reading.defaults import creditor_of
from sim.reading.posterior import distributions
from sim.reading.problem import Fault, Path, first_of_each
from sim.reading.reach import NEVER, Reach

LIKELY = 0.5
"""From which chance on a complaint or a settlement is the usual course."""


def cut_delays(resolved: ResolvedScenario, reach: Reach | None = None) -> Iterator[Fault]:
    """Warnings about delays whose median a default cuts, one for each delay that is written.

    Parameters
    ----------
    resolved : ResolvedScenario
        Sound.
    reach : Reach, optional
        Of its deal, where that has been worked out.

    Yields
    ------
    Fault
        With a path into the scenario.
    """
    if resolved.scripted is not None:
        return
    reach = Reach(resolved.deal) if reach is None else reach
    cut = (_cut(reach, resolved, key, obligation) for key, obligation in resolved.deal.obligations.items())
    yield from first_of_each(fault for fault in cut if fault is not None)


def _cut(reach: Reach, resolved: ResolvedScenario, key: str, obligation: Obligation) -> Fault | None:
    """What cuts the delay of one obligation, if defaults do."""
    at, delay = _delay(resolved, key, obligation)
    creditor = creditor_of(resolved.deal, obligation)
    if delay is None or obligation.kind in ("flow", "talks") or creditor not in resolved.deal.parties:
        return None
    complainer, mediators = resolved.behaviour.parties.get(creditor, UNWRITTEN), resolved.behaviour.mediators
    own = mediators.kinds.get(obligation.kind)
    settles = mediators.settles if own is None or own.settles is None else own.settles
    attempt = mediators.attempt if own is None or own.attempt is None else own.attempt
    grace = _grace(reach, key, obligation)
    over = grace + complainer.tolerance.median + attempt.median + mediators.lag.median
    defaults = [
        words
        for words, is_default in (
            (f"complains {complainer.complains:g}", "complains" not in complainer.model_fields_set),
            (
                f"tolerance {write_duration(complainer.tolerance.median)}",
                "tolerance" not in complainer.model_fields_set,
            ),
            (
                f"settles {settles:g}",
                "settles" not in mediators.model_fields_set and (own is None or own.settles is None),
            ),
            (
                f"attempt {write_duration(attempt.median)}",
                "attempt" not in mediators.model_fields_set and (own is None or own.attempt is None),
            ),
        )
        if is_default
    ]
    if not defaults or min(complainer.complains, settles) < LIKELY or delay.median <= over:
        return None
    message = (
        f"a delay of {write_duration(delay.median)} (median) usually ends after {write_duration(int(over))}: "
        f"{key} is late {write_duration(grace)} after it falls due, {creditor} then complains, and mediators settle"
    )
    hint = f"by default: {', '.join(defaults)}; write them, so that it is a choice"
    return Fault(at, "delay-cut", message, hint, severity="warning")


def _delay(resolved: ResolvedScenario, key: str, obligation: Obligation) -> tuple[Path, Delay | None]:
    """The delay of an obligation that may be late, and where it is written."""
    party = resolved.behaviour.parties.get(obligation.by, UNWRITTEN)
    at: Path = ("behaviour", "parties", obligation.by)
    instances = [name for name in party.obligations if name.partition(".")[0] == key and name != key]
    layers: list[tuple[Path, Compliance | None]] = [
        *(((*at, "obligations", name), party.obligations[name]) for name in instances),
        ((*at, "obligations", key), party.obligations.get(key)),
        ((*at, "kinds", obligation.kind), party.kinds.get(obligation.kind)),
        ((*at, "default"), party.default),
    ]
    given = [(path, layer) for path, layer in layers if layer is not None]
    late = next((layer.late for _, layer in given if layer.late is not None), 0.0)
    paths = {path.removeprefix("behaviour.") for path in distributions(resolved)}
    shifted = {str(s.path).removeprefix("behaviour.") for s in resolved.behaviour.shocks.values() if s.path is not None}
    is_drawn = any(".".join(map(str, (*path[1:], "late"))) in paths | shifted for path, _ in given)
    if not (late or is_drawn):
        return (), None
    return next((((*path, "delay"), layer.delay) for path, layer in given if layer.delay is not None), ((), None))


def _grace(reach: Reach, key: str, obligation: Obligation) -> int:
    """Minutes from falling due to being late: to midnight of its earliest day, where the deal gives none."""
    if obligation.grace is not None:
        return obligation.grace
    due = reach.due[key]
    if due == NEVER:
        return DAY
    start = reach.deal.starts.hour * 60 + reach.deal.starts.minute
    return int(DAY - (due + start) % DAY)

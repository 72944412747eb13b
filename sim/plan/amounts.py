"""People owed by group, returns owed for releases, and each obligation's part in what its side delivers."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.document.deal import Deal, Obligation, Spread
from sim.document.kinds import OF_PEOPLE
from sim.plan.codes import NONE
from sim.plan.limits import refuse_over
from sim.plan.names import Names

Entry = tuple[int, int, int]
"""Group, people owed, obligation."""
Ratio = tuple[int, int, int, int]
"""Group released, entry that it makes owed, people for each, and the remainder that is spread over the first."""


def amount_of(obligation: Obligation) -> int:
    """People or units owed, 1 of what is not counted; 0 where nothing is owed, as of a flow of nothing a day."""
    if obligation.amount or obligation.kind in OF_PEOPLE:
        return sum(obligation.amount.values())
    if obligation.kind == "flow":
        return int(any([*obligation.each_day.values(), *obligation.on_exchange_days.values()]))
    return 1 if obligation.units is None or obligation.kind in ("talks", "truce") else obligation.units


def fill_amounts(p: Any, deal: Deal, names: Names) -> None:
    """Entries by obligation, and for returns the ratios by which they grow."""
    entries: list[Entry] = []
    ratios: list[Ratio] = []
    p["first_return"][:] = p["next_return"][:] = NONE
    for o, instance in enumerate(names.instances):
        p["entry_start"][o], p["ratio_start"][o] = len(entries), len(ratios)
        if instance.release is not None:
            _fill_return(p, o, deal, names, entries, ratios)
        else:
            entries.extend((names.groups[g], n, o) for g, n in instance.obligation.amount.items() if g in names.groups)
    n = len(names.instances)
    p["entry_start"][n], p["ratio_start"][n] = len(entries), len(ratios)
    refuse_over("amounts of people by group", len(entries), "MAX_ENTRIES")
    refuse_over("ratios", len(ratios), "MAX_RATIOS")
    flows = [o for o, instance in enumerate(names.instances) if instance.obligation.kind == "flow"]
    p["n_entries"], p["n_flows"], p["flow"][: len(flows)] = len(entries), len(flows), flows
    for e, row in enumerate(entries):
        p["entry_group"][e], p["entry_count"][e], p["entry_obligation"][e] = row
    for r, ratio in enumerate(ratios):
        p["ratio_released_group"][r], p["ratio_entry"][r], p["ratio_each"][r], p["ratio_remainder"][r] = ratio


def _fill_return(p: Any, o: int, deal: Deal, names: Names, entries: list[Entry], ratios: list[Ratio]) -> None:
    """What one return owes for the groups of its release: entries start empty and grow with each handover."""
    instance = names.instances[o]
    release, r = deal.obligations[str(instance.release)], names.obligations[str(instance.release)]
    entry_of: dict[str, int] = {}
    owed = 0
    for group, returned in instance.obligation.ratio.items():
        if group not in release.amount:
            continue
        for prisoners, amount in returned.items():
            if prisoners not in entry_of:
                entry_of[prisoners] = len(entries)
                entries.append((names.groups[prisoners], 0, o))
            each, remainder = _each(amount, deal.stocks[group].count)
            ratios.append((names.groups[group], entry_of[prisoners], each, remainder))
            owed += each * release.amount[group]
    p["owed"][o] = owed
    p["release_of"][o] = r
    p["next_return"][o], p["first_return"][r] = p["first_return"][r], o


def _each(amount: int | Spread, people: int) -> tuple[int, int]:
    """How many are returned for each of these people, and what is left over."""
    return divmod(amount.total, max(people, 1)) if isinstance(amount, Spread) else (amount, 0)


def fill_values(p: Any, names: Names) -> None:
    """Each obligation's part in its side's delivered share, in parts per million; flows and talks have none."""
    weights = np.array([
        i.obligation.weight
        if (i.release is not None or amount_of(i.obligation) > 0) and i.obligation.kind not in ("flow", "talks")
        else 0.0
        for i in names.instances
    ])  # fmt: skip
    for actor in (0, 1):
        weighed = np.flatnonzero((p["debtor"][: len(weights)] == actor) & (weights > 0))
        if len(weighed):
            edges = np.rint(1e6 * np.cumsum(weights[weighed]) / weights[weighed].sum()).astype(np.int64)
            p["value"][weighed] = np.diff(edges, prepend=0)
    lasting = [o for o, i in enumerate(names.instances) if i.obligation.kind == "truce"]
    p["n_lasting"], p["lasting"][: len(lasting)] = len(lasting), lasting
    for actor in (0, 1):
        p["lasting_value"][actor] = sum(int(p["value"][o]) for o in lasting if p["debtor"][o] == actor)


def fill_next_releases(p: Any, names: Names) -> None:
    """For each release, the next one of the same debtor and phase in the document; a leg goes when the others do."""
    p["next_release"][:] = NONE
    later: dict[tuple[int, int], int] = {}
    for o, instance in reversed(list(enumerate(names.instances))):
        if instance.obligation.kind == "release" and amount_of(instance.obligation) > 0 and p["exchange"][o] == NONE:
            place = int(p["debtor"][o]), int(p["phase"][o])
            p["next_release"][o] = later.get(place, NONE)
            later[place] = o

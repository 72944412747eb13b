"""What has come about by the end of each day: people out, by list, and obligations met.

'By day' of the page on the model. Read off the events of a history.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.oracle.measured import DONE_BY
from tests.oracle.simulate import History
from tests.oracle.totals import LISTS, OUT, side_of
from tests.oracle.world import DONE

List = tuple[str, str]
OF = ("people", "remains")


def out_by_day(history: History) -> dict[List, list[int]]:
    """Of each side's people and remains, how many are out by the end of each day, from day 0 to that of the horizon."""
    return _out_by_day(history, list(LISTS), lambda stock: side_of(history, stock))


def out_by_list(history: History) -> dict[List, list[int]]:
    """The same of each list that the document names."""
    stocks = history.world.deal.get("stocks", {})
    names = {key: stock.get("list") or key for key, stock in stocks.items()}
    return _out_by_day(history, list(dict.fromkeys(names.values())), names.__getitem__)


def _out_by_day(history: History, lists: list[str], list_of: Callable[[str], str]) -> dict[List, list[int]]:
    days = range(_last_day(history) + 1)
    stocks = history.world.deal.get("stocks", {})
    steps = {(name, of): [0 for _ in days] for name in lists for of in OF}
    for event in history.events:
        if event.kind in OUT and event.after == "released":
            is_dead = event.kind == "RemainsMoved" or stocks[event.about]["of"] == "remains"
            steps[list_of(event.about), OF[is_dead]][_day(history, event.minute)] += event.amount
    return {of: [sum(found[: day + 1]) for day in days] for of, found in steps.items()}


def met_on(history: History) -> dict[str, int]:
    """By obligation that is met at the end, the day on which it last came to be."""
    met = {event.about: _day(history, event.minute) for event in history.events if event.kind in DONE_BY}
    return {key: day for key, day in met.items() if history.statuses[key] in DONE}


def _last_day(history: History) -> int:
    return history.world.calendar.day(history.world.horizon)


def _day(history: History, minute: int) -> int:
    """What happens before day 0 counts on it."""
    return min(max(history.world.calendar.day(minute), 0), _last_day(history))

"""Exchanges: obligations whose delivered shares or numbers stay in step, and the lots in which they are owed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from sim.document.values import Chance, Duration, Key, Keys, ShortTitle, Sourced, Text

if TYPE_CHECKING:
    from sim.document.deal import Deal

MOST_LOTS = 200
MOST_LEGS = 8
Lots = Annotated[int, Field(ge=1, le=MOST_LOTS)]


class Exchange(Sourced):
    """Obligations that are carried out in step: nobody gives more than the others stand ready to give."""

    legs: list[Key] = Field(
        min_length=2, max_length=MOST_LEGS, description="The obligations, each of another debtor and in one phase."
    )
    in_: Literal["share", "number"] = Field(
        "share",
        alias="in",
        description="Equal shares of what each owes, or equal numbers; of numbers it is over with the smallest.",
    )
    lots: Lots = Field(1, description="In so many equal parts, each decided by itself and owed after the one before.")
    every: Duration = Field(0, description="Each lot is due so long after the one before; by default on the same date.")
    lead: Chance = Field(
        0.0, description="Share of the whole by which a leg may go ahead of what the others have ready."
    )
    whole: bool = Field(False, description="A lot goes only as a whole, all or nothing, all legs in one minute.")
    title: Text | None = Field(None, description="What tables and figures call it; by default its key.")
    short_title: ShortTitle | None = Field(
        None, description="What sentences and narrow tables call it; by default its title."
    )
    clause: Keys | None = Field(None, description="Clause or clauses of the deal's text.")


def exchange_of(deal: Deal, obligation: str) -> Exchange | None:
    """The exchange that an obligation is a leg of, if it is one of any.

    Parameters
    ----------
    deal : Deal
    obligation : str
    """
    return next((exchange for exchange in deal.exchanges.values() if obligation in exchange.legs), None)


def lots_of(deal: Deal, obligation: str) -> int:
    """In how many lots an obligation is owed.

    Parameters
    ----------
    deal : Deal
    obligation : str
    """
    exchange = exchange_of(deal, obligation)
    return 1 if exchange is None else exchange.lots


def owed_in_step(deal: Deal, obligation: str) -> dict[str, int]:
    """What an obligation owes of each stock; in an exchange of numbers no more than the leg that owes least.

    Parameters
    ----------
    deal : Deal
    obligation : str
    """
    amount, exchange = dict(deal.obligations[obligation].amount), exchange_of(deal, obligation)
    most = None if exchange is None else least_number(deal, exchange)
    if most is not None and len(amount) == 1:
        [(stock, number)] = amount.items()
        amount[stock] = number if number <= most else most
    return amount


def least_number(deal: Deal, exchange: Exchange) -> int | None:
    """The number with which an exchange of numbers is over, that of the leg that owes least; None of shares.

    Parameters
    ----------
    deal : Deal
    exchange : Exchange
    """
    owed = [counted_of(deal, leg) for leg in exchange.legs if leg in deal.obligations]
    return min((n for n in owed if n is not None), default=None) if exchange.in_ == "number" else None


def is_for_nothing(deal: Deal, obligation: str) -> bool:
    """Whether an obligation owes nothing because another leg of its exchange of numbers does.

    Parameters
    ----------
    deal : Deal
    obligation : str
    """
    exchange = exchange_of(deal, obligation)
    return exchange is not None and least_number(deal, exchange) == 0


def counted_of(deal: Deal, obligation: str) -> int | None:
    """The people or units that an obligation owes as it is written; None of what is done or not.

    Parameters
    ----------
    deal : Deal
    obligation : str
    """
    owed = deal.obligations[obligation]
    return sum(owed.amount.values()) if owed.amount else owed.units


def part_of(number: int, lots: int, lot: int) -> int:
    """What is owed in one of several lots, which differ by one at most.

    Parameters
    ----------
    number : int
        Owed in all.
    lots : int
    lot : int
        Counted from 0.
    """
    return number * (lot + 1) // lots - number * lot // lots

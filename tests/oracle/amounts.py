"""How much is owed and how much of it is enough: 'Amounts' of the page on the model."""

from __future__ import annotations

from typing import Any

IN_UNITS = ("arms", "force_deployment", "transfer", "payment", "demobilisation")
"""Kinds of which it is told how many units were delivered."""


def plain(deal: dict[str, Any]) -> dict[str, Any]:
    """The deal with a number for each amount, things as units, and from how much on it is enough."""
    stocks, written = deal.get("stocks") or {}, deal["obligations"]
    return {**deal, "obligations": {key: _terms(stocks, written, terms) for key, terms in written.items()}}


def _terms(stocks: dict[str, Any], written: dict[str, Any], terms: dict[str, Any]) -> dict[str, Any]:
    amount = terms.get("amount") or {}
    if not amount:
        return terms
    numbers = {stock: _number(stocks, written, stock, given) for stock, given in amount.items()}
    words = {word for given in amount.values() if isinstance(given, dict) for word in given}
    found = {**terms, "amount": numbers, "up_to": "up_to" in words}
    if "about" in words:
        found["accepted_from"] = 0.9
    if all(stocks[stock]["of"] not in ("people", "remains") for stock in amount):
        found.update(amount={}, units=sum(numbers.values()), of_things=True)
    return found


def _number(stocks: dict[str, Any], written: dict[str, Any], stock: str, given: Any) -> int:
    """The number itself; all is what nobody else owes of the stock."""
    if isinstance(given, dict):
        return int(next(iter(given.values())))
    if given != "all":
        return int(given)
    others = [terms["amount"][stock] for terms in written.values() if stock in (terms.get("amount") or {})]
    return int(stocks[stock]["count"]) - sum(_number(stocks, written, stock, one) for one in others if one != "all")


def least(units: int, share: float) -> int:
    """The whole number that reaches this share of so many."""
    return -int(-(units * share - 1e-9) // 1)

"""In which lots a leg of an exchange is owed, and how much in each: 'Exchanges' of the page on the model."""

from __future__ import annotations

from typing import Any

from tests.oracle.reading import minutes

Lot = tuple[str, dict[str, Any], dict[str, int]]
"""Its name, its terms, and what is more to say of it: its place, of how many, and how much later it is due."""


def exchange_of(deal: dict[str, Any], key: str) -> dict[str, Any] | None:
    """The exchange that an obligation is a leg of."""
    named = (deal.get("exchanges") or {}).values()
    return next((exchange for exchange in named if key.split(".")[0] in exchange["legs"]), None)


def in_lots(deal: dict[str, Any], key: str, terms: dict[str, Any]) -> list[Lot]:
    """An obligation; of a leg each of its lots, owed once the one before is delivered, and so much later."""
    exchange = exchange_of(deal, key)
    if exchange is None:
        return [(key, terms, {})]
    lots, least = int(exchange.get("lots") or 1), _least(deal, exchange)
    every = minutes(exchange.get("every") or 0)
    return [
        (key if lots == 1 else f"{key}.{lot + 1}", _terms(key, terms, least, lots, lot),
         {"lot": lot, "lots": lots, "later": lot * every, "is_leg": True, "goes_whole": bool(exchange.get("whole"))})
        for lot in range(lots)
    ]  # fmt: skip


def _terms(key: str, terms: dict[str, Any], least: int | None, lots: int, lot: int) -> dict[str, Any]:
    """What is owed in one lot."""
    mine = {**terms, "weight": float(terms.get("weight", 1.0)) / lots}
    if terms.get("amount"):
        mine["amount"] = {stock: _part(number, least, lots, lot) for stock, number in terms["amount"].items()}
    if terms.get("units") is not None:
        mine["units"] = _part(int(terms["units"]), least, lots, lot)
    if lot:
        after = terms.get("after") or []
        mine["after"] = [*(after if isinstance(after, list) else [after]), {"obligation": f"{key}.{lot}"}]
    return mine


def _least(deal: dict[str, Any], exchange: dict[str, Any]) -> int | None:
    """The number with which an exchange of numbers is over."""
    if exchange.get("in", "share") != "number":
        return None
    terms = [deal["obligations"][leg] for leg in exchange["legs"]]
    return min(sum(t["amount"].values()) if t.get("amount") else int(t["units"]) for t in terms
               if t.get("amount") or t.get("units") is not None)  # fmt: skip


def _part(number: int, least: int | None, lots: int, lot: int) -> int:
    owed = number if least is None else min(number, least)
    return owed * (lot + 1) // lots - owed * lot // lots

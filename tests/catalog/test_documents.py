"""Every shipped deal and scenario: sources are listed, cited and have an address; numbers say where they come from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.document.behaviour import Behaviour, Delay
from sim.document.conditions import Condition
from sim.document.kinds import OF_PEOPLE, OF_THINGS
from sim.document.values import Part, Sourced
from sim.reading.model import load_deal, load_scenario_file

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"


DEALS = {path.stem: load_deal(path) for path in sorted((SCENARIOS / "deals").glob("*.yaml"))}
WRITTEN = {
    f"{deal}/{path.stem}": load_scenario_file(path)
    for deal in DEALS
    for path in sorted((SCENARIOS / deal).glob("*.yaml"))
}


def test_deals_are_shipped_with_their_scenarios():
    assert set(DEALS) >= {"november-2023", "january-2025", "october-2025", "israel-hamas-2011"}
    assert {f"{deal}/{name}" for deal in DEALS for name in ("as-written", "baseline")} <= set(WRITTEN)


# ---------------------------------------------------------------- sources


def sets_number(value: Any) -> bool:
    """Whether a field's value is a number, a time or a date, or has one in it that is not a block of its own."""
    if isinstance(value, Delay) or (isinstance(value, (int, float)) and not isinstance(value, bool)):
        return True
    if isinstance(value, str):
        return bool(re.search(r"\d", value))
    if isinstance(value, dict):
        return any(sets_number(item) for item in value.values())
    return isinstance(value, (list, tuple)) and any(sets_number(item) for item in value)


def blocks(part: Any, path: str) -> Iterator[tuple[str, Sourced]]:
    """Every block within a part that was written and could name a source; delays belong to the block they stand in."""
    if isinstance(part, dict):
        for key, item in part.items():
            yield from blocks(item, f"{path}.{key}")
    elif isinstance(part, (list, tuple)):
        for place, item in enumerate(part):
            yield from blocks(item, f"{path}.{place}")
    elif isinstance(part, Part):
        if isinstance(part, Sourced) and not isinstance(part, (Delay, Condition)):
            yield path, part
        for name in part.model_fields_set:
            yield from blocks(getattr(part, name), f"{path}.{name}")


def without_source(part: Any, path: str) -> list[str]:
    """Blocks that set a number and give neither source nor assumption."""
    words = {"source", "assumption", "note", "title"}
    return [
        where
        for where, block in blocks(part, path)
        if not (block.source or block.assumption)
        and any(sets_number(getattr(block, name)) for name in block.model_fields_set - words)
    ]


def cited(part: Any) -> set[str]:
    return {key for _, block in blocks(part, "") for key in block.source or ()}


@pytest.mark.parametrize("name", DEALS)
def test_every_part_of_a_deal_has_a_source_or_an_assumption(name):
    deal = DEALS[name]
    for part in (deal.obligations, deal.stocks, deal.phases, deal.lines, deal.rights, deal.guarantees):
        assert [key for key, item in part.items() if not (item.source or item.assumption)] == []
    assert [fact.about for fact in deal.contested if not (fact.source or fact.assumption)] == []


@pytest.mark.parametrize("name", WRITTEN)
def test_every_block_of_behaviour_has_a_source_or_an_assumption(name):
    scenario = WRITTEN[name]
    assert without_source(scenario.behaviour, "behaviour") + without_source(scenario.uncertain, "uncertain") == []
    assert scenario.notes or not scenario.changes, "changed terms are explained in the notes"


def test_a_block_without_source_is_noticed():
    bare = {"parties": {"israel": {"kinds": {"return": {"late": 0.2}}}}, "guarantors": {"restores": 0.5}}
    found = without_source(Behaviour.model_validate(bare), "behaviour")
    assert sorted(found) == ["behaviour.guarantors", "behaviour.parties.israel.kinds.return"]


@pytest.mark.parametrize("name", DEALS)
def test_every_source_cited_is_listed_and_every_one_listed_is_cited(name):
    deal = DEALS[name]
    words = " ".join([*deal.not_modelled.values(), *(o.contested or "" for o in deal.obligations.values())])
    named = {key for key in deal.sources if re.search(rf"(?<![\w-]){re.escape(key)}(?![\w-])", words)}
    assert cited(deal) - set(deal.sources) == set()
    assert set(deal.sources) - cited(deal) - named == set()


@pytest.mark.parametrize("name", DEALS)
def test_every_source_of_a_deal_has_an_address(name):
    assert [key for key, source in DEALS[name].sources.items() if not re.match("https?://", source.url or "")] == []


@pytest.mark.parametrize("name", DEALS)
def test_scenarios_cite_listed_sources_and_a_baseline_cites_all_its_own(name):
    baseline = WRITTEN[f"{name}/baseline"]
    known = set(DEALS[name].sources) | set(baseline.sources)
    for key, scenario in WRITTEN.items():
        if key.startswith(f"{name}/"):
            assert cited(scenario) <= known, key
    assert set(baseline.sources) <= cited(baseline)


@pytest.mark.parametrize("name", DEALS)
def test_every_obligation_has_clause_grade_and_title(name):
    obligations = DEALS[name].obligations.items()
    assert [key for key, o in obligations if not (o.clause and o.grade and o.title)] == []


NO_PEOPLE = re.compile(r"people|person|prisoner|hostage|captive|detainee|soldier|fighter|troop|civilian|officer")


@pytest.mark.parametrize("name", DEALS)
def test_people_are_no_things_and_things_are_no_people(name):
    """Soldiers that leave a place are forces: `of: soldiers` withdraws and is never released."""
    deal = DEALS[name]
    handed_over = {key for o in deal.obligations.values() if o.kind in ("release", "return") for key in o.amount}
    assert handed_over <= set(deal.people)
    for key, stock in deal.stocks.items():
        withdraws = {o.kind for o in deal.obligations.values() if key in o.amount} <= {"withdrawal", "demobilisation"}
        assert key in deal.people or withdraws or not NO_PEOPLE.search(stock.of), key


# ---------------------------------------------------------------- scenarios


@pytest.mark.parametrize("name", WRITTEN)
def test_every_scenario_asks_a_question_and_says_what_it_stands_on(name):
    scenario = WRITTEN[name]
    assert scenario.question.endswith("?")
    assert scenario.scenario == name
    if scenario.builds_on is None:
        assert scenario.deal == name.split("/")[0]
    else:
        assert scenario.builds_on in WRITTEN


@pytest.mark.parametrize("name", DEALS)
def test_a_deal_as_written_has_no_behaviour(name):
    assert WRITTEN[f"{name}/as-written"].behaviour == Behaviour()
    assert not WRITTEN[f"{name}/as-written"].changes


@pytest.mark.parametrize("name", DEALS)
def test_reactions_of_both_sides_are_the_same_in_a_baseline(name):
    one, other = (WRITTEN[f"{name}/baseline"].behaviour.parties[party] for party in DEALS[name].parties)
    for field in ("complains", "withholds", "restores"):
        assert getattr(one, field) == getattr(other, field), field
    for field in ("tolerance", "patience", "suspends", "latency"):
        mine, theirs = getattr(one, field), getattr(other, field)
        assert (mine.median, mine.p95) == (theirs.median, theirs.p95), field


@pytest.mark.parametrize("name", DEALS)
def test_every_dated_duty_says_who_set_its_date_and_whether_its_amount_is_settled(name):
    deal = DEALS[name]
    legs = {leg for exchange in deal.exchanges.values() for leg in exchange.legs}
    dated = {key: duty for key, duty in deal.obligations.items() if re.match(r"(phase )?day |phase end", str(duty.due))}
    of_amounts = {key for key, duty in dated.items() if duty.kind in (*OF_PEOPLE, *OF_THINGS)}
    assert {key for key in of_amounts if dated[key].settled is None} == set()
    assert {key for key in of_amounts | (legs & dated.keys()) if dated[key].date_set_by is None} == set()

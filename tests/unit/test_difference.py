"""Differences of two documents are printed as documents write them, and no more than what differs."""

import pytest
from pydantic import TypeAdapter

from sim.document.conditions import Claims, Gate
from sim.reading import catalogue
from sim.reading.difference import WORDS, Change, differences
from sim.reading.model import read_value
from sim.reading.resolve import resolve
from sim.report.console import console_for
from sim.report.difference import condition_written, leaves, print_differences

STORED = {"mode": "json", "by_alias": True, "exclude_none": True}


def printed(before, after, path="deal.obligations.batch.after", capsys=None) -> list[str]:
    """The cells of the row that tells one change."""
    print_differences([Change(path, "changed", before, after)], "one", "other", console_for())
    row = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("obligations."))
    return [cell for cell in row.split("  ") if cell.strip()]


def gates_of(part):
    """All gates of a resolved document, as plain data."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key in ("after", "enters_when", "continues_while", "unless") and isinstance(value, list):
                yield value
            else:
                yield from gates_of(value)


@pytest.mark.parametrize("deal", [entry.name for entry in catalogue.deals()])
def test_every_condition_of_a_shipped_deal_is_written_as_one_that_means_the_same(deal):
    resolved = resolve(f"{deal}/baseline")
    gates = [gate for gate in gates_of(resolved.model_dump(**STORED)) if gate]
    holders = [*resolved.deal.obligations.values(), *resolved.deal.powers.values()]
    assert bool(gates) == any(holder.after for holder in holders)
    reader = TypeAdapter(Gate)
    for gate in gates:
        text = "[" + ", ".join(map(condition_written, gate)) + "]"
        read = reader.validate_python(read_value(text))
        assert [one.model_dump(**STORED) for one in read] == gate


@pytest.mark.parametrize(
    "written",
    [
        "names_1", "talks.two.agreed", "phase.one.ended", "line.coast", "truce.holds", "end.collapsed",
        "obligation.names_1.late", "{obligation: names_1, share: 0.5}", "{released: 6, list: prisoners}",
        "{any: [names_1, {line: coast, by: north}, phase.one.entered]}", "obligation.truce.due", "truce",
    ],
)  # fmt: skip
def test_what_is_written_is_read_as_it_was(written):
    (claim,) = TypeAdapter(Claims).validate_python(read_value(written))
    assert condition_written(claim.model_dump(**STORED)) == written


def test_of_two_gates_only_what_differs_is_told(capsys):
    one, two, three = ({"obligation": name} for name in ("one", "two", "three"))
    held = {"truce": "holds"}
    assert [cell.strip() for cell in printed([one, two], [one, two, three], capsys=capsys)][1:] == ["…", "…, three"]
    assert [cell.strip() for cell in printed([one], [held], capsys=capsys)][1:] == ["one", "truce.holds"]
    assert [cell.strip() for cell in printed([], [three, held], capsys=capsys)][1:] == ["nothing", "three, truce.holds"]
    assert [cell.strip() for cell in printed([one, two], [two, one], capsys=capsys)][1:] == ["one, two", "two, one"]


def test_of_what_one_side_lacks_only_what_says_more_than_the_default_is_told():
    def told(path, whole):
        return [(leaf.path.removeprefix(f"{path}."), leaf.after) for leaf in leaves(Change(path, "added", None, whole))]

    deal = resolve("january-2025/ordering-ladder").model_dump(**STORED)["deal"]
    phase = told("deal.phases.day_5", {k: v for k, v in deal["phases"]["day_5"].items() if k not in WORDS})
    assert [path for path, _ in phase] == ["enters_when", "lasts", "then"]
    owed = {"kind": "access", "by": "north", "to": "south", "takes": "0 min", "weight": 1.0, "transit": "2 h"}
    assert told("deal.obligations.roads", owed) == [
        ("kind", "access"), ("by", "north"), ("to", "south"), ("transit", "2 h")
    ]  # fmt: skip


def test_of_a_party_that_one_side_does_not_write_only_what_differs_from_the_default_is_told():
    one, other = (resolve(f"aceh-2005/{name}") for name in ("as-written", "a-fifth-rejected"))
    told = {leaf.path: (leaf.before, leaf.after) for change in differences(one, other) for leaf in leaves(change)}
    of_gam = {path: sides for path, sides in told.items() if path.startswith("behaviour.parties.gam.")}
    assert of_gam == {
        "behaviour.parties.gam.kinds.arms.level": (None, 0.8),
        "behaviour.parties.gam.kinds.arms.short": (None, 1.0),
    }
    assert not any(before == after for before, after in told.values())

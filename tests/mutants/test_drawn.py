"""Mutants drawn by machine: small changes that fit one place each; ten are run again in the slow tests."""

import ast
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.mutants.drawing import candidates, drawn, rules_digest
from tests.mutants.drawn import (
    EQUIVALENT,
    KILLED,
    PAGE,
    SURVIVES,
    WAITS,
    Judged,
    N,
    draw,
    fits,
    judge,
    page,
    read,
    ten,
    write,
)
from tests.mutants.mutant import SUITES
from tests.mutants.patterns import mutated
from tests.mutants.run import copy_sources, killer_in, made

RULES = '''"""Rules."""
from sim.plan.record import Status


def settle(plan, state, i):
    """Settled."""
    if state.late[i] <= 3 and not state.over:
        return
    elif state.status[i] == Status.MET:
        state.count += 1
        state.count += 1
    schedule(plan, state, i, state.now + plan.lag[i])


def is_late(plan, state, i):
    return max(state.now, 0) > plan.due[i] or state.over
'''


@pytest.fixture
def package(tmp_path):
    (tmp_path / "sim" / "rules").mkdir(parents=True)
    (tmp_path / "sim" / "rules" / "late.py").write_text(RULES, encoding="utf-8")
    (tmp_path / "sim" / "other.py").write_text("def other(n):\n    return n + 1\n", encoding="utf-8")
    return tmp_path / "sim"


def test_every_small_change_of_the_rules_is_a_candidate_and_nothing_of_other_files(package):
    found = {(mutant.name, mutant.old, mutant.new) for mutant in candidates(package)}
    late = "state.late[i] <= 3"
    call = "schedule(plan, state, i, state.now + plan.lag[i])"
    assert {
        ("comparison", late, "state.late[i] > 3"),
        ("boundary", late, "state.late[i] < 3"),
        ("constant", "3", "4"),
        ("logic", f"{late} and (not state.over)", f"{late} or not state.over"),
        ("logic", "not state.over", "state.over"),
        ("comparison", "state.status[i] == Status.MET", "state.status[i] != Status.MET"),
        ("constant", "Status.MET", "Status.MET_LATE"),
        ("sign", "state.now + plan.lag[i]", "state.now - plan.lag[i]"),
        ("by-one", "state.now + plan.lag[i]", "state.now + plan.lag[i] + 1"),
        ("argument", call, "schedule(plan, state, state.now + plan.lag[i], i)"),
        ("statement", call, ""),
        ("return", call, f"return\n{call}"),
        ("constant", "0", "1"),
        ("boundary", "max(state.now, 0) > plan.due[i]", "max(state.now, 0) >= plan.due[i]"),
        ("logic", "max(state.now, 0) > plan.due[i] or state.over", "max(state.now, 0) > plan.due[i] and state.over"),
    } <= found
    assert {mutant.function for mutant in candidates(package)} == {"settle", "is_late"}
    assert not [old for kind, old, _ in found if kind == "return" and "max(" in old]


def test_what_is_drawn_fits_one_place_each_changes_the_program_and_has_a_name_of_its_own(package):
    lot = drawn(package, 100)
    assert len({mutant.name for mutant in lot}) == len(lot) >= 15
    programs = set()
    for mutant in lot:
        _, text = mutated(package, mutant.function, mutant.old, mutant.new, mutant.module)
        programs.add(ast.dump(ast.parse(text)))
    assert ast.dump(ast.parse(RULES)) not in programs
    assert len(programs) >= len(lot) - 1


def test_the_lot_is_the_same_for_the_same_rules_and_another_for_others(package, tmp_path):
    names = [(mutant.function, mutant.old, mutant.new) for mutant in drawn(package, 8)]
    again = shutil.copytree(package, tmp_path / "again" / "sim")
    assert [(mutant.function, mutant.old, mutant.new) for mutant in drawn(again, 8)] == names
    other = shutil.copytree(package, tmp_path / "other" / "sim")
    (other / "rules" / "late.py").write_text(RULES + "\n# another\n", encoding="utf-8")
    assert rules_digest(other) != rules_digest(package)
    assert [(mutant.function, mutant.old, mutant.new) for mutant in drawn(other, 8)] != names


def test_kinds_are_drawn_in_turn(package):
    kinds = [mutant.name.partition("-settle")[0].partition("-is-late")[0] for mutant in drawn(package, 9)]
    assert sorted(kinds) == sorted({mutant.name for mutant in candidates(package)})


def test_a_new_lot_keeps_what_was_said_of_survivors_and_runs_the_others_again(package):
    first, second, *_ = draw([], package, 20)
    before = [Judged(first.mutant, EQUIVALENT, "", "Nothing looks."), Judged(second.mutant, KILLED, "a", "b")]
    lot = {judged.name: judged for judged in draw(before, package, 20)}
    assert (lot[first.name].verdict, lot[first.name].says) == (EQUIVALENT, "Nothing looks.")
    assert lot[second.name].verdict == "open"


def test_the_table_is_read_as_it_was_written_and_the_page_counts_it(package, tmp_path):
    lot = draw([], package, 3)
    table = [
        Judged(lot[0].mutant, KILLED, "property/test_a.py::test_b", "minute 3"),
        Judged(lot[1].mutant, SURVIVES, "", "No deal has two."),
        Judged(lot[2].mutant, WAITS),
    ]
    write(table, "0123", tmp_path / "table.json")
    assert read(tmp_path / "table.json") == table
    text = page(table, "0123")
    assert "| all | 1 | 1 | 1 |" in text
    assert f"| `{lot[1].name}` |" in text.partition("## No test kills")[2]
    assert "No deal has two." in text


def test_judging_goes_on_where_it_was_left(monkeypatch, package, tmp_path):
    lot = draw([], package, 4)
    table = [Judged(lot[0].mutant, KILLED, "a", "b"), Judged(lot[1].mutant, WAITS), *lot[2:]]
    asked = []

    def one_after_the_other(ask, items):
        for item in items:
            asked.append((ask.__name__, item.name))
            yield item, ("property/x.py::y", "fails") if item.name == lot[3].name else None

    monkeypatch.setattr("tests.mutants.drawn.in_copies", one_after_the_other)
    monkeypatch.setattr("tests.mutants.drawn.refuse_what_fails_anyway", lambda *_: None)
    monkeypatch.setattr("tests.mutants.drawn.fits", lambda _: True)
    monkeypatch.setattr("tests.mutants.drawn.write", lambda *_: None)
    verdicts = [judged.verdict for judged in judge(table, "0123")]
    assert verdicts == [KILLED, SURVIVES, SURVIVES, KILLED]
    assert asked == [
        ("first_asked", lot[2].name), ("first_asked", lot[3].name), ("then_asked", lot[1].name),
        ("then_asked", lot[2].name),
    ]  # fmt: skip


ROOT = Path(__file__).parents[2]
TABLE = read()


@pytest.mark.skipif(not TABLE, reason="nothing has been drawn")
def test_the_table_is_of_rules_much_like_todays_and_the_page_is_of_the_table():
    assert len(TABLE) == N
    assert sum(map(fits, TABLE)) > 0.8 * N, "draw again: python tests/mutants/drawn.py --draw"
    assert [judged.name for judged in TABLE if judged.verdict in (SURVIVES, EQUIVALENT) and not judged.says] == []
    text = PAGE.read_text(encoding="utf-8")
    assert all(f"`{judged.name}`" in text for judged in TABLE if judged.verdict in (SURVIVES, EQUIVALENT))


ASK = """
from tests.mutants import told
from tests.mutants.drawn import read, ten

deals = told.deals(are_all=False)
for judged in ten(read()):
    asked = [deal for deal in deals if deal.test == f"tests/{judged.by}"]
    if told.can_be_put_in(judged.mutant) and told.noticed(judged.mutant, asked) != told.NOTHING:
        print(judged.name)
"""


@pytest.mark.slow
def test_ten_mutants_that_were_killed_still_are():
    """Most by deals of the second simulator, all asked in one process; the others by the suites, in a copy.

    Not always by the test that killed them, which is asked first: generated deals change with what documents can say.
    """
    done = subprocess.run([sys.executable, "-c", ASK], cwd=ROOT, capture_output=True, text=True, check=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        copy_sources(folder)
        for judged in ten(TABLE):
            if judged.name not in done.stdout.split():
                with made(judged.mutant, folder):
                    assert any(killer_in(folder, tests) for tests in dict.fromkeys([f"tests/{judged.by}", *SUITES])), (
                        judged.name
                    )

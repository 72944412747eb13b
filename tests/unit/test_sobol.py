"""Draws as scrambled Sobol numbers: digits, nets, independence, and the place of each in a replicate."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from scipy.stats import qmc

from sim.engine.batch import simulate_block, simulate_outcomes
from sim.engine.reference import ReferenceEngine
from sim.plan import sobol
from sim.plan.compile import compile_plan
from sim.plan.draws import Draw, decision_key, draw_block
from sim.plan.limits import MAX_RANKED
from sim.plan.plan import Plan
from sim.plan.ranked import draws_of, evenly_drawn, in_whole
from sim.plan.sobol import SCRAMBLES, directions, drawn_uniforms
from sim.reading.resolve import resolve

LEAVES, PERFORMS = Draw("leaves one", 0), Draw("performs batch_7", 0)


def numbers(plan: Plan, seed: int, draw: Draw, n: int) -> np.ndarray:
    """The uniform of a draw in the first n replicates."""
    drawn = np.empty(4 * n)
    drawn_uniforms(plan.record, np.uint64(seed), np.uint64(decision_key(draw.decision)), draw.occurrence, drawn)
    return drawn.reshape(n, 4)[:, draw.place]


@pytest.fixture(scope="module")
def january() -> Plan:
    return compile_plan(resolve("january-2025/baseline"))


@pytest.fixture(scope="module")
def many(january: Plan) -> tuple[Plan, list[Draw]]:
    """A plan with as many ranked draws as there may be."""
    ranking = draws_of(january)[::7][:MAX_RANKED]
    return evenly_drawn(january, ranking), ranking


def test_unscrambled_points_are_those_of_scipy() -> None:
    found, gray = directions(), np.arange(1024) ^ np.arange(1024) >> 1
    words = np.zeros((1024, MAX_RANKED), np.uint64)
    for bit in range(10):
        words ^= np.where(gray[:, None] >> bit & 1, found[:, bit], np.uint64(0))
    with np.errstate(all="ignore"):
        assert np.array_equal(words / 2**32, qmc.Sobol(MAX_RANKED, scramble=False, bits=32).random(1024))


def test_each_scramble_has_one_point_in_every_interval_of_its_size(many: tuple[Plan, list[Draw]]) -> None:
    plan, ranking = many
    for draw in ranking:
        drawn = numbers(plan, 5, draw, SCRAMBLES * 256).reshape(256, SCRAMBLES)
        for points in (1, 8, 64, 256):
            places = np.sort((drawn[:points] * points).astype(int), axis=0)
            assert (places == np.arange(points)[:, None]).all()


def test_the_first_two_dimensions_have_one_point_in_every_box_of_its_size(many: tuple[Plan, list[Draw]]) -> None:
    plan, ranking = many
    one, other = (numbers(plan, 11, draw, SCRAMBLES * 64).reshape(64, SCRAMBLES) for draw in ranking[:2])
    for wide in range(7):
        boxes = (one * 2**wide).astype(int) * 2 ** (6 - wide) + (other * 2 ** (6 - wide)).astype(int)
        assert (np.sort(boxes, axis=0) == np.arange(64)[:, None]).all()


def test_a_longer_run_has_the_points_of_a_shorter_one(many: tuple[Plan, list[Draw]]) -> None:
    plan, ranking = many
    assert numbers(plan, 3, ranking[9], 5000)[:1234].tolist() == numbers(plan, 3, ranking[9], 1234).tolist()


def test_scrambles_seeds_and_dimensions_are_independent(many: tuple[Plan, list[Draw]]) -> None:
    """A point is uniform over seeds, and what two scrambles, seeds or dimensions make of it has no correlation."""
    plan, ranking = many
    n = 3000
    drawn = np.array(
        [[numbers(plan, seed, draw, 3 * SCRAMBLES)[[32, 33, 0]] for draw in ranking[:2]] for seed in range(n)]
    )
    for number in drawn.reshape(n, 6).T:
        assert stats.kstest(number, "uniform").pvalue > 1e-4
    correlations = np.corrcoef(drawn.reshape(n, 6).T)
    same = {(0, 2), (2, 0), (3, 5), (5, 3)}  # two points of a scramble: in different halves of it
    for i in range(6):
        for j in range(i):
            if (i, j) not in same:
                assert abs(correlations[i, j]) < 4.5 / n**0.5
    successive = drawn[1:, 0, 0], drawn[:-1, 0, 0]
    assert abs(np.corrcoef(*successive)[0, 1]) < 4.5 / n**0.5


def test_digits_behind_the_first_are_random_given_those_before(many: tuple[Plan, list[Draw]]) -> None:
    """Owen's scrambling: whether a digit is changed is settled by those before it, and apart for each of them."""
    plan, ranking = many
    n, changed = 2000, []
    for seed in range(n):
        drawn = numbers(plan, seed, ranking[0], 8 * SCRAMBLES)[::SCRAMBLES]
        digits = (drawn[:, None] * 2.0 ** np.arange(1, 4)).astype(int) & 1
        plain = np.array([[point & 1, point >> 1 & 1, point >> 2 & 1] for point in range(8)])  # of van der Corput
        changed.append(digits ^ plain)
    flips = np.array(changed)
    assert (flips[:, :, 0] == flips[:, :1, 0]).all()
    assert (flips[:, 0::2, 1] == flips[:, :1, 1]).all()
    assert (flips[:, 1::2, 1] == flips[:, 1:2, 1]).all()
    apart = np.stack([flips[:, 0, 0], flips[:, 0, 1], flips[:, 1, 1], *(flips[:, place, 2] for place in range(4))])
    assert (abs(apart.mean(1) - 0.5) < 4.5 / 2 / n**0.5).all()
    assert (abs(np.corrcoef(apart) - np.eye(7)) < 4.5 / n**0.5).all()


def test_only_ranked_draws_change_and_each_by_its_own_dimension(january: Plan) -> None:
    plan = evenly_drawn(january, [LEAVES, PERFORMS, Draw("performs batch_7", 2), Draw("leaves one", 0, 1)])
    later = Draw("performs batch_6", 0)
    for draw in (later, Draw("performs batch_7", 1), Draw("leaves one", 1), Draw("performs batch_7", 0, 1)):
        assert numbers(plan, 1, draw, 100).tolist() == numbers(january, 1, draw, 100).tolist()
    assert numbers(plan, 1, PERFORMS, 64).tolist() != numbers(january, 1, PERFORMS, 64).tolist()
    alone = evenly_drawn(january, [LEAVES])
    assert numbers(plan, 1, LEAVES, 100).tolist() == numbers(alone, 1, LEAVES, 100).tolist()
    second = evenly_drawn(january, [later, PERFORMS])
    assert numbers(plan, 1, PERFORMS, 100).tolist() == numbers(second, 1, PERFORMS, 100).tolist()


def test_digits_below_those_of_the_point_are_those_of_the_independent_number(january: Plan) -> None:
    plan = evenly_drawn(january, [LEAVES])
    even, drawn = numbers(plan, 2, LEAVES, 200), numbers(january, 2, LEAVES, 200)
    assert ((even * 2**52).astype(int) % 2**20 == (drawn * 2**52).astype(int) % 2**20).all()


@pytest.mark.parametrize("name", ["january-2025/baseline", "october-2025/baseline"])
def test_both_engines_draw_the_same(name: str) -> None:
    plan = compile_plan(resolve(name))
    even = evenly_drawn(plan, draws_of(plan)[::3][:MAX_RANKED])
    engine = ReferenceEngine(even)
    rows = simulate_block(even, 4, 0, 40).outcomes
    assert [engine.run(4, i).outcomes.tolist() for i in range(40)] == rows.tolist()
    assert rows.tolist() != simulate_outcomes(plan, 4, 0, 40).tolist()


def test_replicates_are_rounded_up_to_whole_scrambles() -> None:
    assert [in_whole(n) for n in (1, 16, 17, 100, 1000, 8192, 10_000, 16_001)] == [
        32, 32, 32, 128, 1024, 8192, 10_240, 16_384
    ]  # fmt: skip
    for n in range(1, 3000, 7):
        assert n <= in_whole(n) <= max(32 * -(-n // 32), 1.25 * n)


def test_a_branch_draws_anew() -> None:
    from sim.plan.draws import draw_branch

    address = [np.uint64(number) for number in (3, 5, 7, 11)]
    assert draw_branch(*address, np.uint64(0)) == draw_block(*address)
    found = {draw_branch(*address, np.uint64(branch)) for branch in range(50)}
    assert len(found) == 50


def test_a_digit_is_changed_by_those_before_it_alone() -> None:
    for high in (0, 1, 5, 0xFFFF):
        words = {int(sobol.scrambled(np.uint64(high << 16 | low), np.uint64(99))) >> 16 for low in range(64)}
        assert len(words) == 1
        assert len({int(sobol.scrambled(np.uint64(high << 16 | low), np.uint64(99))) for low in range(64)}) == 64

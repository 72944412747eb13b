"""Samples of the batch engine against formulas that can be written down.

Every comparison allows `Z` standard errors of its own formula and n. At Z = 5 one comparison errs about once in 1.7
million; the some 60 of this file together about once in 30,000 changes of the draws. The seed is fixed, so a failure is
a bug or a tolerance to derive again, never bad luck to be run again. With n = 40,000 a share that is off by 0.0125 is
always seen.
"""

import math

import numpy as np
import pytest
from scipy import stats

from sim.plan.codes import End
from sim.plan.slots import probabilities
from tests.builders import DAY, noon, plan_of, sample

pytestmark = pytest.mark.statistical
N = 40_000
Z = 5.0


def assert_proportion(hits: int, n: int, expected: float, z: float = Z) -> None:
    """Fail if a sampled share is `z` standard errors off."""
    standard_error = math.sqrt(expected * (1 - expected) / n)
    gap = abs(hits / n - expected)
    assert gap <= z * standard_error, f"{hits}/{n} is {gap / standard_error:.1f} s.e. from {expected}"


def assert_mean(values: np.ndarray, expected: float, z: float = Z) -> None:
    """Fail if a sample's mean is `z` of its standard errors off."""
    standard_error = values.std(ddof=1) / math.sqrt(len(values))
    gap = abs(values.mean() - expected)
    assert gap <= z * standard_error, f"mean {values.mean()} is {gap / standard_error:.1f} s.e. from {expected}"


def test_assert_proportion_can_fail():
    assert_proportion(hits=510, n=1000, expected=0.5)
    with pytest.raises(AssertionError, match=r"6\.3 s\.e\. from 0\.5"):
        assert_proportion(hits=600, n=1000, expected=0.5)


def test_assert_mean_can_fail():
    values = np.arange(1000.0)
    assert_mean(values, 499.5)
    with pytest.raises(AssertionError, match=r"s\.e\. from 450"):
        assert_mean(values, 450.0)


def sigma_of(median: float, p95: float) -> float:
    return math.log(p95 / median) / stats.norm.ppf(0.95)


def lognormal_cdf(minutes: float, median: float, p95: float) -> float:
    """Chance that a log-normal time, rounded to whole minutes, is at most so many minutes."""
    return float(stats.norm.cdf(math.log((minutes + 0.5) / median) / sigma_of(median, p95)))


@pytest.mark.parametrize("grace", [60, 720, 1440, 5000])
def test_the_share_late_beyond_grace_follows_from_the_delay(grace):
    outcomes = sample(
        f"""
        deal: {{obligations: {{duty: {{kind: information, by: south, due: day 3, grace: {grace} min}}}}}}
        behaviour:
          parties:
            south: {{default: {{late: 0.6, refused: 0.1, delay: {{median: 12 h, p95: 72 h}}}}}}
            north: {{complains: 0}}
        """,
        N,
    )
    expected = 0.6 * (1 - lognormal_cdf(grace, 720, 4320))
    assert_proportion(outcomes["late_south"].sum(), N, expected)
    assert_proportion(outcomes["not_met_south"].sum(), N, 0.1)


DISPUTE = """
deal: {obligations: {duty: {kind: information, by: south, due: day 3}}}
behaviour:
  mediators: {settles: %s, attempt: %s, settles_with_truce: 1}
  parties: {south: {default: {refused: 1}}, north: {patience: %s, restores: %s}}
"""


def test_the_share_settled_within_patience_is_geometric_in_the_attempts():
    outcomes = sample(DISPUTE % (0.3, "2 d", "9 d", 0), N)
    assert_proportion((outcomes["suspensions"] > 0).sum(), N, 0.7**4)
    # a fifth attempt ends with the suspension, which is a day long, and takes its cause away
    assert_proportion((outcomes["end"] == End.COLLAPSED).sum(), N, 0.7**5)


def test_the_mean_length_of_a_dispute_is_that_of_a_geometric_number_of_attempts():
    outcomes = sample(DISPUTE % (0.3, "6 h", "90 d", 1), N)
    assert_mean(outcomes["dispute_days"], 360 / 0.3)


def test_the_share_settled_by_one_attempt_follows_from_its_length():
    outcomes = sample(DISPUTE % (1, "{median: 2 d, p95: 6 d}", "3 d", 0), N)
    # at the same minute the mediators come before the creditor
    assert_proportion((outcomes["suspensions"] > 0).sum(), N, 1 - lognormal_cdf(3 * DAY, 2 * DAY, 6 * DAY))
    assert_proportion((outcomes["end"] == End.COLLAPSED).sum(), N, 1 - lognormal_cdf(4 * DAY, 2 * DAY, 6 * DAY))


@pytest.mark.parametrize(("restores", "guarantors"), [(0.6, 0.0), (0.6, 0.5), (0.0, 0.25)])
def test_a_suspension_ends_well_with_the_chance_of_the_party_or_the_guarantors(restores, guarantors):
    outcomes = sample(DISPUTE % (0, "2 d", "9 d", restores) + f"  guarantors: {{restores: {guarantors}}}\n", N)
    assert_proportion((outcomes["end"] == End.COLLAPSED).sum(), N, (1 - restores) * (1 - guarantors))


TALKS = """
deal:
  phases: {one: {}}
  obligations:
    talks: {kind: talks, by: envoy, to: north, topic: next, starts_by: day 1 00:00%s}
behaviour: {talks: {next: {%s}}}
"""
DEADLINE = ", concludes_by: day 21 00:00"


@pytest.mark.parametrize(
    ("day", "hazard"), [(5, 0.25), (15, 0.75), (17.5, 0.75 + 0.375), (20, 1.5), (40, 1.5 + 20 * 0.025)]
)
def test_the_share_of_talks_agreed_by_a_day_follows_from_the_hazard_and_its_rise_near_the_deadline(day, hazard):
    behaviour = "agrees_per_day: 0.05, near_deadline: 5 d, near_deadline_factor: 3, after_deadline_factor: 0.5"
    outcomes = sample(TALKS % (DEADLINE, behaviour), N)
    agreed = (outcomes["end"] == End.COMPLETED) & (outcomes["truce_days"] <= day * DAY)
    assert_proportion(agreed.sum(), N, 1 - math.exp(-hazard))


def test_the_mean_time_to_agreement_is_the_inverse_of_the_hazard():
    outcomes = sample(TALKS % ("", "agrees_per_day: 0.25"), N)
    assert_mean(outcomes["truce_days"], 4 * DAY + 0.5)


def test_talks_never_open_or_cannot_agree_with_the_chances_given():
    outcomes = sample(TALKS % ("", "never: 0.2, fails: 0.5, agrees_per_day: 1"), N)
    assert_proportion((outcomes["end"] == End.COMPLETED).sum(), N, 0.8 * 0.5)


def test_agreement_and_breaking_off_compete_by_their_hazards():
    outcomes = sample(TALKS % ("", "agrees_per_day: 0.1, breaks_off_per_day: 0.3"), N)
    assert_proportion((outcomes["end"] == End.COMPLETED).sum(), N, 0.1 / (0.1 + 0.3))


def test_talks_that_open_again_at_once_agree_as_if_they_had_never_been_broken_off():
    text = TALKS % ("", "agrees_per_day: 0.1, breaks_off_per_day: 0.3, resumes: 1 min")
    outcomes = sample(text.replace("phases:", "horizon: 30 d\n  phases:"), N)
    # some nine pauses of a minute or two in 30 days move the share by less than a tenth of a standard error
    assert_proportion((outcomes["end"] == End.COMPLETED).sum(), N, 1 - math.exp(-0.1 * 30))


INCIDENTS = """
deal: {obligations: {duty: {kind: information, by: south, due: day 3}}}
behaviour: {incidents: {fire: {by: south, per_day: %s, initial: %s, branching: %s, decay: %s, major: 0.3}}}
"""


def expected_incidents(days: float, per_day: float, initial: float, branching: float, decay: float) -> float:
    """Mean of a Hawkes process with an exponential kernel: x' = -(1 - n) x / tau + n mu / tau for the excess x.

    The excess begins at initial / tau; the mean number is the integral of mu + x.
    """
    settled = branching * per_day / (1 - branching)
    pace = (1 - branching) / decay
    return (per_day + settled) * days + (initial / decay - settled) * (1 - math.exp(-pace * days)) / pace


@pytest.mark.parametrize(
    ("per_day", "initial", "branching", "decay"),
    [(0.4, 0, 0, 1), (0.2, 0, 0.5, 1), (0.1, 3, 0, 2), (0.1, 3, 0.6, 5), (0.0, 4, 0.5, 10)],
)
def test_the_mean_number_of_incidents_is_that_of_a_self_exciting_process(per_day, initial, branching, decay):
    incidents = sample(INCIDENTS % (per_day, initial, branching, f"{decay} d"), N)["incidents"]
    # half a minute lost with every incident, as times are rounded up, is a tenth of a standard error here
    assert_mean(incidents, expected_incidents(50, per_day, initial, branching, decay))


def test_incidents_without_branching_are_poisson_and_with_it_over_dispersed():
    """The variance of n Poisson counts of mean m has a relative standard error of sqrt((2 + 1/m) / n)."""
    poisson = sample(INCIDENTS % (0.4, 0, 0, "1 d"), N)["incidents"]
    assert abs(poisson.var(ddof=1) / poisson.mean() - 1) <= Z * math.sqrt((2 + 1 / 20) / N)
    clustered = sample(INCIDENTS % (0.4, 0, 0.5, "12 h"), N)["incidents"]
    # 1 / (1 - n)**2 for long times; 50 days are 50 times the memory of a cluster, so within some percent
    assert clustered.var(ddof=1) / clustered.mean() == pytest.approx(4, rel=0.1)


@pytest.mark.parametrize("day", [5, 20, 45])
def test_a_random_shock_strikes_by_a_day_with_the_chance_of_an_exponential_time(day):
    outcomes = sample(
        """
        deal: {obligations: {duty: {kind: information, by: south, due: day 3}}}
        behaviour:
          parties: {north: {restores: 0}}
          shocks: {s: {per_day: 0.04, chance: 0.75, effect: suspends_truce, by: north, lasts: 1 min}}
        """,
        N,
    )
    struck = outcomes["truce_days"] < day * DAY
    assert_proportion(struck.sum(), N, 0.75 * (1 - math.exp(-0.04 * day)))


@pytest.mark.parametrize("day", [2, 6, 20])
def test_the_share_located_by_a_day_follows_from_the_search_time(day):
    outcomes = sample(
        """
        deal:
          groups: {a: {side: hostages, held_by: south, count: 1}}
          obligations: {one: {kind: release, by: south, due: day 1 00:00, amount: {a: 1}}}
        behaviour:
          search: {a: {found: 0.9, time: {median: 5 d, p95: 30 d}}}
          parties: {north: {complains: 0}}
        """,
        N,
    )
    home = outcomes["captive_days"] <= day * DAY
    assert_proportion(home.sum(), N, 0.9 * lognormal_cdf(day * DAY, 5 * DAY, 30 * DAY))


@pytest.mark.parametrize(("day", "borne"), [(6, 0.06), (20, 0.06 + 0.5 * 0.14), (45, 0.06 + 0.5 * 0.14 + 0.25)])
def test_the_share_that_dies_by_a_day_follows_from_the_hazard_added_up(day, borne):
    """Six days at 0.01, fourteen of a suspended truce at half of that, and 0.01 again."""
    outcomes = sample(
        f"""
        deal:
          groups: {{a: {{side: hostages, held_by: south, count: 5}}}}
          obligations: {{one: {{kind: release, by: south, due: day {day + 1} 00:00, amount: {{a: 5}}}}}}
        behaviour:
          deaths: {{south: {{per_day: 0.01, without_truce: 0.5}}}}
          shocks: {{s: {{at: day 7 00:01, effect: suspends_truce, by: north, lasts: 14 d}}}}
          parties: {{north: {{complains: 0}}}}
        """,
        N,
    )
    assert_proportion(outcomes["hostages_died_in_captivity"].sum(), 5 * N, 1 - math.exp(-borne))


def test_the_number_of_handovers_until_remains_are_identified_is_geometric():
    outcomes = sample(
        """
        deal:
          horizon: 900 d
          phases: {one: {}}
          groups: {a: {side: hostages, condition: deceased, held_by: south, count: 1}}
          obligations: {one: {kind: release, by: south, due: day 1 00:00, amount: {a: 1}}}
        behaviour:
          search: {a: {time: 1 d, misidentified: 0.4}}
          parties: {north: {complains: 0}}
        """,
        N,
    )
    handovers = outcomes["truce_days"] / DAY
    assert (handovers == np.round(handovers)).all()
    assert_mean(handovers, 1 / 0.6)
    assert_proportion((handovers > 3).sum(), N, 0.4**3)


N_DUTIES = 20
UNCERTAIN = (
    "deal:\n  obligations:\n"
    + "".join(f"    d{i}: {{kind: information, by: south, due: day {i + 2}}}\n" for i in range(N_DUTIES))
    + "behaviour: {parties: {south: {default: {refused: 0.5}}, north: {complains: 0}}}\n"
    + "uncertain: {parties.south.default.refused: {%s}}\n"
)


@pytest.mark.parametrize(
    ("text", "mean", "variance"),
    [
        ("uniform: [0.2, 0.8]", 0.5, 0.6**2 / 12),
        ("beta: [2, 5]", 2 / 7, 10 / (49 * 8)),
        ("beta: [0.5, 0.5]", 0.5, 1 / 8),
        ("quantiles: [0.1, 0.1, 0.7]", 0.25, 0.5 * (0.1**2 + (0.1**2 + 0.1 * 0.7 + 0.7**2) / 3) - 0.25**2),
    ],
)
def test_an_uncertain_chance_has_its_moments_and_is_shared_by_all_decisions(text, mean, variance):
    """Of 20 duties with the same chance p of a refusal: mean 20 E[p], variance 20 E[p (1 - p)] + 400 Var[p]."""
    refused = sample(UNCERTAIN % text, N)["not_met_south"].astype(float)
    assert_mean(refused, N_DUTIES * mean)
    expected = N_DUTIES * (mean - mean**2 - variance) + N_DUTIES**2 * variance
    assert_mean((refused - N_DUTIES * mean) ** 2, expected)


@pytest.mark.parametrize(("minutes", "share"), [(1000, 0.5), (4000, 0.95), (250, None), (2000, None)])
def test_an_uncertain_lognormal_time_has_its_quantiles(minutes, share):
    """A delay whose 95th percentile lies below its median is exactly its median, which is what is uncertain here."""
    outcomes = sample(
        """
        deal:
          phases: {one: {}}
          obligations: {duty: {kind: information, by: south, due: day 3}}
        behaviour: {parties: {south: {default: {late: 1, delay: 1 min}}, north: {complains: 0}}}
        uncertain: {parties.south.default.delay.median: {lognormal: [1000 min, 4000 min]}}
        """,
        N,
    )
    delays = outcomes["truce_days"] - noon(3)
    expected = share or float(stats.norm.cdf(math.log(minutes / 1000) / sigma_of(1000, 4000)))
    assert_proportion((delays < minutes).sum(), N, expected)


def test_an_uncertain_lognormal_mean_loses_only_the_outermost_tail():
    """It is cut off at 1 - 0.5 / 257, which costs this mean 0.42 %."""
    plan = plan_of(
        """
        deal: {obligations: {duty: {kind: information, by: south, due: day 3}}}
        behaviour: {parties: {south: {default: {late: 1, delay: 1 min}}}}
        uncertain: {parties.south.default.delay.median: {lognormal: [1000 min, 4000 min]}}
        """
    )
    table = plan.record["uncertain_quantile"][0, 0]
    mean = 1000 * math.exp(sigma_of(1000, 4000) ** 2 / 2)
    assert np.trapezoid(table, probabilities()) == pytest.approx(mean, rel=0.0045)


def test_a_chance_of_leaving_after_a_lapse_is_that_of_either_party():
    outcomes = sample(
        """
        deal:
          phases: {one: {lasts: 5 d, then: two}, two: {enters_when: talks.next.agreed}}
          obligations:
            talks: {kind: talks, by: envoy, to: north, topic: next, starts_by: day 2}
            last: {kind: information, by: north, phase: two}
        behaviour:
          talks: {next: {fails: 1}}
          parties: {north: {leaves: {after_lapse: 0.3}}, south: {leaves: {after_lapse: 0.2}}}
        """,
        N,
    )
    left = outcomes["end_day"] < 50
    assert_proportion(left.sum(), N, 1 - 0.7 * 0.8)
    assert (outcomes["end"][left] == End.LAPSED).all()
    assert (outcomes["end"][~left] == End.STANDING).all()


def test_a_creditor_holds_back_each_duty_with_the_chance_given():
    outcomes = sample(
        """
        deal:
          obligations:
            duty: {kind: information, by: south, due: day 3}
            step: {kind: information, by: north, due: day 5, grace: 1 h}
        behaviour:
          mediators: {attempt: 9 d}
          parties: {north: {withholds: 0.35}, south: {default: {refused: 1}, complains: 0}}
        """,
        N,
    )
    assert_proportion(outcomes["late_north"].sum(), N, 0.35)

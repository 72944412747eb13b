"""Numbers that nothing takes are refused wherever they can be given, and times have a unit wherever they can stand."""

import hashlib
import textwrap

import numpy as np
import pytest
from click.testing import CliRunner

from sim.cli.commands import main
from sim.document.scenario import Uncertain
from sim.document.values import Minutes
from sim.engine.batch import run_blocks
from sim.explore.sliders import sliders
from sim.plan.compile import compile_plan
from sim.plan.limits import MAX_PARAMETERS
from sim.plan.taken import taken_paths, untaken
from sim.reading.catalogue import scenarios
from sim.reading.resolve import resolve
from sim.reading.store import as_yaml, from_resolved
from sim.reading.validate import validate_file
from tests.amounts import slow
from tests.builders import plan_of, sample

BASELINE = "january-2025/baseline"
HAMAS = "behaviour.parties.hamas"
NOTHING_TAKES = (
    f"{HAMAS}.default.late",  # each kind of it has its own
    f"{HAMAS}.default.refused",
    f"{HAMAS}.kinds.arms.late",  # owes none
    f"{HAMAS}.kinds.release.short",  # people are not counted in units
    f"{HAMAS}.capacity.return",  # owes no return
    "behaviour.parties.qatar.complains",  # is owed nothing
    "behaviour.parties.egypt.kinds.arms.late",
    "behaviour.parties.qatar.leaves.after_lapse",  # is no party to the deal
)

TWO = """
deal:
  groups: {a: {side: hostages, held_by: north, count: 2}, p: {side: prisoners, held_by: south, count: 9}}
  obligations:
    r1: {kind: release, by: north, amount: {a: 2}, due: day 2}
    arms: {kind: arms, by: north, units: 10, due: day 3}
    names: {kind: information, by: south, due: day 4}
    talks: {kind: talks, by: south, topic: peace, due: day 5}
"""
SHARED = {"complains", "tolerance", "patience", "suspends", "restores", "withholds", "latency"}


def said_by(*words):
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert "Traceback" not in result.output
    return result.exit_code, " ".join(result.output.split())


@pytest.fixture
def written(tmp_path):
    def write(text, name="mine.yaml"):
        path = tmp_path / name
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    return write


def case(path, shock="", uncertain="", changes=""):
    """A scenario of one's own that builds on the baseline."""
    shocks = f"  shocks: {{turn: {{at: day 3, effect: shifts, path: {path}, to: {shock}}}}}\n" if shock else ""
    drawn = f"uncertain:\n  {path}: {{{uncertain}, assumption: For this test.}}\n" if uncertain else ""
    changed = f"changes: {{{path}: {changes}}}\n" if changes else ""
    return (
        f"scenario: mine\nquestion: What?\nbuilds_on: {BASELINE}\n"
        f"behaviour:\n  assumption: For this test.\n{shocks}{drawn}{changed}"
    )


# ---------------------------------------------------------------- taken by nothing


@pytest.mark.case(
    "O4",
    before="a sweep of a number that nothing takes gives two equal cells and 'no difference'; --set of it is obeyed",
    after="the sweep and the setting are refused, and the numbers of the same name that are taken are named",
)
@pytest.mark.parametrize("path", NOTHING_TAKES)
def test_a_sweep_or_setting_of_what_nothing_takes_is_refused(path):
    for words in (
        ("sweep", BASELINE, "--vary", f"{path}=0,1", "-n", 2),
        ("compare", BASELINE, "-n", 2, "--set", f"{path}=1"),
        ("run", BASELINE, "--set", f"{path}=1"),
    ):
        code, said = said_by(*words)
        assert code == 2, said
        assert f"taken-by-nothing {path}" in said


@pytest.mark.case("O4", before="the axis is swept", after="kinds.release.late is named as one that is taken")
def test_the_refusal_names_numbers_that_are_taken():
    _, said = said_by("sweep", BASELINE, "--vary", f"{HAMAS}.default.late=0,1", "-n", 2)
    assert "taken are, for instance, parties.hamas.kinds.release.late" in said


@pytest.mark.case("O4", before="a term that moves nothing is swept", after="it is refused")
@pytest.mark.parametrize(
    "axis",
    [
        "deal.obligations.talks_two.weight=1,2",  # talks have no part in the delivered share
        slow("deal.horizon=100 d,200 d"),  # the scenario has a horizon of its own
    ],
)
def test_a_term_of_the_deal_that_moves_nothing_is_refused(axis, written):
    own = written(f"scenario: mine\nquestion: What?\nbuilds_on: {BASELINE}\nhorizon: 50 d\n")
    code, said = said_by("sweep", own, "--vary", axis, "-n", 2)
    assert code == 2, said
    assert "taken-by-nothing" in said
    path, _, values = axis.partition("=")
    code, said = said_by("compare", own, "-n", 2, "--set", f"{path}={values.split(',')[1]}")
    assert (code, "taken-by-nothing" in said) == (2, True)


def test_terms_and_numbers_that_are_taken_are_swept():
    for axis in ("deal.obligations.batch_1.due=day 1,day 3", f"{HAMAS}.kinds.release.late=0,1", "horizon=20 d,40 d"):
        code, said = said_by("sweep", BASELINE, "--vary", axis, "-n", 2)
        assert code == 0, said


def test_a_setting_that_one_of_two_scenarios_takes_is_obeyed(written):
    own = written(
        f"scenario: mine\nquestion: What?\nbuilds_on: {BASELINE}\n"
        f"changes: {{{HAMAS}.kinds.information: null}}\nbehaviour: {{assumption: x}}\n"
    )
    code, said = said_by("compare", BASELINE, own, "-n", 2, "--set", f"{HAMAS}.default.refused=0")
    assert code == 0, said


@pytest.mark.case("O4", before="a chance of a scripted scenario is set", after="the setting is refused")
def test_a_chance_in_a_scripted_scenario_is_refused(written):
    own = written(f"scenario: mine\nquestion: What?\nbuilds_on: {BASELINE}\nscripted: []\n")
    code, said = said_by("run", own, "--set", f"{HAMAS}.kinds.release.late=1")
    assert (code, "taken-by-nothing" in said) == (2, True)


@pytest.mark.case(
    "O17",
    before="uncertain: or a shock on a path that nothing takes is valid for validate and refused by run",
    after="validate, run and compare say the same of it, with its line",
)
@pytest.mark.parametrize("path", ["parties.hamas.default.late", "parties.hamas.default.ahead"])
@pytest.mark.parametrize("given", [{"shock": "0.5"}, {"uncertain": "uniform: [0, 1]"}])
def test_validate_says_what_run_says_of_a_path_that_nothing_takes(path, given, written):
    own = written(case(path, **given))
    told = {said_by(*words) for words in (("validate", own), ("run", own), ("compare", own, "-n", 2))}
    ((code, said),) = told
    assert code == 2
    assert f"{own}:{6 if 'shock' in given else 7}:" in said
    assert f"nothing in this scenario takes {path}" in said


@pytest.mark.case("O4", before="a study's change of what nothing takes is run", after="it is refused at its line")
def test_a_study_that_varies_what_nothing_takes_is_refused(written):
    study = written(
        f"""\
        study: mine
        title: Mine
        question: What?
        baseline: {{name: baseline, title: As it is, scenario: {BASELINE}}}
        variants:
          more: {{title: More, changes: {{{HAMAS}.default.late: 0.5}}, assumption: x}}
        outcomes: [truce_days]
        not_modelled: [Nothing.]
        n: 10
        """
    )
    for command in ("validate", "study"):
        code, said = said_by(command, study)
        assert code == 2, said
        assert f"{study}:6:" in said
        assert "taken-by-nothing" in said


@pytest.mark.case("O4", before="a change of what nothing takes is valid", after="validate warns of it at its line")
def test_validate_warns_of_a_change_that_moves_nothing(written):
    own = written(case(f"{HAMAS}.default.late", changes="0.5"))
    (problem,) = validate_file(own, untaken)
    assert (problem.code, problem.severity, problem.line) == ("taken-by-nothing", "warning", 6)
    assert validate_file(written(case(f"{HAMAS}.kinds.release.late", changes="0.5")), untaken) == []


@pytest.mark.case("O4", before="98 sliders, some of which move nothing", after="sliders of numbers that are taken only")
@pytest.mark.parametrize("name", [BASELINE, "october-2025/baseline", "november-2023/baseline"])
def test_each_slider_is_of_a_number_that_is_taken(name):
    taken = taken_paths(compile_plan(resolve(name)))
    for slider in sliders(resolve(name)):
        path = slider.path.removeprefix("behaviour.")
        assert path in taken or f"{path}.median" in taken or path.endswith("agrees_per_day"), path


# ---------------------------------------------------------------- what is taken, by hand


def test_what_a_small_deal_takes():
    """By hand: north owes people and arms, south a list and talks; nobody causes incidents; one phase, so no lapse."""
    taken = taken_paths(plan_of(TWO))
    compliance = {"late", "refused", "delay.median", "delay.p95"}
    assert {path for path in taken if path.startswith("parties.north.default.")} == {
        f"parties.north.default.{name}" for name in compliance | {"level", "short"}
    }
    assert {path for path in taken if path.startswith("parties.south.default.")} == {
        f"parties.south.default.{name}" for name in compliance
    }
    for party in ("north", "south"):
        own = {path.split(".")[2] for path in taken if path.startswith(f"parties.{party}.")} - {"default"}
        assert own == SHARED
    assert {path for path in taken if path.startswith("talks.")} == {
        "talks.peace.fails", "talks.peace.never", "talks.peace.breaks_off_per_day", "talks.peace.delay.median",
        "talks.peace.delay.p95",
    }  # fmt: skip
    assert "mediators.settles" in taken
    assert "mediators.flows_to" not in taken


def _moved(plan):
    """The plan with every number that nothing takes at another value."""
    taken = taken_paths(plan)
    untaken_slots = [slot for slot, path in enumerate(plan.parameter_paths) if path not in taken]
    assert len(plan.parameter_paths) < MAX_PARAMETERS
    record = plan.record.copy()
    values = record["parameter"][0, untaken_slots]
    record["parameter"][0, untaken_slots] = np.where(values > 0.5, 0.25 * values, 0.75 + 3 * values)
    return untaken_slots, type(plan)(**{**vars(plan), "record": record})


def _quick(name):
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 5 == 0


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(entry.name, marks=() if _quick(entry.name) else pytest.mark.slow)
        for entry in scenarios()
        if entry.name != "january-2025/as-written"
    ],
)
def test_what_nothing_takes_moves_no_outcome_of_any_run(name):
    plan = compile_plan(resolve(name))
    slots, moved = _moved(plan)
    assert slots
    rows = [np.concatenate([b.outcomes for b in run_blocks(p, 3, 400)]) for p in (plan, moved)]
    assert (rows[0] == rows[1]).all()


def test_what_nothing_takes_moves_no_outcome_of_a_small_deal():
    behaviour = "behaviour: {parties: {north: {default: {late: 0.5, refused: 0.2, short: 0.5, level: 0.3}}}}"
    plan = plan_of(TWO + behaviour)
    _, moved = _moved(plan)
    before, after = sample(plan, 500), sample(moved, 500)
    assert all((before[name] == after[name]).all() for name in before)


# ---------------------------------------------------------------- units


TIMES = (
    "parties.hamas.patience.median", "parties.hamas.patience.p95", "parties.hamas.kinds.release.delay.median",
    "mediators.attempt.median", "parties.israel.responds.memory", "incidents.by_israel.decay",
    "mediators.pressure.united_states.half_life", "talks.phase_two.near_deadline",
)  # fmt: skip


@pytest.mark.case(
    "O17",
    before="patience.median: {uniform: [7, 21]}, meant as days, is valid and means minutes; 7 d is refused",
    after="a bare number is an error that gives both readings, and 7 d is read",
)
@pytest.mark.parametrize("path", TIMES)
@pytest.mark.parametrize("shape", ["uniform: [7, 21]", "lognormal: [7, 21]", "quantiles: [7, 9, 21]"])
def test_a_time_without_a_unit_is_an_error_that_gives_both_readings(path, shape, written):
    code, said = said_by("validate", written(case(path, uncertain=shape)))
    assert code == 2
    assert "missing-unit" in said
    assert "7 min or 7 d?" in said


@pytest.mark.case("O17", before="a shock's `to: 7` means minutes", after="an error that gives both readings")
def test_a_shift_of_a_time_needs_a_unit(written):
    _, said = said_by("validate", written(case("parties.hamas.patience.median", shock="7")))
    assert "7 min or 7 d?" in said
    code, said = said_by("validate", written(case("parties.hamas.patience.median", shock="7 d")))
    assert code == 0, said


@pytest.mark.case("O17", before="refused without both readings", after="7 min or 7 d?")
def test_settings_and_axes_of_times_give_both_readings():
    for words in (("run", BASELINE, "--set", f"{HAMAS}.patience=7"),
                  ("sweep", BASELINE, "--vary", f"{HAMAS}.patience=7,14", "-n", 2)):  # fmt: skip
        code, said = said_by(*words)
        assert (code, "7 min or 7 d?" in said) == (2, True), said


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("parties.hamas.kinds.release.late", "uniform: [1 d, 2 d]"),
        ("incidents.by_israel.per_day", "lognormal: [1 h, 2 h]"),
        ("parties.hamas.patience.median", "beta: [2, 3]"),
    ],
)
def test_a_chance_has_no_unit_and_a_time_no_beta_distribution(path, shape, written):
    code, said = said_by("validate", written(case(path, uncertain=shape)))
    assert code == 2
    assert "missing-unit" in said or "unit-not-allowed" in said


def test_a_time_with_a_unit_is_drawn_in_minutes_and_written_back(written):
    """Patience is drawn from 7 to 21 days: 10,080 to 30,240 minutes."""
    own = written(case("parties.hamas.patience.median", uncertain="uniform: [7 d, 3 w]"))
    scenario = resolve(own)
    record = compile_plan(scenario).record
    place = list(scenario.uncertain).index("parties.hamas.patience.median")
    drawn = record["uncertain_quantile"][0, place]
    assert (drawn[0], drawn[-1]) == (10_080, 30_240)
    again = from_resolved(as_yaml(scenario))
    assert again == scenario
    assert again.model_dump(mode="json")["uncertain"]["parties.hamas.patience.median"]["uniform"] == ["7 d", "21 d"]


def test_parts_of_a_minute_are_kept():
    given = Uncertain(lognormal=("0.5 min", "1 h 0.25 min"), assumption="x")
    assert given.lognormal == (Minutes(0.5), Minutes(60.25))
    assert Uncertain.model_validate(given.model_dump(mode="json")) == given

"""`import sim`: the commands as functions, and behaviour written in Python."""

import json
import subprocess
import sys

import numpy as np
import pytest
from click.testing import CliRunner

import sim
from sim.cli.commands import main
from sim.errors import DealError, EngineError
from tests.retaliation import RetaliatesInKind

BASELINE, VARIANT = "january-2025/baseline", "january-2025/no-guarantors"


def test_importing_sim_imports_nothing_heavy():
    heavy = {"numba", "numpy", "simpy", "scipy", "duckdb", "pydantic"}
    code = "import sys, sim; print([name for name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert not heavy & {name.strip("' [],\n") for name in loaded.split(",")}


def test_every_public_name_exists_and_is_documented():
    for name in sim.__all__:
        assert getattr(sim, name).__doc__, name
    assert set(sim.__all__) <= set(dir(sim))
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        sim.nonsense  # noqa: B018


def test_a_function_is_there_even_after_a_module_of_its_subject_was_imported():
    code = (
        "import sim.analysis.sweeps.run, sim.analysis.explain, sim; print(callable(sim.sweep), callable(sim.explain))"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.split() == ["True", "True"]


def test_run_tells_what_the_command_tells():
    run = sim.run(BASELINE, seed=3, replicate=12)
    told = json.loads(CliRunner().invoke(main, ["run", BASELINE, "--seed", "3", "--replicate", "12", "--json"]).stdout)
    assert (run.outcomes, run.end, run.root_cause) == (told["outcomes"], told["end"], told["root_cause"])
    assert [event["id"] for event in run.events] == list(range(len(run.trace)))
    assert run.story[0][2] in run._repr_html_()


def test_compare_tells_what_the_command_tells():
    found = sim.compare(BASELINE, [VARIANT], n=64, seed=1)
    told = json.loads(
        CliRunner().invoke(main, ["compare", BASELINE, VARIANT, "-n", "64", "--seed", "1", "--json"]).stdout
    )
    assert json.loads(json.dumps(found.as_json() | {"answer": found.answer().as_json()})) == told
    rows = found.table().filter("outcome = 'hostages_living_released'").fetchall()
    estimate = told["variants"][0]["estimates"]["hostages_living_released"]
    difference = told["variants"][0]["paired_difference"]["hostages_living_released"]
    assert rows[0][0] == BASELINE
    assert rows[0][6] is None
    interval = ("mean", "low", "high")
    assert rows[1][2:5] == tuple(estimate[key] for key in interval)
    assert rows[1][6:9] == tuple(difference[key] for key in interval)
    assert "no guarantors" in found._repr_html_()


def test_explain_takes_names():
    assert sim.explain(BASELINE, BASELINE, replicate=0).is_same


def test_settings_belong_to_documents():
    scenario = sim.resolve(BASELINE, {"behaviour.guarantors.restores": 0.25})
    assert scenario.behaviour.guarantors.restores == 0.25
    assert sim.resolve(scenario) is scenario
    with pytest.raises(DealError, match="by its name or file"):
        sim.resolve(scenario, {"behaviour.guarantors.restores": 0.5})


def test_results_are_an_xarray_where_it_is_installed(tmp_path):
    xarray = pytest.importorskip("xarray")
    sim.compare(BASELINE, [VARIANT], n=8, folder=tmp_path / "out")
    found = sim.load(tmp_path / "out").to_xarray()
    assert isinstance(found, xarray.Dataset)
    assert dict(found.sizes) == {"scenario": 2, "replicate": 8}


# ---------------------------------------------------------------- behaviour in Python


class Watcher(sim.Behaviour):
    def begin(self, view):
        self.seen = []
        self.view = view

    def on_event(self, _view, event):
        self.seen.append(event)


def test_a_behaviour_that_only_watches_changes_nothing_and_sees_every_event():
    watcher = Watcher()
    watched, plain = sim.run(BASELINE, replicate=5, behaviour=watcher), sim.run(BASELINE, replicate=5)
    assert np.array_equal(watched.trace, plain.trace)
    assert watcher.seen == plain.events[: len(watcher.seen)]
    assert plain.events[len(watcher.seen)]["minute"] == plain.events[-1]["minute"]
    assert (
        watcher.view.released("hostages")
        == plain.outcomes["hostages_living_released"] + plain.outcomes["hostages_deceased_returned"]
    )


def test_a_view_names_a_path_that_is_wrong():
    view = sim.View(sim.analysis.custom_behaviour.with_behaviour(sim.run(BASELINE).plan, None))
    with pytest.raises(EngineError, match=r"did you mean mediators\.settles"):
        view["mediators.setles"]
    with pytest.raises(EngineError, match="finite number of 0 or more"):
        view["mediators.settles"] = float("nan")


def test_a_party_that_retaliates_in_kind_is_later_itself():
    scenario = sim.resolve(BASELINE)
    plain = sim.run_replicates(scenario, n=40, workers=1)
    angry = sim.run_replicates(scenario, RetaliatesInKind("israel", step=0.5), n=40, workers=1)
    difference = angry["late_israel"] - plain["late_israel"]
    assert difference.mean() > 2 * difference.std() / np.sqrt(40)


@pytest.mark.slow
def test_processes_and_one_process_give_the_same():
    scenario = sim.resolve("november-2023/baseline")
    behaviour = RetaliatesInKind("hamas")
    one = sim.run_replicates(scenario, behaviour, n=40, workers=1)
    two = sim.run_replicates(scenario, behaviour, n=40, workers=2)
    assert all(np.array_equal(one[name], two[name]) for name in one)

"""Axes in Python, as lists of their values."""

import numpy as np
import pytest

from sim.analysis.sweeps.run import sweep
from sim.errors import DealError
from tests.cases.folders import BASELINE

PATH, TIME = "behaviour.parties.south.withholds", "behaviour.mediators.attempt"
CASE = pytest.mark.case("E12", before="sim.sweep(vary={path: [0, 1]}) failed on a list", after="a list is its values")


@CASE
@pytest.mark.parametrize("values", [[0, 1], (0.0, 1.0), ["0", "1"], [np.float64(0), np.int64(1)]])
def test_a_list_is_the_axis_of_its_values(values):
    found = sweep(BASELINE, {PATH: values}, n=4, workers=1).as_json()
    assert found == sweep(BASELINE, {PATH: "0,1"}, n=4, workers=1).as_json()


@CASE
def test_times_in_a_list_have_their_unit_and_one_value_is_an_axis():
    found = sweep(BASELINE, {TIME: ["12 h", "2 d"], PATH: 0.5}, n=2, workers=1)
    assert [cell.values for cell in found.cells] == [{TIME: "12 h", PATH: 0.5}, {TIME: "2 d", PATH: 0.5}]


@CASE
@pytest.mark.parametrize("values", [[], None, [None], [True], [[0, 1]], {"low": 0}, [float("nan")], object()])
def test_what_is_no_axis_is_refused_in_words(values):
    with pytest.raises(DealError):
        sweep(BASELINE, {PATH: values}, n=2, workers=1)

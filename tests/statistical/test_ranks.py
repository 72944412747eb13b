"""Simulation-based calibration of the model in three levels on a few sets; a script makes the table of 300."""

import numpy as np
import pytest

from tests.benchmarks.ranks import PAGE, PARAMETERS, SETS, places, table

SOME = 20


@pytest.mark.slow
@pytest.mark.statistical
def test_truths_lie_anywhere_in_their_posteriors():
    """Of 20 sets at least 14 in each range of 90 %: fewer have a chance below 1 in 10,000 if the posterior is right."""
    found = places(SOME)
    assert found.shape == (SOME, len(PARAMETERS))
    held = ((found > 0.05) & (found < 0.95)).sum(axis=0)
    assert (held >= 14).all()
    # mean of 140 places that are each uniform, as if independent: eight standard deviations of 1/sqrt(12 * 140)
    assert np.mean(found) == pytest.approx(0.5, abs=0.2)
    assert (np.abs(found.mean(axis=0) - 0.5) < 4 / np.sqrt(12 * SOME)).all()


def test_the_page_has_the_table_of_all_sets():
    text = PAGE.read_text(encoding="utf-8")
    assert f"({SETS} sets)" in text
    assert all(f"| `{name}` |" in text for name in PARAMETERS)


def test_the_table_notices_places_that_are_not_level():
    """A parameter whose truth lies low in most sets has a small p; level ones have none below 5 in 100 after Holm."""
    level = (np.tile(np.arange(100)[:, None], (1, len(PARAMETERS))) + 0.5) / 100
    assert table(level).count("| 1.00 | 1.00 | 90.0% |") == len(PARAMETERS)
    skewed = level.copy()
    skewed[:, 0] **= 2
    assert "| `c1` | " in table(skewed)
    assert "| 0.00 | 0.00 |" in table(skewed).splitlines()[2]

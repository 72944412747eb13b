"""Whatever is broken on purpose, nothing that was complete is lost and the bytes at the end are the same."""

import pytest

from tests.faults.breaking import FAULTS, broken, bytes_of, recover, run_sweep

pytestmark = pytest.mark.fault


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The bytes of a sweep that nothing breaks."""
    folder = tmp_path_factory.mktemp("whole") / "results"
    run_sweep(folder)
    return bytes_of(folder)


QUICK = {"SIGKILL of the main process", "byte flipped"}
"""What happens most, and what `verify` has to find; the other faults are slow."""


@pytest.mark.parametrize(
    "fault", [fault if fault in QUICK else pytest.param(fault, marks=pytest.mark.slow) for fault in FAULTS]
)
def test_a_fault_loses_no_replicate_and_changes_no_byte(tmp_path, whole, fault):
    for seed in (1, 2):
        with broken(fault, tmp_path / f"results-{seed}", seed):
            assert recover(tmp_path / f"results-{seed}", whole) == (0, 0)


def test_what_is_lost_or_different_is_counted(tmp_path, whole):
    run_sweep(tmp_path / "results")
    wrong = {name: content + b"more" if name == "summary.json" else content for name, content in whole.items()}
    missing = dict.fromkeys(["replicates/cell-99999/block-000000.parquet"], b"12345")
    assert recover(tmp_path / "results", wrong | missing) == (60, 9)

"""What kills a mutant is told from what passes and from what never ends."""

import shutil

import pytest

from tests.mutants.run import EndlessError, killer_in

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("sh") is None, reason="processor time is limited by sh"),
]
TESTS = """
def test_passes():
    pass

def test_fails():
    assert sum([1]) == 2, "two | one"

def test_goes_on():
    while True:
        pass
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "test_these.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = slow", encoding="utf-8")
    return tmp_path


def test_the_first_test_that_fails_is_told_with_what_it_says(folder):
    assert killer_in(folder, "test_these.py::test_passes") is None
    assert killer_in(folder, "test_these.py") == ("test_these.py::test_fails", "two | one")


def test_tests_that_never_end_are_stopped_by_their_processor_time(folder):
    with pytest.raises(EndlessError, match="does not end within 3 s"):
        killer_in(folder, "test_these.py::test_goes_on", longest=3)


def test_tests_that_are_not_there_kill_nothing(folder):
    with pytest.raises(RuntimeError, match="test_other"):
        killer_in(folder, "test_other.py")

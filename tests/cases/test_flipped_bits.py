"""A bit of any file of a results folder is flipped: whoever reads it refuses, or says what was said before."""

import random
from pathlib import Path

import pytest

from tests.amounts import in_proportion
from tests.cases.folders import COMPARE, OF_SWEEPS, READERS, SWEEP, RefusedError, bytes_of, laid_out, run

pytestmark = [pytest.mark.fault, pytest.mark.usefixtures("without_drawing")]
QUICK, MANY = 25, in_proportion(200)


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """For a comparison and a sweep: folder, readers, bytes, and what each reader says."""
    found = []
    for command, readers in ((COMPARE, READERS), (SWEEP, OF_SWEEPS)):
        folder = tmp_path_factory.mktemp("sound") / "results"
        run(*command, folder)
        found.append((folder, readers, bytes_of(folder), {name: reader(folder) for name, reader in readers.items()}))
    return found


def flipped(content: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(content))
    return content[:place] + bytes([content[place] ^ 1 << chance.randrange(8)]) + content[place + 1 :]


def judge(sound, first: int, last: int) -> dict[str, int]:
    """Flip bits number `first` to `last - 1`, each in the file and before the reader whose turn it is."""
    refused: dict[str, int] = {}
    for number in range(first, last):
        chance = random.Random(number)
        folder, readers, files, said = sound[number % len(sound)]
        name = sorted(files)[number // len(sound) % len(files)]
        reader = chance.choice(sorted(readers))
        laid_out(folder, files | {name: flipped(files[name], chance)})
        try:
            answer = readers[reader](folder)
            if reader == "verify" and answer != said[reader]:
                raise RefusedError(answer)
            assert answer == said[reader], f"flip {number} in {name}: {reader} says something else"
        except RefusedError:
            refused[Path(name).suffix] = refused.get(Path(name).suffix, 0) + 1
        if reader == "resume":  # what was refused stays as it was; what was made again is as it was at first
            changed = {each for each, content in bytes_of(folder).items() if content != files.get(each)}
            assert changed <= {name}, f"flip {number} in {name}: {changed} were written"
    for folder, _, files, _ in sound:
        laid_out(folder, files)
    return refused


CASE = pytest.mark.case(
    "E4",
    before="34 of 150 flipped bits in tables gave silently different tables; load and plot checked no checksum",
    after="refused, or every number as before, for every reader",
)


@CASE
def test_a_flipped_bit_is_refused_or_changes_no_number(sound):
    refused = judge(sound, 0, QUICK)
    assert refused[".parquet"] >= 3, "hardly a reader noticed a table that is another"


@CASE
@pytest.mark.slow
def test_many_flipped_bits_are_refused_or_change_no_number(sound):
    """Two hundred, and two thousand in the profile `long`."""
    refused = judge(sound, 0, MANY)
    assert min(refused.get(kind, 0) for kind in (".parquet", ".json", ".jsonl")) >= 10, refused

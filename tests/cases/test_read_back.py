"""What `show --resolved` prints is read back as the same scenario."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from sim.cli.commands import main
from sim.reading.resolve import resolve, resolve_any
from sim.reading.store import resolved_hash
from sim.reading.validate import validate_file
from sim.reading.write import write_yaml


@pytest.mark.case(
    "R32",
    before="`show --resolved` is not accepted back: 'deal: must be text', 'unknown key changed'",
    after="it is a scenario with its deal in it, sound, and resolves to itself",
)
@pytest.mark.parametrize(
    "name", ["january-2025/baseline", "october-2025/last-for-last", "october-2025-talks/no-deadline", "november-2023"]
)
def test_a_resolved_scenario_is_read_back(name, tmp_path: Path):
    file = tmp_path / "back.yaml"
    file.write_text(CliRunner().invoke(main, ["show", name, "--resolved"]).stdout)
    assert [p for p in validate_file(file) if p.severity == "error"] == []
    assert resolved_hash(resolve(file)) == resolved_hash(resolve_any(name))


def test_a_scenario_may_build_on_a_resolved_one_and_a_fault_in_its_deal_has_its_place(tmp_path: Path):
    file, above = tmp_path / "back.yaml", tmp_path / "above.yaml"
    text = CliRunner().invoke(main, ["show", "october-2025/last-for-last", "--resolved"]).stdout
    file.write_text(text)
    above.write_text(
        write_yaml({"scenario": "mine", "question": "And then?", "builds_on": "back.yaml", "horizon": "90 d"})
    )
    built = resolve(above)
    assert (built.horizon, built.deal) == (90 * 1440, resolve(file).deal)
    line = next(place for place, row in enumerate(text.splitlines(), 1) if row.strip().startswith("kind: truce"))
    file.write_text(text.replace("kind: truce", "kind: truse", 1))
    (problem,) = [p for p in validate_file(file) if p.severity == "error"]
    assert (problem.line, problem.value) == (line, "truse")

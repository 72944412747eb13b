"""Small results folders, and everything that reads one: what each says of it, as text."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import sim
from sim.cli.commands import main
from sim.errors import SimError

DOCUMENTS = Path(__file__).parents[1] / "documents" / "valid"
BASELINE = str(DOCUMENTS / "baseline.yaml")
OTHER = str(DOCUMENTS / "uncertain.yaml")
COMPARE = ("compare", BASELINE, OTHER, "-n", "20", "--seed", "5", "--workers", "1", "--json", "--out")
SWEEP = (
    "sweep", BASELINE, "--vary", "behaviour.parties.south.withholds=0.2,0.5", "--vary",
    "behaviour.parties.north.default.late=0.1,0.3", "-n", "5", "--workers", "1", "--json", "--out",
)  # fmt: skip


class RefusedError(Exception):
    """Exit code 2 with words, or a `ResultsError`."""


def run(*arguments: object) -> str:
    """What a command prints; words and exit code 2 are raised, and anything else than an answer or words fails."""
    made = CliRunner().invoke(main, [str(argument) for argument in arguments])
    if made.exception is not None and not isinstance(made.exception, SystemExit):
        raise AssertionError(f"{arguments}: {made.exception!r}") from made.exception
    assert made.exit_code in (0, 1, 2), made.output
    if made.exit_code == 2:
        assert made.stderr.strip(), "refused without a word"
        raise RefusedError(made.stderr)
    return made.stdout


def loaded(folder: Path) -> str:
    """Every number that `sim.load` gives."""
    try:
        results = sim.load(folder)
        rows = results.table().order("scenario, replicate").fetchall()
        key = results.scenarios[-1]
        curves = {name: by_day.tolist() for name, by_day in results.histograms(key).items()}
        return json.dumps([rows, results.estimates, curves, results.summary, results.manifest["seed"]])
    except SimError as error:
        raise RefusedError(str(error)) from None


def drawn(folder: Path, kind: str) -> str:
    """What a figure shows, read from its SVG."""
    file = folder.with_name(f"{kind}.svg")
    file.unlink(missing_ok=True)
    run("plot", folder, "--kind", kind, "--out", file, *(["--replicate", "3"] if kind == "timeline" else []))
    return file.read_text(encoding="utf-8")


def page(folder: Path) -> str:
    file = folder.with_name("page.html")
    file.unlink(missing_ok=True)
    run("report", folder, "--out", file)
    return file.read_text(encoding="utf-8")


READERS: dict[str, Callable[[Path], str]] = {
    "load": loaded,
    "plot": lambda folder: drawn(folder, "releases"),
    "plot one replicate": lambda folder: drawn(folder, "timeline"),
    "report": page,
    "replay": lambda folder: run("replay", folder, "--replicate", "7", "--json"),
    "resume": lambda folder: run(*COMPARE, folder, "--resume"),
    "verify": lambda folder: run("verify", folder),
}
OF_SWEEPS: dict[str, Callable[[Path], str]] = {
    "load": loaded,
    "heat map": lambda folder: drawn(folder, "heatmap"),
    "response": lambda folder: drawn(folder, "response"),
    "tornado": lambda folder: drawn(folder, "tornado"),
    "report": page,
    "replay": lambda folder: run("replay", folder, "--replicate", "3", "--json"),
    "resume": lambda folder: run(*SWEEP, folder, "--resume"),
    "verify": lambda folder: run("verify", folder),
}


def plain_figures(patch: pytest.MonkeyPatch) -> None:
    """Let a figure be its words alone: what is read for it and how it is written stay as they are."""
    import sim.report.figures.picture as picture

    def words(self: Any) -> bytes:
        return f"<svg>{self.title}: {self.alt}</svg>".encode()

    patch.setattr(picture.Picture, "save", lambda self, path: picture.write_bytes(Path(path), words(self)))
    patch.setattr(picture.Picture, "as_svg", words)
    patch.setattr(picture.Picture, "as_png", words)
    patch.setattr("sim.report.figures.picture.Picture.as_small_png", lambda picture: picture.as_png())


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def laid_out(folder: Path, files: Mapping[str, bytes]) -> Path:
    """A folder of just these files; those that are there already stay."""
    for name in set(bytes_of(folder)) - set(files) if folder.exists() else ():
        (folder / name).unlink()
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists() or place.read_bytes() != content:
            place.write_bytes(content)
    return folder

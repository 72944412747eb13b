"""What commands share: options, errors as text, consoles, progress."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.errors import CLOSED, INTERRUPTED, SimError
from sim.reading.pipes import reading_pipes_once

if TYPE_CHECKING:
    from rich.console import Console

    from sim.document.scenario import ResolvedScenario
    from sim.report.figures import Picture

FAILED = 1
BAD_INPUT = 2
MOST_REPLICATES = 10**9
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout and nothing else there.")
seed_option = click.option("--seed", type=click.IntRange(0, 2**64 - 1), default=0, show_default=True)
engine_option = click.option("--engine", type=click.Choice(["batch", "reference"]), default="batch", show_default=True)


if TYPE_CHECKING:
    WorkersBase = click.ParamType[int | str]
else:
    WorkersBase = click.ParamType  # takes no parameters before click 8.4


class WorkersType(WorkersBase):
    """A number of workers, or a cluster."""

    name = "workers"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | str:
        """As `sim.engine.workers.parse_workers`, without importing it for `--help`."""
        from sim.engine.workers import parse_workers
        from sim.errors import EngineError

        try:
            return parse_workers(str(value))
        except EngineError as error:
            self.fail(str(error), param, ctx)


workers_option = click.option(
    "--workers",
    type=WorkersType(),
    help="Threads or processes, by default one for each core; local:N or dask://HOST:PORT is a Dask cluster.",
)
threads_option = click.option(
    "--workers", type=click.IntRange(1, 9999), help="Threads of this machine, by default one for each core."
)
out_option = click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep replicates, numbers and figure in this folder.",
)


class Limited(click.IntRange):
    """A whole number up to a limit, and the place where that is raised."""

    def __init__(self, least: int, most: int, where: str) -> None:
        super().__init__(least, most)
        self.where = where

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """As that of `click.IntRange`; a refusal names the place."""
        if not re.fullmatch(r"\s*[+-]?[0-9][0-9_]*\s*", str(value)):
            self.fail(f"a whole number is needed, got {str(value)[:40]!r}", param, ctx)
        try:
            return int(super().convert(value, param, ctx))
        except click.BadParameter as error:
            self.fail(f"{error.message} ({self.where})", param, ctx)


replicates_type = Limited(1, MOST_REPLICATES, "MOST_REPLICATES in sim/cli/common.py")
number_type = Limited(0, 2**63 - 1, "replicates are numbered with 63 bits")
resume_option = click.option("--resume", is_flag=True, help="Continue what was interrupted in --out.")
trace_option = click.option(
    "--trace", "trace_file", type=click.Path(path_type=Path), help="Write the trace as JSON lines; - is stdout."
)
outcome_option = click.option(
    "--outcome",
    "outcomes",
    multiple=True,
    metavar="NAME",
    help="An outcome to tell, also as 'NAME by day N'; may be repeated.",
)
results_argument = click.argument("results", type=click.Path(path_type=Path, exists=True, file_okay=False))


def _remember_day(context: click.Context, _: click.Parameter, day: str | None) -> None:
    context.meta["amended"] = day


def _with_day(context: click.Context, _: click.Parameter, settings: tuple[str, ...]) -> tuple[str, ...]:
    """The settings, and first of all the day by which the deal is taken as amended, which is one too."""
    day = context.meta.get("amended")
    return settings if day is None else (f"amended={day}", *settings)


_AMENDED: dict[str, Any] = {"metavar": "DAY", "help": "Take the deal as amended by this day: 21, 'day 21' or a date."}
amended_option = click.option("--amended", **_AMENDED)


def set_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--set`, and `--amended`, which is a setting too and is read first."""
    settings = click.option(
        "--set", "settings", multiple=True, metavar="PATH=VALUE", callback=_with_day,
        help="Change terms (deal.…) or behaviour (behaviour.…).",
    )  # fmt: skip
    day = click.option("--amended", is_eager=True, expose_value=False, callback=_remember_day, **_AMENDED)
    return settings(day(command))


def reporting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Errors that a user can mend are printed as text, with exit code 2; Ctrl-C ends with 130, as in a shell."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        kept = "; what is complete is kept, continue with --resume" if kwargs.get("out") else ""
        try:
            with reading_pipes_once():
                return interruptible(lambda: command(*args, **kwargs), kept)
        except SimError as error:
            open_console(stderr=True).print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
            raise click.exceptions.Exit(BAD_INPUT) from None
        except BrokenPipeError:
            _forget_output()
            raise click.exceptions.Exit(CLOSED) from None
        except OSError as error:
            what = error.filename or "the output"
            click.echo(f"{what}: cannot be read or written: {error.strerror or error}{kept}", err=True)
            _forget_output()
            raise click.exceptions.Exit(BAD_INPUT) from None

    return run


def _forget_output() -> None:
    """What could not be written is not tried again at the end of the process."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def interruptible(work: Callable[[], Any], kept: str) -> Any:
    """What work gives; Ctrl-C ends it with a sentence that says what is kept."""
    try:
        return work()
    except (KeyboardInterrupt, RuntimeError) as error:
        # Python 3.11 tells of what struck while a class was made by a RuntimeError, and DuckDB of any query
        is_struck = isinstance(error.__cause__, KeyboardInterrupt) or str(error) == "Query interrupted"
        if not isinstance(error, KeyboardInterrupt) and not is_struck:
            raise
        click.echo(f"interrupted{kept}", err=True)
        raise click.exceptions.Exit(INTERRUPTED) from None


def open_console(*, stderr: bool = False) -> Console:
    """A console on stdout or stderr that is plain where that is no terminal."""
    from sim.report.console import console_for

    return console_for(sys.stderr if stderr else None)


def print_json(value: Any) -> None:
    """One object on one line of stdout; letters that it cannot say stand as JSON writes them in ASCII."""
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value)
    click.echo(text)


def parse_settings(settings: tuple[str, ...]) -> dict[str, str]:
    """`--set` options by path."""
    parsed = {}
    for setting in settings:
        path, equals, value = setting.partition("=")
        if not equals or not path:
            raise SimError(f"--set takes PATH=VALUE, got {setting[:80]!r}")
        parsed[path] = value
    return parsed


def resolve_scenario(name: str, settings: tuple[str, ...] = ()) -> ResolvedScenario:
    """The scenario of this name with these settings."""
    return resolve_scenarios((name,), settings)[0]


def resolve_scenarios(names: Sequence[str], settings: tuple[str, ...] = ()) -> list[ResolvedScenario]:
    """The scenarios of these names with these settings, each of which at least one of them takes."""
    from sim.plan.taken import resolve_taken
    from sim.reading.delays import cut_delays
    from sim.reading.draft import LEFT

    resolved = resolve_taken(names, parse_settings(settings))
    said = dict.fromkeys(
        f"{'.'.join(map(str, fault.path))}: {fault.message} ({fault.hint})"
        for scenario in resolved
        for fault in cut_delays(scenario)
    )
    said |= dict.fromkeys(note for scenario in resolved for note in scenario.notes if LEFT in note)
    for words in said:
        open_console(stderr=True).print(words, style="dim", markup=False, highlight=False, soft_wrap=True)
    return resolved


@contextmanager
def show_progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar on stderr with rate and time left, where that is a terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    console = open_console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(what, total=None, rate="")

        def update(done: int, total: int) -> None:
            speed = progress.tasks[0].speed
            rate = f"{speed:,.0f} replicates/s" if speed else ""
            progress.update(task, completed=done, total=total, rate=rate)

        yield update


def write_out(file: Path, text: str) -> None:
    """Write to a file, or to stdout for `-`."""
    if str(file) == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode())  # a document is UTF-8, whatever the terminal speaks
        sys.stdout.flush()
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise SimError(f"{file}: cannot be written: {error.strerror}") from None


def save_pictures(pictures: Mapping[str, Picture], folder: Path) -> None:
    """Write each picture to a folder as PNG and SVG."""
    for name, picture in pictures.items():
        for suffix in ("png", "svg"):
            picture.save(folder / f"{name}.{suffix}")

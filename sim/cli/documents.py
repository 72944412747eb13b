"""Commands about documents: list, show, validate, schema, init, diff."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from sim.cli.common import (
    BAD_INPUT,
    json_option,
    open_console,
    parse_settings,
    print_json,
    reporting,
    set_option,
    write_out,
)
from sim.errors import SimError

if TYPE_CHECKING:
    from sim.document.scenario import ResolvedScenario
    from sim.reading.catalogue import Entry
    from sim.reading.problem import Problem


@click.command("list")
@click.argument("deal", required=False)
@click.option("--search", metavar="WORDS", help="Only what has all of these words in name, title or question.")
@click.option("--by", type=click.Choice(["pair", "kind"]), help="Deals by pair of parties, or by kind of obligation.")
@click.option("--numbers", is_flag=True, help="Obligations, clauses, sources and dated steps of each deal, and in all.")
@json_option
@reporting
def list_(deal: str | None, search: str | None, by: str | None, numbers: bool, as_json: bool) -> None:
    """List the deals, scenarios and studies of the catalogue, one to a line; or the scenarios of one deal."""
    from sim.reading.catalogue import deals, scenarios, studies
    from sim.reading.problem import nearest

    if by or numbers:
        if deal or search or (by and numbers):
            raise SimError("--by and --numbers are of the whole catalogue, one at a time")
        _list_all(by, as_json=as_json)
        return
    known = {entry.name for entry in deals()}
    if deal is not None and deal not in known:
        raise SimError(f"no deal '{deal[:100]}' in the catalogue ({nearest(deal, known)})")
    told = [
        ("deals", [entry for entry in deals() if deal in (None, entry.name)]),
        ("scenarios", [entry for entry in scenarios() if deal in (None, entry.deal)]),
        ("studies", studies() if deal is None else []),
    ]
    words = (search or "").lower().split()
    found = {part: [one for one in entries if _has(one, words)] for part, entries in told}
    if as_json:
        print_json({
            "deals": [{"name": one.name, "title": one.title} for one in found["deals"]],
            "scenarios": [{"name": one.name, "deal": one.deal, "question": one.question} for one in found["scenarios"]],
            "studies": [{"name": o.name, "title": o.title, "question": o.question} for o in found["studies"]],
        })  # fmt: skip
        return
    if not any(found.values()):
        raise SimError(f"nothing in the catalogue has all of the words {search!r}; look with fewer of them")
    _print_list(found)


def _list_all(by: str | None, *, as_json: bool) -> None:
    """The catalogue by pair or kind, or in numbers."""
    from sim.report.catalogue import as_json as numbers_as_json
    from sim.report.catalogue import groups, print_groups, print_numbers

    if as_json:
        print_json(groups(by) if by else numbers_as_json())
    elif by:
        print_groups(by, open_console())
    else:
        print_numbers(open_console())


def _has(entry: Entry, words: list[str]) -> bool:
    """Whether an entry has all of these words."""
    text = f"{entry.name} {entry.title} {entry.question}".lower()
    return all(word in text for word in words)


def _print_list(found: dict[str, list[Entry]]) -> None:
    """A line for each entry: its name, and its title or question as far as the line goes."""
    from sim.report.words import cut

    console = open_console()
    entries = [one for part in found.values() for one in part]
    width = 2 + max(len(one.name) for one in entries)
    for part, listed in found.items():
        if listed:
            console.print(part.capitalize(), style="bold", highlight=False)
        for one in listed:
            words = cut(one.title or one.question, max(20, console.width - width))
            console.print(f"{one.name:<{width}}{words}", markup=False, highlight=False, soft_wrap=True)
    console.print("A deal or scenario in full: ceasefire show NAME", style="dim", highlight=False)


@click.command()
@click.argument("name")
@click.option("--resolved", is_flag=True, help="The whole document, every default written out, as YAML.")
@click.option("--mermaid", is_flag=True, help="The phase machine as a Mermaid state diagram.")
@set_option
@json_option
@reporting
def show(name: str, resolved: bool, mermaid: bool, settings: tuple[str, ...], as_json: bool) -> None:
    """Show a deal: its obligations by day. Show a scenario: its question, what it changes, the behaviour in force."""
    from sim.reading.store import as_yaml

    scenario = _as_scenario(name, settings)
    if mermaid:
        from sim.document.machine import draw

        write_out(Path("-"), draw(scenario.deal))
    elif resolved:
        write_out(Path("-"), as_yaml(scenario))
    elif as_json:
        print_json(scenario.model_dump(mode="json", by_alias=True))
    elif _is_deal(name):
        from sim.report.calendar import print_calendar

        print_calendar(scenario, open_console())
    else:
        _show_scenario(name, scenario)


def _is_deal(name: str) -> bool:
    from sim.reading.catalogue import find
    from sim.reading.model import kind_of, parse_file

    return kind_of(parse_file(find(name))) == "deal"


def _show_scenario(name: str, scenario: ResolvedScenario) -> None:
    """The scenario in words, beside what it builds on."""
    from sim.plan.compile import compile_plan
    from sim.plan.taken import taken_paths
    from sim.reading.difference import differences
    from sim.reading.resolve import Documents
    from sim.report.commands import name_of_deal
    from sim.report.scenario import print_scenario

    plan = compile_plan(scenario)
    read = taken_paths(plan)
    taken = [path for path in plan.parameter_paths if path in read]
    documents = Documents.of(name)
    before = documents.before()
    deal = scenario.deal.deal if documents.deal_parsed is None else name_of_deal(documents.deal_parsed.file)
    changes = () if before is None else differences(before, scenario)
    print_scenario(scenario, taken, open_console(), deal, changes, None if before is None else before.scenario)


def _as_scenario(name: str, settings: tuple[str, ...]) -> ResolvedScenario:
    """The scenario of this name, or the deal of this name with everybody complying."""
    from sim.reading.resolve import resolve_any

    return resolve_any(name, parse_settings(settings))


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--deal", help="Whose history a CSV file is (name or file); by default the catalogue's deal so named.")
@json_option
@reporting
def validate(files: tuple[Path, ...], deal: str | None, as_json: bool) -> None:
    """Check documents and histories: all problems at once, each with its place, the rule and a way out."""
    from sim.plan.taken import untaken
    from sim.reading.validate import validate_file

    problems = [
        problem
        for file in files
        for problem in (
            _of_history(file, deal) if file.suffix == ".csv" else validate_file(_file_of(file), untaken)
        )
    ]  # fmt: skip
    failed = any(problem.severity == "error" for problem in problems)
    if as_json:
        print_json({"valid": not failed, "problems": [problem.as_json() for problem in problems]})
    else:
        for problem in problems:
            click.echo(str(problem))
        if not problems:
            click.echo(f"{len(files)} document(s) valid")
    if failed:
        raise click.exceptions.Exit(BAD_INPUT)


def _of_history(file: Path, deal: str | None) -> list[Problem]:
    """What is wrong with a history of a deal, the one that is named or else the catalogue's of the file's name."""
    from sim.reading import catalogue
    from sim.reading.history import validate_history
    from sim.reading.resolve import resolve_any

    name = deal or next((entry.name for entry in catalogue.deals() if entry.name == file.stem), None)
    return validate_history(file, None if name is None else resolve_any(name).deal)


def _file_of(name: Path) -> Path:
    """A file as it is named, or the file of a name of the catalogue."""
    from sim.reading.catalogue import find, is_readable

    return name if is_readable(name) or name.suffix else find(name)


@click.command()
@click.argument("kind", type=click.Choice(["deal", "scenario", "study", "history"]), default="scenario")
@reporting
def schema(kind: Literal["deal", "scenario", "study", "history"]) -> None:
    """Print the JSON Schema of a document, for editors; of a history the Table Schema of its columns."""
    from sim.reading import history
    from sim.reading.model import schema as schema_of

    found = history.schema() if kind == "history" else schema_of(kind)
    write_out(Path("-"), json.dumps(found, indent=2, ensure_ascii=False) + "\n")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--deal", help="Write a scenario of this deal (name or file) instead of a deal.")
@click.option("--from", "source", metavar="NAME", help="Start from a copy of this deal or scenario of the catalogue.")
@reporting
def init(file: Path, deal: str | None, source: str | None) -> None:
    """Write a commented starting document that validates: a deal, a scenario of a deal, or a copy to change."""
    from sim.reading.catalogue import find
    from sim.reading.problem import DocumentError
    from sim.reading.template import copy_of, starting_deal
    from sim.reading.validate import validate_file

    if any("\udc80" <= letter <= "\udcff" for letter in file.stem):
        raise SimError(f"{str(file)!a}: the name of a document must be UTF-8, as it stands in the document")
    if deal is not None and source is not None:
        raise SimError("--deal starts a scenario, --from a copy; take one of them")
    if source is not None:
        text = copy_of(find(source), file.stem)
    else:
        text = starting_deal(file.stem) if deal is None else _scenario_of(deal, file)
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise SimError(f"{file}: there is a file of this name; nothing was written") from None
    except OSError as error:
        raise SimError(f"{file}: cannot be written: {error.strerror}") from None
    if problems := validate_file(file):
        file.unlink()
        raise DocumentError(problems)
    click.echo(f"wrote {file}; check it with: {shlex.join(('ceasefire', 'validate', str(file)))}")


def _scenario_of(deal: str, file: Path) -> str:
    """A starting scenario in the words of this deal, which is looked for beside the file first."""
    from sim.reading.catalogue import find
    from sim.reading.resolve import resolve_any
    from sim.reading.template import starting_scenario

    return starting_scenario(file.stem, deal, resolve_any(find(deal, beside=file)).deal)


@click.command()
@click.argument("before")
@click.argument("after")
@click.option("--words", is_flag=True, help="List titles, sources and other words too.")
@json_option
@reporting
def diff(before: str, after: str, words: bool, as_json: bool) -> None:
    """Show what changed in meaning between two deals or scenarios."""
    from sim.reading.difference import differences
    from sim.report.difference import print_differences

    documents = [_as_scenario(name, ()) for name in (before, after)]
    changes = differences(*documents, words=words)
    if as_json:
        print_json({"same": not changes, "changes": [change.as_json() for change in changes]})
    else:
        print_differences(changes, before, after, open_console())

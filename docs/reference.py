"""Writes docs/reference.md from the code: ``python docs/reference.py``. A test fails while the two differ."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Collection, Iterator
from enum import IntEnum
from inspect import cleandoc
from pathlib import Path
from typing import Any

import click
from click.testing import CliRunner

from sim.cli.commands import main
from sim.cli.common import BAD_INPUT, INTERRUPTED
from sim.document.measured import CODES, LATE_BY, PER_PARTY
from sim.outcomes.columns import columns, event_name
from sim.outcomes.story import SENTENCES
from sim.plan.codes import Custody, Event, Exchange, PhaseState, Status, Talks, Truce
from sim.plan.compile import compile_plan
from sim.reading.resolve import resolve
from sim.results.tables import UNITS, table_columns

PAGE = Path(__file__).with_name("reference.md")
BASELINE = "january-2025/baseline"
EXIT_CODES = {
    0: "done",
    1: "a checked property fails: what a scenario expects, a guarantee (check), a file of a results folder (verify)",
    BAD_INPUT: "bad input: a document, a setting, a file; the message says where and what to do",
    INTERRUPTED: "interrupted with Ctrl-C",
}
DEFINITIONS = {
    "hostages_living_released": "living hostages who have arrived alive",
    "hostages_deceased_returned": "deceased hostages whose remains have arrived; misidentified remains do not count",
    "hostages_still_held": "hostages, living and deceased, not handed over by the end",
    "prisoners_released": "living prisoners who have arrived",
    "prisoners_deceased_returned": "deceased of the prisoners' side whose remains have arrived",
    "captive_days": "days in captivity of living hostages, summed, to each one's release, death or the horizon",
    "truce_days": "days on which the truce held; suspensions are left out",
    "phase_reached": "the last phase that was entered",
    "line_reached": "the farthest withdrawal line reached",
    "disputes": "complaints that were opened",
    "dispute_days": "days of open disputes, summed over disputes",
    "incidents": "incidents, minor and major, those before the truce included where a source has a rate for that time",
    "suspensions": "how often the truce was suspended",
    "aid_delivered": "what flows of aid have delivered",
    "implementation_score": "0 to 3 for each obligation (not begun, minimal, intermediate, full), as a percentage",
    "end_day": "day on which the deal ended, or of the horizon",
    "end": "how it ended",
    "hostages_died_in_captivity": "living hostages who died while they were held, up to the horizon",
    "prisoners_died_in_captivity": "living prisoners who died while they were held, up to the horizon",
    "pre_truce_days": "days from the start until the truce first began; to the horizon if it never did",
    "truce_at_end": "whether the truce holds in the minute of the end, which of a deal that stands is the horizon",
    "prisoners_still_held": "prisoners, living and deceased, not handed over by the end, whether or not that was owed",
    "prisoner_captive_days": "days in captivity of living prisoners, summed, to release, death or the horizon",
    "root_cause": "the decision, mishap or missing step to which causes lead back from the end, if there is one",
    "on_time_PARTY": "obligations that the party met on time",
    "late_PARTY": "obligations that it met late or after a dispute",
    "not_met_PARTY": "obligations that it did not meet",
    "largest_lead_PARTY": "how far its own delivered share ran ahead of the other side's at the worst moment",
    "released_STOCK": "people of the stock who have arrived",
    "broken_PARTY": "of those, late or in dispute to the end, or left undone",
    "void_PARTY": "of those, never late: the phase or the deal ended first",
    "not_due_PARTY": "of those, never late: still open when the window closes on a deal that stands",
    "delivered_OBLIGATION": "units that an obligation of arms or forces has delivered",
    "held_back_days_OBLIGATION": "for how long its debtor stood ready with a leg of an exchange and the others did not",
    "lateness_own_OBLIGATION": "whether, with a deadline, it was late by its debtor's own doing: 1, else 0",
    "lateness_of_others_OBLIGATION": "whether it was late because others than debtor and creditor kept its gate shut",
    "kept_waiting_OBLIGATION": "whether it was not late by its deadline as its creditor or nobody kept its gate shut",
    "violated_GUARANTEE": "when a declared guarantee was first violated; -1 where it is kept",
    "reached_MILESTONE": "when a milestone first came about, at the end of that minute; -1 where it never did",
}


STATES: dict[str, tuple[type[IntEnum], dict[str, str]]] = {
    "an obligation": (Status, {
        "planned": "not due yet: its date lies ahead or its gate is shut",
        "due": "its date has come and its gate is open",
        "late": "its grace is over",
        "withheld": "held back while a complaint of the debtor's own is open",
        "disputed": "the creditor's complaint about it is open",
        "redated": "settled: due anew",
        "met": "done in time",
        "met_late": "done after its grace, without a dispute; of a flow, kept in part",
        "cured": "done after a dispute",
        "defaulted": "left undone",
        "excused": "no longer owed, such as a return for people who were not handed over",
        "void": "its phase or the deal ended first",
    }),
    "the truce": (Truce, {
        "not_begun": "before it", "holds": "in force", "suspended": "for a time, with an end set", "ended": "for good",
    }),
    "the exchange": (Exchange, {
        "not_begun": "nobody has been handed over yet", "under_way": "somebody has",
        "complete": "every release and return is done", "ended": "the deal ended first",
    }),
    "talks": (Talks, {
        "not_started": "not opened yet", "under_way": "open", "broken_off": "closed, and may open again",
        "agreed": "with an agreement", "ended": "the deal ended first",
    }),
    "a phase": (PhaseState, {
        "ahead": "not entered yet", "waiting": "the first one, before its conditions hold",
        "in_force": "entered, its time runs", "continued": "its time is up, and it goes on",
        "lapsed": "its time is up, and nothing followed", "past": "ended",
    }),
    "people": (Custody, {
        "held": "with their custodian", "in_transit": "with the neutral carrier", "released": "arrived",
    }),
}  # fmt: skip
"""States by what they belong to, in the order of the code, each with its meaning."""


def page(left_out: Collection[str] = ()) -> str:
    """The page, without the keys of some commands."""
    parts = [
        "# Reference\n\nWritten from the code by `python docs/reference.py`; a test fails while the two differ.\n",
        "## Commands\n",
        "Options of several commands are described here; each command names those that it takes.\n",
        _table(("option", "default", ""), list(_common_options())),
        *map(_command, main.commands.values()),
        "## Exit codes\n",
        _table(("code", "meaning"), [(str(code), words) for code, words in EXIT_CODES.items()]),
        "Results go to standard output, progress and errors to standard error. Without a terminal, or where\n"
        "`NO_COLOR` is set, output is plain.\n",
        "## JSON\n\nWith `--json` a command prints one object and nothing else. `…` stands for names: outcomes, ends,\n"
        "paths. `(event)` is one event as in a trace, with its sentence as `text` and `traced`; `(as above)` means\n"
        "the keys that are listed where the same name comes first.\n",
        *_json_sections(left_out),
        "## Outcomes\n\nOne row for each replicate. Names in capitals stand for keys of the deal.\n",
        _table(("outcome", "unit", "what it is"), _outcomes()),
        "## Trace events\n\nWhat `run --trace` and `replay --trace` write, one JSON object to a line: `id`, `minute`,\n"
        "`day`, `local_time`, `event`, what it is about, `party`, states `before` and `after`, and `cause`, the `id`\n"
        "of the event that led to it.\n",
        _table(("event", "in the story"), [(f"`{event_name(event)}`", _sentence(event)) for event in Event]),
        "`minute` counts from the deal's start, `day` is the deal's day (1 for the first), `local_time` its date and\n"
        "hour. What an event is about stands under `obligation`, `phase`, `talks`, `source` (of incidents), `shock`,\n"
        "`line`, `group` or `who`. `ObligationDelayed` has `delay_minutes`, `ObligationRedated` the day `to_day`,\n"
        "`PeopleNotLocated` how many are `missing`, moves the number of `people` by group and where `to`; `before`\n"
        "and `after` are shares of what is owed a day (`FlowChanged`), lines (`LineReached`), and elsewhere states:\n",
        _table(("of", "state", "meaning"), _states()),
    ]
    return "\n".join(parts)


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def _options(command: click.Command) -> list[tuple[str, str, str]]:
    context = click.Context(command, info_name=f"ceasefire {command.name}")
    return [_option(param, context) for param in command.params if isinstance(param, click.Option)]


def _common_options() -> dict[tuple[str, str, str], None]:
    """Options that several commands take with the same meaning and default, in the order in which they come."""
    every = [option for command in main.commands.values() for option in _options(command)]
    return {option: None for option in every if every.count(option) > 1}


def _command(command: click.Command) -> str:
    context = click.Context(command, info_name=f"ceasefire {command.name}")
    options, common = _options(command), _common_options()
    own = [option for option in options if option not in common]
    shared = ", ".join(option[0].split()[0].strip("`,").join("``") for option in options if option in common)
    table = "\n" + _table(("option", "default", ""), own) if own else ""
    line = f"\n{'Also' if own else 'Options:'} {shared}.\n" if shared else ""
    usage = " ".join(command.collect_usage_pieces(context))
    return (
        f"### {command.name}\n\n    ceasefire {command.name} {usage}\n\n{cleandoc(command.help or '')}\n{table}{line}"
    )


def _option(option: click.Option, context: click.Context) -> tuple[str, str, str]:
    record = option.get_help_record(context)
    assert record is not None
    shown: object = ""
    if isinstance(option.show_default, str):
        shown = option.show_default
    elif option.show_default and not callable(option.default):
        shown = option.default
    return f"`{record[0]}`", f"{shown}", option.help or ""


def _outcomes() -> list[tuple[str, str, str]]:
    plan = compile_plan(resolve(BASELINE))
    units = table_columns(plan)
    names = [name for name in columns(plan)[: columns(plan).index(f"on_time_{plan.parties[0]}")] if name not in CODES]
    per_party = [f"{name}_PARTY" for name in PER_PARTY]
    examples = {f"{name}_PARTY": f"{name}_{plan.parties[0]}" for name in PER_PARTY}
    examples["released_STOCK"] = f"released_{plan.groups[0]}"
    examples["violated_GUARANTEE"] = f"violated_{plan.guarantees[0]}"
    examples["delivered_OBLIGATION"] = next(name for name in units if name.startswith("delivered_"))
    examples["reached_MILESTONE"] = f"reached_{plan.milestones[0].key}"
    units["held_back_days_OBLIGATION"] = "days"  # the baseline has no exchange, and no deadline
    units |= {f"{name}OBLIGATION": "count" for name in LATE_BY}
    last = [
        "released_STOCK",
        "delivered_OBLIGATION",
        "held_back_days_OBLIGATION",
        *(f"{name}OBLIGATION" for name in LATE_BY),
        "violated_GUARANTEE",
        "reached_MILESTONE",
    ]
    listed = [*names, "end", "root_cause", *per_party, *last]
    assert set(listed) == set(DEFINITIONS), set(listed) ^ set(DEFINITIONS)
    return [(f"`{name}`", UNITS.get(name) or units[examples.get(name, name)], DEFINITIONS[name]) for name in listed]


def _states() -> list[tuple[str, str, str]]:
    listed = []
    for of, (states, meanings) in STATES.items():
        assert [state.name.lower() for state in states] == list(meanings), of
        listed += [(of, f"`{state}`", meaning) for state, meaning in meanings.items()]
    return listed


def _sentence(event: Event) -> str:
    moved = {Event.PEOPLE_MOVED: "people", Event.REMAINS_MOVED: "remains"}.get(event)
    told = SENTENCES[event] if moved is None else f"{moved} move: how many of which stock, and to whom"
    return told.replace("{why}", "")


def _json_sections(left_out: Collection[str]) -> Iterator[str]:
    """The keys of every command, from what it really prints."""
    with tempfile.TemporaryDirectory() as scratch:
        out = str(Path(scratch, "out"))
        file = Path(scratch, "a-deal.yaml")
        _printed("init", str(file))
        file.write_text(file.read_text(encoding="utf-8").replace("title:", "titel:"), encoding="utf-8")
        calls = [
            ("list",), ("validate", str(file)), ("run", BASELINE),
            ("compare", BASELINE, "january-2025/as-written", "-n", "2", "--out", out),
            ("sweep", BASELINE, "--vary", "behaviour.mediators.settles=0:1:2", "-n", "2", "--design", "sobol",
             "--points", "2"),
            ("study", "talks-timing", "-n", "2", "--out", str(Path(scratch, "study"))),
            ("replay", out, "--replicate", "0"),
            ("explain", BASELINE, "january-2025/no-guarantors", "--replicate", "3"),
            ("verify", out),
            ("check", "november-2023/baseline", "--deviations", "1", "-n", "2"),
            ("diff", BASELINE, "january-2025/no-guarantors"),
            ("calibrate", "november-2023", "--draws", "100", "--out", str(Path(scratch, "behaviour.yaml"))),
            ("backtest", "november-2023", "-n", "2", "--draws", "100"),
        ]  # fmt: skip
        told: set[tuple[str, ...]] = set()
        for call in (call for call in calls if call[0] not in left_out):
            keys = _keys(json.loads(_printed(*call, "--json")), told)
            yield f"### {call[0]} --json\n\n```\n" + "\n".join(keys) + "\n```\n"
    yield "`show --json` prints the resolved document, whose keys `ceasefire schema` describes.\n"


def _printed(*words: str) -> str:
    result = CliRunner().invoke(main, words)
    assert result.exit_code in (0, BAD_INPUT), result.output
    return result.stdout


def _keys(value: Any, told: set[tuple[str, ...]]) -> list[str]:
    """The keys of an object, those of objects within it below them; what differs by deal or was told is left out."""
    lines = []
    for key, inner in value.items():
        is_list = isinstance(inner, list) and bool(inner) and isinstance(inner[0], dict)
        lines.append(f"{'…' if '.' in key else key}{'[]' if is_list else ''}")
        content = inner[0] if is_list else inner
        if key in EVENTS:
            lines[-1] += " (event)"
        elif isinstance(content, dict) and content:
            list_below = _named if key in NAMED and not is_list else _keys
            whole = key, *list_below(content, set())
            if len(whole) > 3 and whole in told:
                lines[-1] += " (as above)"
            else:
                told.add(whole)
                lines += [f"  {line}" for line in list_below(content, told)]
    return lines


def _named(content: dict[str, Any], told: set[tuple[str, ...]]) -> list[str]:
    first = next(iter(content.values()))
    return ["…", *(f"  {line}" for line in (_keys(first, told) if isinstance(first, dict) else []))]


NAMED = (
    "estimates",
    "ends",
    "outcomes",
    "paired_difference",
    "differences",
    "values",
    "curves",
    "incidence",
    "sobol",
    "milestones",
    "milestones_paired",
    "obligations",
    "counts",
    "endings",
    "ends_by_day",
    "by_party",
    "axes",
    "coverage",
    "crps",
    "bias",
    "ranks",
)
"""Keys whose own keys are names: outcomes, ends, paths."""
EVENTS = ("parting", "follows")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

"""Writes docs/records.md and sim/rules/reset.py from the tables of fields: ``python docs/records.py``.

A test fails while they differ.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

from sim.plan import uniforms
from sim.plan.fields import PER, Field
from sim.plan.plan_fields import PLAN_FIELDS
from sim.plan.state_fields import STATE_FIELDS

ROOT = Path(__file__).parents[1]
PAGE, RESET = ROOT / "docs/development/records.md", ROOT / "sim/rules/reset.py"
INTRO = """\
# Plan, state and draws, field by field

Written from `sim/plan/plan_fields.py`, `state_fields.py` and `uniforms.py` by `python docs/records.py`; a test fails
while they differ. Minutes count from the deal's start. A slot is a place in `parameter`, where numbers of the behaviour
stand. 'And end' means one place more: what belongs to a place ends where that of the next begins.
"""
STATE_INTRO = """\
## State

One record for a replicate. The last column is the value at its start, which `sim/rules/reset.py` writes, made from the
same table; a word in brackets says who sets it instead: the caller, the engine, the queue, the rule that needs it
before anybody reads it, whoever counts a list, or declared guarantees. What is (kept) is made of parameters alone, and
stays right.
"""
UNIFORMS_INTRO = """\
## Uniforms

Each address has four uniforms for each occurrence, from 0; a rule takes them by these names.

| address | uniforms | of what |
|---|---|---|
"""
LOOPS = {
    "obligation": ("plan.n_obligations", ""),
    "flow": ("plan.n_flows", "plan.flow"),
    "obligation that lasts": ("plan.n_lasting", "plan.lasting"),
    "obligation with a deadline": ("plan.n_deadlines", "plan.deadlined"),
    "step of a walk": ("plan.n_walked", ""),
    "lot": ("plan.n_in_step", "plan.in_step"),
    "entry": ("plan.n_entries", ""),
    "group": ("plan.n_groups", ""),
    "phase": ("plan.n_phases", ""),
    "actor": ("plan.n_actors", ""),
    "topic": ("plan.n_topics", ""),
    "source": ("plan.n_sources", ""),
    "power": ("plan.n_powers", ""),
    "parameter": ("plan.n_parameters", ""),
    "clock": ("plan.n_clocks", ""),
}
"""By what there is one of each for: how many a plan has, and where their places are listed."""

_MANY = {
    "entry": "entries",
    "obligation that lasts": "lasting",
    "obligation with a deadline": "deadlines",
    "step of a walk": "walks",
}
"""Names of several, where they are not made with an s."""


def page() -> str:
    """The whole page."""
    parts = [INTRO, "## Plan\n\nOne record, the same for all replicates.\n", _table(PLAN_FIELDS, ("field", "meaning"))]
    parts += [STATE_INTRO, _table(STATE_FIELDS, ("field", "meaning", "at the start"))]
    return "\n".join(parts) + "\n" + UNIFORMS_INTRO + "".join(_addresses())


def _table(fields: tuple[Field, ...], heads: tuple[str, ...]) -> str:
    lines = []
    for per in dict.fromkeys(field.per for field in fields):
        room = " x ".join(f"{size:,}" for size in PER[per])
        lines += [
            f"### Per {per}{f' (room for {room})' if room else ''}\n",
            f"| {' | '.join(heads)} |",
            "|---" * len(heads) + "|",
        ]
        for field in (field for field in fields if field.per == per):
            kind = "" if field.kind == "int" else f" ({field.kind})"
            reset = (
                "" if len(heads) == 2 else f" {field.reset if field.reset.startswith('(') else f'`{field.reset}`'} |"
            )
            lines.append(f"| `{field.name}`{kind} | {field.meaning} |{reset}")
        lines.append("")
    return "\n".join(lines)


def _addresses() -> list[str]:
    """A line for each address: the names of its uniforms, and the sentence below them."""
    body = ast.parse(Path(uniforms.__file__).read_text()).body
    lines = []
    for names, told in zip(body[1::2], body[2::2], strict=True):
        assert isinstance(names, ast.Assign)
        found = re.findall(r"[A-Z_]{3,}", ast.unparse(names.targets[0]))
        sentence = " ".join(ast.literal_eval(told.value).split())  # type: ignore[attr-defined]
        listed = ", ".join(f"`{name}` {getattr(uniforms, name)}" for name in found)
        lines.append(f"| `{found[0].partition('_')[0].lower()}` | {listed} | {sentence} |\n")
    return lines


def reset_rules() -> str:
    """The source of the rules that bring a state to the start of a replicate."""
    fields = [field for field in STATE_FIELDS if field.is_reset]
    parts = ["@rule\ndef reset_counters(plan, state):\n" + _doc("What there is one of in a replicate.")]
    parts[0] += "".join(f"    state.{f.name} = {f.reset}\n" for f in fields if f.per == "replicate")
    parts[0] += "".join(
        f"    state.{f.name}[{i}] = {f.reset}\n" for f in fields if f.per == "side" for i in range(PER["side"][0])
    )
    for per, (size, listed) in LOOPS.items():
        mine = [field for field in fields if field.per == per]
        name = f"reset_{_MANY.get(per, f'{per.split()[0]}s')}"
        source = f"@rule\ndef {name}(plan, state):\n" + _doc(f"Once for each {per}.")
        if listed:
            source += f"    for place in range({size}):\n        i = {listed}[place]\n"
        else:
            source += f"    for i in range({size}):\n"
        parts.append(source + "".join(f"        state.{field.name}[i] = {field.reset}\n" for field in mine))
    names = re.findall(r"def (\w+)", "".join(parts))
    whole = "@rule\ndef reset(plan, state):\n" + _doc("Every field that has a value at the start of a replicate.")
    parts.append(whole + "".join(f"    {name}(plan, state)\n" for name in names))
    codes = {word for field in fields for word in re.findall(r"(?<![.\w])[A-Z]\w+", field.reset)}
    head = (
        '"""Resets a state for the next replicate; `python docs/records.py` writes it from `state_fields.py`."""\n\n'
        "from sim.native.rule import rule\n"
        f"from sim.plan.codes import {', '.join(sorted(codes, key=lambda word: (not word.isupper(), word)))}\n\n\n"
    )
    return head + "\n\n".join(parts)


def _doc(text: str) -> str:
    return f'    """{text}"""\n'


if __name__ == "__main__":
    PAGE.write_text(page())
    RESET.write_text(reset_rules())

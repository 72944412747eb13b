"""Mutants of the rules drawn by machine, and the tests that catch them: `python tests/mutants/drawn.py [--draw]`.

With --draw a new lot is drawn from the rules of today; what was said of a survivor that is in it again stays. Then each
mutant that has no verdict yet is run, which takes hours: after an interruption the same command goes on. First those
tests are asked that kill the mutants made by hand, then, of what survives them, all other property tests. The verdicts
are in drawn.json, where the sentences on survivors are written by hand: what test is missing, or why nothing can tell;
`alike.py` then compares 20,000 histories, and writes "equivalent" where all are equal. `plainly.py` asks what costs
least before this does. The page is written anew each time.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from dataclasses import asdict, dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from sim.sources import source_digest  # noqa: E402
from tests.mutants.drawing import drawn, rules_digest  # noqa: E402
from tests.mutants.mutant import HAND, SUITES, Mutant  # noqa: E402
from tests.mutants.patterns import PatternError, find, n_places  # noqa: E402
from tests.mutants.run import EndlessError, Killer, in_copies, killer_in, made, refuse_what_fails_anyway  # noqa: E402

FILE = Path(__file__).with_name("drawn.json")
PAGE = ROOT / "docs" / "development" / "drawn-mutants.md"
N = 300
OTHERS = ("tests/property", *(f"--deselect={suite}" for suite in SUITES))
"""The property tests that are asked last."""
LONGEST = 3600
"""Seconds of processor time for these."""
OPEN, WAITS, KILLED, SURVIVES, EQUIVALENT = "open", "waits", "killed", "survives", "equivalent"
ENDLESS = "rules that never end"
"""Verdicts: not asked yet; not killed by the suites asked first; and the last three, for good."""
HEAD = """# Drawn mutants

{n} small changes of the rules, drawn by lot by a machine ({rules}), and what the property and equivalence suites say of
them: a comparison or a sign turned round, a boundary or a number moved by one, `and` for `or`, another constant, a
statement left out, two arguments swapped, a return too early. Written by `python tests/mutants/drawn.py`;
[those made by hand](mutants.md) have a page of their own.

| kind | {columns} |
|---|{ruler}|
{lines}
"""

INTRODUCED = {EQUIVALENT: """All events and outcomes are equal in 20,000 histories of generated deals, in those of
the deals by hand and in a hundred of each shipped scenario (`python tests/mutants/alike.py`), for the reason given.

"""}  # fmt: skip


@dataclass(frozen=True)
class Judged:
    """A drawn mutant with its verdict, the test that kills it, and what that says, or a sentence written by hand."""

    mutant: Mutant
    verdict: str = OPEN
    by: str = ""
    says: str = ""

    @property
    def name(self) -> str:
        """Its name."""
        return self.mutant.name

    @property
    def kind(self) -> str:
        """What kind of change it is, the first part of its name."""
        function = self.mutant.function.strip("_").replace("_", "-")
        return self.mutant.name.partition(f"-{function}")[0]


def read(file: Path = FILE) -> list[Judged]:
    """The table."""
    if not file.exists():
        return []
    table = json.loads(file.read_text(encoding="utf-8"))["mutants"]
    own = ("verdict", "by", "says")
    return [
        Judged(Mutant(**{key: value for key, value in line.items() if key not in own}), *(line[key] for key in own))
        for line in table
    ]


def drawn_from(file: Path = FILE) -> str:
    """The digest of the rules from which the table was drawn, which may have changed since."""
    return json.loads(file.read_text(encoding="utf-8"))["rules"] if file.exists() else ""


def write(table: list[Judged], rules: str, file: Path = FILE) -> None:
    """The table, with the digest of the rules from which it was drawn."""
    lines = []
    for judged in table:
        mutant = {key: value for key, value in asdict(judged.mutant).items() if key != "first"}
        lines.append(mutant | {"verdict": judged.verdict, "by": judged.by, "says": judged.says})
    file.write_text(json.dumps({"rules": rules, "mutants": lines}, indent=1, ensure_ascii=False) + "\n", "utf-8")


def draw(before: list[Judged], folder: Path = ROOT / "sim", n: int = N) -> list[Judged]:
    """A new lot; of changes that were in the one before, survivors keep what was said of them."""
    said = {_change(judged): judged for judged in before if judged.verdict in (SURVIVES, EQUIVALENT)}
    lot = [Judged(mutant) for mutant in drawn(folder, n)]
    return [replace(said[_change(one)], mutant=one.mutant) if _change(one) in said else one for one in lot]


def _change(judged: Judged) -> tuple[str, str, str]:
    return judged.mutant.function, judged.mutant.old, judged.mutant.new


def fits(judged: Judged, folder: Path = ROOT / "sim") -> bool:
    """Whether the sources still have the place that a mutant changes."""
    mutant = judged.mutant
    try:
        return n_places(find(folder, mutant.function, mutant.module).node, mutant.old, mutant.new) == 1
    except PatternError:
        return False


def first_asked(judged: Judged, folder: Path) -> Killer:
    """What kills a mutant, of the suites that kill those made by hand; rules that never end are noticed, too."""
    with made(judged.mutant, folder):
        for suite in SUITES:
            try:
                if killer := killer_in(folder, suite):
                    return killer
            except EndlessError as error:
                return suite.removeprefix("tests/"), str(error)
    return None


def then_asked(judged: Judged, folder: Path) -> Killer:
    """What kills a mutant, of all other property tests."""
    with made(judged.mutant, folder):
        return killer_in(folder, *OTHERS, longest=LONGEST)


def ten(table: list[Judged]) -> list[Judged]:
    """Ten that are killed and still fit, other than by going on for ever; which ones, changes with the sources.

    Nine of them die by the deals by hand, as three of four do, and the tenth by another test: those take a minute each.
    """
    sources = source_digest("replicate")
    killed = sorted((one for one in table if one.verdict == KILLED and one.says != ENDLESS and fits(one)),
                    key=lambda one: hashlib.sha256(f"{one.name} {sources}".encode()).digest())  # fmt: skip
    by_hand = [one for one in killed if one.by == HAND.removeprefix("tests/")]
    return by_hand[:9] + [one for one in killed if one not in by_hand][:1]


def judge(table: list[Judged], rules: str) -> list[Judged]:
    """The table with a verdict on every mutant that still fits; it is kept after each of them."""
    by_name = {judged.name: judged for judged in table}
    for before, ask, otherwise in ((OPEN, first_asked, WAITS), (WAITS, then_asked, SURVIVES)):
        asked = [judged for judged in by_name.values() if judged.verdict == before and fits(judged)]
        if not asked:
            continue
        refuse_what_fails_anyway(SUITES if before == OPEN else [" ".join(OTHERS)], LONGEST)
        for judged, killer in in_copies(ask, asked):
            by, says = killer or ("", "")
            verdict = KILLED if killer else otherwise
            by_name[judged.name] = replace(judged, verdict=verdict, by=by, says=says)
            write(list(by_name.values()), rules)
    return list(by_name.values())


def page(table: list[Judged], rules: str) -> str:
    """How many of each kind came to what, and what is said of those that no test kills."""
    verdicts = [verdict for verdict in (KILLED, EQUIVALENT, SURVIVES, WAITS, OPEN)
                if any(judged.verdict == verdict for judged in table)]  # fmt: skip
    counts = Counter((judged.kind, judged.verdict) for judged in table)
    kinds = sorted({judged.kind for judged in table})
    rows = [[kind, *(str(counts[kind, verdict]) for verdict in verdicts)] for kind in kinds]
    rows.append(["all", *(str(sum(counts[kind, verdict] for kind in kinds)) for verdict in verdicts)])
    text = HEAD.format(
        n=len(table), rules=rules[:12], columns=" | ".join(verdicts), ruler="|".join("--:" for _ in verdicts),
        lines="\n".join(f"| {' | '.join(row)} |" for row in rows),
    )  # fmt: skip
    for verdict, head in ((SURVIVES, "No test kills"), (EQUIVALENT, "Nothing can tell")):
        left = [judged for judged in table if judged.verdict == verdict]
        if left:
            text += f"\n## {head}\n\n{INTRODUCED.get(verdict, '')}| mutant | in | change | |\n|---|---|---|---|\n"
            text += "".join(map(_line, left))
    return text


def _line(judged: Judged) -> str:
    mutant = judged.mutant
    return f"| `{mutant.name}` | `{mutant.function}` | {_plain(mutant.breaks)} | {_plain(judged.says)} |\n"


def _plain(text: str) -> str:
    return text.replace("|", "/").replace("*", r"\*").replace("_", r"\_")


def main(arguments: list[str]) -> int:
    """Draw, if asked; run what has no verdict; write table and page."""
    table, rules = read(), drawn_from()
    if "--draw" in arguments or not table:
        rules, table = rules_digest(ROOT / "sim"), draw(table)
        write(table, rules)
    table = judge(table, rules)
    PAGE.write_text(page(table, rules), encoding="utf-8")
    print(dict(Counter(judged.verdict for judged in table)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What a page is made of: plain texts and tables that the template sets, and the template itself."""

from __future__ import annotations

import base64
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from sim.document.deal import Deal
from sim.document.scenario import ResolvedScenario
from sim.errors import SimError
from sim.outcomes.columns import columns, end_name
from sim.outcomes.story import chain, story
from sim.report.figures import Picture
from sim.report.figures.model import DESCRIPTION, model_svg
from sim.report.words import ENDS, FOOTER, cut, path_in_words
from sim.results.manifest import version_of
from sim.results.replay import Replay

if TYPE_CHECKING:
    from jinja2 import Template

MOST_BYTES = 3_000_000
MOST_TEXT = 600
MOST_TITLE = 160
MOST_LINES = 250
PIXELS_TO_THE_INCH = 100
NOT_MODELLED = (
    "Why people decide as they do: the chances of delay, refusal and walking away are inputs, from sources or "
    "assumptions. Politics at home, military advantage and public opinion enter only through them.",
    "Deaths in captivity, except where a scenario gives a hazard for them.",
    "Withdrawal in full: each side has one ladder of lines, reached one after the other.",
    "Anything outside the deal and the events that its documents list.",
)
LIMITS = (
    "What the runs show follows from the deal and the numbers in its documents. Read those before you quote a result.",
    "Base rates come from few and unlike cases, and one deal is one case.",
    "Intervals cover the chance in drawing a limited number of runs. They do not cover wrong assumptions.",
    "The same rules hold for both sides. People are counted by category, never named.",
)


class PageError(SimError):
    """A page cannot be made of what it is given."""


@dataclass(frozen=True)
class Table:
    """A table of texts; the first cell of each row is its heading."""

    caption: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


@dataclass(frozen=True)
class Link:
    """A source: a title, and an address where it has one that a browser may open."""

    title: str
    url: str = ""


@dataclass(frozen=True)
class Assumption:
    """One row of the list of assumptions."""

    path: str
    numbers: str
    sources: Sequence[Link] = ()
    reasons: Sequence[str] = ()
    influence: str = ""


@dataclass(frozen=True)
class Example:
    """One replicate to tell, its picture, and how it was chosen."""

    replay: Replay
    picture: Picture
    chosen: str


@dataclass(frozen=True)
class Shown:
    """A figure with what to look at, and its version for a column of less than 600 pixels."""

    picture: Picture
    note: str
    narrow: Picture | None = None


@dataclass(frozen=True)
class Page:
    """All that the template sets.

    Attributes
    ----------
    title, kind, name : str
        Of the deal, what was run ('Comparison', 'Scenario', 'Sweep'), and of what.
    questions : sequence of (str, str, str)
        Name, title and question of each scenario.
    not_modelled : sequence of (str, list of str)
        Lists under their headings.
    first : Table or None
        What a reader in a hurry asks.
    run_for_run : sequence of str
        What differs between the scenarios, a sentence each.
    answer : sequence of str
        The same in means with their intervals.
    lead : Shown or None
        The figure beside the answer.
    lead_heading : str
        Above it.
    pictures : sequence of Shown
        The others.
    tables : sequence of Table
    ranking : str
        How the assumptions are ordered.
    assumptions : sequence of Assumption
    never : sequence of str
    example : Example or None
        None of results that another version made by other rules.
    manifest : mapping
        Of the results.
    summary : str
        Replicates, seed, engine.
    folder : str
        Where the results lie.
    """

    title: str
    kind: str
    name: str
    questions: Sequence[tuple[str, str, str]]
    not_modelled: Sequence[tuple[str, list[str]]]
    answer: Sequence[str]
    pictures: Sequence[Shown]
    tables: Sequence[Table]
    ranking: str
    assumptions: Sequence[Assumption]
    never: Sequence[str]
    example: Example | None
    manifest: Mapping[str, Any]
    summary: str
    folder: str = "results"
    first: Table | None = None
    run_for_run: Sequence[str] = ()
    lead: Shown | None = None
    lead_heading: str = "A hundred runs of each"
    limits: Sequence[str] = field(default=LIMITS)

    def as_html(self) -> str:
        """The page as one HTML document; the narrow versions of its figures go where it would be too large with them.

        Raises
        ------
        PageError
            If it would be larger than 3 MB.
        """
        text = self._rendered()
        if len(text.encode()) > MOST_BYTES:
            text = self._without_narrow()._rendered()
        size = len(text.encode())
        if size > MOST_BYTES:
            raise PageError(f"the page would have {size / 1e6:.1f} MB, at most {MOST_BYTES / 1e6:.0f} are allowed")
        return text + "\n"

    def _without_narrow(self) -> Page:
        """With the wide figures alone, which scroll sideways on a telephone."""
        lead = self.lead and replace(self.lead, narrow=None)
        return replace(self, lead=lead, pictures=[replace(shown, narrow=None) for shown in self.pictures])

    def _rendered(self) -> str:
        return template("page.html.j2").render(
            page=self, footer=FOOTER, example=self.example and _example_of(self.example),
            repeat=repeat(self.manifest, self.example, self.folder),
            model=[_as_image(model_svg(upright=upright)) for upright in (False, True)], model_in_words=DESCRIPTION,
            pixels=PIXELS_TO_THE_INCH, most=MOST_TEXT, most_title=MOST_TITLE,
        )  # fmt: skip


@cache
def template(name: str) -> Template:
    """The template of a page, compiled once in a process.

    Parameters
    ----------
    name : str
        Of a file beside this one.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("sim.report.page", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["cut"] = cut
    environment.filters["path"] = path_in_words
    environment.filters["image"] = _as_data
    environment.filters["small"] = _as_small
    environment.filters["brief"] = _brief
    return environment.get_template(name)


def _as_data(picture: Picture) -> str:
    return _as_image(picture.as_svg().decode())


def _as_small(picture: Picture) -> str:
    return "data:image/png;base64," + base64.b64encode(picture.as_small_png()).decode()


def _as_image(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _brief(texts: Sequence[str]) -> str:
    """What a list names, its first sentences alone."""
    return " ".join(f"{text.split('. ')[0].rstrip('.')}." for text in texts[:2])


def _example_of(example: Example) -> dict[str, Any]:
    """The story, how it ended, and what it came to."""
    plan, trace = example.replay.plan, example.replay.trace
    lines = story(plan, trace)
    names = columns(plan)
    end = end_name(int(example.replay.outcomes[names.index("end")]))
    return {
        "number": example.replay.replicate,
        "lines": lines[:MOST_LINES],
        "left_out": max(0, len(lines) - MOST_LINES),
        "chain": chain(plan, trace),
        "end": ENDS[end].lower(),
    }


def question(name: str, scenario: ResolvedScenario) -> tuple[str, str, str]:
    """Name, title and question of a scenario, each cut to what a page has room for."""
    return cut(name, MOST_TITLE), cut(scenario.title or "", MOST_TITLE), cut(scenario.question, MOST_TEXT)


def not_modelled(deal: Deal) -> list[tuple[str, list[str]]]:
    """What the program leaves out of any deal, and what it leaves out of this one."""
    of_deal = [f"{cut(clause, 80)}: {cut(reason, MOST_TEXT)}" for clause, reason in deal.not_modelled.items()]
    here = [("Of this deal, by the key of its clause:", of_deal)] if of_deal else []
    return [("Of any deal:", list(NOT_MODELLED)), *here]


def repeat(manifest: Mapping[str, Any], example: Example | None, folder: str = "results") -> list[str]:
    """The commands that make these results, check them and open the example, each of which runs as it stands.

    Parameters
    ----------
    manifest : mapping
    example : Example or None
        None of results that only the version that made them makes again: it is installed first.
    folder : str, optional
        Where the results lie, for those that no command has made; else `results` stands for the writer's own folder.
    """
    words = _without_place(manifest["command"])
    where = "results" if words else folder
    made = [[*words, "--out", where]] if words else []
    again, install = [], []
    if example is None:
        install = [["pip", "install", f"ceasefire-sim=={version_of(manifest)}"]]
    else:
        scenario, replicate = example.replay.scenario, str(example.replay.replicate)
        again = [["replay", where, "--scenario", scenario, "--replicate", replicate]]
    commands = [["ceasefire", *command] for command in (*made, ["verify", where], *again, ["report", where])]
    return [shlex.join(command) for command in (*install, *commands)]


_OF_A_PLACE = ("--out", "--workers")
"""Options that say where results were made, not what they are."""


def _without_place(command: Sequence[str]) -> list[str]:
    """The words of a command without folder and workers, and without what continues an interrupted one."""
    words, kept = iter(command), []
    for word in words:
        if word in _OF_A_PLACE:
            next(words, None)
        elif word not in ("--resume", "--json") and not word.startswith(tuple(f"{name}=" for name in _OF_A_PLACE)):
            kept.append(word)
    return kept

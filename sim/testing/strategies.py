"""Hypothesis strategies for deals, behaviours and whole scenarios: valid by construction, shrinking to short YAML.

In a generated deal party `a` and its holder `h` hold the hostages, party `b` the prisoners; `m` and `n` mediate, `e` is
a third state. What an obligation waits for is always listed before it, so that gates can open; some shut again. Times
are short and round, so that much falls on the same minute.
"""

from __future__ import annotations

from typing import Any

from hypothesis import assume, note
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from sim.document.behaviour import Behaviour
from sim.document.deal import Deal
from sim.document.scenario import ResolvedScenario
from sim.document.values import write_duration
from sim.reading.checks import check_deal
from sim.reading.checks_behaviour import check_behaviour
from sim.reading.store import as_yaml
from sim.testing.drafts import PHASES, a_draft
from sim.testing.habits import Cast, behaviour_of, uncertain_of


class Shown:
    """A scenario that is written as YAML where a failing test shows it, and of all the others is not."""

    def __init__(self, resolved: ResolvedScenario):
        self.resolved = resolved

    def __repr__(self) -> str:
        return as_yaml(self.resolved)


@st.composite
def documents(
    draw: DrawFn,
    most_phases: int = len(PHASES),
    amounts: bool = False,
    exchanges: bool = False,
    deadlines: bool = False,
    powers: bool = False,
) -> dict[str, Any]:
    """A resolved scenario as plain data."""
    draft = a_draft(draw, most_phases, amounts, exchanges, deadlines, powers)
    behaviour = behaviour_of(draw, Cast.of_draft(draft))
    return {
        "scenario": "generated",
        "question": "What happens?",
        "horizon": draw(st.sampled_from(["12 d", "4 d", "25 d"])),
        "deal": draft.deal(),
        "behaviour": behaviour,
        "uncertain": uncertain_of(draw, behaviour),
    }


@st.composite
def deals(
    draw: DrawFn,
    most_phases: int = len(PHASES),
    amounts: bool = False,
    exchanges: bool = False,
    deadlines: bool = False,
    powers: bool = False,
) -> Deal:
    """Deals of two parties that `validate` finds no fault with.

    Parameters
    ----------
    most_phases : int, optional
        Phases to have at most, up to 3.
    amounts : bool, optional
        Whether they also owe things out of stocks, and amounts such as about 6.
    exchanges : bool, optional
        Whether some of what they owe goes in step.
    deadlines : bool, optional
        Whether much of it can be late while it waits for something else.
    powers : bool, optional
        Whether somebody may change some of its dates.

    Returns
    -------
    SearchStrategy of Deal
        It shrinks to one phase and one release.
    """
    deal = Deal.model_validate(a_draft(draw, most_phases, amounts, exchanges, deadlines, powers).deal())
    # only adding up all times shows whether something falls due after its phase
    assume(not any(check_deal(deal)))
    return deal


def behaviours(deal: Deal) -> SearchStrategy[Behaviour]:
    """Ways in which everybody in a deal may behave, from full compliance to refusing, leaving and dying.

    Parameters
    ----------
    deal : Deal
        Any deal, generated or of your own.

    Returns
    -------
    SearchStrategy of Behaviour
        It shrinks to a behaviour in which nothing happens that is not owed.
    """
    cast = Cast.of(deal)

    @st.composite
    def of_deal(draw: DrawFn) -> Behaviour:
        return Behaviour.model_validate(behaviour_of(draw, cast))

    return of_deal()


def scenarios(
    deal: Deal | None = None,
    most_phases: int = len(PHASES),
    amounts: bool = False,
    exchanges: bool = False,
    deadlines: bool = False,
    powers: bool = False,
) -> SearchStrategy[ResolvedScenario]:
    """Whole scenarios: a deal and how everybody behaves. A failing test prints the smallest one as YAML.

    Parameters
    ----------
    deal : Deal, optional
        Whose behaviour is to vary; without one the deal is generated too.
    most_phases : int, optional
        Phases that a generated deal has at most, up to 3.
    amounts : bool, optional
        Whether they also owe things out of stocks, and amounts such as about 6.
    exchanges : bool, optional
        Whether some of what they owe goes in step.
    deadlines : bool, optional
        Whether much of it can be late while it waits for something else.
    powers : bool, optional
        Whether somebody may change some of its dates.

    Returns
    -------
    SearchStrategy of ResolvedScenario
        It shrinks to a small deal in which everybody complies.
    """

    @st.composite
    def generated(draw: DrawFn) -> ResolvedScenario:
        resolved = ResolvedScenario.model_validate(draw(documents(most_phases, amounts, exchanges, deadlines, powers)))
        assume(not any(check_deal(resolved.deal)))  # as in `deals`
        note(Shown(resolved))
        return resolved

    @st.composite
    def of_deal(draw: DrawFn) -> ResolvedScenario:
        assert deal is not None
        resolved = around(deal, draw(behaviours(deal)))
        assume(not any(fault.severity == "error" for fault in check_behaviour(resolved)))
        note(Shown(resolved))
        return resolved

    return generated() if deal is None else of_deal()


def around(deal: Deal, behaviour: Behaviour | None = None) -> ResolvedScenario:
    """A scenario of a deal on its own.

    Parameters
    ----------
    deal : Deal
        Any deal, generated or of your own.
    behaviour : Behaviour, optional
        By default everybody complies, and nothing else happens.

    Returns
    -------
    ResolvedScenario
        Of the deal's own horizon.
    """
    behaviour = behaviour or Behaviour.model_validate({"assumption": "Everybody complies."})
    return ResolvedScenario.model_validate(
        {
            "scenario": deal.deal,
            "question": "What can happen?",
            "horizon": write_duration(deal.horizon),
            "deal": deal,
            "behaviour": behaviour,
        }
    )

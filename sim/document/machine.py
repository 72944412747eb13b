"""The phase machine of a deal: truce, exchange, withdrawal and talks side by side, beside the phases themselves.

Built from the deal document with `transitions`: explicit triggers, no automatic ones, and a trigger that does not fit
the state raises. The reference engine moves it at every event; `draw` writes it as a Mermaid diagram.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from transitions import Machine, MachineError

from sim.document.deal import Deal
from sim.errors import EngineError

AHEAD = "ahead"
ENDS = ("completed", "collapsed", "lapsed", "standing")
TRUCE = [("begin", "not_begun", "holds"), ("suspend", "holds", "suspended"), ("restore", "suspended", "holds"),
         ("end", "holds", "ended"), ("end", "suspended", "ended")]  # fmt: skip
EXCHANGE = [("begin", "not_begun", "under_way"), ("complete", "under_way", "complete")]
TALKS = [("open", "not_started", "under_way"), ("agree", "under_way", "agreed"),
         ("break_off", "under_way", "broken_off"), ("open", "broken_off", "under_way")]  # fmt: skip


@dataclass(frozen=True)
class Move:
    """One permitted move of one region."""

    trigger: str
    source: str
    dest: str


class _Position:
    """Where one region stands; `transitions` keeps it in `state`."""

    state: str


@dataclass(frozen=True)
class Names:
    """The machine's own states beside a deal's phases; where a phase has such a name, the machine's gives way.

    Attributes
    ----------
    ahead : str
        Before the first phase.
    ends : dict of str to str
        By how the deal ends.
    continued, after_lapse : dict of str to str
        By phase.
    """

    ahead: str
    ends: Mapping[str, str]
    continued: Mapping[str, str]
    after_lapse: Mapping[str, str]

    @classmethod
    def of(cls, deal: Deal) -> Names:
        """Names that none of a deal's phases has."""
        taken = set(deal.phases)

        def free(name: str) -> str:
            while name in taken:
                name = f"deal_{name}"
            taken.add(name)
            return name

        return cls(
            free(AHEAD), {end: free(end) for end in ENDS}, {key: free(f"{key}_continued") for key in deal.phases},
            {key: free(f"{key}_after_lapse") for key in deal.phases},
        )  # fmt: skip


def _phase_moves(deal: Deal) -> Iterator[Move]:
    names = Names.of(deal)
    yield Move(f"enter_{deal.first_phase}", names.ahead, deal.first_phase)
    for key, phase in deal.phases.items():
        beyond, after_lapse = names.continued[key], names.after_lapse[key]
        yield Move("continue", key, beyond)
        if phase.then is not None:
            for source in (key, beyond, after_lapse):
                yield Move(f"enter_{phase.then}", source, phase.then)
            for source in (key, beyond):
                yield Move("lapse", source, after_lapse)
        else:
            for source in (key, beyond):
                yield Move("completed", source, names.ends["completed"])
        for source in (key, beyond):
            yield Move("collapsed", source, names.ends["collapsed"])
            yield Move("standing", source, names.ends["standing"])
        if phase.then is not None:
            yield Move("standing", after_lapse, names.ends["standing"])
            yield Move("lapsed", after_lapse, names.ends["lapsed"])
            yield Move("collapsed", after_lapse, names.ends["collapsed"])
        earlier_lapse = any(other.then is not None for other in deal.phases.values())
        if earlier_lapse:
            for source in (key, beyond):
                yield Move("lapsed", source, names.ends["lapsed"])
    yield Move("standing", names.ahead, names.ends["standing"])
    yield Move("collapsed", names.ahead, names.ends["collapsed"])


def _regions(deal: Deal) -> dict[str, list[Move]]:
    """Every region with its moves, in the order in which diagrams show them."""
    regions = {"phase": list(_phase_moves(deal))}
    regions["truce"] = [Move(*move) for move in TRUCE]
    regions["exchange"] = [Move(*move) for move in EXCHANGE]
    lines = list(deal.lines)
    for actor in dict.fromkeys(o.by for o in deal.obligations.values() if o.to_line is not None):
        regions[f"withdrawal.{actor}"] = [
            Move(f"reach_{line}", before, line) for i, line in enumerate(lines) for before in lines[:i]
        ]
    for topic in dict.fromkeys(o.topic for o in deal.obligations.values() if o.kind == "talks"):
        regions[f"talks.{topic}"] = [Move(*move) for move in TALKS]
    return regions


class PhaseMachine:
    """Where the deal stands, region by region.

    Parameters
    ----------
    deal : Deal
        The document that it is built from.
    """

    def __init__(self, deal: Deal):
        self.moves = _regions(deal)
        self._positions: dict[str, _Position] = {}
        self._machines: dict[str, Machine] = {}
        for region, moves in self.moves.items():
            states = list(dict.fromkeys(state for move in moves for state in (move.source, move.dest)))
            position = _Position()
            self._positions[region] = position
            self._machines[region] = Machine(
                model=position,
                states=states,
                initial=moves[0].source,
                transitions=[{"trigger": f"do_{m.trigger}", "source": m.source, "dest": m.dest} for m in moves],
                auto_transitions=False,
            )
        self._initial = {region: moves[0].source for region, moves in self.moves.items()}

    def restart(self) -> None:
        """Put every region back to where it starts."""
        for region, state in self._initial.items():
            self._machines[region].set_state(state, self._positions[region])

    def move(self, region: str, trigger: str) -> None:
        """Move one region.

        Parameters
        ----------
        region : str
            'phase', 'truce', 'exchange', 'withdrawal.<actor>' or 'talks.<topic>'.
        trigger : str
            Name of the move.

        Raises
        ------
        EngineError
            If the region has no such move from where it stands.
        """
        position = self._positions[region]
        try:
            moved = getattr(position, f"do_{trigger}", None)
            if moved is None:
                raise MachineError(f"no move {trigger!r}")
            moved()
        except MachineError as error:
            raise EngineError(f"illegal move {trigger!r} of {region} from {position.state!r}") from error

    def where(self) -> dict[str, str]:
        """State of every region."""
        return {region: position.state for region, position in self._positions.items()}

    def states(self, region: str) -> list[str]:
        """All states of a region."""
        return list(self._machines[region].states)


def draw(deal: Deal) -> str:
    """The phase machine as a Mermaid state diagram, one block for each region.

    Parameters
    ----------
    deal : Deal

    Returns
    -------
    str
        Text for a `mermaid` code block.
    """
    lines = ["stateDiagram-v2"]
    for region, moves in _regions(deal).items():
        name = region.replace(".", "_")
        lines.append(f'    state "{region}" as {name} {{')
        lines.append(f"        [*] --> {name}_{moves[0].source}")
        states = dict.fromkeys(state for move in moves for state in (move.source, move.dest))
        lines.extend(f'        state "{state.replace("_", " ")}" as {name}_{state}' for state in states)
        lines.extend(f"        {name}_{m.source} --> {name}_{m.dest}: {m.trigger.replace('_', ' ')}" for m in moves)
        lines.append("    }")
    return "\n".join(lines) + "\n"

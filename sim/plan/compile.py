"""From a resolved scenario to a plan: names become indices, dates become minutes, behaviour becomes parameter slots."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np

from sim.document.behaviour import (
    NO_TIME,
    ONE_DAY,
    UNWRITTEN,
    Behaviour,
    Deaths,
    Delay,
    PartyBehaviour,
    Shock,
    TalksBehaviour,
)
from sim.document.conditions import Asked, Condition
from sim.document.deal import Deal, Obligation, Spread
from sim.document.deal import Kind as DocumentKind
from sim.document.milestones import Milestone, milestones_of
from sim.document.scenario import ResolvedScenario, Scripted, Uncertain
from sim.document.values import _DUE as DUE_PATTERN
from sim.document.values import parse_duration
from sim.errors import PlanError
from sim.plan import limits
from sim.plan.claims import Facts, fill_guarantees, step_of
from sim.plan.codes import (
    FIRST_TOP,
    GRACE_TO_END_OF_DAY,
    N_PARTIES,
    N_TOPS,
    NEVER,
    NONE,
    QUANTILE_STEPS,
    Clock,
    Decision,
    DueKind,
    Effect,
    Kind,
    Test,
)
from sim.plan.draws import decision_key
from sim.plan.record import PLAN
from sim.plan.scripted import SHORT_LEVEL, SUBJECTS, address, choice_number, compliant, entry
from sim.reading.defaults import releases_of

FLOW_GRACE_MINUTES = 7 * 1440
"""A flow that runs short is late after a week, unless the deal says otherwise."""
PEOPLE = ("release", "return")
CURVES = ("hostages_living", "hostages_deceased", "prisoners")


@dataclass(frozen=True)
class Plan:
    """What engines run: the record, and the names behind its indices.

    Attributes
    ----------
    record : ndarray of PLAN, shape (1,)
    obligations, groups, phases, topics, actors, sources, shocks, lines : tuple of str
        Names by index; returns owed for each release are named '<return>.<release>'.
    guarantees : tuple of str
        Names of the declared guarantees: those of the deal, then those that the scenario adds.
    milestones : tuple of Milestone
        Those that are followed: what the document names, and as many that follow from it as there is room for.
    parameter_paths : tuple of str
        Path of each parameter slot, below `behaviour`.
    unmeasured : frozenset of str
        Outcomes that are not among its columns: those that the version did not have which made stored results.
    """

    record: np.ndarray[Any, Any]
    scenario: ResolvedScenario
    obligations: tuple[str, ...]
    groups: tuple[str, ...]
    phases: tuple[str, ...]
    topics: tuple[str, ...]
    actors: tuple[str, ...]
    sources: tuple[str, ...]
    shocks: tuple[str, ...]
    lines: tuple[str, ...]
    guarantees: tuple[str, ...]
    milestones: tuple[Milestone, ...]
    parameter_paths: tuple[str, ...]
    unmeasured: frozenset[str] = frozenset()

    @property
    def parties(self) -> tuple[str, str]:
        """The two parties, in the order of the document."""
        return self.actors[0], self.actors[1]


@dataclass
class _Slots:
    """Parameters by path: the same path is the same slot, so what is shared in the document is shared in the plan."""

    values: list[float] = field(default_factory=list)
    paths: dict[str, int] = field(default_factory=dict)

    def at(self, path: str, value: float) -> int:
        if path not in self.paths:
            self.paths[path] = len(self.values)
            self.values.append(float(value))
        return self.paths[path]

    def delay(self, path: str, delay: Delay) -> tuple[int, int]:
        return self.at(f"{path}.median", delay.median), self.at(f"{path}.p95", delay.p95)


@dataclass(frozen=True)
class _Instance:
    """An obligation as it is run: a return owed for each release becomes one instance per release."""

    name: str
    key: str
    obligation: Obligation
    release: str | None = None


def _instances(deal: Deal) -> list[_Instance]:
    """Every obligation to run, in the document's order."""
    instances = []
    for key, obligation in deal.obligations.items():
        if not obligation.ratio:
            instances.append(_Instance(key, key, obligation))
            continue
        releases = releases_of(deal, obligation)
        instances.extend(_Instance(f"{key}.{release}", key, obligation, release) for release in releases)
    return instances


class _Compiler:
    """Fills one plan; every method writes the part of the record that it is named after."""

    def __init__(self, scenario: ResolvedScenario):
        self.scenario = scenario
        self.deal = scenario.deal
        self.behaviour: Behaviour = scenario.behaviour if scenario.scripted is None else compliant(scenario)
        self.slots = _Slots()
        self.instances = _instances(self.deal)
        deal = self.deal
        self.obligation_index = {instance.name: i for i, instance in enumerate(self.instances)}
        self.group_index = {key: i for i, key in enumerate(deal.groups)}
        self.phase_index = {key: i for i, key in enumerate(deal.phases)}
        self.actor_index = {
            key: i for i, key in enumerate([*deal.parties, *deal.holders, *deal.mediators, *deal.others])
        }
        self.line_index = {key: i for i, key in enumerate(deal.lines)}
        self.topic_index = {
            topic: i
            for i, topic in enumerate(o.topic for o in deal.obligations.values() if o.kind == "talks" and o.topic)
        }
        self.first_phase = next(iter(deal.phases))
        self.record = np.zeros(1, PLAN)
        self.p = self.record[0]
        self.guarantees = {**deal.guarantees, **scenario.guarantees}
        self.milestones = milestones_of(deal)
        self.conditions: list[tuple[int, int, int, int]] = []
        self.watches: list[tuple[int, int]] = []
        self.steps: set[tuple[int, int]] = set()

    def compile(self) -> Plan:
        self._check_limits()
        self._counts_and_calendar()
        self._groups()
        self._deaths()
        self._actors()
        self._obligations()
        self._phases()
        self._gates()
        self._talks()
        self._mediation()
        self._incidents()
        self._shocks()
        self._parameters()
        self._guarantees()
        self._steps()
        self._clocks()
        self._script()
        deal = self.deal
        return Plan(
            record=self.record,
            scenario=self.scenario,
            obligations=tuple(self.obligation_index),
            groups=tuple(self.group_index),
            phases=tuple(self.phase_index),
            topics=tuple(self.topic_index),
            actors=tuple(self.actor_index),
            sources=tuple(self.behaviour.incidents),
            shocks=tuple(self.behaviour.shocks),
            lines=tuple(deal.lines),
            guarantees=tuple(self.guarantees),
            milestones=self.milestones,
            parameter_paths=tuple(self.slots.paths),
        )

    def _check_limits(self) -> None:
        sizes = [
            ("obligations (returns count once for each release)", len(self.instances), "MAX_OBLIGATIONS"),
            ("groups", len(self.group_index), "MAX_GROUPS"),
            ("phases", len(self.phase_index), "MAX_PHASES"),
            ("topics of talks", len(self.topic_index), "MAX_TOPICS"),
            ("parties, holders, mediators and others", len(self.actor_index), "MAX_ACTORS"),
            ("sources of incidents", len(self.behaviour.incidents), "MAX_SOURCES"),
            ("shocks", len(self.behaviour.shocks), "MAX_SHOCKS"),
            ("uncertain parameters", len(self.scenario.uncertain), "MAX_UNCERTAIN"),
        ]
        over = [_over(what, size, limit) for what, size, limit in sizes if size > getattr(limits, limit)]
        if over:
            raise PlanError("the scenario is larger than the engine takes: " + "; ".join(over))

    def _refuse_over(self, what: str, size: int, limit: str) -> None:
        if size > getattr(limits, limit):
            raise PlanError(f"the scenario is larger than the engine takes: {_over(what, size, limit)}")

    # ------------------------------------------------------------ calendar

    def _counts_and_calendar(self) -> None:
        p, starts = self.p, self.deal.starts
        p["n_obligations"], p["n_groups"] = len(self.instances), len(self.group_index)
        p["n_phases"], p["n_topics"] = len(self.phase_index), len(self.topic_index)
        p["n_actors"] = len(self.actor_index)
        p["midnight"] = -(starts.hour * 60 + starts.minute)
        p["due_hour"] = _minutes_of_clock(self.deal.due_hour)
        p["horizon"] = self.scenario.horizon

    def date(self, due: str) -> tuple[int, int]:
        """Kind of date, and its offset in minutes from what it counts from."""
        if due in ("on gate", "same day"):
            return DueKind.GATE, 0
        if due == "phase end":
            return DueKind.PHASE_END, 0
        if due.endswith(" after gate"):
            return DueKind.GATE, 0
        match = DUE_PATTERN.fullmatch(due)
        assert match, due
        clock = f"{match[3]}:{match[4]}" if match[3] else self.deal.due_hour
        offset = (int(match[2]) - 1) * 1440 + _minutes_of_clock(clock)
        if match[1]:
            return DueKind.PHASE, offset
        minute = int(self.p["midnight"]) + offset
        if match[2] == "1" and not match[3]:  # not before the deal's start, on its first day
            minute = max(minute, 0)
        return DueKind.DEAL, minute

    # ------------------------------------------------------------ people

    def _groups(self) -> None:
        p, searched = self.p, 0
        for g, (key, group) in enumerate(self.deal.groups.items()):
            p["count"][g] = group.count
            p["is_hostages"][g] = group.side == "hostages"
            p["is_deceased"][g] = group.condition == "deceased"
            p["holder"][g] = self.actor_index[group.held_by]
            p["curve"][g] = NONE
            if group.side == "prisoners":
                p["curve"][g] = 2 if group.condition == "living" else NONE
            else:
                p["curve"][g] = 0 if group.condition == "living" else 1
            search = self.behaviour.search.get(key)
            if search is not None:
                path = f"search.{key}"
                p["is_searched"][g], p["searched_start"][g] = 1, searched
                searched += group.count
                p["found"][g] = self.slots.at(f"{path}.found", search.found)
                p["search_median"][g], p["search_p95"][g] = self.slots.delay(f"{path}.time", search.time)
                p["misidentified"][g] = self.slots.at(f"{path}.misidentified", search.misidentified)
            p["key_search"][g] = decision_key(f"search {key}")
            p["key_identifies"][g] = decision_key(f"identifies {key}")
        self._refuse_over("people searched for one by one", searched, "MAX_SEARCHED")

    def _deaths(self) -> None:
        """Groups of the living of which people may die; a group's own hazard comes before that of its custodian."""
        p, mortal, people = self.p, 0, 0
        p["remains_curve"][:] = NONE
        for g, (key, group) in enumerate(self.deal.groups.items()):
            named = next((name for name in (key, group.held_by) if name in self.behaviour.deaths), None)
            if named is None or group.condition == "deceased":
                continue
            deaths: Deaths = self.behaviour.deaths[named]
            p["mortal"][mortal], p["fate_start"][g] = g, people
            p["deaths_per_day"][g] = self.slots.at(f"deaths.{named}.per_day", deaths.per_day)
            p["deaths_without_truce"][g] = self.slots.at(f"deaths.{named}.without_truce", deaths.without_truce)
            p["remains_curve"][g] = 1 if group.side == "hostages" else NONE
            p["key_dies"][g] = decision_key(f"dies {key}")
            mortal, people = mortal + 1, people + group.count
        p["n_mortal"] = mortal
        self._refuse_over("people of whom each may die in captivity", people, "MAX_MORTAL")

    def _actors(self) -> None:
        p = self.p
        for actor, a in self.actor_index.items():
            p["contacted"][a] = NONE
            holder = self.behaviour.holders.get(actor)
            if holder is not None:
                path = f"holders.{actor}"
                p["contacted"][a] = self.slots.at(f"{path}.contacted", holder.contacted)
                p["contact_median"][a], p["contact_p95"][a] = self.slots.delay(f"{path}.time", holder.time)
            p["key_contact"][a] = decision_key(f"contact {actor}")
            self._party(actor, a, self.behaviour.parties.get(actor, UNWRITTEN))
        p["party_in_lane"][:2] = (0, 1)

    def _party(self, actor: str, a: int, party: PartyBehaviour) -> None:
        p, slots, path = self.p, self.slots, f"parties.{actor}"
        for name in ("latency", "tolerance", "patience", "suspends"):
            p[f"{name}_median"][a], p[f"{name}_p95"][a] = slots.delay(f"{path}.{name}", getattr(party, name))
        for name in ("complains", "withholds", "restores"):
            p[name][a] = slots.at(f"{path}.{name}", getattr(party, name))
        p["leaves_after_lapse"][a] = slots.at(f"{path}.leaves.after_lapse", party.leaves.after_lapse)
        p["leave_median"][a], p["leave_p95"][a] = slots.delay(f"{path}.leaves.latency", party.leaves.latency)
        p["leaves_after_phase"][a] = NONE
        for phase, chance in party.leaves.after_phase.items():
            slot = slots.at(f"{path}.leaves.after_phase.{phase}", chance)
            p["leaves_after_phase"][a, self.phase_index[phase]] = slot
        responds = party.responds
        p["responds_minor"][a] = slots.at(f"{path}.responds.minor", responds.minor)
        p["responds_major"][a] = slots.at(f"{path}.responds.major", responds.major)
        p["strain"][a] = slots.at(f"{path}.responds.strain", responds.strain)
        p["strain_memory"][a] = slots.at(f"{path}.responds.memory", responds.memory)
        p["response_median"][a], p["response_p95"][a] = slots.delay(f"{path}.responds.suspends", responds.suspends)
        for kind in PEOPLE:
            capacity = party.capacity.get(kind)  # type: ignore[call-overload]
            slot = NONE if capacity is None else slots.at(f"{path}.capacity.{kind}", capacity)
            p[f"capacity_{kind}"][a] = slot

    # ------------------------------------------------------------ obligations

    def _obligations(self) -> None:
        p = self.p
        entries: list[tuple[int, int, int]] = []
        ratios: list[tuple[int, int, int, int]] = []
        flows: list[int] = []
        p["first_return"][:] = NONE
        p["next_return"][:] = NONE
        for o, instance in enumerate(self.instances):
            p["entry_start"][o], p["ratio_start"][o] = len(entries), len(ratios)
            self._obligation(o, instance)
            if instance.release is not None:
                self._ratios(o, instance, entries, ratios)
            else:
                entries.extend((self.group_index[g], n, o) for g, n in instance.obligation.amount.items())
            if instance.obligation.kind == "flow":
                flows.append(o)
        n = len(self.instances)
        p["entry_start"][n], p["ratio_start"][n] = len(entries), len(ratios)
        self._refuse_over("amounts of people by group", len(entries), "MAX_ENTRIES")
        self._refuse_over("ratios", len(ratios), "MAX_RATIOS")
        p["n_entries"], p["n_flows"] = len(entries), len(flows)
        p["flow"][: len(flows)] = flows
        for e, (group, count, obligation) in enumerate(entries):
            p["entry_group"][e], p["entry_count"][e], p["entry_obligation"][e] = group, count, obligation
        for r, row in enumerate(ratios):
            p["ratio_released_group"][r], p["ratio_entry"][r], p["ratio_each"][r], p["ratio_remainder"][r] = row
        self._values()
        self._next_releases()

    def _obligation(self, o: int, instance: _Instance) -> None:
        p, obligation, name = self.p, instance.obligation, instance.name
        kind = obligation.kind
        debtor = self.actor_index[obligation.by]
        p["kind"][o] = Kind[kind.upper()]
        p["debtor"][o] = debtor
        p["creditor"][o] = self._creditor(obligation, debtor)
        p["phase"][o] = self.phase_index[self._phase(instance)]
        p["due_kind"][o], p["due_offset"][o] = self.date(obligation.due)
        p["after_gate"][o] = obligation.takes + _after_gate(obligation.due)
        default_grace = FLOW_GRACE_MINUTES if kind == "flow" else GRACE_TO_END_OF_DAY
        p["grace"][o] = default_grace if obligation.grace is None else obligation.grace
        p["transit"][o] = obligation.transit
        p["to_line"][o] = NONE if obligation.to_line is None else self.line_index[obligation.to_line]
        p["topic"][o] = NONE if obligation.topic is None else self.topic_index[obligation.topic]
        has_truce = self.deal.phases[self._phase(instance)].truce
        p["needs_truce"][o] = has_truce and kind not in ("truce", "information", "talks", "flow")
        p["may_be_disputed"][o] = kind != "talks"
        p["waits_for_truce_of_others"][o] = p["needs_truce"][o] and self._others_owe_truce(instance, obligation.by)
        p["is_dynamic"][o] = instance.release is not None
        p["until_kind"][o] = NONE
        lasts = self.deal.phases[self._phase(instance)].lasts
        if obligation.until is not None and (obligation.until != "phase end" or lasts is not None):
            p["until_kind"][o], p["until_offset"][o] = self.date(obligation.until)
        measure = next(iter([*obligation.each_day, *obligation.on_exchange_days]), None)
        if measure is not None:
            p["rate"][o] = rate = obligation.each_day.get(measure, 0.0)
            p["exchange_rate"][o] = obligation.on_exchange_days.get(measure, rate)
            p["is_aid"][o] = measure == "trucks"
        p["owed"][o] = _amount_of(obligation)
        p["enough"][o] = max(1, int(np.ceil(obligation.accepted_from * p["owed"][o] - 1e-9)))
        ends_with_phase = kind == "flow" and p["until_kind"][o] == NONE
        p["keeps_open"][o] = (p["owed"][o] > 0 or instance.release is not None) and not ends_with_phase
        self._compliance(o, instance)
        for decision in ("performs", "complains", "mediates", "withholds", "suspends", "ahead"):
            p[f"key_{decision}"][o] = decision_key(f"{decision} {name}")

    def _phase(self, instance: _Instance) -> str:
        """An obligation's phase; a return owed for a release belongs to that release's unless it names its own."""
        phase = instance.obligation.phase
        if phase is None and instance.release is not None:
            phase = self.deal.obligations[instance.release].phase
        return phase or self.first_phase

    def _others_owe_truce(self, instance: _Instance, debtor: str) -> bool:
        """Whether the truce of an obligation's phase is owed, and none of it by this debtor."""
        owe = self._who_owe_truce(self._phase(instance))
        return bool(owe) and debtor not in owe

    def _who_owe_truce(self, phase: str) -> set[str]:
        """Who owes the truce in a phase or in one before it."""
        entered = {key for key, place in self.phase_index.items() if place <= self.phase_index[phase]}
        return {o.obligation.by for o in self.instances if o.obligation.kind == "truce" and self._phase(o) in entered}

    def _creditor(self, obligation: Obligation, debtor: int) -> int:
        if obligation.to is not None and obligation.to in self.actor_index:
            return self.actor_index[obligation.to]
        return 1 - debtor if debtor < 2 else 0

    def _compliance(self, o: int, instance: _Instance) -> None:
        """Each field from the obligation, else from its kind, else from the default, with the path it came from."""
        p = self.p
        actor = instance.obligation.by
        party = self.behaviour.parties.get(actor, UNWRITTEN)
        layers = [
            (f"parties.{actor}.obligations.{instance.name}", party.obligations.get(instance.name)),
            (f"parties.{actor}.obligations.{instance.key}", party.obligations.get(instance.key)),
            (f"parties.{actor}.kinds.{instance.obligation.kind}", party.kinds.get(instance.obligation.kind)),
            (f"parties.{actor}.default", party.default),
        ]
        last = layers[-1][0]

        def find(name: str, otherwise: Any) -> tuple[str, Any]:
            for path, layer in layers:
                if layer is not None and getattr(layer, name) is not None:
                    return f"{path}.{name}", getattr(layer, name)
            return f"{last}.{name}", otherwise

        for name in ("late", "refused", "level", "ahead", "short"):
            p[name][o] = self.slots.at(*find(name, SHORT_LEVEL if name == "level" else 0.0))
        delay_path, delay = find("delay", ONE_DAY)
        p["delay_median"][o], p["delay_p95"][o] = self.slots.delay(delay_path, delay)

    def _ratios(
        self, o: int, instance: _Instance, entries: list[tuple[int, int, int]], ratios: list[tuple[int, int, int, int]]
    ) -> None:
        """What one return owes for the groups of its release: entries start empty and grow with each handover."""
        release = self.deal.obligations[str(instance.release)]
        r = self.obligation_index[str(instance.release)]
        entry_of: dict[str, int] = {}
        owed = 0
        for group, returned in instance.obligation.ratio.items():
            if group not in release.amount:
                continue
            people = self.deal.groups[group].count
            for prisoners, amount in returned.items():
                if prisoners not in entry_of:
                    entry_of[prisoners] = len(entries)
                    entries.append((self.group_index[prisoners], 0, o))
                each, remainder = (
                    (amount, 0) if not isinstance(amount, Spread) else divmod(amount.total, max(people, 1))
                )
                ratios.append((self.group_index[group], entry_of[prisoners], each, remainder))
                owed += each * release.amount[group]
        self.p["owed"][o] = owed
        self.p["release_of"][o] = r
        self.p["next_return"][o], self.p["first_return"][r] = self.p["first_return"][r], o

    def _values(self) -> None:
        """Each obligation's part in its side's delivered share, in parts per million; flows and talks have none."""
        p = self.p
        owes = [i.release is not None or _amount_of(i.obligation) > 0 for i in self.instances]
        weights = np.array(
            [
                i.obligation.weight if is_owed and i.obligation.kind not in ("flow", "talks") else 0.0
                for i, is_owed in zip(self.instances, owes, strict=True)
            ]
        )
        for actor in (0, 1):
            weighed = np.flatnonzero((p["debtor"][: len(weights)] == actor) & (weights > 0))
            if len(weighed):
                edges = np.rint(1e6 * np.cumsum(weights[weighed]) / weights[weighed].sum()).astype(np.int64)
                p["value"][weighed] = np.diff(edges, prepend=0)
        lasting = [o for o, i in enumerate(self.instances) if i.obligation.kind == "truce"]
        p["n_lasting"], p["lasting"][: len(lasting)] = len(lasting), lasting
        for actor in (0, 1):
            p["lasting_value"][actor] = sum(int(p["value"][o]) for o in lasting if p["debtor"][o] == actor)

    def _next_releases(self) -> None:
        """For each release, the next one of the same debtor and phase in the document."""
        p = self.p
        p["next_release"][:] = NONE
        releases = [
            o for o, i in enumerate(self.instances) if i.obligation.kind == "release" and _amount_of(i.obligation) > 0
        ]
        for place, o in enumerate(releases):
            later = [
                q for q in releases[place + 1 :] if p["debtor"][q] == p["debtor"][o] and p["phase"][q] == p["phase"][o]
            ]
            if later:
                p["next_release"][o] = later[0]

    # ------------------------------------------------------------ phases and gates

    def _phases(self) -> None:
        p = self.p
        order: list[int] = []
        p["first_phase"] = 0
        for f, (key, phase) in enumerate(self.deal.phases.items()):
            p["lasts"][f] = NONE if phase.lasts is None else phase.lasts
            p["at_most"][f] = NONE if phase.at_most is None else phase.at_most
            p["then"][f] = NONE if phase.then is None else self.phase_index[phase.then]
            p["ends_early"][f] = phase.ends_early
            p["has_truce"][f] = phase.truce
            mine = [o for o in range(len(self.instances)) if p["phase"][o] == f]
            p["truce_by_obligation"][f] = bool(self._who_owe_truce(key))
            p["phase_obligation_start"][f] = len(order)
            order.extend(mine)
            p["key_leaves"][f] = decision_key(f"leaves {key}")
        p["phase_obligation_start"][len(self.phase_index)] = len(order)
        p["phase_obligation"][: len(order)] = order

    def _gates(self) -> None:
        p = self.p
        for o, instance in enumerate(self.instances):
            p["gate_start"][o] = len(self.conditions)
            self._gate(instance.obligation.after, o)
        p["gate_start"][len(self.instances)] = len(self.conditions)
        for f, phase in enumerate(self.deal.phases.values()):
            watcher = len(self.instances) + f
            p["enter_start"][f] = len(self.conditions)
            before = [b for b, other in enumerate(self.deal.phases.values()) if other.then == list(self.deal.phases)[f]]
            self._gate(phase.enters_when, watcher, also=[len(self.instances) + b for b in before])
            p["enter_end"][f] = p["continue_start"][f] = len(self.conditions)
            self._gate(phase.continues_while, watcher)
            p["continue_end"][f] = len(self.conditions)
        for actor, a in self.actor_index.items():
            party = self.behaviour.parties.get(actor)
            p["stays_start"][a] = len(self.conditions)
            if party is not None and a < N_PARTIES:
                self._gate(party.leaves.unless, len(self.instances) + len(self.phase_index) + a)
            p["stays_end"][a] = len(self.conditions)
        self._refuse_over("who waits for what", len(self.watches), "MAX_WATCHES")
        for c, row in enumerate(self.conditions):
            p["test"][c], p["subject"][c], p["threshold"][c], p["clause"][c] = row
        self._watchers()

    def _gate(self, gate: list[Condition], watcher: int, also: list[int] | None = None) -> None:
        for condition in gate:
            alternatives = [self._tests(alternative) for alternative in _alternatives(condition)]
            signals = {signal for rows in alternatives for *_, signal in rows}
            self.watches.extend((signal, w) for signal in signals for w in [watcher, *(also or [])] if w != NONE)
            # a or (b and c) is (a or b) and (a or c): one clause for each way to take a row of every alternative
            for rows in product(*(dict.fromkeys(row[:3] for row in rows) for rows in alternatives)):
                clause = len(self.conditions)
                self.conditions.extend((*row, clause) for row in dict.fromkeys(rows))
                self._refuse_over("conditions in gates", len(self.conditions), "MAX_CONDITIONS")  # before it explodes

    def _tests(self, condition: Condition) -> list[tuple[int, int, int, int]]:
        """Rows (test, subject, threshold, signal) of one condition; a count by group gives one row for each group."""
        n_o, n_g, n_a = len(self.instances), len(self.group_index), len(self.actor_index)
        if condition.obligation is not None:
            return [self._delivered(name, condition.share) for name in self._instances_of(condition.obligation)]
        if condition.released is not None:
            return self._released(condition)
        if condition.line is not None:
            actor = self._withdrawing(condition)
            return [(Test.LINE, actor, self.line_index[condition.line], n_o + n_g + actor)]
        if condition.talks is not None:
            topic = self.topic_index[condition.talks]
            test = {"started": Test.TALKS_STARTED, "agreed": Test.TALKS_AGREED}
            return [(test.get(str(condition.state), Test.TALKS_UNDER_WAY), topic, 0, n_o + n_g + n_a + topic)]
        if condition.phase is not None:
            phase = self.phase_index[condition.phase]
            test_of_phase = Test.PHASE_ENDED if condition.state == "ended" else Test.PHASE_ENTERED
            return [(test_of_phase, phase, 0, n_o + n_g + n_a + len(self.topic_index) + phase)]
        return [(Test.TRUCE_HOLDS, 0, 0, n_o + n_g + n_a + len(self.topic_index) + len(self.phase_index))]

    def _instances_of(self, key: str) -> list[str]:
        """An obligation's instances: itself, or one for each release."""
        return [instance.name for instance in self.instances if instance.key == key or instance.name == key]

    def _delivered(self, name: str, share: float | None) -> tuple[int, int, int, int]:
        """Delivered in this share of what is owed; without a share, done by the creditor's standard."""
        o = self.obligation_index[name]
        if self.p["is_dynamic"][o]:
            return Test.SHARE, o, step_of(share), o
        if share is not None and self.p["kind"][o] == Kind.FLOW and self.p["owed"][o] > 0:
            self.steps.add((o, step_of(share)))
            return Test.SHARE, o, step_of(share), o
        owed = int(self.p["enough"][o]) if share is None else int(np.ceil(share * self.p["owed"][o] - 1e-9))
        return Test.DELIVERED, o, max(1, owed), o

    def _released(self, condition: Condition) -> list[tuple[int, int, int, int]]:
        n_o = len(self.instances)
        if isinstance(condition.released, dict):
            return [
                (Test.RELEASED, 1 << self.group_index[g], n, n_o + self.group_index[g])
                for g, n in condition.released.items()
            ]
        groups = [
            self.group_index[key]
            for key, group in self.deal.groups.items()
            if group.side == condition.side and condition.condition in (None, group.condition)
        ]
        mask = sum(1 << g for g in groups)
        rows = [(int(Test.RELEASED), mask, int(condition.released or 0), n_o + g) for g in groups]
        return rows or [(Test.RELEASED, 0, int(condition.released or 0), n_o)]

    def _withdrawing(self, condition: Asked) -> int:
        if condition.by is not None:
            return self.actor_index[condition.by]
        for obligation in self.deal.obligations.values():
            if obligation.kind == "withdrawal":
                return self.actor_index[obligation.by]
        return 0

    def _watchers(self) -> None:
        p = self.p
        n_signals = (
            len(self.instances) + len(self.group_index) + len(self.actor_index) + len(self.topic_index)
            + len(self.phase_index) + 1
        )  # fmt: skip
        watches = sorted(set(self.watches))
        starts = np.searchsorted([signal for signal, _ in watches], np.arange(n_signals + 1))
        p["watch_start"][: n_signals + 1] = starts
        p["watcher"][: len(watches)] = [watcher for _, watcher in watches]

    def _steps(self) -> None:
        """Shares that somebody waits for, in increasing order by obligation, and the flows among these."""
        p, steps = self.p, sorted(self.steps)
        self._refuse_over("shares that are waited for", len(steps), "MAX_STEPS")
        p["step_start"][:] = np.searchsorted([o for o, _ in steps], np.arange(len(p["step_start"])))
        p["step"][: len(steps)] = [step for _, step in steps]
        watched = [o for o in dict.fromkeys(o for o, _ in steps) if p["kind"][o] == Kind.FLOW]
        p["n_watched"], p["watched"][: len(watched)], p["watched_place"][:] = len(watched), watched, NONE
        p["watched_place"][watched] = range(len(watched))

    # ------------------------------------------------------------ talks, mediators, incidents, shocks

    def _talks(self) -> None:
        p = self.p
        for o, instance in enumerate(self.instances):
            obligation = instance.obligation
            if obligation.kind != "talks" or obligation.topic is None:
                continue
            t, path = self.topic_index[obligation.topic], f"talks.{obligation.topic}"
            talks = self.behaviour.talks.get(obligation.topic, TalksBehaviour())
            p["talks_obligation"][t] = o
            p["owed"][o] = p["enough"][o] = 1
            opens = talks.opens or obligation.starts_by or obligation.due
            p["opens_kind"][t], p["opens_offset"][t] = self.date(opens)
            p["after_gate"][o] = obligation.takes + _after_gate(opens)
            p["deadline_kind"][t] = NONE
            if obligation.concludes_by is not None:
                p["deadline_kind"][t], p["deadline_offset"][t] = self.date(obligation.concludes_by)
            self._talks_behaviour(t, path, talks)
            p["key_opens"][t] = decision_key(f"opens {obligation.topic}")
            p["key_agrees"][t] = decision_key(f"agrees {obligation.topic}")

    def _talks_behaviour(self, t: int, path: str, talks: TalksBehaviour) -> None:
        p, slots = self.p, self.slots
        p["opens_delay_median"][t], p["opens_delay_p95"][t] = slots.delay(f"{path}.delay", talks.delay)
        p["talks_never"][t] = slots.at(f"{path}.never", talks.never)
        p["talks_fail"][t] = slots.at(f"{path}.fails", talks.fails)
        p["has_hazard"][t] = talks.agrees_per_day is not None
        p["agrees_per_day"][t] = slots.at(f"{path}.agrees_per_day", talks.agrees_per_day or 0.0)
        p["near_deadline"][t] = slots.at(f"{path}.near_deadline", talks.near_deadline)
        p["near_factor"][t] = slots.at(f"{path}.near_deadline_factor", talks.near_deadline_factor)
        p["after_factor"][t] = slots.at(f"{path}.after_deadline_factor", talks.after_deadline_factor)
        p["breaks_per_day"][t] = slots.at(f"{path}.breaks_off_per_day", talks.breaks_off_per_day)
        p["resumes"][t] = talks.resumes is not None
        if talks.resumes is not None:
            p["resume_median"][t], p["resume_p95"][t] = slots.delay(f"{path}.resumes", talks.resumes)

    def _mediation(self) -> None:
        p, slots, mediation = self.p, self.slots, self.behaviour.mediators
        p["flows_to"] = slots.at("mediators.flows_to", mediation.flows_to)
        slots.at("mediators.settles", mediation.settles)
        slots.delay("mediators.attempt", mediation.attempt)
        for o, instance in enumerate(self.instances):
            self._mediation_of(o, instance.obligation.kind)
        p["lag_median"], p["lag_p95"] = slots.delay("mediators.lag", mediation.lag)
        p["redates_all"] = mediation.redates == "all_open"
        p["excuses"] = mediation.cannot_be_done == "excused"
        p["settles_with_truce"] = NONE
        if mediation.settles_with_truce is not None:
            p["settles_with_truce"] = slots.at("mediators.settles_with_truce", mediation.settles_with_truce)
        p["guarantors_restore"] = slots.at("guarantors.restores", self.behaviour.guarantors.restores)
        p["n_pressures"] = len(mediation.pressure)
        for m, (mediator, pressure) in enumerate(mediation.pressure.items()):
            path = f"mediators.pressure.{mediator}"
            p["pressure_half_life"][m] = slots.at(f"{path}.half_life", pressure.half_life or 0)
            starts = pressure.starts if ":" in pressure.starts else f"{pressure.starts} 00:00"
            p["pressure_starts"][m] = self._absolute(starts, f"behaviour.{path}.starts")
            p["pressure_ends"][m] = (
                NEVER if pressure.ends is None else self._absolute(pressure.ends, f"behaviour.{path}.ends")
            )
            for party in self.deal.parties:
                slot = slots.at(f"{path}.on.{party}", pressure.on.get(party, 0.0))
                p["pressure"][m, self.actor_index[party]] = slot

    def _mediation_of(self, o: int, kind: DocumentKind) -> None:
        """How a dispute over one obligation is settled: as its kind, else as all disputes."""
        p, slots, mediation = self.p, self.slots, self.behaviour.mediators
        own, path = mediation.kinds.get(kind), f"mediators.kinds.{kind}"
        if own is not None and own.settles is not None:
            p["settles"][o] = slots.at(f"{path}.settles", own.settles)
        else:
            p["settles"][o] = slots.at("mediators.settles", mediation.settles)
        if own is not None and own.attempt is not None:
            p["attempt_median"][o], p["attempt_p95"][o] = slots.delay(f"{path}.attempt", own.attempt)
        else:
            p["attempt_median"][o], p["attempt_p95"][o] = slots.delay("mediators.attempt", mediation.attempt)

    def _absolute(self, due: str, path: str) -> int:
        kind, offset = self.date(due)
        if kind != DueKind.DEAL:
            raise PlanError(f"{path}: must be a day of the deal such as 'day 7', got {due!r}")
        return offset

    def _incidents(self) -> None:
        p, slots = self.p, self.slots
        p["n_sources"] = len(self.behaviour.incidents)
        for s, (key, source) in enumerate(self.behaviour.incidents.items()):
            by = source.by
            if by in self.deal.holders:
                by = self.deal.holders[by].answers_to
            p["source_party"][s] = self.actor_index[by]
            for name in ("per_day", "initial", "branching", "decay", "major", "without_truce", "breaks_off_talks"):
                p[name][s] = slots.at(f"incidents.{key}.{name}", getattr(source, name))
            p["key_arrives"][s] = decision_key(f"arrives {key}")
            p["key_answer"][s] = decision_key(f"answer {key}")

    def _shocks(self) -> None:
        self.p["n_shocks"] = len(self.behaviour.shocks)
        for s, (key, shock) in enumerate(self.behaviour.shocks.items()):
            self._shock(s, key, shock)

    def _shock(self, s: int, key: str, shock: Shock) -> None:
        p, slots, path = self.p, self.slots, f"shocks.{key}"
        p["effect"][s] = Effect[shock.effect.upper()]
        p["shock_chance"][s] = slots.at(f"{path}.chance", shock.chance)
        p["shock_at_kind"][s] = NONE
        if shock.at is not None:
            p["shock_at_kind"][s], p["shock_at"][s] = DueKind.DEAL, self._absolute(shock.at, f"behaviour.{path}.at")
        p["shock_per_day"][s] = slots.at(f"{path}.per_day", shock.per_day or 0.0)
        p["shock_party"][s] = NONE if shock.by is None else self.actor_index[shock.by]
        p["shock_median"][s], p["shock_p95"][s] = slots.delay(f"{path}.lasts", shock.lasts or NO_TIME)
        p["shock_topic"][s] = NONE if shock.topic is None else self.topic_index[shock.topic]
        p["shock_group"][s] = NONE if shock.group is None else self.group_index[shock.group]
        if shock.effect == "shifts":
            p["shock_slot"][s] = self._slot(str(shock.path), f"behaviour.{path}.path")
            p["shock_value"][s] = shock.to
        p["key_shock"][s] = decision_key(f"shock {key}")

    def _slot(self, path: str, where: str) -> int:
        """The parameter slot of a path into the behaviour."""
        path = path.removeprefix("behaviour.")
        if path not in self.slots.paths:
            raise PlanError(f"{where}: {path!r} is no number of this scenario's behaviour that an obligation uses")
        return self.slots.paths[path]

    def _parameters(self) -> None:
        p = self.p
        unknown = self.scenario.uncertain if self.scenario.scripted is None else {}
        for i, (path, uncertain) in enumerate(unknown.items()):
            p["uncertain_slot"][i] = self._slot(path, f"uncertain.{path}")
            drawn_as = uncertain.moves_with or path
            p["uncertain_key"][i] = decision_key(f"uncertain {drawn_as.removeprefix('behaviour.')}")
            p["uncertain_quantile"][i] = quantiles_of(uncertain, np.linspace(0, 1, QUANTILE_STEPS))
        p["n_uncertain"] = len(unknown)
        self._refuse_over("behaviour parameters", len(self.slots.values), "MAX_PARAMETERS")
        p["n_parameters"] = len(self.slots.values)
        p["parameter"][: len(self.slots.values)] = self.slots.values

    def _clocks(self) -> None:
        p, n = self.p, len(self.instances)
        sizes = {
            Clock.SHOCK: len(self.behaviour.shocks), Clock.FLOW: int(p["n_watched"]), Clock.DEBTOR: n,
            Clock.TALKS: len(self.topic_index),
            Clock.MEDIATORS: n, Clock.CREDITOR: n, Clock.TRUCE: 1, Clock.INCIDENTS: len(self.behaviour.incidents),
            Clock.PHASE: len(self.phase_index), Clock.LEAVING: 2, Clock.DEATHS: int(p["n_mortal"]), Clock.HORIZON: 1,
        }  # fmt: skip
        total = 0
        for clock in Clock:
            p["first_clock"][clock] = total
            p["clock_kind"][total : total + sizes[clock]] = clock
            total += sizes[clock]
        p["first_clock"][len(Clock)] = p["n_clocks"] = total
        self._leaves()
        dated = [int(p["due_offset"][o]) for o in range(n) if p["due_kind"][o] == DueKind.DEAL]
        p["first_minute"] = min([0, *dated])

    def _leaves(self) -> None:
        """A place in the queue's trees for each clock: a tree for each kind that wakes often, and one for the rest."""
        p = self.p
        trees = {Clock.INCIDENTS: 0, Clock.DEBTOR: 1, Clock.CREDITOR: 2}
        tree_of = np.array([trees.get(Clock(kind), N_TOPS - 1) for kind in p["clock_kind"][: p["n_clocks"]]])
        for tree in range(N_TOPS):
            clocks = np.flatnonzero(tree_of == tree)
            p["tree_depth"][tree] = max(len(clocks) - 1, 0).bit_length()
            p["leaf"][clocks] = ((FIRST_TOP + tree) << p["tree_depth"][tree]) + np.arange(len(clocks))

    def _script(self) -> None:
        """What a script names, and the minutes in which its incidents and undated shocks happen."""
        p, script = self.p, self.scenario.scripted
        if script is None:
            return
        p["is_scripted"] = 1
        entries = [self._scripted(scripted) for scripted in script]
        stretches = sorted({self._absolute(s.at, f"scripted.{i}.at") for i, s in enumerate(script) if s.at is not None})
        self._refuse_over("scripted decisions", len(entries), "MAX_SCRIPT")
        p["n_script"], p["n_stretches"] = len(entries), len(stretches)
        p["script"][: len(entries)], p["stretch"][: len(stretches)] = entries, stretches

    def _scripted(self, scripted: Scripted) -> int:
        decision, name = SUBJECTS[scripted.subject], getattr(scripted, scripted.subject)
        occurrence = scripted.time - 1 if scripted.at is None else self._absolute(scripted.at, "scripted.at")
        if decision == Decision.TALKS:
            subject = self.topic_index[name]
        elif decision in (Decision.INCIDENT, Decision.ANSWER):
            subject = list(self.behaviour.incidents).index(name)
        elif decision in (Decision.SHOCK, Decision.AFTERMATH):
            subject = list(self.behaviour.shocks).index(name)
            if scripted.at is None:
                occurrence = int(self.p["shock_at"][subject])
        else:
            subject = self.obligation_index[name]
        return entry(address(decision, subject, occurrence), choice_number(scripted))

    def _guarantees(self) -> None:
        instances: dict[str, list[int]] = {key: [] for key in self.deal.obligations}
        for o, instance in enumerate(self.instances):
            instances[instance.key].append(o)
        facts = Facts(
            self.deal, self.p, instances, self.group_index, self.phase_index, self.line_index, self.topic_index,
            self._withdrawing, self.steps,
        )  # fmt: skip
        self.milestones = fill_guarantees(self.p, self.guarantees, facts, self.milestones)


def _over(what: str, size: int, limit: str) -> str:
    """'61 groups, at most 60 (MAX_GROUPS in sim/plan/limits.py)'."""
    return f"{what}: {size}, at most {getattr(limits, limit)} ({limit} in sim/plan/limits.py)"


def _alternatives(condition: Condition) -> list[Condition]:
    """The conditions of which one is enough, those within another `any` included."""
    if condition.any is None:
        return [condition]
    return [inner for alternative in condition.any for inner in _alternatives(alternative)]


def _after_gate(due: str) -> int:
    """The minutes of a date 'N after gate'; 0 for any other."""
    return int(parse_duration(due.removesuffix(" after gate"))) if due.endswith(" after gate") else 0


def _amount_of(obligation: Obligation) -> int:
    """People or units owed, 1 of what is not counted; 0 where nothing is owed, as of a flow of nothing a day."""
    if obligation.kind in PEOPLE:
        return sum(obligation.amount.values())
    if obligation.kind == "flow":
        return int(any([*obligation.each_day.values(), *obligation.on_exchange_days.values()]))
    return 1 if obligation.units is None or obligation.kind == "talks" else obligation.units


def _minutes_of_clock(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def quantiles_of(uncertain: Uncertain, probabilities: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The distribution's quantiles at these probabilities, those of unbounded ones half a step of the plan inside."""
    from sim import special

    inside = probabilities.clip(0.5 / QUANTILE_STEPS, 1 - 0.5 / QUANTILE_STEPS)
    if uncertain.uniform is not None:
        low, high = uncertain.uniform
        return low + (high - low) * probabilities
    if uncertain.beta is not None:
        return np.asarray(special.betaincinv(*uncertain.beta, inside))
    if uncertain.lognormal is not None:
        median, p95 = uncertain.lognormal
        return np.asarray(median * np.exp(np.log(p95 / median) / special.ndtri(0.95) * special.ndtri(inside)))
    given = np.asarray(uncertain.quantiles)
    return np.asarray(np.interp(probabilities, np.linspace(0, 1, len(given)), given))


def compile_plan(scenario: ResolvedScenario) -> Plan:
    """The plan of a resolved scenario.

    Parameters
    ----------
    scenario : ResolvedScenario
        Checked by `sim.reading.resolve`: every name in it exists.

    Returns
    -------
    Plan

    Raises
    ------
    PlanError
        If the scenario is larger than the engine takes, or a path leads to no parameter.
    """
    return _Compiler(scenario).compile()

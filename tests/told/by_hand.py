"""Small deals in each of which one rule decides what is told."""

from tests.told.amounts import AMOUNTS
from tests.told.deadlines import DEADLINES
from tests.told.from_the_log import FROM_THE_LOG
from tests.told.in_step import IN_STEP
from tests.told.of_conditions import OF_CONDITIONS
from tests.told.of_returns_and_ends import OF_RETURNS_AND_ENDS
from tests.told.powers import POWERS
from tests.told.seldom import SELDOM

BY_HAND = (
    AMOUNTS
    | DEADLINES
    | FROM_THE_LOG
    | IN_STEP
    | OF_RETURNS_AND_ENDS
    | OF_CONDITIONS
    | POWERS
    | SELDOM
    | {
        "one release": """
        deal:
          groups: {a: {side: hostages, held_by: north, count: 2}}
          obligations: {one: {kind: release, by: north, due: day 2, amount: {a: 2}, transit: 3 h}}
        """,
        "late, disputed, settled": """
        deal:
          obligations:
            duty: {kind: information, by: south, due: day 3}
            step: {kind: access, by: north, due: day 5}
        behaviour:
          mediators: {settles: 0.4, attempt: {median: 1 d, p95: 4 d}, lag: 6 h}
          parties:
            north: {withholds: 1, patience: 40 d, latency: {median: 6 h, p95: 1 d}, tolerance: {median: 6 h, p95: 1 d}}
            south: {default: {late: 0.5, refused: 0.4, delay: {median: 3 d, p95: 20 d}}}
        """,
        "returns by ratio, capacity, search": """
        deal:
          groups:
            a: {side: hostages, held_by: south, count: 3}
            b: {side: hostages, held_by: south, count: 4, condition: deceased}
            p: {side: prisoners, held_by: north, count: 90}
          obligations:
            one: {kind: release, by: south, due: day 2, amount: {a: 1, b: 2}, transit: 1 h}
            two: {kind: release, by: south, due: day 4, amount: {a: 2, b: 2}}
            ret: {kind: return, by: north, for_each: release, due: same day, takes: 2 h, transit: 30 min,
                  ratio: {a: {p: 5}, b: {p: {total: 9}}}}
        behaviour:
          search: {b: {found: 0.9, time: {median: 2 d, p95: 9 d}, misidentified: 0.3}}
          parties: {south: {complains: 0, capacity: {release: 2}}, north: {complains: 0, capacity: {return: 7}}}
        """,
        "deaths in captivity": """
        deal:
          groups: {a: {side: hostages, held_by: north, count: 6}, p: {side: prisoners, held_by: south, count: 60}}
          obligations:
            one: {kind: release, by: north, due: day 5, amount: {a: 3}, transit: 1 h}
            two: {kind: release, by: north, due: day 20, amount: {a: 3}, transit: 1 h}
            ret: {kind: return, by: south, due: same day, for_each: release, ratio: {a: {p: 10}}}
        behaviour:
          deaths: {a: {per_day: 0.05, without_truce: 3}}
          shocks: {blow: {at: day 3, effect: suspends_truce, by: south, lasts: 4 d}}
        """,
        "incidents and answers": """
        deal: {obligations: {duty: {kind: information, by: south, due: day 5}}}
        behaviour:
          incidents:
            fire: {by: south, per_day: 0.4, initial: 1, branching: 0.4, decay: 2 d, major: 0.3}
          parties: {north: {responds: {minor: 0.01, major: 0.3, strain: 0.3, suspends: {median: 1 d, p95: 3 d}}}}
        """,
        "talks, and a phase that waits for them": """
        deal:
          phases:
            one: {lasts: 10 d, then: two, continues_while: talks.t}
            two: {lasts: 8 d, enters_when: talks.t.agreed}
          obligations:
            talks: {kind: talks, by: envoy, to: north, topic: t, starts_by: day 3, concludes_by: day 12}
            last: {kind: information, by: south, phase: two, due: phase day 2}
        behaviour:
          talks:
            t: {never: 0.1, delay: {median: 1 d, p95: 3 d}, fails: 0.2, agrees_per_day: 0.1, near_deadline_factor: 4,
                breaks_off_per_day: 0.2, resumes: {median: 1 d, p95: 3 d}}
          parties: {north: {leaves: {after_lapse: 0.5, latency: {median: 2 d, p95: 5 d}}}}
        """,
        "a flow, short and in full": """
        deal:
          obligations:
            aid: {kind: flow, by: north, due: day 2, each_day: {trucks: 100}, until: day 30}
            water: {kind: flow, by: north, due: day 2, each_day: {litres: 7}}
        behaviour: {parties: {north: {default: {late: 0.5, level: 0.6}}, south: {complains: 0}}}
        """,
        "units in part": """
        deal:
          obligations:
            arms: {kind: arms, by: south, due: day 2, units: 40, accepted_from: 0.8}
            next: {kind: information, by: north, after: {obligation: arms, share: 0.4}}
            more: {kind: information, by: north, after: {obligation: arms, share: 0.525}}
        behaviour: {parties: {south: {default: {short: 0.7, level: 0.5, late: 0.3, delay: 2 d}}}}
        """,
        "a phase before the truce": """
        deal:
          starts: 2025-01-01T14:30+00:00
          phases: {talks: {truce: false, then: one}, one: {lasts: 4 d}}
          obligations:
            ta: {kind: talks, by: south, due: day 2, topic: t, concludes_by: day 7, phase: talks}
            sig: {kind: access, by: north, after: talks.t.agreed, takes: 3 h, due: 2 h after gate, phase: talks}
            l2: {kind: access, by: north, phase: one, due: phase day 2}
            l3: {kind: access, by: north, phase: one, due: phase end}
        behaviour: {talks: {t: {agrees_per_day: 0.3, near_deadline_factor: 2, delay: 1 d}}}
        """,
        "a tolerance that is longer than its percentile": """
        deal: {obligations: {duty: {kind: information, by: south, due: day 2}}}
        behaviour:
          parties:
            south: {default: {refused: 0.2, late: 1, delay: 9 d}}
            north: {tolerance: {median: 12 h, p95: 12 h}}
        uncertain: {parties.north.tolerance.median: {uniform: [11 h, 30 h]}}
        """,
        "an exchange that ends with somebody excused, and without": """
        deal:
          groups:
            a: {side: hostages, held_by: north, count: 2}
            b: {side: hostages, held_by: north, count: 1}
          obligations:
            one: {kind: release, by: north, due: day 2, amount: {a: 2}}
            none: {kind: release, by: north, due: day 2, amount: {a: 0}}
            two: {kind: release, by: north, due: day 3, amount: {b: 1}}
        behaviour: {search: {b: {found: 0.5}}, mediators: {attempt: 1 d, settles: 1, cannot_be_done: excused}}
        """,
        "settled in the minute in which the truce is suspended": """
        deal: {obligations: {arms: {kind: arms, by: south, due: day 2, units: 10}}}
        behaviour:
          mediators: {attempt: 9 d, settles: 1, lag: 0 min}
          shocks:
            envoy: {at: day 4, effect: settles_all}
            blow: {at: day 4, effect: suspends_truce, by: north, lasts: 1 d}
          parties: {south: {default: {refused: 1}}}
        """,
        "a share that falls while the truce is suspended or a flow is held back": """
        deal:
          obligations:
            aid: {kind: flow, by: north, due: day 1, each_day: {trucks: 100}}
            list: {kind: information, by: south, due: day 4}
            step: {kind: access, by: south, due: day 3, after: {obligation: aid, share: 0.9}}
            far: {kind: access, by: south, due: day 3, after: {obligation: aid, share: 0.7}}
        behaviour:
          mediators: {attempt: {median: 2 d, p95: 9 d}, settles: 1}
          shocks: {blow: {at: day 2, effect: suspends_truce, by: south, lasts: {median: 1 d, p95: 3 d}}}
          parties: {north: {withholds: 0.7}, south: {obligations: {list: {refused: 1}}}}
        """,
        "mediators give all disputes a new date, but not what nobody can do": """
        deal:
          groups: {a: {side: hostages, held_by: north, count: 1}, b: {side: hostages, held_by: north, count: 1}}
          obligations:
            lost: {kind: release, by: north, due: day 2, amount: {a: 1}}
            gone: {kind: release, by: north, due: day 2, amount: {b: 1}}
            list: {kind: information, by: north, due: day 2}
            line: {kind: access, by: north, due: day 2}
        behaviour:
          search: {a: {found: 0}, b: {found: 0}}
          mediators: {attempt: {median: 2 d, p95: 9 d}, settles: 0.5, redates: all_open}
          parties: {north: {default: {refused: 0.6}}}
        """,
        "mediators give all disputes a new date, and excuse what nobody can do": """
        deal:
          groups: {a: {side: hostages, held_by: north, count: 1}, b: {side: hostages, held_by: north, count: 1}}
          obligations:
            lost: {kind: release, by: north, due: day 2, amount: {a: 1}}
            list: {kind: information, by: north, due: day 2}
            gone: {kind: release, by: north, due: day 5, amount: {b: 1}}
            line: {kind: access, by: north, due: day 5}
        behaviour:
          search: {a: {found: 0}, b: {found: 0}}
          mediators: {attempt: {median: 2 d, p95: 9 d}, settles: 0.5, redates: all_open, cannot_be_done: excused}
          shocks: {envoy: {at: day 9, effect: settles_all}}
          parties: {south: {patience: 4 d}, north: {default: {refused: 0.6}}}
        """,
        "a new timetable for what is held back over a later dispute": """
        deal:
          obligations:
            mine: {kind: access, by: north, due: day 3}
            yours: {kind: information, by: south, due: day 2}
            mine_too: {kind: access, by: north, due: day 3}
        behaviour:
          mediators: {attempt: 20 d, lag: {median: 1 d, p95: 3 d}}
          shocks: {table: {at: day 6, effect: redates_all}}
          parties: {north: {withholds: 1, latency: {median: 1 d, p95: 5 d}}, south: {default: {refused: 0.7}}}
        """,
        "units in part, settled, and late again over the truce": """
        deal: {obligations: {arms: {kind: arms, by: south, due: day 2, units: 100}}}
        behaviour:
          mediators: {attempt: 1 d, settles: 1, lag: 1 d}
          shocks: {blow: {at: day 3 18:00, effect: suspends_truce, by: north, lasts: 3 d}}
          parties: {north: {restores: 1, tolerance: 0 min}, south: {default: {short: 1, level: 0.29}}}
        """,
        "units in part, settled, then a new timetable and in part again": """
        deal: {obligations: {arms: {kind: arms, by: south, due: day 2, units: 100}}}
        behaviour:
          mediators: {attempt: 1 d, settles: 1, lag: 1 d}
          shocks:
            blow: {at: day 3 18:00, effect: suspends_truce, by: north, lasts: 3 d}
            table: {at: day 6, effect: redates_all}
          parties: {north: {restores: 1, tolerance: 0 min}, south: {default: {short: 1, level: 0.29}}}
        """,
        "what the next phase waits for is held back": """
        deal:
          phases: {one: {lasts: 8 d, then: two}, two: {lasts: 4 d, enters_when: mine}}
          obligations:
            mine: {kind: access, by: north, due: day 4}
            yours: {kind: information, by: south, due: day 2}
        behaviour:
          mediators: {attempt: 9 d, settles: 0}
          parties:
            north: {withholds: 0.7, patience: 200 d, leaves: {after_lapse: 0.5}}
            south: {default: {refused: 0.7}}
        """,
        "a flow that ended short of what somebody waits for": """
        deal:
          horizon: 60 d
          phases: {one: {lasts: 8 d, then: two}, two: {lasts: 4 d}}
          obligations:
            aid: {kind: flow, by: north, due: day 2, each_day: {trucks: 100}}
            step: {kind: access, by: south, due: day 3, after: {obligation: aid, share: 0.9}}
        behaviour: {parties: {south: {complains: 0}, north: {default: {late: 0.7, level: 0.6}}}}
        """,
        "a new timetable for what has lost its gate": """
        deal:
          obligations:
            talks: {kind: talks, by: envoy, to: north, topic: t, starts_by: day 2}
            aid: {kind: flow, by: north, after: talks.t.under_way, each_day: {trucks: 9}, until: day 30}
            step: {kind: access, by: south, due: day 2, after: talks.t.under_way, takes: 3 h}
        behaviour:
          mediators: {attempt: 1 d, settles: 0, lag: 1 d}
          talks: {t: {agrees_per_day: 0.02, breaks_off_per_day: 0.5, resumes: {median: 1 d, p95: 3 d}}}
          shocks: {table: {at: day 6, effect: redates_all}}
          parties:
            south: {patience: 90 d, default: {refused: 0.5, late: 0.3, delay: 1 d}}
            north: {patience: 90 d, default: {late: 1, level: 0.4}}
        """,
        "a new timetable for a flow that was settled in part": """
        deal: {obligations: {aid: {kind: flow, by: north, due: day 2, each_day: {trucks: 9}, grace: 1 d}}}
        behaviour:
          mediators: {attempt: {median: 1 d, p95: 2 d}, settles: 1, lag: 2 d, flows_to: 0.6}
          shocks: {table: {at: day 5, effect: redates_all}}
          parties: {south: {tolerance: 0 min}, north: {default: {refused: 0.5, late: 0.5, level: 0.3}}}
        """,
        "who follows tomorrow waits for no truce": """
        deal:
          groups: {a: {side: hostages, held_by: north, count: 3}}
          obligations: {one: {kind: release, by: north, due: day 2, amount: {a: 3}, transit: 6 h}}
        behaviour:
          shocks: {blow: {at: day 2 15:00, effect: suspends_truce, by: south, lasts: {median: 4 h, p95: 2 d}}}
          parties: {north: {capacity: {release: 2}}}
        """,
        "a flow whose gate is shut when its time is over, after a new timetable": """
        deal:
          horizon: 60 d
          obligations:
            talks: {kind: talks, by: envoy, to: north, topic: t, starts_by: day 2}
            aid: {kind: flow, by: north, after: talks.t.under_way, each_day: {trucks: 9}, until: day 9, takes: 5 h}
        behaviour:
          mediators: {attempt: 1 d, settles: 0, lag: 1 d}
          talks: {t: {agrees_per_day: 0.02, breaks_off_per_day: 0.4, resumes: {median: 3 d, p95: 9 d}}}
          shocks: {table: {at: day 6, effect: redates_all}}
          parties: {south: {patience: 90 d}, north: {patience: 90 d, default: {late: 1, level: 0.4}}}
        """,
        "a new timetable for flows that end now, and that have not begun": """
        deal:
          horizon: 60 d
          phases: {one: {lasts: 30 d, then: two}, two: {lasts: 20 d}}
          obligations:
            now: {kind: flow, by: north, due: day 2, each_day: {trucks: 9}, until: day 6}
            step: {kind: access, by: south, due: day 9}
            later: {kind: flow, by: north, due: day 8, each_day: {trucks: 9}, until: day 20}
            waits: {kind: flow, by: north, after: step, each_day: {trucks: 9}, until: phase end}
            last: {kind: flow, by: north, due: phase day 3, each_day: {trucks: 9}, until: phase day 9, phase: two}
        behaviour:
          mediators: {attempt: 1 d, settles: 0.5, lag: 1 d}
          shocks: {table: {at: day 6, effect: redates_all}, another: {at: day 32, effect: redates_all}}
          parties: {north: {patience: 90 d, default: {late: 0.5, level: 0.4}}}
        """,
        "returns for people who come one by one, and two batches of one minute": """
        deal:
          groups: {a: {side: hostages, held_by: south, count: 5}, p: {side: prisoners, held_by: north, count: 30}}
          obligations:
            one: {kind: release, by: south, due: day 2, amount: {a: 3}}
            two: {kind: release, by: south, due: day 2, amount: {a: 2}}
            ret: {kind: return, by: north, for_each: release, due: same day, ratio: {a: {p: 2}}}
        behaviour:
          mediators: {settles: 0.5, attempt: {median: 1 d, p95: 3 d}}
          parties:
            south: {capacity: {release: 1}, default: {ahead: 1, refused: 0.3}}
            north: {default: {refused: 0.3, late: 0.4, delay: {median: 1 d, p95: 4 d}}}
        """,
        "alternatives, lines, and the end of a phase that lapsed": """
        deal:
          horizon: 60 d
          lines: {front: {}, river: {}, border: {}}
          phases:
            one: {lasts: 8 d, then: two}
            two: {lasts: 6 d, then: three}
            three: {lasts: 9 d, enters_when: list}
          obligations:
            back: {kind: withdrawal, by: south, due: day 3, to_line: river}
            list: {kind: information, by: north, due: phase day 2, phase: two}
            by_line: {kind: access, by: north, after: {line: river, by: south}}
            by_either: {kind: access, by: north, after: {any: [back, {phase: two, state: ended}]}}
            by_end: {kind: information, by: south, after: {phase: two, state: ended}, phase: three}
        behaviour:
          parties:
            south: {default: {late: 0.4, delay: {median: 2 d, p95: 9 d}}, patience: 90 d, leaves: {after_lapse: 0.5}}
            north: {default: {late: 0.5, refused: 0.3, delay: {median: 6 d, p95: 20 d}}, patience: 90 d}
        """,
        "talks that agree after their deadline, and that wait for a list": """
        deal:
          obligations:
            early: {kind: talks, by: north, topic: one, starts_by: day 2, concludes_by: day 5, grace: 4 d}
            later: {kind: talks, by: south, topic: two, starts_by: day 2, concludes_by: day 5, takes: 5 h}
            list: {kind: information, by: south, due: day 2}
            waits: {kind: talks, by: north, topic: three, after: list, starts_by: 9 h after gate}
        behaviour:
          talks:
            one: {agrees_per_day: 0.2, after_deadline_factor: 1}
            two: {agrees_per_day: 0.2, after_deadline_factor: 1, delay: {median: 1 d, p95: 3 d}}
            three: {agrees_per_day: 0.2, delay: {median: 1 d, p95: 3 d}}
        """,
        "two batches of one minute, and a shock by hazard": """
        deal:
          groups: {a: {side: hostages, held_by: north, count: 3}}
          obligations:
            one: {kind: release, by: north, due: day 2, amount: {a: 1}}
            two: {kind: release, by: north, due: day 2, amount: {a: 1}}
            next: {kind: release, by: north, due: day 40, amount: {a: 1}}
        behaviour:
          mediators: {settles: 0}
          shocks: {blow: {per_day: 0.1, effect: breaks_off_talks}}
          parties: {north: {default: {refused: 0.5, ahead: 1}}, south: {complains: 0}}
        """,
        "a truce that the other side owes, late": """
        deal:
          obligations:
            calm: {kind: truce, by: south, due: day 2}
            step: {kind: access, by: north, due: day 3}
            mine: {kind: access, by: south, due: day 3}
        behaviour:
          mediators: {settles: 0}
          parties:
            south: {default: {late: 0.8, delay: {median: 3 d, p95: 12 d}}, patience: 90 d}
            north: {patience: 90 d}
        """,
        "a suspension over a dispute that is settled meanwhile": """
        deal: {obligations: {one: {kind: access, by: south, due: day 2}, two: {kind: access, by: north, due: day 12}}}
        behaviour:
          mediators: {attempt: {median: 3 d, p95: 9 d}, settles: 0.6, settles_with_truce: 0.3, lag: 2 d}
          parties: {north: {patience: 2 d, suspends: {median: 4 d, p95: 12 d}}, south: {default: {refused: 0.8}}}
        """,
        "a reason to stay after a lapse, which goes": """
        deal:
          phases: {one: {lasts: 6 d, then: two}, two: {enters_when: step}}
          obligations: {step: {kind: access, by: north, due: day 2}, last: {kind: information, by: south, phase: two}}
        behaviour:
          mediators: {settles: 0}
          shocks: {blow: {at: day 12, effect: suspends_truce, by: south, lasts: {median: 2 d, p95: 5 d}}}
          parties:
            south: {patience: 90 d, leaves: {after_lapse: 0.7, latency: {median: 3 d, p95: 9 d}, unless: truce.holds}}
            north: {default: {refused: 0.8}, leaves: {after_lapse: 0}}
        """,
    }
)

"""Small deals in each of which something seldom decides: a very minute, a second topic, a truce that never began."""

SELDOM = {
    "talks that wait for the truce, which comes back in the minute of their date": """
        deal:
          obligations:
            talks: {kind: talks, by: envoy, to: north, topic: t, starts_by: day 5, after: truce.holds}
        behaviour:
          talks: {t: {agrees_per_day: 0.3}}
          shocks: {strike: {at: day 3 12:00, effect: suspends_truce, by: south, lasts: 2 d}}
        """,
    "a new timetable's date of talks, in the minute in which the truce comes back": """
        deal:
          obligations:
            talks: {kind: talks, by: envoy, to: north, topic: t, starts_by: day 4, after: truce.holds}
        behaviour:
          mediators: {lag: 2 d}
          talks: {t: {agrees_per_day: 0.3}}
          shocks:
            accord: {at: day 2, effect: redates_all}
            strike: {at: day 5, effect: suspends_truce, by: south, lasts: 1 d}
        """,
    "a hazard for a group of nobody": """
        deal:
          groups: {a: {side: hostages, held_by: north, count: 0}, b: {side: hostages, held_by: north, count: 3}}
          obligations:
            one: {kind: release, by: north, due: day 9, amount: {b: 3}}
        behaviour: {deaths: {a: {per_day: 0.05}, b: {per_day: 0.05}}}
        """,
    "a return that waits for some, and then owes others": """
        deal:
          groups:
            a: {side: hostages, held_by: south, count: 1}
            b: {side: hostages, held_by: south, count: 1}
            p: {side: prisoners, held_by: north, count: 4, condition: deceased}
            q: {side: prisoners, held_by: north, count: 5}
          obligations:
            one: {kind: release, by: south, due: day 2, amount: {a: 1, b: 1}}
            ret: {kind: return, by: north, for_each: release, due: same day, ratio: {a: {p: 4}, b: {q: 5}}}
        behaviour:
          search: {p: {found: 1, time: {median: 8 d, p95: 12 d}}}
          parties: {south: {complains: 0, capacity: {release: 1}}, north: {complains: 0}}
        """,
    "a flow in full, and a new timetable": """
        deal:
          horizon: 40 d
          obligations:
            aid: {kind: flow, by: north, due: day 2, each_day: {trucks: 10}, until: day 12}
            open: {kind: information, by: south, due: day 3}
        behaviour:
          mediators: {lag: 4 d}
          shocks: {accord: {at: day 5 12:00, effect: redates_all}}
          parties: {south: {default: {refused: 0.5}}}
        """,
    "a party leaves while the truce holds, and people go on dying": """
        deal:
          groups: {a: {side: hostages, held_by: north, count: 9}}
          phases: {one: {lasts: 4 d, then: two}, two: {lasts: 30 d}}
          obligations:
            step: {kind: information, by: south, due: day 2}
            more: {kind: information, by: south, due: phase day 2, phase: two}
        behaviour:
          deaths: {a: {per_day: 0.01, without_truce: 9}}
          parties: {north: {leaves: {after_phase: {one: 0.8}, latency: {median: 1 d, p95: 9 d}}}}
        """,
    "a return that is open when its phase lapses": """
        deal:
          horizon: 40 d
          groups:
            a: {side: hostages, held_by: south, count: 2}
            p: {side: prisoners, held_by: north, count: 4}
          phases: {one: {lasts: 9 d, then: two}, two: {enters_when: step, lasts: 5 d}}
          obligations:
            one: {kind: release, by: south, due: day 2, amount: {a: 2}}
            ret: {kind: return, by: north, for_each: release, due: day 4, ratio: {a: {p: 2}}}
            step: {kind: information, by: north, due: day 8}
        behaviour:
          mediators: {settles: 0}
          parties:
            north: {default: {late: 0.6, delay: 30 d}, leaves: {after_lapse: 0.3}}
            south: {patience: 90 d, complains: 0.5}
        """,
    "mediators whose pressure begins or ends in this minute": """
        deal:
          mediators: {envoy: Envoy, patron: Patron}
          obligations: {duty: {kind: information, by: south, due: day 20}}
        behaviour:
          mediators:
            pressure:
              envoy: {on: {north: 0, south: 30}, starts: day 3 12:00, half_life: 90 d}
              patron: {on: {north: 30, south: 0}, ends: day 9 12:00, half_life: 90 d}
          parties: {south: {restores: 0.2}, north: {restores: 0.2}}
          shocks:
            one: {at: day 3 12:00, effect: suspends_truce, by: south, lasts: 2 d}
            two: {at: day 9 12:00, effect: suspends_truce, by: north, lasts: 2 d}
        """,
    "a shock to a hazard of death": """
        deal:
          groups: {a: {side: hostages, held_by: north, count: 9}}
          obligations: {duty: {kind: information, by: south, due: day 20}}
        behaviour:
          deaths: {a: {per_day: 0.001}}
          shocks: {hunger: {at: day 5, effect: shifts, path: deaths.a.per_day, to: 0.1}}
        """,
    "talks with a deadline beyond the horizon": """
        deal:
          horizon: 9 d
          phases: {one: {lasts: 6 d, then: two}, two: {enters_when: talks.t.agreed}}
          obligations:
            talks: {kind: talks, by: envoy, to: north, topic: t, starts_by: day 2, concludes_by: day 12}
        behaviour:
          talks: {t: {agrees_per_day: 0.1}}
          parties: {north: {leaves: {after_lapse: 0.2}}, south: {leaves: {after_lapse: 0.2}}}
        """,
    "patience that ends before any truce": """
        deal:
          phases: {one: {truce: false, lasts: 20 d, then: two}, two: {lasts: 9 d}}
          obligations:
            duty: {kind: information, by: south, due: day 2}
            next: {kind: access, by: north, due: phase day 2, phase: two}
        behaviour:
          mediators: {settles: 0.3}
          parties: {south: {default: {refused: 0.7}}, north: {patience: {median: 3 d, p95: 12 d}}}
        """,
    "somebody is found in the minute after the date": """
        deal:
          groups: {a: {side: hostages, held_by: north, count: 2}}
          obligations: {one: {kind: release, by: north, due: day 3 00:00, amount: {a: 2}, transit: 1 min}}
        behaviour: {search: {a: {found: 1, time: 2881 min}}}
        """,
    "a party leaves a phase that came after a lapse": """
        deal:
          horizon: 60 d
          phases:
            one: {lasts: 4 d, then: two}
            two: {enters_when: talks.t.agreed, lasts: 5 d, then: three}
            three: {lasts: 20 d}
          obligations:
            talks: {kind: talks, by: envoy, to: north, topic: t, starts_by: day 2}
            duty: {kind: information, by: south, due: phase day 2, phase: three}
        behaviour:
          talks: {t: {agrees_per_day: 0.2}}
          parties:
            north: {leaves: {after_lapse: 0.1, after_phase: {two: 0.9}, latency: 2 d}}
            south: {leaves: {after_lapse: 0.1}}
        """,
    "a first phase that is never entered": """
        deal:
          horizon: 30 d
          phases: {one: {enters_when: truce.holds, lasts: 5 d, then: two}, two: {enters_when: step, lasts: 5 d}}
          obligations: {step: {kind: information, by: south, due: day 4}}
        """,
    "talks that wait for other talks, and these for a step": """
        deal:
          horizon: 30 d
          phases: {one: {lasts: 6 d, then: two}, two: {enters_when: talks.t.agreed}}
          obligations:
            talks: {kind: talks, by: envoy, to: north, topic: t, starts_by: day 3, after: talks.s.agreed}
            before: {kind: talks, by: envoy, to: north, topic: s, starts_by: day 2, after: duty}
            duty: {kind: information, by: south, due: day 2}
        behaviour:
          mediators: {settles: 0}
          talks: {t: {agrees_per_day: 0.9}, s: {agrees_per_day: 0.9}}
          parties:
            south: {default: {refused: 0.6}, leaves: {after_lapse: 0.2}}
            north: {complains: 0, leaves: {after_lapse: 0.2}}
        """,
    "talks that wait for a step, beside other talks": """
        deal:
          horizon: 30 d
          phases: {one: {lasts: 6 d, then: two}, two: {enters_when: talks.t.agreed}}
          obligations:
            talks: {kind: talks, by: envoy, to: north, topic: t, starts_by: day 3, after: duty}
            beside: {kind: talks, by: envoy, to: north, topic: s, starts_by: day 2}
            duty: {kind: information, by: south, due: day 2}
        behaviour:
          mediators: {settles: 0}
          talks: {t: {agrees_per_day: 0.9}, s: {agrees_per_day: 0.1}}
          parties:
            south: {default: {refused: 0.6}, leaves: {after_lapse: 0.2}}
            north: {complains: 0, leaves: {after_lapse: 0.2}}
        """,
    "a return that was settled, and is owed again": """
        deal:
          groups:
            a: {side: hostages, held_by: south, count: 2}
            p: {side: prisoners, held_by: north, count: 9}
          obligations:
            one: {kind: release, by: south, due: day 2, amount: {a: 2}}
            ret: {kind: return, by: north, for_each: release, due: same day, ratio: {a: {p: 4}}}
        behaviour:
          mediators: {settles: 1, attempt: 6 h}
          search: {a: {found: 1, time: {median: 1 d, p95: 30 d}}}
          parties: {north: {default: {late: 0.5, refused: 0.4, delay: 2 d}}, south: {complains: 1, tolerance: 0 min}}
        """,
    "talks of a later phase, or a step": """
        deal:
          horizon: 30 d
          phases:
            one: {lasts: 6 d, then: two}
            two: {enters_when: [{any: [talks.t.agreed, step]}], lasts: 5 d}
          obligations:
            step: {kind: information, by: south, due: day 4}
            talks: {kind: talks, by: envoy, to: north, topic: t, starts_by: phase day 1, phase: two}
        behaviour:
          mediators: {settles: 0}
          talks: {t: {agrees_per_day: 0.9}}
          parties:
            south: {default: {refused: 0.7}, leaves: {after_lapse: 0.2}}
            north: {complains: 0, leaves: {after_lapse: 0.2}}
        """,
    "the truce is what is missing, beside a step that waits": """
        deal:
          horizon: 30 d
          phases: {one: {lasts: 6 d, then: two}, two: {enters_when: truce.holds, lasts: 9 d}}
          obligations:
            step: {kind: access, by: north, due: day 4, after: duty}
            duty: {kind: information, by: south, due: day 2}
        behaviour:
          mediators: {settles: 0}
          shocks: {strike: {at: day 5, effect: suspends_truce, by: south, lasts: 9 d}}
          parties:
            south: {default: {refused: 0.7}, leaves: {after_lapse: 0.2}}
            north: {complains: 0, leaves: {after_lapse: 0.2}}
        """,
    "a step made void before its gate opened": """
        deal:
          horizon: 30 d
          phases: {one: {lasts: 6 d, then: two}, two: {enters_when: step}}
          obligations:
            duty: {kind: information, by: south, due: day 2}
            step: {kind: access, by: north, due: day 4, after: duty}
        behaviour:
          mediators: {settles: 0}
          parties:
            south: {default: {refused: 0.7}, leaves: {after_lapse: 0.2}}
            north: {complains: 0, leaves: {after_lapse: 0.2}}
        """,
    "what waits for phases, with groups, talks and two actors": """
        deal:
          horizon: 40 d
          groups: {a: {side: hostages, held_by: north, count: 1}, b: {side: hostages, held_by: north, count: 1}}
          phases:
            one: {lasts: 6 d, then: two, continues_while: phase.two}
            two: {lasts: 5 d, then: three}
            three: {lasts: 5 d}
          obligations:
            talks: {kind: talks, by: envoy, to: north, topic: t, starts_by: day 2}
            begun: {kind: information, by: south, due: on gate, after: phase.two}
            over: {kind: information, by: north, due: on gate, after: phase.two.ended}
            one: {kind: release, by: north, due: day 3, amount: {a: 1}}
        behaviour:
          talks: {t: {agrees_per_day: 0.1}}
        """,
}
"""Found by changes of the rules that no other deal noticed."""

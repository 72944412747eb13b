"""Small deals that program and second simulator once told otherwise, as the log in `docs/oracle.md` has them."""

FROM_THE_LOG = {
    "a batch that waits for the other side's list": """
        deal:
          groups: {a: {side: hostages, held_by: north, count: 2}}
          obligations:
            names: {kind: information, by: south, due: day 10}
            one: {kind: release, by: north, amount: {a: 1}, due: day 3}
            two: {kind: release, by: north, amount: {a: 1}, due: day 7, after: names}
        behaviour: {parties: {north: {default: {ahead: 1, late: 0.3, delay: {median: 6 h, p95: 2 d}}}}}
        """,
    "a gate that was open before the line was reached again": """
        deal:
          lines: {start: {}, river: {}, road: {}}
          obligations:
            to_river: {kind: withdrawal, by: north, to_line: river, due: day 2}
            to_road: {kind: withdrawal, by: north, to_line: road, after: to_river}
            duty: {kind: information, by: south, after: [to_river, {line: river, by: north}], takes: 1 h}
        """,
    "talks that cannot agree, and what waits for their opening": """
        deal:
          obligations:
            talks: {kind: talks, by: envoy, to: north, topic: t, starts_by: day 2, concludes_by: day 9}
            step: {kind: access, by: south, due: day 1, after: talks.t}
        behaviour: {talks: {t: {fails: 0.7, delay: {median: 1 d, p95: 3 d}, agrees_per_day: 0.2}}}
        """,
    "incidents before the truce excite others after it": """
        deal:
          obligations:
            calm: {kind: truce, by: south, due: day 4}
            duty: {kind: information, by: south, due: day 20}
        behaviour:
          incidents: {fire: {by: south, per_day: 0, without_truce: 1, branching: 0.6, decay: 4 d}}
          parties: {north: {responds: {minor: 0}}}
        """,
    "a phase that ends early and owes nothing": """
        deal:
          phases: {one: {lasts: 4 d, then: two}, two: {lasts: 9 d, then: three, ends_early: true}, three: {lasts: 3 d}}
          obligations:
            first: {kind: access, by: north, due: day 2}
            last: {kind: access, by: south, due: phase day 2, phase: three}
        """,
    "a complaint that is open at the horizon": """
        deal:
          horizon: 9 d
          obligations:
            yours: {kind: information, by: south, due: day 2}
            mine: {kind: access, by: north, due: day 4}
        behaviour:
          mediators: {settles: 0}
          parties: {north: {withholds: 1, patience: 90 d}, south: {default: {refused: 1}}}
        """,
    "two complaints, of which one is over": """
        deal:
          obligations:
            one: {kind: information, by: south, due: day 2}
            two: {kind: information, by: south, due: day 4}
            mine: {kind: access, by: north, due: day 6}
            aid: {kind: flow, by: north, due: day 1, each_day: {trucks: 9}, until: day 20}
        behaviour:
          mediators: {attempt: {median: 3 d, p95: 9 d}, lag: 1 d}
          parties:
            north: {withholds: 0.8, patience: 90 d, default: {late: 0.5, level: 0.5}, latency: {median: 6 h, p95: 2 d}}
            south: {default: {refused: 0.8}, patience: 90 d}
        """,
    "a flow that is settled, then a complaint": """
        deal:
          obligations:
            aid: {kind: flow, by: north, due: day 1, each_day: {trucks: 9}, grace: 1 d, until: day 30}
            yours: {kind: information, by: south, due: day 6}
        behaviour:
          mediators: {attempt: 1 d, settles: 1}
          parties:
            north: {withholds: 1, patience: 90 d, default: {late: 1, level: 0.4}}
            south: {tolerance: 0 min, default: {refused: 1}}
        """,
    "what waits for talks that have agreed, when a phase lapses": """
        deal:
          phases: {one: {lasts: 8 d, then: two}, two: {enters_when: step}}
          obligations:
            talks: {kind: talks, by: envoy, to: north, topic: t, starts_by: day 2}
            step: {kind: access, by: south, due: day 5, after: talks.t.under_way}
        behaviour:
          talks: {t: {agrees_per_day: 0.9}}
          parties: {north: {leaves: {after_lapse: 1}}}
        """,
    "a party that stays after all, and then what is waited for comes again": """
        deal:
          lines: {start: {}, river: {}, road: {}}
          phases:
            one: {lasts: 4 d, then: two, continues_while: phase.one}
            two: {enters_when: {line: river, by: south}, lasts: 5 d}
          obligations:
            early: {kind: information, by: south, due: day 2}
            to_river: {kind: withdrawal, by: south, to_line: river, due: day 2}
            to_road: {kind: withdrawal, by: south, to_line: road, due: day 6}
        behaviour: {parties: {north: {leaves: {after_phase: {one: 1}, latency: 3 d, unless: early}}}}
        """,
    "a new timetable while talks are delayed": """
        deal:
          phases: {one: {lasts: 8 d}}
          obligations:
            talks: {kind: talks, by: envoy, to: north, topic: t, starts_by: day 1}
            aid: {kind: flow, by: north, due: day 2, each_day: {trucks: 10}}
            none: {kind: arms, by: north, due: day 3, units: 0}
            open: {kind: information, by: south, due: day 6}
        behaviour:
          mediators: {lag: 3 d}
          shocks: {accord: {at: day 2 12:00, effect: redates_all}}
          talks: {t: {delay: {median: 4 d, p95: 6 d}}}
          parties: {south: {default: {refused: 1}}, north: {complains: 0}}
        """,
    "a new timetable beyond the horizon for a phase that goes on": """
        deal:
          horizon: 20 d
          phases: {one: {lasts: 8 d}}
          obligations:
            aid: {kind: flow, by: north, due: day 2, each_day: {trucks: 10}}
            open: {kind: information, by: south, due: day 6}
        behaviour:
          mediators: {lag: 15 d, settles: 0}
          shocks: {late: {at: day 12 12:00, effect: redates_all}}
          parties: {south: {default: {refused: 1}}, north: {patience: 90 d}}
        """,
    "a batch that was settled, and the next": """
        deal:
          groups: {a: {side: hostages, held_by: north, count: 2}}
          obligations:
            one: {kind: release, by: north, amount: {a: 1}, due: day 3}
            two: {kind: release, by: north, amount: {a: 1}, due: day 20}
        behaviour: {parties: {north: {default: {ahead: 1, late: 0.7, delay: {median: 4 d, p95: 9 d}}}}}
        """,
    "a phase before which a truce is still owed": """
        deal:
          phases: {one: {truce: false, lasts: 4 d, then: two}, two: {lasts: 9 d}}
          obligations:
            calm: {kind: truce, by: south, due: day 2}
            step: {kind: access, by: north, due: phase day 2, phase: two}
        behaviour:
          mediators: {settles: 0.3}
          parties:
            south: {default: {late: 0.8, delay: {median: 3 d, p95: 9 d}}}
            north: {patience: 90 d}
        """,
    "late in the minute in which the truce comes back": """
        deal:
          obligations: {duty: {kind: information, by: south, after: truce.holds, due: day 2, grace: 0 min}}
        behaviour:
          shocks: {strike: {at: day 1 12:00, effect: suspends_truce, by: south, lasts: 3 d}}
          parties: {south: {default: {refused: 0.7}}}
        """,
    "a release that waits for somebody's release": """
        deal:
          horizon: 30 d
          groups:
            a: {side: hostages, held_by: north, count: 1}
            b: {side: hostages, held_by: north, count: 1}
          phases: {one: {lasts: 8 d, then: two}, two: {enters_when: two}}
          obligations:
            one: {kind: release, by: north, amount: {a: 1}, due: day 3}
            two: {kind: release, by: north, amount: {b: 1}, due: day 2, after: {released: 1}}
        behaviour:
          mediators: {settles: 0}
          parties: {north: {default: {refused: 0.6}}, south: {patience: 90 d, leaves: {after_lapse: 0.5}}}
        """,
}

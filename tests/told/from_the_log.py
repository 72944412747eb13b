"""Small deals that program and second simulator once told otherwise, as `docs/development/oracle.md` has them."""

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
    "capacity used up, and people of another stock located in the morning": """
        deal:
          horizon: 30 d
          groups: {a: {side: hostages, held_by: north, count: 6}, b: {side: hostages, held_by: north, count: 3}}
          obligations:
            one: {kind: release, by: north, due: day 2, amount: {a: 3, b: 2}}
            two: {kind: release, by: north, due: day 2, amount: {a: 3, b: 1}}
        behaviour:
          search: {b: {found: 0.5, time: {median: 2 d, p95: 8 d}}, a: {found: 0.7, time: {median: 1 d, p95: 8 d}}}
          shocks: {found: {at: day 4 09:00, effect: locates, stock: b}}
          parties: {north: {capacity: {release: 2}}}
        """,
    "a stock found whose debtor waits for another, or for tomorrow": """
        deal:
          horizon: 30 d
          groups: {a: {side: hostages, held_by: north, count: 9}, b: {side: hostages, held_by: north, count: 9}}
          obligations:
            one: {kind: release, by: north, due: day 2, amount: {a: 1, b: 1}}
            two: {kind: release, by: north, due: day 3, amount: {a: 5}}
            three: {kind: release, by: north, due: day 9, amount: {b: 2}}
        behaviour:
          search: {b: {found: 0.5, time: {median: 9 d, p95: 20 d}}}
          shocks:
            a_found: {at: day 5 09:00, effect: locates, stock: a}
            b_found: {at: day 10, effect: locates, stock: b}
          parties: {north: {capacity: {release: 2}}}
        """,
    "returns that come to owe more while they wait for tomorrow's capacity": """
        deal:
          horizon: 30 d
          groups:
            a: {side: hostages, held_by: north, count: 4}
            p: {side: prisoners, held_by: south, count: 60}
            q: {side: prisoners, held_by: south, count: 60}
          obligations:
            one: {kind: release, by: north, due: day 2, amount: {a: 4}}
            back: {kind: return, by: south, due: same day, for_each: [one], ratio: {a: {p: 4, q: 2}}}
        behaviour:
          search: {a: {time: {median: 1 d, p95: 3 d}}, q: {found: 0.6, time: {median: 1 d, p95: 3 d}}}
          shocks: {found: {at: day 4 10:00, effect: locates, stock: q}}
          parties: {south: {capacity: {return: 5}}, north: {complains: 0.5}}
        """,
    "a new timetable for people who are under way for longer than that": """
        deal:
          horizon: 40 d
          groups: {a: {side: hostages, held_by: north, count: 6}, b: {side: hostages, held_by: north, count: 6}}
          obligations:
            one: {kind: release, by: north, due: day 2, amount: {a: 3}, transit: 3 d, grace: 1 d}
            two: {kind: release, by: north, due: day 2, amount: {b: {up_to: 3}}, transit: 3 d, grace: 1 d}
            three: {kind: release, by: north, due: day 2, amount: {a: 3}, transit: 3 d, grace: 1 d, after: {not: day 5}}
        behaviour:
          search: {a: {found: 0.9, time: {median: 1 d, p95: 9 d}}, b: {found: 0.9, time: {median: 1 d, p95: 9 d}}}
          mediators: {attempt: 2 d, lag: {median: 6 h, p95: 3 d}, settles: 0.6}
          shocks: {table: {at: day 4, effect: redates_all}, again: {at: day 9, effect: redates_all}}
          parties: {south: {tolerance: 1 d}, north: {capacity: {release: 3}, default: {refused: 0.3, late: 0.3}}}
        """,
    "talks whose date or gate comes in the minute of a new timetable": """
        deal:
          horizon: 40 d
          obligations:
            t: {kind: talks, by: envoy, to: north, topic: t, starts_by: day 3, concludes_by: day 9}
            u: {kind: talks, by: envoy, to: north, topic: u, starts_by: day 3, concludes_by: day 3}
            w: {kind: talks, by: envoy, to: north, topic: w, starts_by: day 3, takes: 5 h}
            x: {kind: talks, by: envoy, to: north, topic: x, starts_by: 5 h after gate, after: day 3}
            y: {kind: talks, by: envoy, to: north, topic: y, starts_by: day 2, after: day 3}
            z: {kind: talks, by: envoy, to: north, topic: z, starts_by: day 4, after: day 3}
        behaviour:
          mediators: {lag: 2 d}
          shocks: {table: {at: day 3, effect: redates_all}}
          talks: {t: {delay: {median: 6 h, p95: 1 d}}, u: {delay: 6 h}, y: {delay: 6 h}}
        """,
    "a flow that ends with the deal, and what was held back over it": """
        deal:
          horizon: 20 d
          phases: {one: {lasts: 20 d}}
          obligations:
            step: {kind: access, by: south, due: day 12}
            aid: {kind: flow, by: north, due: day 2, each_day: {trucks: 9}}
            fuel: {kind: flow, by: south, due: day 2, each_day: {trucks: 9}}
        behaviour:
          mediators: {settles: 0}
          parties:
            north: {default: {late: 0.7, level: 0.6}}
            south: {tolerance: 0 min, patience: 100 d, withholds: 0.7, default: {late: 0.4, delay: 20 d}}
        """,
    "a withdrawal to a line that is counted in units, and a truce that is": """
        deal:
          horizon: 30 d
          lines: {start: {}, road: {}, border: {}}
          obligations:
            quiet: {kind: truce, by: south, units: 4, due: day 2}
            to_road: {kind: withdrawal, by: north, due: day 3, to_line: road, units: 10, accepted_from: 0.5}
            to_border: {kind: withdrawal, by: north, due: day 5, to_line: border, units: 10, grace: 1 d}
            step: {kind: access, by: south, after: line.border}
            more: {kind: access, by: south, after: {obligation: to_border, share: 0.5}}
        behaviour:
          mediators: {settles: 0.5, attempt: 3 d}
          parties:
            north: {default: {short: 0.6, level: 0.5, late: 0.2, refused: 0.1}}
            south: {default: {short: 0.6, level: 0.5}}
        """,
    "who has decided to leave, and stays as the phase lapses": """
        deal:
          horizon: 60 d
          phases: {one: {lasts: 10 d, then: two, continues_while: phase.one, at_most: 5 d}, two: {enters_when: step}}
          obligations: {step: {kind: access, by: north, due: day 3}}
        behaviour:
          shocks: {blow: {at: day 16, effect: suspends_truce, by: north, lasts: 1 d}}
          parties:
            north: {default: {refused: 1}, leaves: {after_lapse: 0}}
            south:
              complains: 0
              leaves: {after_phase: {one: 0.6}, after_lapse: 0.6, latency: {median: 2 d, p95: 4 d}, unless: truce.holds}
        """,
    "lists that share a column, of one stock and of several": """
        deal:
          horizon: 30 d
          stocks:
            h: {list: hostages, of: people, held_by: south, count: 3}
            camp: {list: detainees, of: people, held_by: north, count: 3}
            p1: {list: prisoners, of: people, held_by: north, count: 3}
            p2: {list: prisoners, of: people, held_by: north, count: 2}
            p3: {list: prisoners, of: remains, held_by: north, count: 2}
          phases: {one: {lasts: 5 d, then: two}, two: {}}
          obligations:
            one: {kind: release, by: north, due: day 2, amount: {camp: 2, p1: 2, p2: 1, p3: 2}}
            two: {kind: release, by: south, due: day 2, amount: {h: 1}}
            three: {kind: release, by: north, due: day 8, amount: {p2: 1, p1: 1}, phase: two}
        behaviour: {parties: {north: {default: {late: 0.5, delay: 3 d}}}}
        """,
    "two missing steps of one minute, the later of which is named first": """
        deal:
          horizon: 30 d
          phases: {one: {lasts: 8 d, then: two}, two: {enters_when: [second, first]}}
          obligations:
            first: {kind: access, by: north, due: day 3}
            second: {kind: access, by: south, due: day 3}
        behaviour:
          mediators: {settles: 0}
          parties:
            north: {default: {refused: 0.7}, patience: 90 d, leaves: {after_lapse: 0.5}}
            south: {default: {refused: 0.7}, patience: 90 d, leaves: {after_lapse: 0}}
        """,
}

"""Small deals of returns, ends and what is missing, told otherwise once, as `docs/development/oracle.md` has them."""

OF_RETURNS_AND_ENDS = {
    "the rest of a release is excused when its phase is over": """
        deal:
          horizon: 60 d
          phases: {one: {lasts: 10 d, then: two}, two: {lasts: 20 d}}
          groups:
            a: {side: hostages, held_by: north, count: 4}
            b: {side: hostages, held_by: north, count: 2}
            p: {side: prisoners, held_by: south, count: 20}
          obligations:
            early: {kind: release, by: north, amount: {a: 2, b: 1}, due: day 2}
            late: {kind: release, by: north, amount: {a: 2, b: 1}, due: day 10, transit: 3 d}
            back: {kind: return, by: south, ratio: {a: {p: 3}, b: {p: 1}}, for_each: [late, early],
                   due: 12 h after gate}
            step: {kind: access, by: south, after: back, due: day 1, phase: two}
        behaviour:
          search: {b: {found: 0.3, time: {median: 2 d, p95: 30 d}}}
          mediators: {settles: 1, attempt: {median: 12 d, p95: 20 d}, cannot_be_done: excused}
          parties: {south: {patience: 90 d}}
        """,
    "a return for people under way when its phase lapses": """
        deal:
          horizon: 60 d
          phases: {one: {lasts: 10 d, then: two}, two: {lasts: 20 d, enters_when: day 15}}
          groups:
            a: {side: hostages, held_by: north, count: 4}
            p: {side: prisoners, held_by: south, count: 20}
          obligations:
            early: {kind: release, by: north, amount: {a: 2}, due: day 2}
            late: {kind: release, by: north, amount: {a: 2}, due: day 10, transit: 3 d}
            back: {kind: return, by: south, ratio: {a: {p: 3}}, for_each: release, due: same day}
            step: {kind: access, by: south, after: back, due: day 1, phase: two}
        behaviour: {parties: {south: {leaves: {after_lapse: 0.3}}, north: {leaves: {after_lapse: 0}}}}
        """,
    "prisoners that a return owes for nobody yet": """
        deal:
          horizon: 40 d
          phases: {one: {lasts: 10 d, then: two}, two: {lasts: 10 d, enters_when: {released: 6, list: prisoners}}}
          groups:
            a: {side: hostages, held_by: north, count: 2}
            p: {side: prisoners, held_by: south, count: 9}
          obligations:
            first: {kind: release, by: north, amount: {a: 2}, due: day 2}
            ret: {kind: return, by: south, ratio: {a: {p: 3}}, for_each: release, due: same day}
            step: {kind: access, by: south, due: phase day 2, phase: two}
        behaviour:
          search: {a: {found: 0.7}}
          parties: {north: {default: {refused: 0.5}, leaves: {after_lapse: 0}}, south: {complains: 0}}
        """,
    "a line that a part of the forces does not reach": """
        deal:
          horizon: 30 d
          lines: [plain, ridge]
          phases: {one: {lasts: 10 d, then: two}, two: {lasts: 10 d, enters_when: line.ridge}}
          obligations: {ridge: {kind: withdrawal, by: south, to_line: ridge, units: 4, due: day 3}}
        behaviour: {parties: {south: {default: {short: 0.5, level: 0.5}}, north: {complains: 0.5}}}
        """,
    "a release that is met with less than was tried, and others that are waited for": """
        deal:
          horizon: 30 d
          phases:
            one: {lasts: 10 d, then: two}
            two: {enters_when: [{released: 6, list: hostages}, {released: {c: 2}}]}
          stocks:
            a: {of: people, list: hostages, held_by: north, count: 4}
            b: {of: people, list: hostages, held_by: north, count: 2}
            c: {of: people, list: hostages, held_by: north, count: 2}
          obligations:
            first: {kind: release, by: north, amount: {a: {up_to: 3}}, due: day 2}
            mixed: {kind: release, by: north, amount: {c: 1, b: 1}, due: day 3}
            second: {kind: release, by: north, amount: {c: 1}, due: day 5}
        behaviour:
          search: {b: {found: 0.3}}
          parties:
            north: {capacity: {release: 1}, default: {refused: 0.3}, leaves: {after_lapse: 0.5}}
            south: {complains: 0.5, leaves: {after_lapse: 0}}
        """,
    "what waits, at the horizon, for what is dated beyond it": """
        deal:
          horizon: 20 d
          phases: {one: {}}
          obligations:
            step: {kind: access, by: south, due: day 5, after: beyond}
            beyond: {kind: access, by: north, due: day 30, after: talks.t.agreed}
            talks: {kind: talks, by: envoy, to: north, topic: t, starts_by: day 2}
        behaviour: {talks: {t: {fails: 0.5, agrees_per_day: 0.1}}}
        """,
    "a return that comes to be owed in the minute in which its gate opens, after its own date": """
        deal:
          horizon: 20 d
          phases: {one: {}}
          groups:
            a: {side: hostages, held_by: north, count: 3}
            p: {side: prisoners, held_by: south, count: 9}
          obligations:
            batch: {kind: release, by: north, amount: {a: 3}, due: day 4, transit: 1 h}
            ret: {kind: return, by: south, ratio: {a: {p: 1}}, for_each: release, due: day 2, after: batch}
            slow: {kind: return, by: south, ratio: {a: {p: 2}}, for_each: release, due: 30 d after gate}
            more: {kind: access, by: south, due: day 1, after: ret, takes: 40 d}
        behaviour: {parties: {north: {default: {late: 0.5, delay: {median: 1 d, p95: 9 d}}}}}
        """,
    "steps that wait for each other, and lots that follow one another": """
        deal:
          horizon: 30 d
          phases: {one: {}}
          groups: {a: {side: hostages, held_by: north, count: 7}}
          obligations:
            step: {kind: access, by: south, due: day 2, after: first}
            first: {kind: access, by: north, due: day 3, after: {any: [second, day 40]}}
            second: {kind: access, by: north, due: day 4, after: {any: [third, day 41]}}
            third: {kind: access, by: north, due: day 5, after: {any: [fourth, day 42]}}
            fourth: {kind: access, by: north, due: day 6, after: {any: [second, day 43]}}
            road: {kind: access, by: south, due: day 1, after: {released: 1}}
            batch: {kind: release, by: north, amount: {a: 1}, due: day 2}
            lots: {kind: release, by: north, amount: {a: 6}, due: 4 d after gate}
            come: {kind: act, by: south, due: on gate, after: road}
          exchanges: {swap: {legs: [lots, come], lots: 3, every: 2 d}}
        behaviour: {parties: {north: {obligations: {batch: {refused: 0.5}}}, south: {complains: 0.2}}}
        """,
    "a truce that has a new date": """
        deal:
          horizon: 30 d
          obligations:
            quiet: {kind: truce, by: north, due: day 2}
            road: {kind: access, by: south, due: day 9}
        behaviour:
          shocks: {table: {at: day 4, effect: redates_all, chance: 0.7}}
          mediators: {settles: 0.2, attempt: 2 d, lag: 1 d}
          parties: {north: {default: {late: 0.9, delay: {median: 3 d, p95: 9 d}}}, south: {patience: 90 d}}
        """,
    "a refused flow beside one that is held back, and a flow that ends in a dispute over it": """
        deal:
          horizon: 40 d
          phases: {one: {lasts: 30 d}}
          obligations:
            aid: {kind: flow, by: north, each_day: {trucks: 100}, due: day 1 00:00, until: day 12 00:00}
            fuel: {kind: flow, by: south, each_day: {trucks: 100}, due: day 1 00:00, until: day 16 00:00}
            road: {kind: access, by: south, due: day 2}
        behaviour:
          mediators: {settles: 0.2, attempt: 9 d}
          parties:
            north: {withholds: 0.7, patience: 20 d, default: {refused: 0.5, late: 0.5, level: 0.9}}
            south: {patience: 1 d, suspends: 20 d, restores: 0.2, default: {refused: 0.4, late: 0.6, level: 0.8}}
        """,
    "held back by two dates": """
        deal:
          horizon: 40 d
          obligations:
            road: {kind: access, by: south, due: day 1}
            step: {kind: access, by: north, due: day 2, grace: 12 h}
            more: {kind: access, by: south, due: on gate, after: day 4 06:00, grace: 0 min}
            aid: {kind: flow, by: north, each_day: {trucks: 5}, due: day 1, grace: 1 d}
        behaviour:
          shocks: {table: {at: day 4 00:00, effect: redates_all}}
          mediators: {settles: 1, attempt: {median: 50 h, p95: 70 h}, lag: 2 d}
          parties:
            north: {withholds: 0.9, patience: 90 d, obligations: {aid: {late: 0.5, level: 0.6}}}
            south: {complains: 0, default: {refused: 0.9}}
        """,
    "the remainder of a total, once the last of the group are left to one release": """
        deal:
          horizon: 30 d
          groups: {a: {side: hostages, held_by: north, count: 3}, p: {side: prisoners, held_by: south, count: 9}}
          obligations:
            first: {kind: release, by: north, amount: {a: 1}, due: day 3}
            second: {kind: release, by: north, amount: {a: 2}, due: day 2}
            ret: {kind: return, by: south, ratio: {a: {p: {total: 4}}}, for_each: release, due: same day}
            half: {kind: access, by: north, after: {obligation: ret, share: 0.5}, due: day 1}
        behaviour: {parties: {north: {capacity: {release: 1}, default: {late: 0.3, delay: 2 d}}, south: {complains: 0}}}
        """,
    "a flow that begins in the minute in which the truce does": """
        deal:
          horizon: 20 d
          obligations:
            aid: {kind: flow, by: north, each_day: {trucks: 100}, due: day 3}
            quiet: {kind: truce, by: south, due: day 3}
            step: {kind: access, by: south, due: day 1, after: {obligation: aid, share: 0.9}}
        behaviour: {parties: {south: {default: {late: 0.3, delay: {median: 1 d, p95: 4 d}}}}}
        """,
}

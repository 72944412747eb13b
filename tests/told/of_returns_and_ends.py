"""Small deals of missing steps and returns that were told otherwise once, as `docs/development/oracle.md` has them."""

OF_THE_MISSING = {
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
}

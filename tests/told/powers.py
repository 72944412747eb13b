"""Small deals of powers: dates that somebody may change."""

EXTENDED = """
deal:
  horizon: 120 d
  lines: [south, west, posts, none]
  phases: {one: {lasts: 100 d, truce: false}}
  obligations:
    out_1: {kind: withdrawal, by: north, to_line: west, due: day 30}
    out_2: {kind: withdrawal, by: north, to_line: posts, due: day 61, deadline: day 61, after: out_1}
    out_3: {kind: withdrawal, by: north, to_line: none, due: day 61, deadline: day 61, after: out_2}
  powers:
    extend: {by: [north, south, envoy], may: redate, what: [out_2, out_3], to: day 84, after: day 62}
"""
"""Two lines refused on their day, and an extension by all."""
PROLONGED = """
deal:
  horizon: 200 d
  phases: {mandate: {lasts: 60 d, then: rest}, rest: {lasts: 30 d}}
  obligations:
    arms: {kind: arms, by: south, units: 40, due: day 20, deadline: day 30, after: names}
    names: {kind: information, by: north, due: day 25}
    last: {kind: act, by: north, due: day 58}
    next: {kind: act, by: south, phase: rest, due: phase day 3}
  powers:
    extend_round: {by: envoy, may: redate, what: [arms, names], days: 5 d, after: [day 18, {not: arms}], times: 2}
    prolong: {by: [north, south], may: redate, what: [mandate, last], days: 20 d, after: day 50, times: 2}
"""
"""A round extended on request, and a mandate prolonged by both."""
_QUARREL = """
behaviour:
  powers: {POWERS}
  mediators: {settles: 0.4, attempt: 2 d, lag: 3 d}
  parties:
    north: {default: {late: 0.4, refused: 0.2, delay: 9 d}, withholds: 0.5, patience: 30 d, tolerance: 1 d}
    south: {default: {late: 0.5, refused: 0.1, short: 0.3, delay: 12 d}, withholds: 0.5, patience: 40 d}
"""
POWERS = {
    "lines extended by all": EXTENDED
    + _QUARREL.replace("POWERS", "extend: {used: 0.8, time: {median: 2 d, p95: 9 d}}"),
    "a mandate prolonged": PROLONGED
    + _QUARREL.replace("POWERS", "extend_round: {used: 0.7}, prolong: {used: 0.6, time: 1 d}"),
    "what it waited for is over by the time of its use": PROLONGED
    + "behaviour: {powers: {extend_round: {used: 1, time: 10 d}}}\n",
    "used as often as they may be": PROLONGED + "behaviour: {powers: {extend_round: {used: 1}, prolong: {used: 1}}}\n",
    "a day that would be earlier": EXTENDED.replace("to: day 84, after: day 62", "to: day 50, after: day 40")
    + "behaviour: {powers: {extend: {used: 1}}}\n",
    "the limit of a phase that goes on": """
deal:
  horizon: 60 d
  phases:
    one: {lasts: 10 d, at_most: 10 d, then: two, continues_while: [{phase: one}]}
    two: {lasts: 5 d, enters_when: key}
  obligations:
    key: {kind: act, by: south, due: day 26}
    next: {kind: act, by: north, phase: two, due: phase day 2}
  powers: {longer: {by: north, may: redate, what: one, days: 8 d, after: day 15}}
behaviour: {powers: {longer: {used: 1}}}
""",
    "legs, people under way and a truce": """
deal:
  horizon: 90 d
  stocks:
    a: {of: people, held_by: north, count: 8, list: hostages}
    c: {of: people, held_by: north, count: 3, list: hostages}
    b: {of: people, held_by: south, count: 12, list: prisoners}
  obligations:
    halt: {kind: truce, by: south, due: day 3}
    a: {kind: release, by: north, amount: {a: 8}, due: day 4, deadline: day 9, transit: 30 h}
    b: {kind: return, by: south, amount: {b: 12}, due: day 4}
    c: {kind: release, by: north, amount: {c: {up_to: 3}}, due: day 5, transit: 30 h}
    road: {kind: access, by: south, due: day 6, takes: 2 d, deadline: day 9, after: {obligation: a, share: 0.5}}
  exchanges: {rounds: {legs: [a, b], lots: 2, every: 2 d, lead: 0.5}}
  powers:
    wait: {by: north, may: redate, what: [b, a, c], days: 36 h, after: [day 5, {not: road}], times: 3}
    set: {by: south, may: redate, what: [road, halt, c], to: day 12, after: {any: [halt, day 4]}}
"""
    + _QUARREL.replace("POWERS", "wait: {used: 0.7, time: 6 h}, set: {used: 0.6}"),
}
"""Each told by the oracle as well."""

"""Small deals of deadlines: whose fault a shut gate is."""

LINES = """
deal:
  horizon: 200 d
  lines: [south, west, posts]
  others: {un: Peacekeepers}
  phases: {one: {lasts: 190 d, truce: false}}
  obligations:
    out_1: {kind: withdrawal, by: north, to_line: west, due: day 30}
    army: {kind: force_deployment, by: south, to: north, due: day 50}
    out_2: {kind: withdrawal, by: north, to_line: posts, due: day 61, deadline: day 61, after: [out_1, army]}
"""
"""A second line that waits for the first and for the other side's army."""
_QUARREL = """
behaviour:
  mediators: {settles: 0.4, attempt: 2 d, lag: 3 d}
  parties:
    north: {default: {late: 0.4, refused: 0.2, short: 0.3, delay: 9 d}, withholds: 0.5, patience: 8 d, tolerance: 1 d}
    south: {default: {late: 0.5, refused: 0.1, delay: 12 d}, withholds: 0.5, patience: 12 d, complains: 0.8}
"""
_UN = "    un: {default: {late: 0.5, delay: 20 d}}\n"
_OF_OTHERS = LINES.replace("army: {kind: force_deployment, by: south", "army: {kind: force_deployment, by: un")
DEADLINES = {
    "a line that waits for two": LINES.replace(
        "army: {kind: force_deployment, by: south", "army: {kind: force_deployment, by: un"
    )
    + _QUARREL
    + _UN,
    "a line that waits for the other side": LINES + _QUARREL,
    "any of three, all of two": """
deal:
  horizon: 90 d
  others: {un: Peacekeepers}
  obligations:
    a: {kind: access, by: north, due: day 3}
    b: {kind: act, by: south, due: day 4, after: [a, {not: day 30}]}
    c: {kind: act, by: un, to: north, due: day 4, deadline: day 6, after: {any: [a, day 20]}}
    d: {kind: access, by: north, due: day 9, deadline: day 9, takes: 2 d, after: {at_least: 2, of: [a, b, c]}}
    e: {kind: arms, by: south, units: 9, deadline: phase day 12, after: {any: [d, {all: [b, truce.holds]}]}}
    f: {kind: act, by: north, due: on gate, deadline: 5 d after gate, after: e}
"""
    + _QUARREL.replace("behaviour:", "behaviour:\n  shocks: {dates: {at: day 8, effect: redates_all}}")
    + _UN,
    "people, talks, a phase and a truce": """
deal:
  horizon: 90 d
  stocks:
    men: {of: people, held_by: north, count: 6, list: hostages}
    women: {of: people, held_by: north, count: 2, list: hostages}
    boys: {of: people, held_by: south, count: 9, list: prisoners}
  phases:
    one: {lasts: 20 d, then: two, continues_while: [{phase: one}]}
    two: {lasts: 40 d, enters_when: [talks.next.agreed, one_list]}
  obligations:
    halt: {kind: truce, by: south, due: day 2}
    one_list: {kind: information, by: south, due: day 5, deadline: day 7, after: {released: 3, list: hostages}}
    first: {kind: release, by: north, amount: {men: 3}, due: day 4, after: halt}
    rest: {kind: release, by: north, amount: {men: 3, women: 2}, due: day 6, deadline: day 8, after: [first, gate]}
    back: {kind: return, by: south, for_each: release, due: same day, ratio: {men: {boys: 1}, women: {boys: 1}}}
    next: {kind: talks, by: south, topic: next, starts_by: day 6, concludes_by: day 12, after: first}
    gate: {kind: access, by: north, due: day 9, deadline: phase end, after: {any: [some, talks.next.under_way]}}
    some: {kind: act, by: south, after: {obligation: back, share: 0.3}}
    last: {kind: access, by: south, due: day 10, deadline: day 15, after: [{phase: two}, {obligation: back, share: 1}]}
"""
    + _QUARREL.replace(
        "behaviour:",
        "behaviour:\n  talks: {next: {agrees_per_day: 0.2, breaks_off_per_day: 0.1, never: 0.2, delay: 3 d}}",
    ),
    "a phase that has not come": """
deal:
  horizon: 60 d
  phases:
    one: {lasts: 10 d, then: two, continues_while: [{phase: one}]}
    two: {lasts: 20 d, enters_when: key}
  obligations:
    key: {kind: act, by: south, due: day 20}
    later: {kind: act, by: north, phase: two, due: phase day 1}
    waits: {kind: act, by: north, due: day 5, deadline: day 5, after: later}
""",
    "time, and somebody beside it": """
deal:
  horizon: 60 d
  stocks:
    men: {of: people, held_by: north, count: 2, list: hostages}
    women: {of: people, held_by: north, count: 1, list: hostages}
  obligations:
    men: {kind: release, by: north, amount: {men: 2}, due: day 41, after: day 40}
    women: {kind: release, by: north, amount: {women: 1}, due: day 3}
    waits: {kind: act, by: north, due: day 9, deadline: day 9,
            after: {any: [day 30, {released: 3, list: hostages}]}}
behaviour: {parties: {north: {obligations: {women: {refused: 1}}}, south: {complains: 0}}}
""",
    "legs of an exchange": """
deal:
  horizon: 90 d
  others: {bank: Bank}
  stocks:
    a: {of: people, held_by: north, count: 8, list: hostages}
    gold: {of: bars, held_by: bank, count: 12}
  obligations:
    names: {kind: information, by: south, due: day 2}
    a: {kind: release, by: north, amount: {a: 8}, due: day 3, deadline: day 9, after: names}
    come: {kind: act, by: south, due: day 3, deadline: day 4}
    gold: {kind: payment, by: bank, to: north, amount: {gold: 12}, due: day 3, deadline: day 9, after: names}
    road: {kind: access, by: south, due: day 6, deadline: day 8, after: {obligation: a, share: 0.5}}
    gate: {kind: access, by: north, due: day 6, deadline: day 8, after: come}
  exchanges: {rounds: {legs: [a, come, gold], lots: 2, every: 2 d, lead: 0.5}}
"""
    + _QUARREL.replace(
        "behaviour:", "behaviour:\n  shocks: {blow: {at: day 5, effect: suspends_truce, by: south, lasts: 4 d}}"
    ),
}
"""Each told by the oracle as well."""

"""Small deals of exchanges: numbers and shares in step, lots, leads, all or nothing, receivers."""

ONE_FOR_ONE = """
deal:
  stocks:
    in_north: {of: people, held_by: north, count: 1000, list: northern}
    in_south: {of: people, held_by: south, count: 1000, list: southern}
  phases: {one: {truce: false}}
  obligations:
    north_gives: {kind: release, by: north, amount: {in_north: 1000}, due: day 8, grace: 3 d}
    south_gives: {kind: release, by: south, amount: {in_south: 1000}, due: day 8, grace: 3 d}
  exchanges: {swap: {legs: [north_gives, south_gives], in: number}}
"""
"""Two sides that release equal numbers."""
ROUNDS = """
deal:
  stocks:
    prisoners: {of: people, held_by: north, count: 581, list: prisoners}
    troops: {of: soldiers, held_by: south, count: 24000}
  phases: {one: {truce: false}}
  obligations:
    prisoners: {kind: release, by: north, amount: {prisoners: all}, due: day 17, grace: 1 d}
    troops: {kind: withdrawal, by: south, amount: {troops: all}, due: day 17, grace: 1 d}
  exchanges: {pace: {legs: [prisoners, troops], lots: 4, every: 15 d, lead: 0.25}}
"""
"""Prisoners and troops in four rounds, a round ahead at most."""
COLLECTED = """
deal:
  horizon: 60 d
  stocks: {bodies: {of: remains, held_by: north, count: 6000, list: fallen}}
  phases: {one: {truce: false}}
  obligations:
    bodies: {kind: transfer, by: north, amount: {bodies: 6000}, due: day 25, grace: 7 d}
    collected: {kind: act, by: south, due: day 25, grace: 4 d}
  exchanges: {collection: {legs: [bodies, collected]}}
"""
"""Bodies that somebody has to come and collect."""
ESCROW = """
deal:
  others: {bank: Bank}
  stocks:
    people: {of: people, held_by: north, count: 52, list: hostages}
    gold: {of: tonnes_of_gold, held_by: south, count: 100}
    at_bank: {of: tonnes_of_gold, held_by: bank, count: 100}
  phases: {one: {truce: false}}
  obligations:
    pay_in: {kind: payment, by: south, to: bank, amount: {gold: 100}, due: day 2}
    free: {kind: release, by: north, amount: {people: all}, due: day 3, grace: 6 h, after: pay_in}
    pay_out: {kind: payment, by: bank, to: north, amount: {at_bank: 100}, due: day 3, grace: 6 h, after: pay_in}
  exchanges: {algiers: {legs: [free, pay_out], whole: true}}
"""
"""Gold at a bank against people, all or nothing."""
_QUARREL = """
  mediators: {settles: 0.4, attempt: 2 d, lag: 12 h}
  parties:
    north: {default: {late: 0.4, refused: 0.1, short: 0.5, level: 0.4, delay: 2 d}, withholds: 0.7, patience: 30 d}
    south: {default: {late: 0.4, short: 0.4, level: 0.6, delay: 3 d}, withholds: 0.7, patience: 30 d, complains: 0.8}
"""
IN_STEP = {
    "one for one, so many a day": ONE_FOR_ONE.replace("1000", "17")
    + f"""
behaviour:
  {_QUARREL.strip()}
  search: {{in_north: {{found: 0.9, time: {{median: 6 d, p95: 12 d}}}}}}
""".replace("patience: 30 d}", "patience: 30 d, capacity: {release: 5}}"),
    "unequal numbers are over with the smaller": ONE_FOR_ONE.replace("{in_north: 1000}", "{in_north: 12}").replace(
        "1000", "20"
    )
    + "behaviour: {parties: {north: {capacity: {release: 5}, default: {late: 0.5, delay: 2 d}}}}\n",
    "prisoners and troops in rounds": ROUNDS.replace("24000", "240").replace("581", "58") + f"behaviour:{_QUARREL}",
    "rounds with lists, after one another": """
deal:
  stocks:
    a: {of: people, held_by: north, count: 7, list: hostages}
    b: {of: people, held_by: south, count: 30, list: prisoners}
  obligations:
    a: {kind: release, by: north, amount: {a: 7}, due: day 3, transit: 5 h, after: [names]}
    b: {kind: return, by: south, amount: {b: 30}, due: on gate, after: [names], accepted_from: 1.0}
    names: {kind: information, by: south, due: day 2}
    road: {kind: access, by: north, due: day 4, after: {obligation: b, share: 0.5}}
    gate: {kind: access, by: south, due: day 4, after: {not: {obligation: a, share: 0.9}}}
  exchanges: {rounds: {legs: [a, b], lots: 3, every: 36 h, lead: 0.2}}
behaviour:
  search: {a: {found: 0.8, time: {median: 3 d, p95: 9 d}}}
  deaths: {a: {per_day: 0.02}}
  shocks:
    blow: {at: day 5, effect: suspends_truce, by: south, lasts: 3 d}
    dates: {per_day: 0.05, effect: redates_all}
"""
    + _QUARREL.replace("mediators: {", "mediators: {cannot_be_done: excused, redates: all_open, "),
    "all or nothing, with a receiver": """
deal:
  others: {bank: Bank}
  stocks:
    dead: {of: remains, held_by: north, count: 9, list: fallen}
    gold: {of: bars, held_by: bank, count: 12}
  obligations:
    dead: {kind: transfer, by: north, amount: {dead: 9}, due: day 3}
    gold: {kind: payment, by: bank, to: north, amount: {gold: 12}, due: day 4}
    come: {kind: act, by: south, due: day 3, grace: 2 d}
  exchanges: {all_three: {legs: [dead, gold, come], whole: true, lots: 3, every: 2 d}}
behaviour:
  search: {dead: {found: 1, time: {median: 2 d, p95: 9 d}, misidentified: 0.2}}
  shocks: {blow: {at: day 4 08:00, effect: suspends_truce, by: south, lasts: 2 d}}
"""
    + _QUARREL,
    "whole lots, half a lot ahead, which is none": """
deal:
  stocks:
    a: {of: people, held_by: north, count: 8, list: hostages}
    b: {of: people, held_by: south, count: 12, list: prisoners}
  obligations:
    a: {kind: release, by: north, amount: {a: 8}, due: day 3}
    b: {kind: return, by: south, amount: {b: 12}, due: day 3}
  exchanges: {rounds: {legs: [a, b], lots: 2, every: 1 d, lead: 0.25, whole: true}}
behaviour:
"""
    + _QUARREL.removeprefix("\n"),
    "a day's room is used up by something else, a truce is missing": """
deal:
  stocks:
    a: {of: people, held_by: north, count: 3, list: hostages}
    c: {of: people, held_by: north, count: 3, list: hostages}
    b: {of: people, held_by: south, count: 6, list: prisoners}
    d: {of: people, held_by: south, count: 6, list: prisoners}
  obligations:
    other: {kind: release, by: north, amount: {c: 3}, due: day 4}
    a: {kind: release, by: north, amount: {a: 3}, due: day 3, grace: 3 d}
    b: {kind: return, by: south, amount: {b: 6}, due: day 4}
    d: {kind: return, by: south, amount: {d: 6}, due: day 8, grace: 6 d}
    come: {kind: act, by: north, due: day 10}
  exchanges: {whole: {legs: [a, b], whole: true}, collected: {legs: [d, come]}}
behaviour:
  parties: {north: {capacity: {release: 4}, complains: 0}}
  shocks: {blow: {at: day 9, effect: suspends_truce, by: south, lasts: 3 d}}
""",
    "guns for so many a day": """
deal:
  stocks:
    a: {of: people, held_by: north, count: 9, list: hostages}
    guns: {of: guns, held_by: south, count: 20}
  obligations:
    a: {kind: release, by: north, amount: {a: 9}, due: day 3}
    guns: {kind: arms, by: south, amount: {guns: 20}, due: day 3}
  exchanges: {swap: {legs: [a, guns], lead: 0.1}}
behaviour: {parties: {north: {capacity: {release: 4}}}}
""",
    "batches beside lots, one of them of nobody, by a debtor ahead of its dates": """
deal:
  stocks:
    a: {of: people, held_by: north, count: 9, list: hostages}
    b: {of: people, held_by: south, count: 3, list: prisoners}
  obligations:
    one: {kind: release, by: north, amount: {a: 1}, due: day 2}
    lots: {kind: release, by: north, amount: {a: 3}, due: day 4}
    none: {kind: release, by: north, amount: {a: 0}, due: day 9}
    two: {kind: release, by: north, amount: {a: 2}, due: day 12}
    theirs: {kind: return, by: south, amount: {b: 3}, due: day 3}
  exchanges: {swap: {legs: [lots, theirs], lots: 3, every: 1 d}}
behaviour:
  search: {a: {found: 0.9, time: {median: 2 d, p95: 12 d}}}
  parties: {north: {default: {ahead: 0.9, late: 0.1}}}
""",
    "a leg of nothing, and numbers of which the least is none": """
deal:
  stocks:
    a: {of: people, held_by: north, count: 4, list: hostages}
    guns: {of: guns, held_by: south, count: 20}
  obligations:
    none: {kind: release, by: north, amount: {a: 0}, due: day 6}
    some: {kind: arms, by: south, amount: {guns: 8}, due: day 2}
    people: {kind: release, by: north, amount: {a: 0}, due: day 4}
    more: {kind: arms, by: south, amount: {guns: 5}, due: day 5}
    next: {kind: access, by: south, after: [none, some, people, more]}
  exchanges: {one: {legs: [none, some], lots: 2, every: 3 d}, two: {legs: [people, more], in: number}}
behaviour:"""
    + _QUARREL,
    "a line for a list": """
deal:
  lines: [start, road]
  obligations:
    back: {kind: withdrawal, by: north, to_line: road, due: day 4}
    names: {kind: information, by: south, due: day 3, weight: 2}
    next: {kind: access, by: south, due: day 5, after: line.road}
  exchanges: {one: {legs: [names, back], lead: 0}}
behaviour:
  shocks: {blow: {at: day 3 18:00, effect: suspends_truce, by: south, lasts: 2 d}}
"""
    + _QUARREL,
}

"""Small deals of amounts: things out of stocks, words beside numbers, kinds that are told by their measure alone."""

AMOUNTS = {
    "acts, payments and transfers, some of them short": """
    deal:
      stocks:
        weapons: {of: weapons, held_by: south, count: 40}
        posts: {of: posts, held_by: north, count: 7}
        gold: {of: bars, held_by: north, count: 9}
        men: {of: people, held_by: north, count: 6, list: hostages}
        dead: {of: remains, held_by: north, count: 4, list: hostages}
      obligations:
        arms: {kind: arms, by: south, due: day 2, amount: {weapons: 15}, accepted_from: 0.6}
        rest: {kind: demobilisation, by: south, due: day 6, amount: {weapons: all},
               after: {obligation: arms, share: 0.5}}
        law: {kind: act, by: north, due: day 3}
        pay: {kind: payment, by: north, due: day 3, amount: {gold: 9}}
        free: {kind: transfer, by: north, due: day 4, amount: {men: 4, dead: 3}, transit: 3 h, after: law}
        more: {kind: release, by: north, due: day 8, amount: {men: all, dead: all}}
        posts: {kind: withdrawal, by: north, due: day 9, amount: {posts: 5}, after: pay}
        road: {kind: withdrawal, by: north, due: day 10, to_line: road, after: posts}
      lines: [start, road]
    behaviour:
      search: {dead: {found: 0.8, time: {median: 2 d, p95: 9 d}, misidentified: 0.3}}
      shocks: {blow: {at: day 3 06:00, effect: suspends_truce, by: south, lasts: 2 d}}
      mediators: {settles: 0.4, attempt: 2 d, lag: 12 h}
      parties:
        north: {default: {late: 0.3, refused: 0.1, short: 0.5, level: 0.4, delay: 2 d}}
        south: {default: {late: 0.3, short: 0.6, level: 0.6, delay: 3 d}, complains: 0.7}
    """,
    "about so many, and what waits for it": """
    deal:
      stocks:
        dead: {of: remains, held_by: north, count: 20, list: hostages}
        guns: {of: guns, held_by: south, count: 30}
      obligations:
        bodies: {kind: transfer, by: north, due: day 3, amount: {dead: {about: 20}}, transit: 2 h}
        guns: {kind: arms, by: south, due: day 3, amount: {guns: {about: 30}}}
        next: {kind: access, by: south, due: on gate, after: bodies}
        then: {kind: access, by: north, due: on gate, after: guns}
      guarantees: {order: {precedes: [bodies, next], title: t}, arms: {precedes: [guns, {obligation: then}], title: t}}
    behaviour:
      search: {dead: {found: 0.95, time: {median: 12 h, p95: 6 d}, misidentified: 0.1}}
      parties:
        north: {complains: 0.5, default: {late: 0.2}}
        south: {default: {short: 0.8, level: 0.92, late: 0.2}, kinds: {access: {short: 0.0}}}
    """,
    "about so many, in a last phase that is over with them": """
    deal:
      stocks: {men: {of: people, held_by: north, count: 10, list: hostages}}
      obligations:
        one: {kind: release, by: north, due: day 2, grace: 5 d, amount: {men: {about: 10}}}
      phases: {one: {}}
    behaviour:
      search: {men: {found: 0.97, time: {median: 1 d, p95: 4 d}}}
      parties: {north: {capacity: {release: 4}}}
    """,
    "up to so many: what has come by the end of grace": """
    deal:
      stocks:
        men: {of: people, held_by: north, count: 12, list: prisoners}
        guns: {of: guns, held_by: south, count: 30}
      obligations:
        free: {kind: release, by: north, due: day 3, grace: 30 h, transit: 7 h, amount: {men: {up_to: 12}}}
        guns: {kind: arms, by: south, due: day 3, amount: {guns: {up_to: 30}}}
        next: {kind: access, by: south, due: on gate, after: free}
        then: {kind: access, by: north, due: on gate, after: guns}
        half: {kind: access, by: south, due: on gate, after: {obligation: free, share: 0.5}}
      guarantees:
        order: {precedes: [free, next], title: t}
        arms: {responds: {to: guns, with: then, within: 1 h}, title: t}
    behaviour:
      search: {men: {found: 0.8, time: {median: 2 d, p95: 5 d}}}
      mediators: {settles: 0.5, attempt: {median: 1 d, p95: 4 d}, lag: 1 d}
      parties:
        north: {default: {late: 0.3, refused: 0.1, delay: {median: 12 h, p95: 3 d}}, withholds: 0.5, patience: 9 d}
        south: {default: {late: 0.3, refused: 0.2, short: 0.5, level: 0.3}, withholds: 0.5}
    """,
    "up to so many, remains that are others', held back, in a truce that stops": """
    deal:
      stocks:
        dead: {of: remains, held_by: north, count: 9, list: hostages}
      obligations:
        law: {kind: act, by: south, due: day 2}
        free: {kind: transfer, by: north, due: day 3, grace: 2 d, transit: 10 h, amount: {dead: {up_to: 8}}}
        next: {kind: access, by: south, due: on gate, after: free}
    behaviour:
      search: {dead: {found: 0.9, time: {median: 30 h, p95: 4 d}, misidentified: 0.5}}
      mediators: {settles: 0.3, attempt: {median: 1 d, p95: 4 d}, lag: 1 d}
      shocks: {blow: {per_day: 0.3, effect: suspends_truce, by: south, lasts: {median: 1 d, p95: 3 d}},
               anew: {at: day 4 18:00, chance: 0.4, effect: redates_all}}
      parties:
        north: {withholds: 0.7, latency: {median: 1 d, p95: 2 d}, complains: 1, capacity: {release: 3}}
        south: {default: {late: 0.4, refused: 0.3, delay: 2 d}, tolerance: {median: 6 h, p95: 1 d}}
    """,
    "at least so many, out of a stock that has fewer": """
    deal:
      stocks: {guns: {of: guns, held_by: south, count: 10}}
      obligations:
        some: {kind: arms, by: south, due: day 3, amount: {guns: {at_least: 6}}}
        more: {kind: arms, by: south, due: day 5, amount: {guns: {at_least: 7}}}
        posts: {kind: transfer, by: north, due: day 6, units: 2, unit: posts, after: some}
    behaviour: {parties: {south: {default: {short: 0.5, level: 0.5, late: 0.3}}}}
    """,
}

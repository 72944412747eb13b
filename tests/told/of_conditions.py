"""Small deals whose gates ask for days, for what is not so and for some of several."""

OF_CONDITIONS = {
    "days, what is not so, and some of several": """
        deal:
          horizon: 40 d
          phases:
            one: {lasts: 8 d, then: two, continues_while: {not: day 12}}
            two: {lasts: 5 d, then: three,
                  enters_when: [{at_least: 2, of: [first, refused, {not: day 20}]}, day 10 06:00]}
            three: {lasts: 5 d, enters_when: [{any: [{not: second}, day 30]}]}
          obligations:
            first: {kind: information, by: south, due: day 2}
            second: {kind: information, by: north, due: day 4}
            refused: {kind: access, by: south, due: day 3}
            shut: {kind: access, by: north, due: day 3, takes: 6 h, after: {any: [{not: day 3}, second]}}
            two: {kind: information, by: north, after: {at_least: 2, of: [second, refused, first]}}
            few: {kind: information, by: north, due: day 3, after: {not: {at_least: 2, of: [first, second, refused]}}}
            both: {kind: access, by: south, due: day 5, after: {not: {all: [first, second]}}}
            dated: {kind: access, by: south, due: day 2, after: [day 6 18:30, {not: {not: second}}]}
            talks: {kind: talks, by: envoy, to: north, topic: t, due: day 2, concludes_by: day 9,
                    after: {not: day 2 18:00}}
        behaviour:
          talks: {t: {delay: {median: 6 h, p95: 1 d}}}
          parties:
            south:
              obligations: {refused: {refused: 0.7}, first: {late: 0.5, delay: 2 d}}
              leaves: {after_lapse: 1, unless: {not: day 34}}
            north: {complains: 0.2, patience: 90 d, leaves: {after_lapse: 0}}
        """,
    "a phase that only time, or a step left undone, could bring": """
        deal:
          horizon: 20 d
          phases: {one: {lasts: 4 d, then: two}, two: {lasts: 2 d, enters_when: [{any: [{not: done}, day 15]}]}}
          obligations:
            done: {kind: information, by: north, due: day 2}
            open: {kind: access, by: south, due: day 3}
        behaviour: {parties: {north: {leaves: {latency: 8 d}, complains: 0}, south: {default: {late: 0.5, delay: 9 d}}}}
        """,
    "a batch that comes forward over days and lists": """
        deal:
          horizon: 20 d
          stocks: {held: {of: people, list: hostages, held_by: south, count: 8}}
          obligations:
            ours: {kind: information, by: south, due: day 9}
            theirs: {kind: information, by: north, due: day 3}
            first: {kind: release, by: south, amount: {held: 2}, due: day 2, after: []}
            second: {kind: release, by: south, amount: {held: 2}, due: day 5,
                     after: {any: [theirs, {not: day 4}, day 6]}}
            third: {kind: release, by: south, amount: {held: 2}, due: day 8,
                    after: {at_least: 2, of: [ours, {not: day 7}, theirs]}}
            fourth: {kind: release, by: south, amount: {held: 2}, due: day 9,
                     after: [{any: [{not: first}, {not: ours}]}, {not: first}]}
        behaviour: {parties: {south: {default: {late: 0.3, delay: 1 d, ahead: 0.7}}}}
        """,
}

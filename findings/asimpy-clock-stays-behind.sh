#!/usr/bin/env bash
# asimpy runs until day 10 and leaves the clock at day 3.
#
# Library:       asimpy 0.20.0, beside simpy 4.1.2
# Expected:      after `run(until=10)` it is day 10, as in SimPy, whose ideas asimpy takes up, and what is started
#                then starts on day 10. The reference of `Environment.run` says that it runs until simulated time
#                reaches `until`.
# What happens:  the clock stays at the last event before `until`. A process that is started between two runs, say
#                talks that open after a month, starts at that earlier moment, in the past of what the caller asked
#                for; and an average over `env.now` divides by too little. Where an event falls on `until` itself, it
#                still happens, which in SimPy it does not.
# Seen:          asimpy: clock 3 after running until 10; started then, a delay of 1 ends at 4
#                simpy:  clock 10 after running until 10; started then, a delay of 1 ends at 11
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check asimpy==0.20.0 simpy==4.1.2
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import sys

import asimpy
import simpy


class Waiting(asimpy.Process):
    def init(self, delays, ends):
        self.delays, self.ends = delays, ends

    async def run(self):
        for delay in self.delays:
            await self.timeout(delay)
            self.ends.append(self._env.now)


def waiting(env, delays, ends):
    for delay in delays:
        yield env.timeout(delay)
        ends.append(env.now)


def tell(env, start):
    """The clock after running until 10, and the end of a delay of 1 that is started then."""
    start([3, 9], [])
    env.run(until=10)
    clock, ends = env.now, []
    start([1], ends)
    env.run(until=20)
    return clock, ends[0]


new, old = asimpy.Environment(), simpy.Environment()
seen = {
    "asimpy": tell(new, lambda delays, ends: Waiting(new, delays, ends)),
    "simpy": tell(old, lambda delays, ends: old.process(waiting(old, delays, ends))),
}
for name, (clock, end) in seen.items():
    print(f"{name + ':':7} clock {clock} after running until 10; started then, a delay of 1 ends at {end}")
sys.exit(0 if seen == {"asimpy": (3, 4), "simpy": (10, 11)} else "this has changed")
PY

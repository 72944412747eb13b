#!/usr/bin/env bash
# SimPy's clock takes on the integer type of the delays and then runs backwards.
#
# Library:       simpy 4.1.2, with numpy 2.4.6
# Expected:      a clock only ever goes forward. The page "Events" says of `Timeout` that a delay may be any kind of
#                number, and the reference of `Environment` that time passes by stepping from event to event.
# What happens:  the time of an event is the sum of clock and delay, so the clock becomes a numpy integer of the width
#                of the delays as soon as one of them passes alone. Delays in minutes from a 16-bit column (a usual
#                way to keep small numbers in a table) turn the clock negative after 32,767 minutes, a little over 22
#                days. No error is raised; numpy warns once on standard error.
# Seen:          after delays of 20000 minutes each: [20000, -25536, -5536]
#                with the same delays as Python integers: [20000, 40000, 60000]
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check simpy==4.1.2 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" -W ignore::RuntimeWarning - <<'PY'
import sys

import numpy as np
import simpy


def times(delays):
    """The moments at which a process wakes that sleeps through these delays."""
    seen = []

    def process(env):
        for delay in delays:
            yield env.timeout(delay)
            seen.append(int(env.now))

    env = simpy.Environment()
    env.process(process(env))
    env.run()
    return seen


minutes = np.full(3, 20_000, np.int16)
narrow, wide = times(minutes), times(minutes.tolist())
print("after delays of 20000 minutes each:", narrow)
print("with the same delays as Python integers:", wide)
sys.exit(0 if (narrow, wide) == ([20000, -25536, -5536], [20000, 40000, 60000]) else "this has changed")
PY

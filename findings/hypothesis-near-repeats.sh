#!/usr/bin/env bash
# Of 400 random schedules that Hypothesis counts as examples, most are an earlier one with a part copied to another place.
#
# Library:       hypothesis 6.170.17
# Expected:      `max_examples=400` of a strategy with 10^8 values a step gives about 400 schedules that have nothing in
#                common but by chance, so that 400 examples try a simulation on 400 schedules.
# What happens:  after each example that passes, the generator copies stretches of it over others of the same strategy
#                and runs what comes of that, up to five times; each that is valid counts as an example. No setting turns
#                this off. It helps to find faults that need two equal values; whoever counts examples as independent
#                schedules (coverage of pairs of features, how often a state is reached) counts most of them again.
#                Under a backend of one's own, which `settings(backend=...)` names, nothing is copied.
# Seen:          hypothesis: 400 examples, 335 of them with at least half of their steps in an earlier one
#                by a backend that inherits everything: 400 examples, 0 of them
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check hypothesis==6.170.17
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import sys

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider


class Plain(HypothesisProvider):
    """Draws as Hypothesis does."""


AVAILABLE_PROVIDERS["plain"] = Plain
STEP = st.tuples(st.integers(0, 9_999), st.integers(0, 9_999))
"""A day and an amount."""


def count(backend):
    """Examples of a schedule of 6 to 12 steps, and those with at least half of their steps in an earlier one."""
    schedules = []

    @settings(
        max_examples=400, derandomize=True, database=None, phases=[Phase.generate], backend=backend,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(STEP, min_size=6, max_size=12))
    def run(schedule):
        schedules.append(schedule)

    run()
    again = sum(
        any(2 * sum(step in earlier for step in one) >= len(one) for earlier in schedules[:place])
        for place, one in enumerate(schedules)
    )
    return len(schedules), again


ordinary, plain = count("hypothesis"), count("plain")
print(f"hypothesis: {ordinary[0]} examples, {ordinary[1]} of them with at least half of their steps in an earlier one")
print(f"by a backend that inherits everything: {plain[0]} examples, {plain[1]} of them")
sys.exit(0 if ordinary[0] == 400 and ordinary[1] > 300 and plain[1] == 0 else "this has changed")
PY

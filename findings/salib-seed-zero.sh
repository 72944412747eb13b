#!/usr/bin/env bash
# SALib's analyses take seed 0 for no seed at all.
#
# Library:       SALib 1.6.0, with numpy 2.4.6 and scipy 1.17.1
# Expected:      the same seed gives the same confidence intervals; the reference of `SALib.analyze.sobol` says that
#                the seed is an integer. The samplers of the same library take 0 like any other seed.
# What happens:  with seed 1 the intervals repeat, with seed 0 they are drawn anew each time, without a word: the
#                analyses look whether the seed is true, not whether it is given. The indices themselves do not depend
#                on it.
# Seen:          sample with seed 0 repeats: True
#                sobol: seed 0 repeats: False, seed 1 repeats: True
#                dgsm:  seed 0 repeats: False, seed 1 repeats: True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check SALib==1.6.0 numpy==2.4.6 scipy==1.17.1
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import sys

import numpy as np
from SALib.analyze import dgsm, sobol
from SALib.sample import finite_diff
from SALib.sample import sobol as sampler

problem = {"num_vars": 2, "names": ["delay", "refusal"], "bounds": [[0, 1], [0, 1]]}


def outcome(points):
    return points[:, 0] + points[:, 0] * points[:, 1] ** 2


def repeats(draw):
    return bool(np.array_equal(draw(), draw()))


points = sampler.sample(problem, 64, seed=0)
steps = finite_diff.sample(problem, 64, seed=1)
sample_repeats = repeats(lambda: sampler.sample(problem, 64, seed=0))
seen = {
    name: [repeats(lambda seed=seed, draw=draw: draw(seed)) for seed in (0, 1)]
    for name, draw in {
        "sobol": lambda seed: sobol.analyze(problem, outcome(points), seed=seed)["S1_conf"],
        "dgsm": lambda seed: dgsm.analyze(problem, steps, outcome(steps), seed=seed)["dgsm_conf"],
    }.items()
}
print("sample with seed 0 repeats:", sample_repeats)
for name, (zero, one) in seen.items():
    print(f"{name + ':':6} seed 0 repeats: {zero}, seed 1 repeats: {one}")
sys.exit(0 if sample_repeats and all(pair == [False, True] for pair in seen.values()) else "this has changed")
PY

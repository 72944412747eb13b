#!/usr/bin/env bash
# salabim's `random_seed` seeds the global generator whatever stream it is given.
#
# Library:       salabim 26.0.9
# Expected:      `random_seed(seed, randomstream=stream)` seeds that stream and leaves others alone; its own docstring
#                (page "Reference", `random_seed`) says that it reseeds a stream, by default the global one.
# What happens:  the stream that is named keeps its state, so a model with a stream of its own does not repeat itself
#                although it seeds it. The global generator of Python, which other streams of the model draw from, is
#                set back instead.
# Seen:          the stream repeats itself after reseeding: False
#                the global generator repeats itself after the stream was reseeded: True
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check salabim==26.0.9
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import random
import sys

import salabim

own = random.Random(1)


def draws_after_reseeding(generator):
    salabim.random_seed(20251010, randomstream=own)
    return [generator.random() for _ in range(3)]


stream_repeats = draws_after_reseeding(own) == draws_after_reseeding(own)
global_repeats = draws_after_reseeding(random) == draws_after_reseeding(random)
print("the stream repeats itself after reseeding:", stream_repeats)
print("the global generator repeats itself after the stream was reseeded:", global_repeats)
sys.exit(0 if (stream_repeats, global_repeats) == (False, True) else "this has changed")
PY

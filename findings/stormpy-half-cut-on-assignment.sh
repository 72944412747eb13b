#!/usr/bin/env bash
# stormpy divides exactly in a guard and cuts the half off in an assignment.
#
# Library:       stormpy 2.0.0 (Storm), with numpy 2.4.6
# Expected:      7/2 is either 3.5 or 3 throughout a program, or an assignment of 3.5 to an integer variable is
#                refused, as Storm refuses `x'=0.6*5`. The page "Expressions" of the PRISM manual, whose language this
#                is, says that division is never of integers.
# What happens:  the type of 7/2 is integer and its value is 3.5. The guard `x/2>3` holds for x=7, the update `x'=x/2`
#                sets x to 3, and `x'=(x/2)*2` leaves 7 as it is; a constant `const int half = 7/2` is 3. A program
#                that halves an odd number of people loses one without a word. That the type of a division is integer
#                is known in Storm's tracker; this is what follows from it.
# Seen:          guard x/2>3 holds: 1.0
#                x'=x/2 sets 3: 1.0
#                x'=(x/2)*2 sets 7: 1.0
#                const int half = 7/2 is 3: 1.0
#                x'=0.6*5 is refused: True (after an error that Storm prints itself)
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check stormpy==2.0.0 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import sys
from pathlib import Path

import stormpy


def probability(command, target, constants=""):
    """Of reaching the target from x=7."""
    file = Path("program.prism")
    variables = "x:[0..20] init 7; done:bool init false;"
    file.write_text(f"dtmc\n{constants}\nmodule people\n {variables}\n {command}\nendmodule\n")
    program = stormpy.parse_prism_program(str(file))
    properties = stormpy.parse_properties(f"P=? [F done & {target}]", program)
    model = stormpy.build_model(program, properties)
    return stormpy.model_checking(model, properties[0]).get_value(model.initial_states[0])


def update(value):
    return f"[] !done -> (x'={value})&(done'=true); [] done -> true;"


seen = {
    "guard x/2>3 holds": probability("[] !done & x/2>3 -> (done'=true); [] done | x/2<=3 -> true;", "x=7"),
    "x'=x/2 sets 3": probability(update("x/2"), "x=3"),
    "x'=(x/2)*2 sets 7": probability(update("(x/2)*2"), "x=7"),
    "const int half = 7/2 is 3": probability(update("half"), "x=3", "const int half = 7/2;"),
}
for name, value in seen.items():
    print(f"{name}: {value}")
try:
    probability(update("0.6*5"), "x=3")
    refused = False
except RuntimeError:
    refused = True
print("x'=0.6*5 is refused:", refused)
sys.exit(0 if refused and all(value == 1 for value in seen.values()) else "this has changed")
PY

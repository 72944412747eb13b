#!/usr/bin/env bash
# SimPy raises another error than the one that happened in a process.
#
# Library:       simpy 4.1.2
# Expected:      an error that nobody catches in a process leaves `Environment.run` as it was raised, or at least with
#                the original as its cause. The page "Process Interaction" and the reference of `Process` speak of the
#                exception of the process, and nowhere of a copy of it.
# What happens:  SimPy makes a new error of the same class from the `args` of the first one. A class whose constructor
#                takes other arguments than it keeps in `args` cannot be made that way: a TypeError about missing
#                arguments comes out, and the error that happened is in neither `__cause__` nor `__context__`. Where
#                the class can be made, what is not in `args` is lost on the way: the file name of an OSError, the
#                notes of `add_note`; and a class that composes its message composes it twice.
# Seen:          TypeError: JSONDecodeError.__init__() missing 2 required positional arguments: 'doc' and 'pos'
#                no original: True
#                FileNotFoundError: [Errno 2] No such file or directory, of file None
#                Refused: at at line 3: no such party: no such party
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check simpy==4.1.2
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import json
import sys

import simpy


def comes_out(happening):
    """What leaves the run when a process does this."""

    def process(env):
        yield env.timeout(1)
        happening()

    env = simpy.Environment()
    env.process(process(env))
    try:
        env.run()
    except Exception as error:
        return error


class Refused(Exception):
    def __init__(self, place):
        super().__init__(f"at {place}: no such party")


def refuse():
    raise Refused("line 3")


broken = comes_out(lambda: json.loads("{"))
print(f"{type(broken).__name__}: {broken}")
no_original = broken.__cause__ is None and broken.__context__ is None
print(f"no original: {no_original}")
missing = comes_out(lambda: open("deal.yaml"))
print(f"{type(missing).__name__}: {missing}, of file {missing.filename}")
refused = comes_out(refuse)
print(f"{type(refused).__name__}: {refused}")

as_described = (
    type(broken) is TypeError
    and "missing 2 required positional arguments" in str(broken)
    and no_original
    and type(missing) is FileNotFoundError
    and missing.filename is None
    and str(refused) == "at at line 3: no such party: no such party"
)
sys.exit(0 if as_described else "this has changed")
PY

#!/usr/bin/env bash
# A ruamel.yaml reader that met one YAML 1.1 document reads all later documents as YAML 1.1.
#
# Library:       ruamel.yaml 0.19.1
# Expected:      the directive `%YAML 1.1` holds for the document that it stands in; later calls of `load` of the same
#                `YAML` object read their documents as YAML 1.2, as before. The page "Differences with PyYAML" says
#                that a document is read as 1.2 unless it starts with that directive.
# What happens:  the object keeps the version of the document it read last with a directive. Times of day of a later
#                document become numbers (12:30 is 750 in YAML 1.1), words become booleans, 010 becomes 8: what a
#                document says depends on which files were read before it.
# Seen:          before: {'opens': '12:30', 'monitored': 'yes', 'trucks': 10}
#                after:  {'opens': 750, 'monitored': True, 'trucks': 8}
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check ruamel.yaml==0.19.1
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import sys

from ruamel.yaml import YAML

document = "opens: 12:30\nmonitored: yes\ntrucks: 010\n"
reader = YAML()
before = dict(reader.load(document))
reader.load("%YAML 1.1\n---\nname: older\n")
after = dict(reader.load(document))
print("before:", before)
print("after: ", after)
as_described = before == {"opens": "12:30", "monitored": "yes", "trucks": 10} and after == {
    "opens": 750,
    "monitored": True,
    "trucks": 8,
}
sys.exit(0 if as_described else "this has changed")
PY

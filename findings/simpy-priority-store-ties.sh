#!/usr/bin/env bash
# SimPy's PriorityStore hands out items of equal priority in another order than they came in.
#
# Library:       simpy 4.1.2
# Expected:      first in, first out among equals, as with `PriorityResource` of the same library. The page "Shared
#                Resources" says of `PriorityStore` that items come out in priority order, and the reference of
#                `PriorityItem` that only priorities are compared; neither says what happens to equal ones.
# What happens:  the store is a binary heap without a counter, so equal items come out in the order that the heap
#                happens to leave them in: the second to come in is the last but one to go out.
# Seen:          store:    a c g f h e b d
#                resource: a b c d e f g h
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check simpy==4.1.2
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import sys

import simpy

names = list("abcdefgh")


def through_store():
    out = []

    def process(store):
        for name in names:
            yield store.put(simpy.PriorityItem(1, name))
        for _ in names:
            out.append((yield store.get()).item)

    env = simpy.Environment()
    env.process(process(simpy.PriorityStore(env)))
    env.run()
    return out


def through_resource():
    out = []

    def process(env, resource, name):
        with resource.request(priority=1) as request:
            yield request
            yield env.timeout(1)
            out.append(name)

    env = simpy.Environment()
    resource = simpy.PriorityResource(env)
    for name in names:
        env.process(process(env, resource, name))
    env.run()
    return out


store, resource = through_store(), through_resource()
print("store:   ", *store)
print("resource:", *resource)
sys.exit(0 if store == list("acgfhebd") and resource == names else "this has changed")
PY

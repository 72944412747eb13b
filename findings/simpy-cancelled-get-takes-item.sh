#!/usr/bin/env bash
# In SimPy a `get` that lost against a timeout, and was cancelled, still took the item.
#
# Library:       simpy 4.1.2
# Expected:      who waits for an item or a deadline, whichever comes first, and cancels the `get` when the condition
#                names only the deadline, leaves the store as it was. The page "Shared Resources" (section on
#                interrupts) and the reference of `Get.cancel` tell to call `cancel` when a process stops waiting;
#                neither says that it may come too late.
# What happens:  where item and deadline fall on the same moment, the condition is decided by the deadline and its
#                value holds no item. The `get` has been granted meanwhile, `cancel` does nothing, and the item is
#                gone: neither in the store nor with anybody. Which of the two happens depends on the order in which
#                the processes began. Leaving a `with store.get()` block does the same.
# Seen:          consumer first: consumer gave up, store holds ['hostage list']
#                producer first: consumer gave up, store holds []
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check simpy==4.1.2
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import sys

import simpy


def tell(order):
    """Whether the consumer has the item, and what the store holds at the end."""
    told = []

    def consumer(env, store):
        get, deadline = store.get(), env.timeout(5)
        came = yield get | deadline
        if get not in came:
            get.cancel()
        told.append(get in came)

    def producer(env, store):
        yield env.timeout(5)
        yield store.put("hostage list")

    processes = {"consumer": consumer, "producer": producer}
    env = simpy.Environment()
    store = simpy.Store(env)
    for name in order:
        env.process(processes[name](env, store))
    env.run()
    return told[0], list(store.items)


first, second = tell(["consumer", "producer"]), tell(["producer", "consumer"])
for name, (has_item, items) in zip(["consumer", "producer"], [first, second]):
    print(f"{name} first: consumer {'has it' if has_item else 'gave up'}, store holds {items}")
sys.exit(0 if first == (False, ["hostage list"]) and second == (False, []) else "this has changed")
PY

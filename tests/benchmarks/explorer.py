"""How fast the explorer is: from a slider's release to the redrawn chart, in headless Chromium.

Run on purpose: ``python tests/benchmarks/explorer.py``. January 2025, 10,000 replicates, warm, the median of 20
releases, each to a value not run before. Once with all replicates at once, once with a draft of 2,000 first; the page
chooses between the two by how long the last run took. Prints the machine's load, without which the times say little,
and the server's processor time, which is the same on a busy machine but for what others take of caches and memory.

``python tests/benchmarks/explorer.py turns CHECKOUT`` measures that processor time alone, without a browser, in turns
with another checkout that has its own ``.venv``.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path.cwd() if "alone" in sys.argv else Path(__file__).parents[2]))

from sim.explore import runs
from sim.explore.server import Server, listen
from sim.explore.session import Session, Wish

HERE = Path(__file__).parents[2]
BASELINE = "january-2025/baseline"
PATH = "behaviour.parties.hamas.kinds.release.late"
N, DRAFT, TURNS, ROUNDS = 10_000, 2_000, 20, 7
RELEASE = """
const [path, value, isDrafted, done] = arguments;
typical = isDrafted ? Infinity : 0;
const slider = document.querySelector(`[data-path='${path}']`);
const times = {};
const painted = () => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
const watch = new MutationObserver(async () => {
  const n = document.body.dataset.drawn.split(':')[1];
  await painted();
  times[n] = performance.now() - begun;
  if (n === '10000') { watch.disconnect(); done(times); }
});
watch.observe(document.body, {attributes: true, attributeFilter: ['data-drawn']});
slider.value = value;
const begun = performance.now();
slider.dispatchEvent(new Event('change'));
"""
ENGINE = []
"""Seconds of processor time of each block of replicates."""
MOVE = "moved.set(arguments[0], arguments[1]);"


def time_the_engine():
    """Note the processor time of each block of replicates, by what the version in question runs them with."""
    name = next(each for each in ("simulate_sparse", "simulate_block") if hasattr(runs, each))
    simulate = getattr(runs, name)

    def timed(*block, **between):
        begun = time.thread_time()
        found = simulate(*block, **between)
        ENGINE.append(time.thread_time() - begun)
        return found

    setattr(runs, name, timed)


def measure(browser, first, is_drafted):
    """Milliseconds to each drawing, by number of replicates, for every release; with the server's processor time."""
    found = []
    for turn in range(TURNS + 2):
        value = first + turn / 100
        browser.execute_script(MOVE, PATH, value)
        ENGINE.clear()
        begun = time.process_time()
        times = browser.execute_async_script(RELEASE, PATH, value, is_drafted)
        engine = sum(ENGINE)
        found.append(times | {"engine": 1000 * engine, "else": 1000 * (time.process_time() - begun - engine)})
    return found[2:]


def told(what, times):
    """One line: median and range."""
    return f"{what:<42}{statistics.median(times):>7.0f} ms   ({min(times):.0f} to {max(times):.0f})"


def alone():
    """Milliseconds of processor time of the replicates and of everything else, for each redraw without a browser."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        session = Session(Path(folder), BASELINE)
        session.warm()
        time_the_engine()
        for turn in range(TURNS + 2):
            ENGINE.clear()
            begun = time.process_time()
            wish = Wish(scenario=BASELINE, baseline=BASELINE, settings={PATH: 0.2 + turn / 100}, n=N)
            json.dumps(session.run(wish, lambda: False))
            engine = sum(ENGINE)
            found.append((1000 * engine, 1000 * (time.process_time() - begun - engine)))
        session.close()
    print(json.dumps([statistics.median(column) for column in zip(*found[2:], strict=True)]))


def turns(other):
    """This checkout and another in turns: processor time of a redraw, and how many times the other's it is."""
    found = {str(HERE): [], str(Path(other).resolve()): []}
    for _ in range(ROUNDS):
        for checkout, times in found.items():
            command = [f"{checkout}/.venv/bin/python", str(Path(__file__).resolve()), "alone"]
            done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=True)
            times.append(json.loads(done.stdout))
    for place, what in enumerate(("the replicates", "everything else")):
        for checkout, times in found.items():
            print(told(f"{what}, {'this' if checkout == str(HERE) else 'the other'}", [each[place] for each in times]))
    mine, others = ([sum(each) for each in times] for times in found.values())
    ratios = [one / another for one, another in zip(mine, others, strict=True)]
    print(f"all of it: {statistics.median(ratios):.3f} times ({min(ratios):.3f} to {max(ratios):.3f})")


def main():
    """Serve the page, release the slider, print the times."""
    from tests.browser.test_page import window

    with tempfile.TemporaryDirectory() as folder:
        session = Session(Path(folder), BASELINE)
        session.warm()
        time_the_engine()
        server = Server(session, listen("127.0.0.1", 0))
        thread = threading.Thread(target=server.run)
        thread.start()
        browser = window()
        try:
            browser.set_script_timeout(60)
            browser.get(server.url)
            browser.execute_async_script(
                "const done = arguments[0]; const t = setInterval(() => {"
                "if (document.body.dataset.drawn) { clearInterval(t); done(); } }, 50);"
            )
            print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start")
            at_once = measure(browser, 0.2, is_drafted=False)
            drafted = measure(browser, 0.5, is_drafted=True)
        finally:
            browser.quit()
            server.uvicorn.should_exit = True
            thread.join()
            session.close()
    print(told(f"{N:,} at once", [times[str(N)] for times in at_once]))
    for what, words in (("engine", "the replicates"), ("else", "everything else")):
        print(told(f"  processor time: {words}", [times[what] for times in at_once]))
    print(told(f"{DRAFT:,} as a draft", [times[str(DRAFT)] for times in drafted]))
    print(told(f"{N:,} after the draft", [times[str(N)] for times in drafted]))
    print(f"load {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    if "alone" in sys.argv:
        alone()
    elif "turns" in sys.argv:
        turns(sys.argv[-1])
    else:
        main()

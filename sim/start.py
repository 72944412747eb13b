"""Where the console command begins: Ctrl-C while everything still loads is answered in words, too."""

from __future__ import annotations

import os
import signal
import sys

INTERRUPTED = 130


def main() -> None:
    """Load the command line, then run it."""
    handles = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # not under nohup, which ignores it
    if handles:
        signal.signal(signal.SIGINT, _leave)
    from sim.cli import main as command_line

    if handles:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    command_line()


def _leave(*_: object) -> None:
    """Nothing has begun: end at once, wherever in an import this struck."""
    sys.stderr.write("interrupted\n")
    sys.stderr.flush()
    os._exit(INTERRUPTED)

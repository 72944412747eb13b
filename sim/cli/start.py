"""Where the console command begins: Ctrl-C while everything still loads is answered in words, too."""

from __future__ import annotations

import io
import os
import signal
import sys

from sim.errors import CLOSED, INTERRUPTED
from sim.process import begin_command

BAD_OUTPUT = 2


def main() -> None:
    """Load the command line, then run it."""
    begin_command()
    handles = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # not under nohup, which ignores it
    if handles:
        signal.signal(signal.SIGINT, _leave)
    prepare_streams()
    from sim.cli.commands import main as command_line

    if handles:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        try:
            command_line()
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        os._exit(CLOSED)
    except OSError as error:
        sys.stderr.write(f"{error.filename or 'the output'}: cannot be written: {error.strerror or error}\n")
        sys.stderr.flush()
        os._exit(BAD_OUTPUT)


def prepare_streams() -> None:
    """Let nothing be lost where the output is closed, or cannot say every letter: what it cannot say becomes '?'."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  (for the rest of the process)
        elif isinstance(stream, io.TextIOWrapper):
            is_utf8 = stream.encoding.lower().replace("-", "") == "utf8"
            stream.reconfigure(errors="surrogateescape" if is_utf8 else "replace")


def _leave(*_: object) -> None:
    """Nothing has begun: end at once, wherever in an import this struck."""
    sys.stderr.write("interrupted\n")
    sys.stderr.flush()
    os._exit(INTERRUPTED)

"""What comes through a pipe can be read but once: it is kept for as long as a command may ask for it again."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

_KEPT: ContextVar[dict[tuple[int, int], bytes] | None] = ContextVar("kept", default=None)


@contextmanager
def reading_pipes_once() -> Iterator[None]:
    """Within this, a document that comes through a pipe (/dev/stdin, a FIFO, `<(…)` of a shell) is read once."""
    if _KEPT.get() is not None:
        yield
        return
    token = _KEPT.set({})
    try:
        yield
    finally:
        _KEPT.reset(token)


def first_bytes(path: Path, most: int) -> bytes:
    """The first bytes of a file; those of a pipe as they came when it was first asked for.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    found, kept = path.stat(), _KEPT.get()  # looked at first: to open a pipe again might wait for ever
    key = (found.st_dev, found.st_ino)
    if kept is not None and key in kept:
        return kept[key][:most]
    with path.open("rb") as stream:
        content = stream.read(most)
    if kept is not None and not stat.S_ISREG(found.st_mode):
        kept[key] = content
    return content

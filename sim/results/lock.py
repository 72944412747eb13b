"""The lock of a results folder: one process writes at a time."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import socket
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from sim.errors import ResultsError
from sim.results.files import naming

LOCK = ".lock"


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder, so that no other process writes there.

    The operating system lets the lock go when its process ends, however it ends, so that none is left behind.

    Raises
    ------
    ResultsError
        If another process holds it, or the file system has no locks.
    """
    lock = folder / LOCK
    descriptor = _claim(lock)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # a folder that cannot be written any more keeps the file, not the lock
            lock.unlink(missing_ok=True)
        os.close(descriptor)


def _claim(lock: Path) -> int:
    """The open lock file, held by this process."""
    while True:
        with naming(lock, "cannot be written"):
            descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o644)
        try:
            _hold(descriptor, lock)
            if _is_same(descriptor, lock):
                _refuse_elsewhere(descriptor, lock)
                os.ftruncate(descriptor, 0)
                os.write(descriptor, json.dumps({"host": socket.gethostname(), "pid": os.getpid()}).encode())
                return descriptor
        except BaseException as error:
            os.close(descriptor)
            if isinstance(error, OSError):
                raise ResultsError(f"{lock}: cannot be written: {error.strerror or error}") from None
            raise
        os.close(descriptor)  # who held it before has removed the file that was opened here


def _hold(descriptor: int, lock: Path) -> None:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK, errno.EDEADLK):
            raise ResultsError(f"{lock.parent}: {_holder(lock)} is writing here and holds {lock}") from None
        raise ResultsError(
            f"{lock}: this file system has no locks ({error.strerror}); write to another one and copy the folder"
        ) from None


def _refuse_elsewhere(descriptor: int, lock: Path) -> None:
    """Refuse a lock that is no file of this folder alone: what is written to it would be written elsewhere too."""
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
        raise ResultsError(f"{lock}: is no lock but something else, or a file with another name too; remove it")


def _is_same(descriptor: int, lock: Path) -> bool:
    """Whether the file that is held is still the one of that name."""
    try:
        return os.path.samestat(os.fstat(descriptor), lock.stat())
    except FileNotFoundError:
        return False


def _holder(lock: Path) -> str:
    """Who holds a lock, as far as its file says."""
    try:
        held = json.loads(lock.read_bytes())
        return f"process {int(held['pid'])} on {held['host']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"

"""Files that are whole or absent, their checksums, and the lock of a results folder."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.errors import ResultsError

LOCK = ".lock"
TEMPORARY = ".unfinished"
LARGEST_JSON = 1 << 28
"""Bytes of a manifest, ledger or summary at most; a sweep of 10,000 cells takes about a hundredth of it."""
_CHUNK = 1 << 20
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
"""Half a character, perhaps: no file of ours holds one."""


@contextlib.contextmanager
def naming(path: Path, what: str) -> Iterator[None]:
    """Turn an error of the operating system into a `ResultsError` that names the file."""
    try:
        yield
    except OSError as error:
        raise ResultsError(f"{path}: {what}: {error.strerror or error}") from None


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal digits."""
    digest = hashlib.sha256()
    with naming(path, "cannot be read"), path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def settle(temporary: Path, path: Path) -> None:
    """Give a finished file its name, so that after a crash it is there as a whole or not at all."""
    with naming(path, "cannot be written"):
        with temporary.open("rb+") as stream:
            os.fsync(stream.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)


def write_text(path: Path, text: str) -> None:
    """Write a file that is whole or absent."""
    temporary = path.with_name(path.name + TEMPORARY)
    with naming(path, "cannot be written"):
        temporary.write_bytes(text.encode())
    settle(temporary, path)


def append_line(path: Path, line: str) -> None:
    """Append one line in one piece; a line cut short by a crash lacks its end and is not read."""
    with naming(path, "cannot be written"), path.open("ab") as stream:
        stream.write(line.encode() + b"\n")
        stream.flush()
        os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    if not hasattr(os, "O_DIRECTORY"):  # Windows: a folder cannot be opened
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_bytes(path: Path) -> bytes:
    """The bytes of a file of moderate size.

    Raises
    ------
    ResultsError
        If it cannot be read, or is larger than `LARGEST_JSON`.
    """
    with naming(path, "cannot be read"), path.open("rb") as stream:
        content = stream.read(LARGEST_JSON + 1)
    if len(content) > LARGEST_JSON:
        raise ResultsError(f"{path}: larger than {LARGEST_JSON} bytes (LARGEST_JSON in sim/results/files.py)")
    return content


def read_json(path: Path) -> Any:
    """The content of a JSON file.

    Raises
    ------
    ResultsError
        If the file is missing, too large, or is not JSON in UTF-8 whose texts can be written as such again.
    """
    content = read_bytes(path)
    try:
        read = json.loads(content.decode())
        if _SURROGATE.search(content):
            json.dumps(read, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise ResultsError(f"{path}: damaged: this is not JSON") from None
    return read


def inside(folder: Path, name: str) -> Path:
    """The path of a file that a ledger names; it lies inside its folder, whatever the name or a link says.

    Raises
    ------
    ResultsError
        If it does not.
    """
    path = folder / name
    with naming(path, "cannot be read"):
        if not path.resolve().is_relative_to(folder.resolve()):
            raise ResultsError(f"{path}: leads out of {folder}")
    return path


# ---------------------------------------------------------------- the lock


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

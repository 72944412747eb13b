"""Files that are whole or absent, their checksums, and the lock of a results folder."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.errors import ResultsError

LOCK = ".lock"
TEMPORARY = ".unfinished"
_CHUNK = 1 << 20


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


def read_json(path: Path) -> Any:
    """The content of a JSON file.

    Raises
    ------
    ResultsError
        If the file is missing or is not JSON.
    """
    with naming(path, "cannot be read"):
        content = path.read_bytes()
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise ResultsError(f"{path}: damaged: this is not JSON") from None


# ---------------------------------------------------------------- the lock


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder, so that no other process writes there.

    Raises
    ------
    ResultsError
        If another process holds it. A lock whose process is gone from this machine is taken over.
    """
    lock = folder / LOCK
    own = json.dumps({"host": socket.gethostname(), "pid": os.getpid()})
    if not _create(lock, own):
        _take_over(lock)
        if not _create(lock, own):
            raise _held(lock)
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def _create(lock: Path, content: str) -> bool:
    """Whether the lock is now ours: its file comes into being as a whole, or was there before."""
    draft = lock.with_name(f"{LOCK}.{os.getpid()}{TEMPORARY}")
    with naming(lock, "cannot be written"):
        draft.write_text(content, encoding="utf-8")
        try:
            os.link(draft, lock)
        except FileExistsError:
            return False
        except OSError:  # a file system without links
            return _create_exclusively(lock, content)
        finally:
            draft.unlink()
    return True


def _create_exclusively(lock: Path, content: str) -> bool:
    try:
        descriptor = os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(content)
    return True


def _holder(lock: Path) -> tuple[str, int]:
    """Host and process that hold a lock; (' ', 0) where the file does not say."""
    try:
        held = json.loads(lock.read_bytes())
        return str(held["host"]), int(held["pid"])
    except (OSError, ValueError, KeyError, TypeError):
        return "", 0


def _take_over(lock: Path) -> None:
    """Remove a lock whose process is gone from this machine."""
    holder = _holder(lock)
    host, pid = holder
    if host != socket.gethostname() or is_running(pid):
        raise _held(lock)
    aside = lock.with_name(f"{LOCK}.{os.getpid()}.stale{TEMPORARY}")
    try:
        lock.rename(aside)
    except FileNotFoundError:
        return  # somebody else was quicker
    if _holder(aside) != holder:  # between reading and renaming, another process had taken it over
        with contextlib.suppress(OSError):
            os.link(aside, lock)
        aside.unlink()
        raise _held(lock)
    aside.unlink()


def is_running(pid: int) -> bool:
    """Whether a process of this number runs on this machine."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _held(lock: Path) -> ResultsError:
    host, pid = _holder(lock)
    who = f"process {pid} on {host}" if pid else "another process"
    return ResultsError(f"{lock.parent}: {who} is writing here; if it is not, delete {lock}")

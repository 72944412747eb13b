"""Files of a results folder: whole or absent, with checksums, and no link among them that is ever followed."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import math
import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any

from sim.errors import ResultsError

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


@contextlib.contextmanager
def opened(path: Path, mode: str) -> Iterator[IO[bytes]]:
    """A file of a results folder: no link, no pipe, and not to be written where it has another name elsewhere.

    Raises
    ------
    ResultsError
        If it is something else, or cannot be opened.
    """
    with naming(path, "cannot be read" if mode == "rb" else "cannot be written"):
        try:
            stream = open(path, mode, opener=_open_itself)  # noqa: SIM115  (closed below)
        except OSError as error:
            if error.errno == errno.ELOOP:
                raise ResultsError(_is_link(path)) from None
            raise
        with stream:
            found = os.fstat(stream.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise ResultsError(f"{path}: is no file")
            if mode != "rb" and found.st_nlink > 1:
                raise ResultsError(f"{path}: is a file that has another name too; write to a copy of the folder")
            yield stream


def _open_itself(path: str, flags: int) -> int:
    """Open a file and nothing that it points to, without waiting for whoever else may write to a pipe."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0), 0o666)


def _is_link(path: Path) -> str:
    return f"{path}: is a link, and no link inside a results folder is followed"


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal digits."""
    digest = hashlib.sha256()
    with opened(path, "rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def settle(temporary: Path, path: Path) -> None:
    """Give a finished file its name, so that after a crash it is there as a whole or not at all."""
    with naming(path, "cannot be written"):
        with opened(temporary, "rb+") as stream:
            os.fsync(stream.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)


@contextlib.contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """A name beside a file under which its content is written, and which is then made the file's.

    Whatever stood under that name is removed first: a link there is not followed, and one under the file's own name is
    replaced by the file.
    """
    temporary = path.with_name(path.name + TEMPORARY)
    with naming(path, "cannot be written"):
        temporary.unlink(missing_ok=True)
    try:
        yield temporary
        settle(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):  # a full disk has room again; a folder that cannot be written keeps it
            temporary.unlink(missing_ok=True)
        raise


def write_bytes(path: Path, content: bytes) -> None:
    """Write a file that is whole or absent."""
    with written_aside(path) as temporary, opened(temporary, "xb") as stream:
        stream.write(content)


def write_text(path: Path, text: str) -> None:
    """Write a text file that is whole or absent."""
    write_bytes(path, text.encode())


def append_line(path: Path, line: str) -> None:
    """Append one line in one piece; a line cut short by a crash lacks its end and is not read."""
    with naming(path, "cannot be written"), opened(path, "ab") as stream:
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
    with naming(path, "cannot be read"), opened(path, "rb") as stream:
        content = stream.read(LARGEST_JSON + 1)
    if len(content) > LARGEST_JSON:
        raise ResultsError(f"{path}: larger than {LARGEST_JSON} bytes (LARGEST_JSON in sim/results/files.py)")
    return content


def read_json(path: Path) -> Any:
    """The content of a JSON file of a results folder.

    Raises
    ------
    ResultsError
        If the file is missing, too large, or is not JSON as `parsed` takes it.
    """
    return parsed(read_bytes(path), path)


def parsed(content: bytes, path: Path) -> Any:
    """Bytes as JSON in UTF-8 whose texts and numbers can be written as such again.

    Raises
    ------
    ResultsError
        If they are something else; NaN and numbers beyond those of a computer are no JSON.
    """
    try:
        read = json.loads(content.decode(), parse_constant=_refuse, parse_float=_finite)
        if _SURROGATE.search(content):
            json.dumps(read, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise ResultsError(f"{path}: damaged: this is not JSON") from None
    return read


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def below(folder: Path, name: str) -> Path:
    """The path of a file below a results folder; none of the folders on the way is a link.

    Raises
    ------
    ResultsError
        If one is.
    """
    path = folder
    for part in PurePosixPath(name).parts[:-1]:
        path = path / part
        with naming(path, "cannot be read"):
            if path.is_symlink():
                raise ResultsError(_is_link(path))
    return folder / name


def inside(folder: Path, name: str) -> Path:
    """The path of a file that is to be read below a results folder; neither it nor a folder on the way is a link.

    Raises
    ------
    ResultsError
        If one is.
    """
    path = below(folder, name)
    with naming(path, "cannot be read"):
        if path.is_symlink():
            raise ResultsError(_is_link(path))
    return path

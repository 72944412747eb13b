"""The catalogue's documents as they were read when the package was built: reading YAML takes longer than running them.

A reading is found by a digest over the document's text and the reader's own source, so that neither another text nor
another reader ever meets it, and it has a digest of its own, so that damage is noticed. Whatever is not found, or not
whole, is read from YAML. Nothing is kept while the simulator is used.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from sim.reading.parsed import Positions, header_of

KEPT = Path(__file__).with_name("catalogue.kept")
_READER = ("kept.py", "parse.py")


@cache
def _reader() -> bytes:
    """The source of what reads YAML and of what keeps it, the same for both kinds of line ends."""
    return b"".join(Path(__file__).with_name(name).read_bytes().replace(b"\r\n", b"\n") for name in _READER)


def _key(text: str) -> bytes:
    return sha256(_reader() + text.encode("utf-8", "surrogatepass")).hexdigest().encode()


@cache
def _lines() -> dict[bytes, bytes]:
    """What is kept by key: a digest and the reading."""
    try:
        lines = KEPT.read_bytes().split(b"\n")
    except OSError:
        return {}
    return {line[:64]: line[65:] for line in lines}


def reading_of(text: str) -> tuple[Any, Positions] | None:
    """Data and places of a document that is kept, for the caller to change; None of any other.

    Parameters
    ----------
    text : str
        With plain line ends.
    """
    lines = _lines()
    digest, _, content = lines.get(_key(text), b"").partition(b" ") if lines else (b"", b"", b"")
    if sha256(content).hexdigest().encode() != digest:
        return None
    data, places = json.loads(content)
    return data, {tuple(path): (line, column) for path, line, column in places}


def _line_of(text: str) -> bytes:
    """The line by which a text is kept; empty where it cannot be read without a problem, which then names its file."""
    from sim.reading.parse import parse

    parsed = parse(text, "")
    if parsed.problems:
        return b""
    places = [[path, *place] for path, place in parsed.positions.items()]
    content = json.dumps([parsed.data, places], separators=(",", ":")).encode()
    return b" ".join((_key(text), sha256(content).hexdigest().encode(), content)) + b"\n"


def keep(catalogue: Path, file: Path) -> None:
    """Read every document of a catalogue, and the lines that name it alone, and keep the readings in a file."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(catalogue.rglob("*.yaml"))]
    file.write_bytes(b"".join(_line_of(text) for text in dict.fromkeys([*texts, *map(header_of, texts)])))


def main() -> None:
    """`python -m sim.reading.kept`: keep the readings of a catalogue's documents."""
    from argparse import ArgumentParser  # no command needs it

    parser = ArgumentParser(prog="python -m sim.reading.kept", description="Keep the readings of a catalogue.")
    parser.add_argument("catalogue", type=Path, help="the folder of its documents")
    parser.add_argument("folder", type=Path, nargs="?", default=KEPT.parent, help="default: the package's own")
    arguments = parser.parse_args()
    try:
        keep(arguments.catalogue, arguments.folder / KEPT.name)
    except OSError as error:
        sys.exit(f"{error.filename}: cannot be read or written: {error.strerror}")


if __name__ == "__main__":
    main()

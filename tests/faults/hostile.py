"""Results folders that somebody else has made: with links in them, or changed with checksums that fit."""

from __future__ import annotations

import hashlib
import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.results.folder import SUMMARY
from sim.results.ledger import LEDGER
from sim.results.manifest import MANIFEST, as_text, manifest_hash

TEXT = "belongs to somebody else\n"


def digest_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sealed(path: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    """Change a manifest or summary and give it the checksum that fits."""
    data = json.loads(path.read_bytes())
    changed = change(data)
    if isinstance(changed, dict):
        changed["sha256"] = manifest_hash(changed)
        path.write_text(as_text(changed), encoding="utf-8")
    else:
        path.write_text(json.dumps(changed) + "\n", encoding="utf-8")


def reseal(folder: Path) -> None:
    """Let the ledger name the blocks as they are, and the summary the ledger as it is."""
    ledger = folder / LEDGER
    if ledger.exists():
        entries = [json.loads(line) for line in ledger.read_bytes().splitlines()]
        for entry in entries:
            entry["files"] = {name: digest_of(folder / name) for name in entry["files"] if (folder / name).exists()}
        ledger.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
        if (folder / SUMMARY).exists():
            sealed(folder / SUMMARY, lambda summary: summary | {"ledger_sha256": digest_of(ledger)})


# ---------------------------------------------------------------- links


def with_links(folder: Path, outside: Path, chance: random.Random) -> list[str]:
    """Put links that lead outside at one to four places of a folder; what was put where, in words."""
    outside.mkdir(parents=True)
    (outside / "letters").mkdir()
    return [_with_link(folder, outside, chance) for _ in range(chance.randint(1, 4))]


def _with_link(folder: Path, outside: Path, chance: random.Random) -> str:
    victim = outside / f"victim-{chance.randrange(10**9)}"
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_symlink())
    own = [*names, MANIFEST, LEDGER, SUMMARY, ".lock", "replicates", "histograms", "tables"]
    drawn = [f"{name}.{end}" for name in ("releases", "ends", "survival", "differences") for end in ("png", "svg")]
    name = chance.choice([*own, *drawn, *(f"{each}.unfinished" for each in (*own, *drawn))])
    place = folder / name
    if any(parent.is_symlink() or parent.is_file() for parent in place.parents if parent != folder):
        return "nothing"
    place.parent.mkdir(parents=True, exist_ok=True)
    kind = chance.choice(["link", "dangling link", "hard link", "link to a folder"])
    if place.is_dir() and not place.is_symlink():
        aside = outside / f"moved-{chance.randrange(10**9)}"
        place.rename(aside)
        place.symlink_to(aside)
        return f"{name}: moved outside, a link in its place"
    if os.path.lexists(place):
        content = b"" if place.is_symlink() else place.read_bytes()
        place.unlink()
        victim.write_bytes(content if chance.random() < 0.5 else TEXT.encode())
    elif kind != "dangling link":
        victim.write_text(TEXT)
    if kind == "hard link" and victim.exists():
        place.hardlink_to(victim)
    elif kind == "link to a folder":
        place.symlink_to(outside / "letters")
    else:
        place.symlink_to(victim)
    return f"{name}: {kind}"


def picture_of(outside: Path) -> dict[str, tuple[str, float]]:
    """What lies outside: every file with its bytes, every folder, and when each was last changed."""
    return {
        str(path.relative_to(outside)): (
            path.read_bytes().hex() if path.is_file() else "folder",
            path.stat().st_mtime_ns,
        )
        for path in sorted(outside.rglob("*"))
    }

"""Which source files decide what: for checksums that vouch for a result, for machine code, and for another machine."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Literal

Decides = Literal["machine code", "replicate", "package"]
"""What sources decide: what is compiled, what happens in a replicate, or everything."""

_PACKAGE = Path(__file__).parent
_MACHINE_CODE = (
    "__init__.py", "analysis/__init__.py", "analysis/deviations/__init__.py", "analysis/deviations/kernel.py",
    "document/__init__.py", "document/kinds.py", "document/measured.py", "document/sizes.py", "engine/__init__.py",
    "engine/kernel.py", "engine/splitting.py", "errors.py",
    "guarantees/*.py", "native/*.py", "outcomes/__init__.py", "outcomes/measure.py", "outcomes/so_far.py",
    "plan/__init__.py", "plan/codes.py", "plan/draws.py", "plan/fields.py", "plan/limits.py", "plan/plan_fields.py",
    "plan/record.py", "plan/sobol.py", "plan/state_fields.py", "plan/uniforms.py", "rules/*.py", "sources.py",
)  # fmt: skip
_PATTERNS: dict[Decides, tuple[str, ...]] = {
    "machine code": _MACHINE_CODE,
    "replicate": (
        *_MACHINE_CODE,
        "document/*.py",
        "engine/*.py",
        "outcomes/*.py",
        "plan/*.py",
        "reading/*.py",
        "special.py",
    ),
    "package": ("**/*.py",),
}


def sources(of: Decides) -> list[Path]:
    """Source files that decide this, in order."""
    return sorted({file for pattern in _PATTERNS[of] for file in _PACKAGE.glob(pattern)})


@cache
def source_digest(of: Decides) -> str:
    """SHA-256 of these source files, with their names; the same for both kinds of line ends."""
    digest = hashlib.sha256()
    for file in sources(of):
        content = file.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{file.relative_to(_PACKAGE).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()

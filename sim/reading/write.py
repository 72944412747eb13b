"""Plain data as YAML that `read_yaml` reads back to exactly the same data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

# Text that no reader of YAML takes for anything else: everything outside is quoted.
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:[ ./-]+[A-Za-z0-9_]+)*|[0-9]+ (?:min|h|d|w)(?: [0-9]+ (?:min|h|d|w))*")
_WORDS = re.compile(r"(?i)null|true|false|yes|no|on|off|y|n")


def write_yaml(data: dict[str, Any]) -> str:
    """The mapping in block style, its keys in their order.

    Parameters
    ----------
    data : dict
        Mappings with text as keys, lists, text, finite numbers, truth values and None.
    """
    return "".join(f"{line}\n" for line in _mapping(data, ""))


def _mapping(data: dict[str, Any], indent: str) -> Iterator[str]:
    for key, value in data.items():
        yield from _item(f"{indent}{_text(key)}:", value, indent)


def _item(head: str, value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, dict) and value:
        yield head
        yield from _mapping(value, indent + "  ")
    elif isinstance(value, list) and value:
        yield head
        for item in value:
            yield from _item(f"{indent}  -", item, indent + "  ")
    else:
        yield f"{head} {_scalar(value)}"


def _scalar(value: Any) -> str:
    return _text(value) if isinstance(value, str) else json.dumps(value, allow_nan=False)


def _text(text: str) -> str:
    if _PLAIN.fullmatch(text) and not _WORDS.fullmatch(text):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else _escaped(ord(c)) for c in quoted)


def _escaped(point: int) -> str:
    return f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"

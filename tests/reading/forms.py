"""Sentences are read back by the forms that they were written with; what fits no form is a fault."""

from __future__ import annotations

import re
import string

from sim.report.sentences import FORMS

OPTIONAL = {"of_total": r"(?: of [\d,]+)?"}
"""Fields that may be empty, and what they are else."""


def pattern_of(form):
    """A form as a pattern with a group for each field."""
    parts = []
    for text, name, _, _ in string.Formatter().parse(form):
        parts.append(re.escape(text))
        if name is not None:
            parts.append(f"(?P<{name}>{OPTIONAL.get(name, '.*?')})")
    return re.compile("".join(parts) + r"(?= |$)", re.DOTALL)


PATTERNS = {name: pattern_of(form.strip()) for name, form in FORMS.items()}


def read(text, names):
    """Names and fields of the sentences that a text consists of, in order; it must consist of nothing else."""
    found, rest = [], " ".join(text.split())
    if len(names) == 1 and (match := PATTERNS[names[0]].fullmatch(rest)):
        return [(names[0], match.groupdict())]  # a cause or a list may go on to the end
    while rest:
        matches = [(name, match) for name in names if (match := PATTERNS[name].match(rest))]
        assert matches, f"no form for: {rest!r}"
        name, match = min(matches, key=lambda one: one[1].end())
        found.append((name, match.groupdict()))
        rest = rest[match.end() :].lstrip()
    return found

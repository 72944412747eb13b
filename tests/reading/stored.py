"""A reader of results folders that shares nothing with the program but the files: pyarrow, and its own arithmetic."""

from __future__ import annotations

import copy
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from scipy import stats

from sim.outcomes.story import CAUSES

NUMBER = r"[+-]?[\d,]+(?:\.\d+)?"
DAYS = ("captive", "truce", "dispute", "pre_truce")


def folder_of(folder: Path) -> list[Scenario]:
    """The scenarios of a folder in their order, each with its replicates in theirs."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return [Scenario.of(folder, key, entry) for key, entry in _documents(manifest).items()]


def _documents(manifest):
    first = next(iter(manifest["documents"].values()))["document"]
    found = {}
    for key, entry in manifest["documents"].items():
        found[key] = entry.get("document") or _laid_on(first, entry["changes"])
    return found


def _laid_on(document, changes):
    """The first document with what differs from it."""
    found = copy.deepcopy(document)
    for path, value in changes:
        *above, last = path
        part = found
        for step in above:
            part = part[step]
        if value == "<absent>":
            del part[last]
        else:
            part[last] = value
    return found


@dataclass(frozen=True)
class Scenario:
    """One scenario: columns of its replicates, and the people on each of its lists."""

    key: str
    name: str
    rows: dict[str, np.ndarray]
    totals: dict[str, int]
    by_day: dict[str, np.ndarray]
    document: dict[str, Any]
    words: dict[str, str] = field(default_factory=dict)
    """The column of each outcome, by what its deal calls that."""

    @classmethod
    def of(cls, folder, key, document):
        files = sorted((folder / "replicates" / key).glob("*.parquet"))
        tables = [pq.read_table(file) for file in files]
        names = tables[0].column_names
        rows = {name: np.concatenate([t[name].to_numpy(zero_copy_only=False) for t in tables]) for name in names}
        for name in DAYS:
            rows[f"{name}_days"] = rows[f"{name}_minutes"] / 1440.0
        order = np.argsort(rows["replicate"].astype(np.int64))
        rows = {name: column[order] for name, column in rows.items()}
        return cls(key, document["scenario"], rows, _totals(document["deal"]), _last_day(folder, key), document)

    @property
    def called(self):
        """Its short title; else the end of its name in words."""
        return self.document.get("short_title") or self.name.rpartition("/")[2].replace("-", " ").replace("_", " ")

    def cause(self, cause):
        """A root cause in words, by the titles of the document."""
        event, _, key = str(cause).partition(" ")
        words = CAUSES.get(event, event.replace("_", " "))
        return f"{words} ({self._part(event, key)})" if key else words

    def _part(self, event, key):
        deal, behaviour = self.document["deal"], self.document["behaviour"]
        names = deal["parties"] | deal.get("mediators", {}) | deal.get("others", {})
        if event.startswith("talks"):
            return _titled(next(o for o in deal["obligations"].items() if o[1].get("topic") == key))
        if event.startswith("incident"):
            by = behaviour["incidents"][key]["by"]
            alone = sum(source["by"] == by for source in behaviour["incidents"].values()) == 1
            return names[by] if alone else f"{names[by]}, {key.replace('_', ' ')}"
        if event == "party_left":
            return names[key]
        parts = behaviour["shocks"] if event.startswith("shock") else deal["obligations"]
        key, _, release = key.partition(".")
        if not release or release.isdigit():
            return _titled((key, parts[key])) + (f", lot {release}" if release else "")
        return f"{_titled((key, parts[key]))} for {_titled((release, parts[release]))}"

    @property
    def n(self):
        return len(self.rows["replicate"])

    def share(self, end):
        return float(np.mean(self.rows["end"] == end))


def _totals(deal):
    """How many people, and how many remains, each curve by day counts in all."""
    stocks = {key: one for key, one in deal.get("stocks", {}).items() if one["of"] in ("people", "remains")}
    lists = list(dict.fromkeys(one.get("list") or key for key, one in stocks.items()))
    others = [name for name in lists if name not in ("hostages", "prisoners")]
    first = "hostages" if "hostages" in lists or not others else others[0]
    totals = Counter(dict.fromkeys(("hostages_living", "hostages_deceased", "prisoners", "prisoners_deceased"), 0))
    for key, one in stocks.items():
        name, living = one.get("list") or key, one["of"] == "people"
        totals[f"{name}.{one['of']}"] += one["count"]
        if name == first:
            totals["hostages_living" if living else "hostages_deceased"] += one["count"]
        else:
            totals["prisoners" if living else "prisoners_deceased"] += one["count"]
    return totals


def _titled(item):
    key, part = item
    return part.get("short_title") or part.get("title") or key.replace("_", " ")


def _last_day(folder, key):
    """Cumulative releases on the last day, one number for each replicate in no order, by curve."""
    files = sorted((folder / "histograms" / key).glob("*.parquet"))
    tables = [pq.read_table(file).to_pydict() for file in files]
    found: dict[str, dict[int, int]] = {}
    for table in tables:
        for curve, released, change in zip(table["curve"], table["released"], table["change"], strict=True):
            counts = found.setdefault(curve, {})
            counts[released] = counts.get(released, 0) + change
    return {
        curve: np.repeat(np.array(sorted(counts), int), [counts[k] for k in sorted(counts)])
        for curve, counts in found.items()
    }


# ---------------------------------------------------------------- own arithmetic


def mean_with_interval(values):
    """Mean and t interval of 95 %; the mean alone where nothing varies."""
    values = np.asarray(values, float)
    mean, n = values.mean(), len(values)
    spread = values.std(ddof=1) / np.sqrt(n) if n > 1 else 0.0
    if n < 2 or np.ptp(values) == 0:  # the spread of equal fractions may be a last digit
        return (mean,)
    reach = stats.t.ppf(0.975, n - 1) * spread
    return mean, mean - reach, mean + reach


def share_with_interval(count, n):
    """Share and exact interval of 95 %."""
    low = stats.beta.ppf(0.025, count, n - count + 1) if count else 0.0
    high = stats.beta.ppf(0.975, count + 1, n - count) if count < n else 1.0
    return count / n, low, high


def same_numbers(text, values, what):
    """Every number in a text is the value that belongs there, rounded to the digits that it is shown with."""
    shown = re.findall(NUMBER, text)
    assert len(shown) == len(values), f"{what}: {text!r} has {len(shown)} numbers, stored are {values}"
    for number, value in zip(shown, values, strict=True):
        digits = len(number.partition(".")[2])
        error = abs(float(number.replace(",", "")) - value)
        assert error <= 0.5000001 * 10**-digits + 1e-9, f"{what}: {text!r} says {number}, stored is {value}"


def same_frequency(text, share, what):
    """'38 of 100', '4 of 10,000': the share in runs, rounded; never none for some, nor all for not all."""
    match = re.match(r"([\d,]+) of ([\d,]+)", text)
    assert match is not None, f"{what}: {text!r} is no frequency"
    count, of = (int(part.replace(",", "")) for part in match.groups())
    assert abs(count / of - share) <= 0.5000001 / of, f"{what}: {text!r}, stored is {share}"
    assert (count == 0) == (share == 0), f"{what}: {text!r}, stored is {share}"
    assert (count == of) == (share == 1), f"{what}: {text!r}, stored is {share}"

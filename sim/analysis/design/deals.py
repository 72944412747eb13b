"""A choice of terms as a document: a scenario of its own that validates, runs and can be compared line by line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.document.dates import written_due
from sim.document.scenario import ResolvedScenario
from sim.document.values import written_duration
from sim.reading import catalogue
from sim.reading.checks_design import value_at
from sim.reading.posterior import table_of
from sim.reading.resolve import Documents
from sim.reading.store import as_yaml
from sim.reading.write import write_yaml

CHANGED = "changed here"
WRITTEN = "written.yaml"
"""The deal as written, where the deals of a folder build on no scenario of the catalogue."""
WORDS = ("title", "short_title", "clause", "grade", "source", "note", "contested", "settled", "date_set_by")
"""What an obligation says of where its terms come from, which is no longer so once they are changed."""


def built_on(documents: Documents, resolved: ResolvedScenario) -> tuple[str, dict[str, str]]:
    """What the deals of a folder build on, and the files that have to lie beside them wherever the folder goes.

    Parameters
    ----------
    documents : Documents
    resolved : ResolvedScenario
        From them, with no settings.

    Returns
    -------
    str
        A name of the catalogue, or of the first of the files.
    dict of str to str
        Text by name: none for a scenario of the catalogue, else the whole scenario and its table of draws, if any.
    """
    path, shipped = documents.layers[-1].path.resolve(), catalogue.folder().resolve()
    if path.is_relative_to(shipped):
        return path.relative_to(shipped).with_suffix("").as_posix(), {}
    table = resolved.posterior
    files = {} if table is None else {table.file: table_of(table).content.decode("utf-8")}
    return WRITTEN, {WRITTEN: as_yaml(resolved), **files}


def document_of(name: str, scenario: str, question: str, whole: Mapping[str, Any], settings: Mapping[str, Any]) -> str:
    """The scenario of a choice, as YAML.

    Parameters
    ----------
    name : str
        Of the new scenario.
    scenario : str
        What it builds on: a name of the catalogue, or of a file beside it.
    question : str
    whole : mapping
        The deal as written.
    settings : mapping
        By path, what the choice changes.
    """
    obligations = whole["deal"]["obligations"]
    changed = [key for key in obligations if any(path.split(".")[2:3] == [key] for path in settings)]
    words: dict[str, Any] = {}
    for key in changed:
        at = f"deal.obligations.{key}"
        said = [word for word in WORDS if obligations[key].get(word) is not None]
        words |= {f"{at}.{word}": None for word in said if word not in ("title", "grade")}
        words |= {f"{at}.grade": None} if "grade" in said else {}
        words |= {f"{at}.title": f"{key.replace('_', ' ')} ({CHANGED})", f"{at}.assumption": CHANGED}
    document = {
        "scenario": name, "question": question, "builds_on": scenario, "changes": {**settings, **words},
        "notes": ["Terms that a search chose. Behaviour does not answer to terms; nobody has agreed to them."],
    }  # fmt: skip
    return write_yaml(document)


def given_up(whole: Mapping[str, Any], settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Who a change is to the good of: each obligation that owes more, less, earlier or later, and its debtor.

    Parameters
    ----------
    whole : mapping
        The deal as written.
    settings : mapping
        By path, what the choice changes.

    Returns
    -------
    list of dict
        `path`, `owed_by`, `to`, `before`, `after`, and `harder_for`: the debtor where it owes more, sooner or on less
        in return, its creditor where it is the other way round, None where that cannot be told.
    """
    found = []
    parties = list(whole["deal"]["parties"])
    for path, after in settings.items():
        parts = path.split(".")
        if parts[:2] != ["deal", "obligations"]:
            found.append(_row(path, None, None, value_at(dict(whole), path), after, None))
            continue
        owed = whole["deal"]["obligations"][parts[2]]
        debtor = owed["by"]
        creditor = owed["to"] or next((party for party in parties if party != debtor), None)
        before = value_at(dict(whole), path)
        more = _is_more(parts[-1], before, after)
        is_of_both = owed["kind"] == "talks"
        harder = None if more is None or is_of_both else (debtor if more else creditor)
        found.append(_row(path, debtor, creditor, before, after, harder))
    return found


def _row(path: str, debtor: Any, creditor: Any, before: Any, after: Any, harder: Any) -> dict[str, Any]:
    return {"path": path, "owed_by": debtor, "to": creditor, "before": before, "after": after, "harder_for": harder}


def _is_more(part: str, before: Any, after: Any) -> bool | None:
    """Whether a change asks more of the debtor; None where that cannot be told."""
    if part in ("due", "starts_by", "concludes_by", "until"):
        one, other = written_due(before), written_due(after)
        dated = one is not None and other is not None and one.kind == other.kind == "day"
        if not dated or one is None or other is None:
            return None
        moments = [(due.day, -1 if due.time is None else due.time) for due in (one, other)]
        return (moments[1] < moments[0]) != (part == "until")
    if part in ("grace", "takes", "transit"):
        times = [written_duration(before), written_duration(after)]
        return None if None in times else (times[1] or 0) < (times[0] or 0)
    if part == "released" and isinstance(before, int) and isinstance(after, int):
        return after < before
    if part == "units" and isinstance(before, int) and isinstance(after, int):
        return after > before
    if part == "amount" and isinstance(before, dict) and isinstance(after, dict):
        totals = sum(before.values()), sum(after.values())
        return None if totals[0] == totals[1] else totals[1] > totals[0]
    return None

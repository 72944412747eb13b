"""The manifest of a results folder: everything that its tables follow from, and what differs between two of them."""

from __future__ import annotations

import hashlib
import json
import platform
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any, Literal

from sim.document.scenario import ResolvedScenario
from sim.engine.batch import BLOCK_SIZE, Engine
from sim.errors import DealError, ResultsError
from sim.reading.posterior import is_kept, keep
from sim.reading.problem import dotted
from sim.reading.store import as_data, from_resolved, hash_as_stored, resolved_hash
from sim.results.files import parsed, read_bytes
from sim.results.shape import check_shape
from sim.sources import source_digest

FORMAT = 1
"""Version of the folder's layout; readers refuse others."""
MANIFEST = "manifest.json"
BY_DAY = "by_day"
"""What histograms count; manifests of versions that counted three lists of people by day do not say it."""
TABLES = "posterior"
SHA256 = re.compile("[0-9a-f]{64}")
MOST_DIFFERENCES = 8
ABSENT = "<absent>"

_FIELDS: dict[str, type] = {
    "kind": str, "seed": int, "engine": str, "n_replicates": int, "block_size": int, "versions": dict,
    "rules_sha256": str, "columns": dict, "extra": dict, "documents": dict,
}  # fmt: skip

Change = tuple[tuple[str | int, ...], Any]


@dataclass(frozen=True)
class Job:
    """What is to be run into one folder.

    Parameters
    ----------
    kind : {'compare', 'sweep', 'study'}
    documents : mapping of str to dict
        For each scenario or cell its entry, made by `packed`; the first one holds its whole document.
    seed : int
    n_replicates : int
        Of each scenario; the most, where precision decides.
    engine : {'batch', 'reference'}
    block_size : int, optional
        Replicates to a file.
    command : sequence of str, optional
        The command line.
    extra : mapping, optional
        What else the tables follow from, such as the design of a sweep; plain data.
    """

    kind: Literal["compare", "sweep", "study"]
    documents: Mapping[str, Mapping[str, Any]]
    seed: int
    n_replicates: int
    engine: Engine = "batch"
    block_size: int = BLOCK_SIZE
    command: Sequence[str] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)


def packed(resolved: ResolvedScenario, like: ResolvedScenario | None = None) -> dict[str, Any]:
    """A manifest's entry for one document.

    Parameters
    ----------
    resolved : ResolvedScenario
    like : ResolvedScenario, optional
        The document of the first entry; only what differs from it is kept.

    Returns
    -------
    dict
        `sha256` of the resolved document, and `document` or `changes`.
    """
    entry: dict[str, Any] = {"sha256": resolved_hash(resolved)}
    if like is None:
        entry["document"] = as_data(resolved)
    else:
        entry["changes"] = [[list(path), value] for path, value in _changes(as_data(like), as_data(resolved), entry)]
    return entry


def _changes(before: Any, after: Any, entry: Mapping[str, Any]) -> list[Change]:
    """What makes one document of the other, to its checksum: the order of keys counts only where it carries meaning."""
    changes, in_order = (list(differences(before, after, in_order=is_kept)) for is_kept in (False, True))
    if changes == in_order or resolved_hash(from_resolved(_laid_on(before, changes))) == entry["sha256"]:
        return changes
    return in_order


def compare_job(documents: Mapping[str, ResolvedScenario], seed: int, n_replicates: int, **others: Any) -> Job:
    """The job of running several scenarios with the same draws; other arguments as of `Job`."""
    entries = {key: packed(document) for key, document in documents.items()}
    return Job(others.pop("kind", "compare"), entries, seed, n_replicates, **others)


def document_of(manifest: Mapping[str, Any], key: str, place: Path) -> ResolvedScenario:
    """The resolved document of one entry of a manifest.

    Parameters
    ----------
    manifest : mapping
    key : str
        Scenario or cell.
    place : Path
        The manifest's file, for errors.

    Raises
    ------
    ResultsError
        If there is no such entry, or the document does not have the checksum that stands beside it.
    """
    entries = manifest["documents"]
    if key not in entries:
        known = ", ".join(list(entries)[:8])
        raise ResultsError(f"{place}: holds no scenario or cell {key!r}; it has {known}")
    entry = entries[key]
    try:
        data = entry.get("document")
        if data is None:
            data = _laid_on(next(iter(entries.values()))["document"], entry["changes"])
        keep_table(data, place.parent)
        resolved = from_resolved(data)
    except (DealError, LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ResultsError(f"{place}: the document of {key} is not sound: {error}") from None
    if hash_as_stored(resolved, data) != entry["sha256"]:
        raise ResultsError(f"{place}: edited: the document of {key} does not have the checksum that stands beside it")
    return resolved


def table_file(sha256: str) -> str:
    """Where a folder has its copy of a table of draws, by its checksum."""
    return f"{TABLES}/{sha256}.csv"


def tables_named(manifest: Mapping[str, Any]) -> list[str]:
    """Checksums of the tables of draws that documents of a manifest name."""
    found: dict[str, None] = {}
    for entry in manifest["documents"].values():
        part = entry.get("document", {}).get("posterior")
        changed = [value for path, value in entry.get("changes", ()) if list(path)[:1] == ["posterior"]]
        for value in (part, *changed):
            sha256 = value.get("sha256") if isinstance(value, Mapping) else value
            if isinstance(sha256, str) and SHA256.fullmatch(sha256):
                found[sha256] = None
    return list(found)


def keep_table(data: Any, folder: Path) -> None:
    """Read the folder's copy of the table that a document names, if it names one.

    Raises
    ------
    ResultsError
        If the copy is missing, or not the table with that checksum.
    """
    part = data.get("posterior") if isinstance(data, Mapping) else None
    sha256 = part.get("sha256") if isinstance(part, Mapping) else None
    if not (isinstance(sha256, str) and SHA256.fullmatch(sha256)) or is_kept(sha256):
        return
    place = folder / table_file(sha256)
    content = read_bytes(place)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ResultsError(f"{place}: edited or damaged: not the checksum that {MANIFEST} names")
    try:
        keep(content)
    except ValueError as error:
        raise ResultsError(f"{place}: {error}") from None


def differences(
    before: Any, after: Any, path: tuple[str | int, ...] = (), *, in_order: bool = False
) -> Iterator[Change]:
    """The paths at which two documents differ, each with its value in the second; `ABSENT` where it has none.

    With `in_order`, laid on the first they give the second with its keys in their order.
    """
    is_mapping = isinstance(before, Mapping) and isinstance(after, Mapping)
    if is_mapping and not (in_order and list(after) != _order(before, after)):
        for key in dict.fromkeys([*before, *after]):
            if key not in after:
                yield (*path, key), ABSENT
            elif key not in before:
                yield (*path, key), after[key]
            else:
                yield from differences(before[key], after[key], (*path, key), in_order=in_order)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for place, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from differences(one, other, (*path, place), in_order=in_order)
    elif before != after or type(before) is not type(after) or is_mapping:
        yield path, after


def _order(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Keys as they come out: those that stay where they were, new ones behind them."""
    return [*(key for key in before if key in after), *(key for key in after if key not in before)]


def _laid_on(before: Any, changes: Sequence[Sequence[Any]]) -> Any:
    """A copy of plain data with changes made to it."""
    data = json.loads(json.dumps(before))
    for path, value in changes:
        data = _changed(data, path, value)
    return data


def _changed(data: Any, path: Sequence[Any], value: Any) -> Any:
    if not path:
        return value
    if value == ABSENT and len(path) == 1:
        del data[path[0]]
    elif isinstance(data, dict) and path[0] not in data:
        data[path[0]] = value
    else:
        data[path[0]] = _changed(data[path[0]], path[1:], value)
    return data


def _version() -> str:
    from sim import __version__

    return __version__


def versions() -> dict[str, str]:
    """Versions of everything that the numbers pass through."""
    packages = {name: metadata.version(name) for name in ("numpy", "duckdb", "scipy")}
    return {"ceasefire-sim": _version(), "python": platform.python_version(), **packages}


def version_of(manifest: Mapping[str, Any]) -> str:
    """The version that made a folder, as its manifest says."""
    return str(manifest["versions"].get("ceasefire-sim", "?"))[:40]


def is_of_this_version(manifest: Mapping[str, Any]) -> bool:
    """Whether the version that runs here made a folder."""
    return version_of(manifest) == _version()


def has_rules_of_today(manifest: Mapping[str, Any]) -> bool:
    """Whether a folder was made by the rules that are here."""
    return bool(manifest["rules_sha256"] == source_digest("replicate"))


def is_of_other_rules(manifest: Mapping[str, Any]) -> bool:
    """Whether another version made a folder, by rules that are not those of today."""
    return not is_of_this_version(manifest) and not has_rules_of_today(manifest)


def refuse_other_rules(manifest: Mapping[str, Any], folder: Path, what: str) -> None:
    """Refuse to go on with results that another version made by other rules.

    Parameters
    ----------
    manifest : mapping
    folder : Path
        For the error.
    what : str
        What cannot be done with it, such as "continued".

    Raises
    ------
    ResultsError
        With the version, and the command that installs it.
    """
    if is_of_other_rules(manifest):
        version, today = version_of(manifest), _version()
        raise ResultsError(
            f"{folder}: cannot be {what} by version {today}: version {version} made it, by other rules; "
            f"it can be with pip install 'ceasefire-sim=={version}'"
        )


def manifest_of(job: Job, tables: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest of a job as plain data.

    Parameters
    ----------
    job : Job
    tables : mapping
        Columns of the tables with their units.
    """
    manifest = {
        "format": FORMAT,
        "kind": job.kind,
        "seed": job.seed,
        "engine": job.engine,
        "n_replicates": job.n_replicates,
        "block_size": job.block_size,
        "command": [_in_utf8(word) for word in job.command if word != "--resume"],
        "versions": versions(),
        "rules_sha256": source_digest("replicate"),
        "columns": dict(tables),
        BY_DAY: ["people of each list released", "obligations met"],
        "extra": dict(job.extra),
        "documents": dict(job.documents),
    }
    manifest["sha256"] = manifest_hash(manifest)
    loaded: dict[str, Any] = json.loads(json.dumps(manifest))
    return loaded


def as_text(content: Mapping[str, Any]) -> str:
    """A manifest or summary as it stands in its file: no other bytes are taken for it."""
    if "documents" in content:
        return _in_lines(content)
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _in_lines(manifest: Mapping[str, Any]) -> str:
    """The manifest as JSON with a line for each entry and each document: small, yet fit for a diff."""

    def compact(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))

    documents = ",\n  ".join(f"{compact(key)}: {compact(value)}" for key, value in manifest["documents"].items())
    values = {key: compact(value) for key, value in manifest.items()} | {"documents": f"{{\n  {documents}\n }}"}
    return "{\n " + ",\n ".join(f"{compact(key)}: {value}" for key, value in values.items()) + "\n}\n"


def manifest_hash(manifest: Mapping[str, Any]) -> str:
    """SHA-256 of a manifest without its own checksum."""
    content = {key: value for key, value in manifest.items() if key != "sha256"}
    return hashlib.sha256(json.dumps(content, separators=(",", ":"), allow_nan=False).encode()).hexdigest()


def _in_utf8(word: str) -> str:
    return word.encode("utf-8", "backslashreplace").decode()


def sealed_text(content: Mapping[str, Any]) -> str:
    """Plain data as JSON with its own checksum at the end."""
    return as_text({**content, "sha256": manifest_hash(content)})


def check_seal(content: Any, place: Path) -> dict[str, Any]:
    """Plain data that has the checksum which it names.

    Raises
    ------
    ResultsError
        If it has not.
    """
    if not isinstance(content, dict) or content.get("sha256") != manifest_hash(content):
        raise ResultsError(f"{place}: edited or damaged: not the checksum that it names")
    return content


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a results folder, exactly as it was written.

    Raises
    ------
    ResultsError
        If it is missing, edited, damaged, a link or of another version.
    """
    place = folder / MANIFEST
    content = read_bytes(place)
    manifest = check_manifest(parsed(content, place), place)
    if content != as_text(manifest).encode():
        raise ResultsError(f"{place}: edited or damaged: not as it was written")
    return manifest


def check_manifest(manifest: Any, place: Path) -> dict[str, Any]:
    """The content of a manifest, if it is one of this version, with its checksum, that a run can have written.

    Raises
    ------
    ResultsError
        If it is not.
    """
    if not isinstance(manifest, dict) or "format" not in manifest:
        raise ResultsError(f"{place}: damaged: this is no manifest")
    if manifest["format"] != FORMAT:
        raise ResultsError(
            f"{place}: results of format {str(manifest['format'])[:40]}; this version reads format {FORMAT}"
        )
    for name, kind in _FIELDS.items():
        if type(manifest.get(name)) is not kind:
            raise ResultsError(f"{place}: damaged: {name!r} is missing or is no {kind.__name__}")
    if not manifest["documents"] or not all(map(_is_entry, manifest["documents"].values())):
        raise ResultsError(f"{place}: damaged: 'documents' holds something else than documents")
    if manifest.get("sha256") != manifest_hash(manifest):
        raise ResultsError(f"{place}: edited or damaged: its content does not have the checksum that it names")
    check_shape(manifest, place)
    return manifest


def _is_entry(entry: Any) -> bool:
    return (
        isinstance(entry, dict) and isinstance(entry.get("sha256"), str) and ("document" in entry or "changes" in entry)
    )


def refuse_change(stored: Mapping[str, Any], wanted: Mapping[str, Any], place: Path) -> None:
    """Raise `ResultsError` with all that differs, if a job is not the one that a folder was begun with."""
    refuse_other_rules(stored, place.parent, "continued")
    ignored = {"command", "sha256"}
    one = {key: value for key, value in stored.items() if key not in ignored}
    other = {key: value for key, value in wanted.items() if key not in ignored}
    found = [
        f"{dotted(path)} was {_brief(_at(one, path))}, is {_brief(value)}"
        for path, value in differences(one, other)
        if path[-1] != "sha256"
    ]
    if found:
        more = f"\n  … and {len(found) - MOST_DIFFERENCES} more" if len(found) > MOST_DIFFERENCES else ""
        listed = "".join(f"\n  {line}" for line in found[:MOST_DIFFERENCES])
        raise ResultsError(f"{place.parent}: cannot be continued, for it was begun with something else:{listed}{more}")


def _at(data: Any, path: Sequence[Any]) -> Any:
    for part in path:
        if isinstance(data, Mapping) and part not in data:
            return ABSENT
        data = data[part]
    return data


def _brief(value: Any) -> str:
    text = value if value == ABSENT else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:59] + "…"

"""The command that rewrites documents of an earlier version: upgrade."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from sim.cli.common import BAD_INPUT, json_option, print_json, reporting
from sim.errors import SimError

SUFFIXES = (".yaml", ".yml", ".csv")
"""Of the files of a folder that are looked into."""


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE|FOLDER...")
@click.option("--check", is_flag=True, help="Say what would change and write nothing; exit code 1 if anything would.")
@json_option
@reporting
def upgrade(paths: tuple[Path, ...], check: bool, as_json: bool) -> None:
    """Rewrite documents and histories of 0.1 in today's words, a line for each change; all else stays as it stands.

    Documents of 0.1 are read as they are; this is for those who still edit them. A second run changes nothing.
    """
    failed, changes, files = False, [], list(_files(paths))
    for file in files:
        try:
            found = _upgrade(file, is_written=not check)
        except SimError as error:
            click.echo(str(error), err=True)
            failed = True
            continue
        changes += [(str(file), line, words) for line, words in found]
        if not as_json:
            for line, words in found:
                click.echo(f"{file}:{line}: {words}")
    if as_json:
        told = [{"file": file, "line": line, "change": words} for file, line, words in changes]
        print_json({"files": len(files), "written": not check, "changes": told})
    else:
        n_changed = len({file for file, _, _ in changes})
        click.echo(f"{n_changed} of {len(files)} file(s) {'would change' if check else 'changed'}")
    if failed:
        raise click.exceptions.Exit(BAD_INPUT)
    if check and changes:
        raise click.exceptions.Exit(1)


def _files(paths: tuple[Path, ...]) -> Iterator[Path]:
    """The files, and all documents and histories of the folders, by name."""
    for path in paths:
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.suffix in SUFFIXES and file.is_file())
        else:
            yield path


def _upgrade(file: Path, *, is_written: bool) -> list[tuple[int, str]]:
    """The changes of one file, which are made if asked; line ends and a mark of the encoding stay."""
    from sim.reading.rewrite import history_rewritten, rewritten

    try:
        content = file.read_bytes()
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise SimError(f"{file}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SimError(f"{file}: is not UTF-8; save it as UTF-8 first") from None
    plain = text.replace("\r\n", "\n")
    if text.count("\r\n") not in (0, plain.count("\n")):
        raise SimError(f"{file}: has line ends of two kinds; save it with one")
    new, changes = history_rewritten(plain) if file.suffix == ".csv" else rewritten(plain, str(file))
    if changes and is_written:
        mark = content[: len(content) - len(text.encode())]
        _write(file, mark + (new.replace("\n", "\r\n") if "\r\n" in text else new).encode())
    return changes


def _write(file: Path, content: bytes) -> None:
    """Replace the file in one step, so that it is never half written."""
    beside = file.with_name(f".{file.name}.new")
    try:
        beside.write_bytes(content)
        beside.chmod(file.stat().st_mode & 0o7777)
        beside.replace(file.resolve())
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise SimError(f"{file}: cannot be written: {error.strerror}") from None

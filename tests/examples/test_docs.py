"""What the README and the guide say is what happens: their commands, programs, documents and printed output.

A page is read from top to bottom in an empty folder. Commands of a ``sh`` block run as they are written; a ``yaml``
block that is a whole document is validated, and saved under the last file name of the text before it, as a ``python``
block is whose text names a ``.py`` file; other ``python`` blocks and ``sql`` blocks are executed; a block after the
word "prints" must stand, line by line and in this order, in the output of a command or program before it.
"""

import contextlib
import importlib.util
import io
import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from sim.cli.commands import main
from sim.reading.validate import validate_file
from tests.amounts import slow
from tests.cases.folders import plain_figures

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SLOW = {
    "docs/how-to/property-test.md",
    "docs/how-to/write-a-deal-without-people.md",
    "docs/how-to/python-behaviour.md",
    "docs/how-to/report.md",
    "docs/how-to/cluster.md",
    "docs/how-to/sweep.md",
    "docs/how-to/read-results.md",
    "docs/how-to/calibrate.md",
    "docs/how-to/check.md",
    "docs/how-to/design.md",
    "docs/figures.md",
    "docs/development/statistics.md",
}
"""Pages whose programs run long."""
MODULE = re.compile(r"`([\w-]+\.py)`")
SETUP = ("python3 -m venv .venv", ".venv/bin/pip install ", ".venv/bin/pytest ")
"""How to install and test, which `.ci/run` runs from the README."""


@dataclass
class Reader:
    """Somebody who does what a page says, in a folder of their own."""

    folder: Path
    outputs: list[str] = field(default_factory=list)
    n_checked: int = 0

    def read(self, page: str) -> None:
        before = 0
        for block in BLOCK.finditer(page):
            text = page[before : block.start()].strip().rpartition("\n\n")[2]
            self.follow(block[1], block[2], text)
            before = block.end()

    def follow(self, language: str, content: str, text: str) -> None:
        known = {"sh": self.run_lines, "python": self.execute, "sql": self.query}
        module = MODULE.findall(text)
        if language == "yaml":
            self.write(content, text)
        elif language == "python" and module:
            (self.folder / module[-1]).write_text(content, encoding="utf-8")
        elif language in known:
            known[language](content)
        elif language in ("", "text") and re.search(r"\bprints?\b", text):
            self.compare(content)

    def run_lines(self, content: str) -> None:
        for line in content.replace("\\\n", " ").splitlines():
            for command in line.split(" && "):
                self.run(command)

    def run(self, command: str) -> None:
        words = shlex.split(command, comments=True)
        if not words or command.strip().startswith(SETUP):
            return
        if words[0] in ("pytest", "python"):
            (self.run_pytest if words[0] == "pytest" else self.run_python)(words[1:])
            return
        assert words[0] in ("ceasefire", ".venv/bin/ceasefire"), f"cannot follow: {command}"
        result = CliRunner().invoke(main, words[1:])
        assert result.exit_code == 0, f"{command}: {result.output or result.exception!r}"
        self.outputs.append(result.stdout)
        self.n_checked += 1

    def run_pytest(self, words: list[str]) -> None:
        """Tests may fail, as the page then says; the plugin is named where the package is not installed."""
        plugin = [] if entry_points(group="pytest11", name="ceasefire") else ["-p", "sim.testing.plugin"]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-W", "error", "-m", "pytest", "-p", "no:cacheprovider", *plugin, *words]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode in (0, 1), done.stdout + done.stderr
        self.outputs.append(re.sub(r"^=+ (.*) in [\d.]+s.* =+$", r"\1", done.stdout, flags=re.MULTILINE))
        self.n_checked += 1

    def run_python(self, words: list[str]) -> None:
        environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT), str(self.folder)))}
        done = subprocess.run([sys.executable, *words], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        self.outputs.append(done.stdout)
        self.n_checked += 1

    def execute(self, content: str) -> None:
        if "__main__" in content:  # starts processes that import it, so it has to be a program
            (self.folder / "program.py").write_text(content, encoding="utf-8")
            self.run_python(["program.py"])
            return
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(content, "<page>", "exec"), {})
        self.outputs.append(printed.getvalue())
        self.n_checked += 1

    def query(self, content: str) -> None:
        found = duckdb.sql(content)
        assert found.fetchall(), f"finds nothing: {content}"
        self.outputs.append(str(found))
        self.n_checked += 1

    def write(self, content: str, text: str) -> None:
        if not re.match(r"(#.*\n)*(deal|scenario):", content):
            return
        names = re.findall(r"`([\w-]+\.yaml)`", text)
        file = self.folder / (names[-1] if names else "document.yaml")
        file.write_text(content, encoding="utf-8")
        problems = [str(problem) for problem in validate_file(file)]
        assert not problems, f"{file.name}: {problems}"
        self.n_checked += 1

    def compare(self, content: str) -> None:
        wanted = [line.rstrip() for line in content.splitlines() if line.strip() not in ("", "…", "...")]
        assert any(_holds_in_order(output, wanted) for output in self.outputs), f"no command prints this:\n{content}"
        self.n_checked += 1


def _holds_in_order(output: str, wanted: list[str]) -> bool:
    lines = iter(line.rstrip() for line in output.splitlines())
    return all(line in lines for line in wanted)


def unshown(page: str) -> list[str]:
    """Programs and queries of a page that print something, and are not followed by what they print."""
    blocks = list(BLOCK.finditer(page))
    silent = []
    for block, following in zip(blocks, [*blocks, None][1:], strict=True):
        is_module = MODULE.search(page[: block.start()].strip().rpartition("\n\n")[2])
        tells = re.search(r"^ *print\(", block[2], re.MULTILINE) and block[1] == "python" and not is_module
        if block[1] == "sql" or tells or re.match("python ", block[2]):
            between = page[block.end() : following.start()] if following else ""
            if not (following and following[1] == "text" and re.search(r"\bprints?\b", between)):
                silent.append(block[2].strip().splitlines()[0])
    return silent


def impossible(page: str) -> list[str]:
    """Commands that a page names, in its sentences and indented blocks too, and that there are not: name or option."""
    named = re.findall(r"^ {4}(ceasefire \S.*)$|`(ceasefire [^`]+)`|^(ceasefire \S.*)$", page, re.MULTILINE)
    return [command for command in (next(filter(None, found)) for found in named) if not _exists(command)]


def _exists(command: str) -> bool:
    words = command.replace("\n", " ").partition("#")[0].split()[1:]
    if not words[0].isalpha():  # a usage line such as 'ceasefire COMMAND', or an option of all commands
        return words[0] in ("-h", "--help", "--version", "…", "...")
    known = main.commands.get(words[0])
    options = {name for param in known.params for name in param.opts} | {"-h", "--help"} if known else set()
    return known is not None and all(word.partition("=")[0] in options for word in words if re.match("--?[a-z]", word))


@pytest.fixture
def reader(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return Reader(tmp_path)


def name_of(page):
    return page.relative_to(ROOT).as_posix()


@pytest.mark.parametrize(
    "page",
    [pytest.param(page, marks=pytest.mark.slow) if name_of(page) in SLOW else page for page in PAGES],
    ids=name_of,
)
def test_a_page_says_what_happens(page, reader, monkeypatch):
    if name_of(page) not in SLOW:  # drawing is most of the time, and no page of words shows what is drawn
        plain_figures(monkeypatch)
    reader.read(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_shows_what_its_programs_print(page):
    assert unshown(page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_commands_that_are_named_exist(page):
    assert impossible(page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "wrong", ["`ceasefire approve x`", "    ceasefire run x --replicates 3", "`ceasefire run x\n-m`"]
)
def test_a_command_that_there_is_not_is_caught(wrong):
    page = f"See `ceasefire run x --replicate 3`.\n\n{wrong}\n"
    assert len(impossible(page)) == 1


LINK = re.compile(r"\]\((?![a-z]+:|#)([^)#\s]+)")


def dead_links(file: Path) -> list[str]:
    """Links of a page to files that are not there, programs left out."""
    text = BLOCK.sub("", file.read_text(encoding="utf-8"))
    return [link for link in LINK.findall(text) if not (file.parent / link).exists()]


@pytest.mark.parametrize("file", [*ROOT.glob("*.md"), *ROOT.glob("results/**/*.md")], ids=name_of)
def test_links_beside_the_guide_lead_somewhere(file):
    """Those within the guide are checked when it is built, strictly."""
    assert dead_links(file) == []


def test_a_dead_link_is_caught(tmp_path):
    (tmp_path / "page.md").write_text("[a](gone.md#part) [b](page.md) [c](https://example.org) [d](#here)")
    assert dead_links(tmp_path / "page.md") == ["gone.md"]


def test_the_readme_has_something_to_check(reader):
    assert (ROOT / "README.md") in PAGES
    blocks = [block[1] for block in BLOCK.finditer((ROOT / "README.md").read_text(encoding="utf-8"))]
    assert "sh" in blocks


GOOD = """\
Save this as `mine.yaml`:

```yaml
scenario: mine
question: What if nothing changes?
builds_on: january-2025/baseline
```

```sh
ceasefire validate mine.yaml  # a comment
```

It prints:

```text
1 document(s) valid
```

```python
from pathlib import Path
assert Path("mine.yaml").exists(), "not saved"
print("saved")
```

It prints:

```text
saved
```

```sql
SELECT 1 AS one;
```

It prints:

```text
│     1 │
```
"""


def test_a_page_that_is_right_is_followed_to_its_end(reader):
    reader.read(GOOD)
    assert reader.n_checked == 7
    assert unshown(GOOD) == []


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("ceasefire validate mine", "ceasefire validate yours", "yours.yaml"),
        ("ceasefire validate", "ceasefire approve", "No such command 'approve'"),
        ("ceasefire validate", "rm", "cannot follow: rm"),
        ("1 document(s) valid", "2 document(s) valid", "no command prints this"),
        ("builds_on: january-2025", "builds_on: january-2052", "unknown-name"),
        ('"mine.yaml"', '"yours.yaml"', "not saved"),
        ("SELECT 1 AS one", "SELECT 1 AS one WHERE false", "finds nothing"),
        ("SELECT 1 AS one", "SELECT 2 AS one", "no command prints this"),
        ('print("saved")', 'print("written")', "no command prints this"),
    ],
)
def test_a_page_that_is_wrong_is_caught(right, wrong, message, reader):
    assert right in GOOD
    with pytest.raises(AssertionError, match=re.escape(message)):
        reader.read(GOOD.replace(right, wrong))


@pytest.mark.parametrize("output", ["saved", "│     1 │"])
def test_an_output_that_is_not_shown_is_caught(output):
    page = GOOD.replace(f"It prints:\n\n```text\n{output}\n```\n", "")
    assert len(unshown(page)) == 1


def test_output_is_compared_in_its_order():
    assert _holds_in_order("one\ntwo  \nthree\n", ["one", "three"])
    assert not _holds_in_order("one\ntwo\nthree\n", ["three", "one"])


def written(name, *left_out):
    """A page that is written from the code, as it is and as it would be written now."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / f"{name}.py")
    writer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(writer)
    page = writer.PAGE.read_text(encoding="utf-8")
    for command in left_out:
        page, n = re.subn(rf"### {command} --json\n\n```\n.*?```\n\n", "", page, flags=re.DOTALL)
        assert n == 1
    return page, writer.page(*[left_out] * bool(left_out))


@pytest.mark.parametrize(
    "page",
    [("reference", "calibrate", "backtest"), slow(("reference",)), ("documents",), ("histories",), ("one_event",)],
    ids="-".join,
)
def test_a_written_page_is_what_the_code_says(page, monkeypatch):
    """That of the reference without the commands that take longest; with them among the slow tests."""
    monkeypatch.setenv("COLUMNS", "80")
    plain_figures(monkeypatch)
    as_it_is, anew = written(*page)
    assert as_it_is == anew, f"write it anew: python docs/{page[0]}.py"

"""Words of the users' pages, then and now: python tests/benchmarks/words.py [COMMIT], by default 07e654b (0.1.0).

Counts, for each page of the guide and the README at that commit, the words then, and those of the same page, or of the
one that took its place, in the users' guide now. What stands below `docs/development` is for contributors and counts as
nothing. A word is whatever stands between spaces and has a letter or digit: text, tables, commands and their output.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
TOOK_ITS_PLACE = {"docs/faults.md": "docs/limits.md", "docs/first-hour.md": None, "docs/cluster.md": None}
"""Pages that became another one, or a part of one that is counted anyway."""
GROW = ("docs/documents.md", "docs/model.md", "docs/reference.md")
"""Pages that say all there is: every field, rule, option, outcome and event."""
WHERE_THE_REST_IS = {
    "README.md": "how it works: `development/architecture.md`; it still has more than then: answers, milestones",
    "docs/architecture.md": "`development/architecture.md`",
    "docs/backtest.md": "rules settled late, seeds, ranks, baselines: `development/backtest.md`",
    "docs/calibration.md": "sentences that said it twice",
    "docs/cluster.md": "`how-to/cluster.md`; costs: `development/performance.md`",
    "docs/design.md": "`development/design.md`; its first part: `development/architecture.md`",
    "docs/documents.md": "what many parts have in common (titles, clauses) is said once",
    "docs/faults.md": "limits: `limits.md`; what was broken on purpose: `development/faults.md`",
    "docs/figures.md": "how pages and figures are tested: `CONTRIBUTING.md`",
    "docs/first-hour.md": "three ways to begin: `index.md`; times: `development/performance.md`",
    "docs/how-to/calibrate.md": "a program that repeats `api.md`",
    "docs/how-to/explore.md": "ranking of sliders, speed: `development/performance.md`",
    "docs/mechanisms.md": "cases of the tests: `development/mechanisms.md`",
    "docs/model.md": "exact draws, causes, corner cases, which came later: `development/rules-in-detail.md`",
    "docs/mutants.md": "`development/mutants.md`",
    "docs/performance.md": "`development/performance.md`",
    "docs/reference.md": "options of several commands and repeated JSON keys are listed once",
    "docs/releasing.md": "`development/releasing.md`",
    "docs/statistics.md": "what addresses gain, the stopping rule measured: `development/statistics.md`",
    "docs/tutorial.md": "printed tables are shown in part; it still has more than then: answers, `explain`",
}
"""What left a page and where it is now, or why it is gone."""


def words_of(text: str) -> int:
    """How many words a text has; rules of tables and marks by themselves are none."""
    return sum(any(letter.isalnum() for letter in part) for part in text.split())


def page_at(commit: str, page: str) -> str:
    """The text of a page at a commit."""
    command = ["git", "show", f"{commit}:{page}"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def pages_at(commit: str) -> list[str]:
    """The README and the pages of the guide at a commit."""
    command = ["git", "ls-tree", "-r", "--name-only", commit, "docs", "README.md"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [page for page in listed.splitlines() if page.endswith(".md")]


def words_now(page: str) -> int:
    """Words of a page in the users' guide as it stands; 0 if it has left."""
    file = ROOT / (TOOK_ITS_PLACE.get(page, page) or page)
    return words_of(file.read_text(encoding="utf-8")) if file.is_file() else 0


def table(commit: str) -> str:
    """Markdown: page, words then and now, and where what left now stands.

    Parameters
    ----------
    commit : str
        What is counted as then.

    Returns
    -------
    str
    """
    lines = ["| page | then | now | what left, and where it is |", "|---|---|---|---|"]
    counted = {page: (words_of(page_at(commit, page)), words_now(page)) for page in pages_at(commit)}
    for page, (then, now) in counted.items():
        lines.append(f"| `{page}` | {then:,} | {now:,} | {WHERE_THE_REST_IS.get(page, '')} |")
    stayed = {page: words for page, words in counted.items() if words[1]}
    by_hand = {page: words for page, words in stayed.items() if page not in GROW}
    for which, of in (
        ("together", counted),
        ("pages that are still users'", stayed),
        ("without those that grow with the language", by_hand),
    ):
        then, now = (sum(words) for words in zip(*of.values(), strict=True))
        lines.append(f"| **{which}** | **{then:,}** | **{now:,}** | {now / then:.3f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(sys.argv[1] if len(sys.argv) > 1 else "07e654b"))

"""`ceasefire diff`: what changed in meaning, and only that."""

import json

import pytest
from click.testing import CliRunner

from sim.cli.commands import main
from sim.reading.difference import differences
from sim.reading.resolve import resolve, resolve_any

BASELINE = "january-2025/baseline"


def test_a_document_means_the_same_as_itself():
    assert differences(resolve(BASELINE), resolve(BASELINE)) == []


def test_one_changed_term_is_one_difference():
    [change] = differences(resolve(BASELINE), resolve(BASELINE, {"deal.obligations.batch_2.due": "day 9"}))
    assert (change.path, change.kind, change.before, change.after) == (
        "deal.obligations.batch_2.due", "changed", "day 7", "day 9",
    )  # fmt: skip


def test_what_only_one_document_has_is_added_or_removed():
    without = resolve(BASELINE, {"behaviour.mediators.pressure.egypt": None})
    paths = {change.path: change.kind for change in differences(resolve(BASELINE), without)}
    assert paths == {"behaviour.mediators.pressure.egypt": "removed"}
    back = {change.path: change.kind for change in differences(without, resolve(BASELINE))}
    assert back == {"behaviour.mediators.pressure.egypt": "added"}


def test_words_and_sources_are_told_only_when_asked_for():
    one, other = (resolve(BASELINE, {"deal.title": title}) for title in ("One", "Other"))
    assert differences(one, other) == []
    assert "deal.title" in {change.path for change in differences(one, other, words=True)}


def test_the_order_of_lines_carries_meaning():
    before = resolve_any("january-2025")
    turned = dict(reversed(before.deal.lines.items()))
    after = before.model_copy(update={"deal": before.deal.model_copy(update={"lines": turned})})
    [change] = differences(before, after)
    assert (change.path, change.kind) == ("deal.lines", "reordered")
    assert change.after == list(turned)


@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_the_command_tells_a_copy_from_a_changed_copy(arguments, tmp_path):
    copy = tmp_path / "mine.yaml"
    run = CliRunner().invoke
    assert run(main, ["init", "--from", "january-2025", str(copy)]).exit_code == 0
    same = run(main, ["diff", "january-2025", str(copy), *arguments])
    assert same.exit_code == 0, same.output
    copy.write_text(copy.read_text(encoding="utf-8").replace("units: 26", "units: 25"), encoding="utf-8")
    changed = run(main, ["diff", "january-2025", str(copy), *arguments])
    if arguments:
        assert json.loads(same.stdout) == {"same": True, "changes": []}
        [change] = json.loads(changed.stdout)["changes"]
        assert (change["before"], change["after"]) == (26, 25)
    else:
        assert "mean the same" in same.stdout
        assert "25" in changed.stdout


def test_a_copy_keeps_comments_and_refuses_to_overwrite(tmp_path):
    copy = tmp_path / "mine.yaml"
    run = CliRunner().invoke
    assert run(main, ["init", "--from", "january-2025/no-guarantors", str(copy)]).exit_code == 0
    assert copy.read_text(encoding="utf-8").startswith("scenario: mine\n")
    again = run(main, ["init", "--from", "january-2025", str(copy)])
    assert again.exit_code == 2
    assert "nothing was written" in again.stderr


def test_a_start_is_either_a_copy_or_a_new_scenario(tmp_path):
    both = CliRunner().invoke(
        main, ["init", "--from", "january-2025", "--deal", "january-2025", str(tmp_path / "x.yaml")]
    )
    assert both.exit_code == 2
    assert "take one of them" in both.stderr

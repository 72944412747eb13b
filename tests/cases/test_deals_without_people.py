"""A report on a deal in which nobody is held draws how far it is carried out, and names no people."""

import html
import re

import pytest
from click.testing import CliRunner

from sim.cli.commands import main
from tests.cases.folders import plain_figures

WORDS = re.compile(r"hostage|prisoner|people released", re.IGNORECASE)


@pytest.mark.slow
def test_a_report_draws_how_far_a_deal_without_people_is_carried_out(tmp_path, monkeypatch):
    plain_figures(monkeypatch)
    monkeypatch.chdir(tmp_path)
    for words in (["compare", "lebanon-2024/as-written", "lebanon-2024/baseline", "-n", "40", "--out", "o"],
                  ["report", "o", "--out", "page.html"]):  # fmt: skip
        assert CliRunner().invoke(main, words).exit_code == 0
    page = html.unescape((tmp_path / "page.html").read_text(encoding="utf-8"))
    drawn = page.partition("A hundred runs of each")[2].partition("</section>")[0]
    assert "What each run has come to at its end" in drawn
    assert WORDS.findall(drawn) == []
    assert "the first whose 'implementation, percent' is nearest" in page

"""The explorer's server and session without a browser: who is let in, what is refused, what is run."""

import http.client
import json
import re
import subprocess
import sys
import threading

import numpy as np
import pytest
from click.testing import CliRunner

from sim.analysis.compare import Design, compare
from sim.cli.commands import main
from sim.engine.batch import simulate_block
from sim.engine.reference import ReferenceEngine
from sim.errors import SimError
from sim.outcomes.columns import VIOLATED, columns
from sim.outcomes.story import chain, story
from sim.plan.compile import compile_plan
from sim.reading.resolve import Documents, resolve

pytest.importorskip("starlette", reason="needs the extra 'explore'")
pytest.importorskip("uvicorn", reason="needs the extra 'explore'")

from sim.engine import batch as batch_module
from sim.explore import runs as runs_module
from sim.explore import session as session_module
from sim.explore.runs import StaleError
from sim.explore.server import MOST_BODY, Server, listen
from sim.explore.session import Session, Wish
from sim.explore.sliders import sliders
from tests.amounts import one_quick

BASELINE = "january-2025/baseline"
WITHHOLDS = "behaviour.parties.hamas.withholds"
LATE = "behaviour.parties.hamas.kinds.release.late"
DELAY = "behaviour.parties.hamas.kinds.release.delay"
WISH = {"scenario": BASELINE, "baseline": BASELINE, "n": 200}
EDITED = f"scenario: mine\nquestion: What if?\nbuilds_on: {BASELINE}\n"


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    opened = Session(tmp_path_factory.mktemp("explore"), BASELINE)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def server(session):
    made = Server(session, listen("127.0.0.1", 0))
    thread = threading.Thread(target=made.run)
    thread.start()
    yield made
    made.uvicorn.should_exit = True
    thread.join()


def never():
    return False


def ask(server, path, body=None, **headers):
    """Status and body of one request; a header given as None is left out."""
    host = server.url.split("/")[2]
    connection = http.client.HTTPConnection(host, timeout=60)
    sent = {"Host": host} | {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.putrequest("GET" if body is None else "POST", path, skip_host=True)
        content = b"" if body is None else (body if isinstance(body, bytes) else json.dumps(body).encode())
        for name, value in {**sent, "Content-Length": str(len(content))}.items():
            if value is not None:
                connection.putheader(name, value)
        connection.endheaders(content)
        answer = connection.getresponse()
        return answer.status, answer.read(), dict(answer.getheaders())
    finally:
        connection.close()


def within(server, path):
    return f"/{server.token}/{path}"


# ---------------------------------------------------------------- who is let in


@pytest.mark.parametrize("name", ["", "page.js", "page.css", "catalogue"])
def test_the_page_is_given_to_whoever_knows_the_token_and_says_that_nothing_else_may_be_loaded(server, name):
    status, body, headers = ask(server, within(server, name))
    assert status == 200
    assert body
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("token", ["", "wrong/", "{token}", "{token}x/", "../{token}/"])
@pytest.mark.parametrize("name", ["", "page.js", "run", "catalogue", "nothing-here"])
def test_every_request_without_the_token_gets_403(server, token, name):
    path = f"/{token.format(token=server.token)}{name}"
    assert ask(server, path)[0] == 403
    assert ask(server, path, WISH)[0] == 403


def test_a_websocket_without_the_token_gets_403_and_there_is_none_with_it(server):
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec_WebSocket_Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec_WebSocket_Version": "13",
    }
    assert ask(server, "/wrong/socket", **upgrade)[0] == 403
    assert ask(server, within(server, "socket"), **upgrade)[0] == 404


@pytest.mark.parametrize("host", ["example.org", "127.0.0.1", "127.0.0.1:1", "attacker.localhost:{port}", None])
def test_a_host_that_is_not_this_server_gets_403(server, host):
    port = server.url.split("/")[2].split(":")[1]
    host = host and host.format(port=port)
    assert ask(server, within(server, ""), Host=host)[0] in ({400} if host is None else {403})
    assert ask(server, within(server, ""), Host=f"localhost:{port}")[0] == 200


def test_a_page_elsewhere_gets_403_and_no_leave_to_read(server):
    status, _, headers = ask(server, within(server, "run"), WISH, Origin="http://example.org")
    assert status == 403
    assert not [name for name in headers if name.lower().startswith("access-control")]


@pytest.mark.parametrize("path", ["../../etc/passwd", "%2e%2e/page.py", "server.py", "scenario.yaml", "edited/"])
def test_no_path_leads_to_another_file(server, path):
    assert ask(server, within(server, path))[0] == 404


def test_tokens_are_long_and_never_the_same(session):
    urls = set()
    for _ in range(3):
        opened = listen("127.0.0.1", 0)
        urls.add(Server(session, opened).token)
        opened.close()
    assert len(urls) == 3
    assert min(map(len, urls)) >= 43


@pytest.mark.parametrize("host", ["192.0.2.1", "10.0.0.5", "2001:db8::1"])
def test_an_address_that_others_can_reach_needs_a_word_of_its_own(host):
    with pytest.raises(SimError, match="--open-to-network"):
        listen(host, 0)


@pytest.mark.parametrize(("host", "reason"), [("0.0.0.0", "one address"), ("::", "one address"), ("a.org", "takes an")])
def test_what_is_no_single_address_is_refused_even_then(host, reason):
    with pytest.raises(SimError, match=reason):
        listen(host, 0, open_to_network=True)


def test_a_port_that_is_taken_is_said_so():
    with listen("127.0.0.1", 0) as opened, pytest.raises(SimError, match=r"port \d+: Address already in use"):
        listen("127.0.0.1", opened.getsockname()[1])


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"n": 10**9}, "n: Input should be less than or equal to 20000"),
        ({"n": 1}, "n: Input should be greater than or equal to 100"),
        ({"scenario": "../../secret"}, "no scenario '../../secret' in the catalogue"),
        ({"baseline": "/etc/passwd"}, "no scenario '/etc/passwd' in the catalogue"),
        ({"settings": {"deal.obligations": 0.5}}, "is no slider"),
        ({"settings": {WITHHOLDS: 1.5}}, "must lie between 0 and 1, got 1.5"),
        ({"settings": {WITHHOLDS: "0.5"}}, "Input should be a valid number"),
        ({"folder": "/tmp"}, "folder: Extra inputs are not permitted"),
        ({"seed": -1}, "seed: Input should be greater than or equal to 0"),
        ({"text": "x" * 200_001}, "text: String should have at most 200000 characters"),
        ({"text": "study: a\n"}, "the page takes scenarios only"),
        ({"text": "- a\n"}, "a document is a mapping"),
        ({"text": EDITED.replace(BASELINE, "../../secret")}, "entries of the catalogue only"),
        ({"text": EDITED + "deal: /etc/passwd\n"}, "entries of the catalogue only"),
    ],
)
def test_what_the_page_would_never_ask_for_is_refused_with_the_reason(server, change, reason):
    status, body, _ = ask(server, within(server, "run"), WISH | change)
    assert status == 422
    assert reason in json.loads(body)["error"]


def test_a_request_that_is_no_json_or_too_large_is_refused(server):
    assert ask(server, within(server, "run"), b"{")[0] == 422
    assert ask(server, within(server, "check"), b"a" * (MOST_BODY + 1))[0] == 413


def test_more_figures_at_a_time_than_the_server_takes_are_refused(server, session, monkeypatch):
    going, full = threading.Event(), threading.Semaphore(0)

    def slow(_):
        full.release()
        going.wait(30)
        return b"figure"

    monkeypatch.setattr(session, "figure", slow)
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(ask(server, within(server, "figure"), WISH)[0])) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
        assert full.acquire(timeout=30)
    assert ask(server, within(server, "figure"), WISH)[0] == 429
    going.set()
    for thread in threads:
        thread.join()
    assert found == [200] * 4


def test_problems_of_an_edited_text_name_their_line_and_no_folder(session):
    (problem,) = session.check(
        EDITED + "behaviour:\n  parties:\n    hamas:\n      withhold: 0.5\n      assumption: Mine.\n"
    )
    assert (problem.file, problem.line, problem.code) == ("scenario.yaml", 7, "unknown-key")
    assert str(session.folder) not in str(problem)
    assert session.check(EDITED) == []


def test_an_edited_text_that_cannot_be_run_says_why_without_the_folder_that_holds_it(server, session):
    wrong = EDITED + "behaviour: {parties: {hamas: {withholds: 2.0, assumption: Mine.}}}\n"
    status, body, _ = ask(server, within(server, "run"), WISH | {"text": wrong})
    (problem,) = json.loads(body)["problems"]
    assert (status, problem["file"], problem["line"]) == (422, "scenario.yaml", 4)
    assert str(session.folder).encode() not in body


def test_edited_texts_do_not_pile_up_as_files(session):
    for number in range(session_module.MOST_WRITTEN + 5):
        session._written(EDITED + f"title: Number {number}\n")
    assert len(list((session.folder / "edited").iterdir())) == session_module.MOST_WRITTEN


def test_a_hostile_title_is_plain_data_and_cut(server):
    title = "<script>alert(1)</script>" + "x" * 400
    status, body, headers = ask(server, within(server, "open"), WISH | {"text": EDITED + f'title: "{title}"\n'})
    found = json.loads(body)
    assert status == 200
    assert headers["content-type"] == "application/json"
    assert found["title"].startswith("<script>alert(1)</script>")
    assert len(found["title"]) <= 160


def test_the_page_never_sets_text_as_markup():
    from importlib.resources import files

    scripts = [file for file in files("sim.explore").iterdir() if file.name.endswith(".js")]
    script = "".join(file.read_text(encoding="utf-8") for file in scripts)
    assert len(scripts) == 7
    html = files("sim.explore").joinpath("page.html").read_text(encoding="utf-8")
    assert re.findall(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", script) == []
    assert re.findall(r"https?://(?!www\.w3\.org/2000/svg)", script + html) == []


# ---------------------------------------------------------------- what is run


def test_a_moved_slider_gives_what_compare_gives_for_the_same_setting(session):
    wish = Wish(**WISH | {"settings": {WITHHOLDS: 0.9, DELAY: 96.0}})
    answer = session.run(wish, never)
    moved = resolve(BASELINE, {WITHHOLDS: "0.9", DELAY: "{median: 4 d, p95: 16 d}"})
    expected = compare(Design(resolve(BASELINE), [moved], n=200, seed=0))
    curve = expected.variants[0].summary.curves["hostages_living"].bands
    assert answer["days"]["scenario"]["curves"]["hostages_living"]["median"] == curve.median.tolist()
    assert answer["days"]["baseline"]["curves"]["prisoners"]["total"] == expected.baseline.curves["prisoners"].total
    for one, summary in zip(answer["ends"], (expected.variants[0].summary, expected.baseline), strict=True):
        assert {part["end"]: part["count"] for part in one["parts"]} == {
            end: count for end, (count, _) in summary.ends.items() if count
        }
    found = {one["outcome"]: one for one in answer["differences"]}
    for name, one in found.items():
        difference = expected.variants[0].differences[name]
        differs = difference.share_above or difference.share_below
        assert one["is_decided"] == (difference.estimate.excludes_zero and bool(differs))
        assert (one["verdict"] == "undecided") == (bool(differs) and not difference.estimate.excludes_zero)
    assert answer["examples"][0]["replicate"] == expected.variants[0].examples["lowest"].replicate


def test_a_draft_and_the_rest_give_the_same_as_all_at_once(session):
    wish = Wish(**WISH | {"n": 2_300, "seed": 5})
    session.run(wish.model_copy(update={"n": 2_000}), never)
    again = compare(Design(resolve(BASELINE), [resolve(BASELINE)], n=2_300, seed=5))
    parts = session.run(wish, never)["ends"][0]["parts"]
    assert {part["end"]: part["count"] for part in parts}["collapsed"] == again.baseline.ends["collapsed"][0]


@pytest.mark.parametrize("text", [None, EDITED, EDITED + f"changes:\n  {DELAY}.median: 1 h\n  {WITHHOLDS}: 0.1\n"])
def test_the_downloaded_scenario_and_command_give_the_same_numbers(session, text, tmp_path, monkeypatch):
    wish = Wish(**WISH | {"text": text, "settings": {WITHHOLDS: 0.9, DELAY: 72.0, LATE: 0.5}})
    (tmp_path / "explored.yaml").write_text(session.document(wish), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    words = session.command(wish).split()
    assert words[:4] == ["ceasefire", "compare", BASELINE, "explored.yaml"]
    result = CliRunner().invoke(main, [*words[1:], "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)["variants"][0]
    answer = session.run(wish, never)
    for name, curve in told["curves"].items():
        assert answer["days"]["scenario"]["curves"][name]["low_90"] == curve["low_90"]
    counted = {part["end"]: part["count"] for part in answer["ends"][0]["parts"]}
    assert counted == {end: found["count"] for end, found in told["ends"].items() if found["count"]}


def test_a_slider_takes_the_place_of_a_distribution_also_in_the_downloaded_scenario(session):
    given = f"uncertain:\n  {LATE.removeprefix('behaviour.')}: {{uniform: [0, 1], assumption: Not known.}}\n"
    wish = Wish(**WISH | {"text": EDITED + given, "settings": {LATE: 0.5}})
    assert "uniform" not in session.document(wish)
    assert "uniform" in session.document(wish.model_copy(update={"settings": {WITHHOLDS: 0.5}}))


def test_one_replicate_is_told_as_the_command_tells_it(session):
    wish = session_module.ReplicateWish(**WISH | {"replicate": 3})
    found = session.replicate(wish)
    told = json.loads(CliRunner().invoke(main, ["run", BASELINE, "--replicate", "3", "--json"]).stdout)
    assert found["end"] == told["end"]
    plan = compile_plan(resolve(BASELINE))
    trace = ReferenceEngine(plan).run(0, 3).trace
    assert found["story"] == [list(line) for line in story(plan, trace)]
    assert found["chain"] == chain(plan, trace)
    assert found["svg"].startswith("<?xml")


@pytest.mark.slow
def test_of_a_burst_only_the_latest_is_computed(server, monkeypatch):
    n_stretches, lock = [0], threading.Lock()
    run = batch_module.run_block

    def counted(*args):
        with lock:
            n_stretches[0] += 1
        return run(*args)

    monkeypatch.setattr(batch_module, "run_block", counted)
    found = {}

    def move(number):
        wish = WISH | {"n": 20_000, "tab": "burst", "settings": {WITHHOLDS: number / 100}}
        found[number] = ask(server, within(server, "run"), wish)[0]

    threads = [threading.Thread(target=move, args=(number,)) for number in range(1, 51)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    done = [number for number, status in found.items() if status == 200]
    assert set(found.values()) <= {200, 409}
    assert len(done) >= 1
    assert n_stretches[0] < 6 * 20, f"{n_stretches[0]} stretches of 20 for each scenario"


def test_moving_a_slider_runs_and_compiles_the_moved_scenario_alone(session, monkeypatch):
    session.run(Wish(**WISH | {"n": 3_000, "seed": 3}), never)
    n_run, n_plans = [0], [0]
    simulate, compile_one = runs_module.simulate_sparse, session_module.compile_plan

    def counted(plan, seed, first, count, **between):
        n_run[0] += count
        return simulate(plan, seed, first, count, **between)

    def compiled(scenario):
        n_plans[0] += 1
        return compile_one(scenario)

    monkeypatch.setattr(runs_module, "simulate_sparse", counted)
    monkeypatch.setattr(session_module, "compile_plan", compiled)
    session.run(Wish(**WISH | {"n": 3_000, "seed": 3, "settings": {WITHHOLDS: 0.7}}), never)
    assert (n_run[0], n_plans[0]) == (3_000, 1)


@pytest.mark.parametrize("name", [BASELINE, "november-2023/baseline", "october-2025/baseline"])
def test_what_happens_is_the_same_where_nobody_watches_guarantees(name):
    scenario = resolve(name)
    watched, unwatched = (compile_plan(one) for one in (scenario, session_module.unwatched(scenario)))
    assert scenario.deal.guarantees
    rows = [simulate_block(plan, 5, 0, 200).outcomes for plan in (watched, unwatched)]
    places = [columns(watched).index(column) for column in columns(unwatched)]
    np.testing.assert_array_equal(rows[0][:, places], rows[1])
    left_out = set(columns(watched)) - set(columns(unwatched))
    assert left_out == {f"{VIOLATED}{key}" for key in scenario.deal.guarantees}


def test_runs_that_are_kept_give_the_same_whatever_was_asked_before(session):
    counts = [2_000, 2_400, 2_100, 2_300, 2_200, 2_600, 2_500, 2_000, 150, 2_400]
    found = [session.run(Wish(**WISH | {"n": n, "seed": 11, "settings": {LATE: 0.6}}), never) for n in counts]
    assert [answer["n"] for answer in found] == counts
    assert found[9] == found[1]
    moved = compare(Design(resolve(BASELINE), [resolve(BASELINE, {LATE: "0.6"})], n=150, seed=11)).variants[0]
    assert (
        found[8]["days"]["scenario"]["curves"]["prisoners"]["high_50"]
        == moved.summary.curves["prisoners"].bands.high_50.tolist()
    )


def test_a_run_stops_between_stretches_when_it_is_stale(session, monkeypatch):
    n_stretches = [0]
    run = batch_module.run_block

    def counted(plans, states, seed, first, outcomes, *layout):
        n_stretches[0] += 1
        assert len(outcomes) <= batch_module.STRETCH
        return run(plans, states, seed, first, outcomes, *layout)

    monkeypatch.setattr(batch_module, "run_block", counted)
    is_stale = session.latest.enter("a tab")
    wish = Wish(**WISH | {"n": 20_000, "seed": 77})
    with pytest.raises(StaleError, match="a later request"):
        session.run(wish, lambda: n_stretches[0] >= 3)
    assert 3 <= n_stretches[0] <= 3 + session._pool._max_workers
    session.latest.enter("another tab")
    assert not is_stale()
    session.latest.enter("a tab")
    assert is_stale()


ATTEMPT = "behaviour.mediators.attempt"


@pytest.mark.parametrize(
    "name", one_quick(["january-2025/baseline", "november-2023/as-written", "october-2025-talks/baseline"])
)
def test_every_slider_says_on_what_it_rests_and_can_be_moved_to_both_ends(name):
    documents = Documents.of(name)
    found = sliders(documents.resolve())
    assert len({slider.path for slider in found}) == len(found) > 20
    for slider in found:
        assert slider.why
        assert 0 <= slider.value <= slider.high
        assert documents.resolve({slider.path: slider.setting(slider.value)})
    for kind in ("Compliance", "Delays", "Tolerance", "Pressure", "Talks"):
        assert any(slider.group.startswith(kind) for slider in found) or name.startswith("november")
    times = [slider for slider in found if slider.unit == "hours"]
    documents.resolve({slider.path: slider.setting(slider.high) for slider in times})
    # attempts of no time are refused in words where they may go on until somebody is found
    documents.resolve({slider.path: slider.setting(0) for slider in found if slider.path != ATTEMPT})


# ---------------------------------------------------------------- the command


@pytest.mark.parametrize("missing", ["starlette", "uvicorn"])
def test_a_missing_extra_is_named_with_the_way_to_install_it(missing):
    without = f"import sys; sys.modules[{missing!r}] = None"
    code = f"{without}; from sim.cli.commands import main; main(['explore', '--no-browser'])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 2
    assert f"needs {missing}" in result.stderr
    assert "pip install 'ceasefire-sim[explore]'" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["nothing/there"], "no file and no catalogue entry 'nothing/there'"),
        (["--host", "192.0.2.1"], "--open-to-network"),
    ],
)
def test_the_command_refuses_what_it_cannot_serve(arguments, reason):
    result = CliRunner().invoke(main, ["explore", *arguments, "--no-browser"])
    assert result.exit_code == 2
    assert reason in result.output

"""Signals that end a command: what it has put aside goes, and the exit code says which it was."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from click.exceptions import Exit

from sim.cli.common import interruptible
from sim.errors import INTERRUPTED, SimError
from sim.explore.server import listen
from tests.amounts import slow
from tests.faults.breaking import environment

CASE = pytest.mark.case(
    "E13",
    before="SIGTERM and a closed terminal left edited texts behind; Ctrl-C printed server tracebacks and ended with 0",
    after="the temporary folder goes; 143, 129 and 130; no traceback",
)


@CASE
@pytest.mark.parametrize(
    ("name", "cut_short"),
    [
        slow("SIGTERM", False),
        slow("SIGTERM", True),
        slow("SIGHUP", False),
        slow("SIGHUP", True),
        slow("SIGINT", False),
        ("SIGINT", True),
    ],
)
def test_a_signal_ends_the_explorer_and_leaves_nothing_behind(tmp_path, name, cut_short):
    code = "from sim.cli.start import main; main()"
    command = [sys.executable, "-c", code, "explore", "november-2023/baseline", "--port", "0", "--no-browser"]
    environ = environment(TMPDIR=str(tmp_path), PYTHONUNBUFFERED="1")
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ) as process:
        url = process.stdout.readline().decode().strip()
        assert list(tmp_path.glob("ceasefire-explore-*"))
        if cut_short:
            host, _, path = url.removeprefix("http://").partition("/")
            address, _, port = host.rpartition(":")
            with socket.create_connection((address, int(port))) as half:
                half.sendall(f"POST /{path}run HTTP/1.1\r\nHost: {host}\r\nContent-Length: 500\r\n\r\n{{".encode())
                time.sleep(0.5)
                process.send_signal(getattr(signal, name))
                _, said = process.communicate(timeout=100)
        else:
            time.sleep(0.5)
            process.send_signal(getattr(signal, name))
            _, said = process.communicate(timeout=100)
    number = getattr(signal, name)
    assert process.returncode == 128 + number, said.decode()
    assert said.decode() in ("", "interrupted\n")
    assert list(tmp_path.glob("ceasefire-explore-*")) == []
    assert os.listdir(tmp_path) == []


@CASE
@pytest.mark.parametrize(
    "host",
    [
        "::ffff:0.0.0.0",
        "0.0.0.0",
        "::",
        "::ffff:0:0",
        "0:0:0:0:0:ffff:0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "ff02::1",
    ],
)
@pytest.mark.parametrize("is_open", [False, True])
def test_no_form_of_every_address_is_taken(host, is_open):
    with pytest.raises(SimError):
        listen(host, 0, open_to_network=is_open).close()


@CASE
def test_a_mapped_address_is_the_address():
    with listen("::ffff:127.0.0.1", 0) as opened:
        assert opened.getsockname()[0] == "127.0.0.1"
    with pytest.raises(SimError, match="others on the network"):
        listen("::ffff:192.0.2.1", 0)


@CASE
@pytest.mark.parametrize("struck", [KeyboardInterrupt(), RuntimeError("Query interrupted")])
def test_ctrl_c_while_a_table_is_read_ends_in_words(struck, capsys):
    def work():
        raise struck

    with pytest.raises(Exit) as ended:
        interruptible(work, "; what is complete is kept")
    assert ended.value.exit_code == INTERRUPTED
    assert capsys.readouterr().err == "interrupted; what is complete is kept\n"


def test_another_error_of_a_query_is_an_error():
    def work():
        raise RuntimeError("Query failed")

    with pytest.raises(RuntimeError, match="Query failed"):
        interruptible(work, "")

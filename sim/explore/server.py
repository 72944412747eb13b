"""The page's server: loopback only unless told otherwise, and deaf to whoever does not know its token."""

from __future__ import annotations

import hmac
import ipaddress
import logging
import secrets
import signal
import socket
import tempfile
import threading
import webbrowser
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

import uvicorn
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sim.errors import SimError
from sim.explore.runs import StaleError
from sim.explore.session import MOST_TEXT_BYTES, FigureWish, KindWish, ReplicateWish, Session, Wish, as_shown
from sim.reading.problem import DocumentError
from sim.report.figures.model import model_svg

MOST_BODY = 2 * MOST_TEXT_BYTES
"""Bytes of a request; text takes up to twice its size as JSON."""
MOST_WAITING = 4
"""Requests for single replicates or figures that wait at a time."""
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_SCRIPTS = ("elements", "charts", "views", "replicate", "controls", "editor", "page")
_PAGE = {
    "": ("page.html", "text/html"),
    **{f"{name}.js": (f"{name}.js", "text/javascript") for name in _SCRIPTS},
    "page.css": ("page.css", "text/css"),
}  # fmt: skip
WishT = TypeVar("WishT", bound=Wish)


class TooMuchError(SimError):
    """A request is larger (413), or comes sooner (429), than the server takes."""

    def __init__(self, message: str, status: int):
        super().__init__(message)
        self.status = status


class Guard:
    """Lets through what names this server as its host and begins its path with the token; all else gets 403.

    Parameters
    ----------
    app : ASGI application
        Gets the path without the token.
    token : str
    hosts : set of str
        What a `Host` header may say; another name would be a page elsewhere that has bound its name to this address.
    """

    def __init__(self, app: ASGIApp, token: str, hosts: set[str]):
        self.app, self.token, self.hosts = app, token, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        rest = self._path_within(scope)
        if rest is None and scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif rest is None:
            await Response("not allowed\n", 403, HEADERS)(scope, receive, send)
        else:
            inside = dict(scope, path=rest, raw_path=rest.encode(), root_path="")
            await self.app(inside, receive, _with_headers(send))

    def _path_within(self, scope: Scope) -> str | None:
        """The path below the token; None if the request is not allowed."""
        headers = [(name.lower(), value.decode("latin-1")) for name, value in scope["headers"]]
        hosts = [value for name, value in headers if name == b"host"]
        origins = [value for name, value in headers if name == b"origin"]
        if len(hosts) != 1 or hosts[0].lower() not in self.hosts:
            return None
        if any(origin.lower() != f"http://{hosts[0].lower()}" for origin in origins):
            return None
        token, slash, rest = scope["path"].removeprefix("/").partition("/")
        is_known = hmac.compare_digest(token.encode(), self.token.encode())
        return f"/{rest}" if is_known and slash else None


def _with_headers(send: Send) -> Send:
    async def send_more(message: Message) -> None:
        if message["type"] == "http.response.start":
            added = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
            message = {**message, "headers": [*message["headers"], *added]}
        await send(message)

    return send_more


class Page:
    """The routes: what the page asks for, handed on to the session."""

    def __init__(self, session: Session):
        self.session = session
        self._waiting = 0

    def app(self) -> Starlette:
        """The application, without its guard."""
        posts: dict[str, Callable[[Request], Awaitable[Response]]] = {
            "open": self.open, "check": self.check, "run": self.run, "rank": self.rank, "find": self.find,
            "replicate": self.replicate, "figure": self.figure, "document": self.document,
        }  # fmt: skip
        routes = [Route(f"/{name}", _static(*_PAGE[name]), methods=["GET"]) for name in _PAGE]
        for name, upright in (("model", False), ("model-upright", True)):
            picture = model_svg(upright=upright).encode()
            routes.append(Route(f"/{name}.svg", _giving(picture, "image/svg+xml"), methods=["GET"]))
        routes.append(Route("/catalogue", self.catalogue, methods=["GET"]))
        routes += [Route(f"/{name}", answering(handler), methods=["POST"]) for name, handler in posts.items()]
        return Starlette(routes=routes)

    async def catalogue(self, _: Request) -> Response:
        """Deals and scenarios to choose from."""
        return JSONResponse(self.session.catalogue())

    async def open(self, request: Request) -> Response:
        """A scenario: text, question, sliders."""
        wish = await _read(request, Wish)
        return JSONResponse(await run_in_threadpool(self.session.open, wish))

    async def check(self, request: Request) -> Response:
        """The problems of an edited text."""
        text = (await _body(request)).decode("utf-8", errors="replace")
        problems = await run_in_threadpool(self.session.check, text)
        return JSONResponse({"problems": [problem.as_json() for problem in problems]})

    async def run(self, request: Request) -> Response:
        """Scenario and baseline, run; 409 if a later request has come meanwhile."""
        wish = await _read(request, Wish)
        is_stale = self.session.latest.enter(wish.tab)
        return JSONResponse(await run_in_threadpool(self.session.run, wish, is_stale))

    async def rank(self, request: Request) -> Response:
        """The rows of sliders of somebody's own scenario, ranked; it stops when a later pilot of the window begins."""
        wish = await _read(request, Wish)
        is_stale = self.session.latest.enter(f"{wish.tab} ranks")
        return JSONResponse(await self._in_turn(lambda asked: self.session.rank(asked, is_stale), wish))

    async def find(self, request: Request) -> Response:
        """A replicate of a kind."""
        wish = await _read(request, KindWish)
        return JSONResponse(await self._in_turn(self.session.find, wish))

    async def replicate(self, request: Request) -> Response:
        """One replicate: story and timeline."""
        wish = await _read(request, ReplicateWish)
        return JSONResponse(await self._in_turn(self.session.replicate, wish))

    async def figure(self, request: Request) -> Response:
        """A figure as a file."""
        wish = await _read(request, FigureWish)
        kind = "image/svg+xml" if wish.format == "svg" else "image/png"
        return Response(await self._in_turn(self.session.figure, wish), media_type=kind)

    async def document(self, request: Request) -> Response:
        """The scenario as a document."""
        wish = await _read(request, Wish)
        return Response(await run_in_threadpool(self.session.document, wish), media_type="text/plain")

    async def _in_turn(self, work: Callable[[Any], Any], wish: Wish) -> Any:
        if self._waiting >= MOST_WAITING:
            raise TooMuchError(f"{MOST_WAITING} requests are waiting already; try again in a moment", 429)
        self._waiting += 1
        try:
            return await run_in_threadpool(work, wish)
        finally:
            self._waiting -= 1


def _static(name: str, media_type: str) -> Callable[[Request], Awaitable[Response]]:
    return _giving(files("sim.explore").joinpath(name).read_bytes(), media_type)


def _giving(content: bytes, media_type: str) -> Callable[[Request], Awaitable[Response]]:
    async def give(_: Request) -> Response:
        return Response(content, media_type=media_type)

    return give


def answering(handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """What a user can mend becomes an answer with its reason: 409 stale, 413 or 429 too much, 422 all else."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except StaleError as error:
            return _failure(409, error)
        except TooMuchError as error:
            return _failure(error.status, error)
        except DocumentError as error:
            shown = [as_shown(problem) for problem in error.problems]
            return _failure(422, DocumentError(shown), [problem.as_json() for problem in shown])
        except SimError as error:
            return _failure(422, error)
        except ClientDisconnect:
            return Response(status_code=499)

    return answer


def _failure(status: int, error: Exception, problems: list[dict[str, Any]] | None = None) -> Response:
    return JSONResponse({"error": str(error)[:4000], "problems": problems or []}, status)


async def _body(request: Request) -> bytes:
    """The body, read no further than the limit."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BODY:
            raise TooMuchError(f"a request has at most {MOST_BODY:,} bytes", 413)
    return body


async def _read(request: Request, kind: type[WishT]) -> WishT:
    body = await _body(request)
    try:
        return kind.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise SimError(f"{where or 'request'}: {first['msg']}"[:400]) from None


# ---------------------------------------------------------------- running


def listen(host: str, port: int, *, open_to_network: bool = False) -> socket.socket:
    """A socket that listens on one address.

    Parameters
    ----------
    host : str
        A loopback address, or any single one if `open_to_network`.
    port : int
        0 takes a free one.

    Raises
    ------
    SimError
        If the address is no single one, is refused, or the port is taken.
    """
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        raise SimError(f"--host takes an address such as 127.0.0.1, got {host[:100]!r}") from None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped  # ::ffff:0.0.0.0 is 0.0.0.0
    if address.is_unspecified or address.is_multicast or str(address) == "255.255.255.255":
        raise SimError(f"--host {host}: name one address, for the page checks under which one it is asked")
    if not address.is_loopback and not open_to_network:
        raise SimError(
            f"--host {host}: others on the network could reach the page; add --open-to-network if that is meant"
        )
    opened = socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind((str(address), port))
        opened.listen(64)
    except (OSError, OverflowError) as error:
        opened.close()
        raise SimError(f"{host}, port {port}: {getattr(error, 'strerror', None) or error}") from None
    return opened


def hosts_of(opened: socket.socket) -> set[str]:
    """What a request to this socket may name as its host."""
    address, port = opened.getsockname()[:2]
    is_v6 = opened.family == socket.AF_INET6
    named = [f"[{address}]" if is_v6 else address]
    if ipaddress.ip_address(address).is_loopback:
        named.append("localhost")
    return {f"{name}:{port}" for name in named}


class _Quiet(uvicorn.Server):
    """A server that says nothing of requests which its end cuts short."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end."""
        for name in ("uvicorn.error", "asyncio"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        super().handle_exit(sig, frame)


class EndedError(BaseException):
    """A signal asks this process to end: what it has put into temporary folders goes first."""


@contextmanager
def ending_by_signals() -> Iterator[None]:
    """Let SIGTERM, and SIGHUP of a terminal that is closed, end what runs as Ctrl-C does, with a code of its own."""
    ends = [number for name in ("SIGTERM", "SIGHUP") if (number := getattr(signal, name, None)) is not None]
    before = {}

    def end(number: int, _: FrameType | None) -> None:
        raise EndedError(number)

    for number in ends:
        if signal.getsignal(number) is signal.SIG_DFL:  # not under nohup, which ignores SIGHUP
            before[number] = signal.signal(number, end)
    try:
        yield
    except EndedError as ended:
        raise SystemExit(128 + ended.args[0]) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Server:
    """A page that is ready to be served.

    Parameters
    ----------
    session : Session
    opened : socket
        Listens already.
    """

    def __init__(self, session: Session, opened: socket.socket):
        self.opened = opened
        self.token = secrets.token_urlsafe(32)
        hosts = hosts_of(opened)
        address = opened.getsockname()[0]
        at = next(host for host in hosts if host.startswith(("[", address)))
        self.url = f"http://{at}/{self.token}/"
        app = Guard(Page(session).app(), self.token, hosts)
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, lifespan="off", ws="none", http="h11", loop="asyncio",
            server_header=False, proxy_headers=False, limit_concurrency=200, timeout_graceful_shutdown=2,
        )  # fmt: skip
        self.uvicorn = _Quiet(config)

    def run(self) -> None:
        """Serve until a signal ends it."""
        if signal.getsignal(getattr(signal, "SIGHUP", signal.SIGTERM)) not in (signal.SIG_IGN, None):
            self._end_with_the_terminal()
        try:
            self.uvicorn.run(sockets=[self.opened])
        finally:
            self.opened.close()

    def _end_with_the_terminal(self) -> None:
        """Let SIGHUP, of which uvicorn knows nothing, end the server in order; only the main thread can."""
        if not hasattr(signal, "SIGHUP") or threading.current_thread() is not threading.main_thread():
            return
        last = signal.getsignal(signal.SIGHUP)

        def end(number: int, frame: FrameType | None) -> None:
            signal.signal(number, last)  # which uvicorn calls when it has ended
            self.uvicorn.handle_exit(number, frame)

        signal.signal(signal.SIGHUP, end)


def serve(
    scenario: str, *, host: str, port: int, open_to_network: bool, announce: Callable[[str], None], open_browser: bool
) -> None:
    """Serve the page until interrupted.

    Parameters
    ----------
    scenario : str
        An entry of the catalogue, a file with a scenario or a deal, or a results folder.
    host, port, open_to_network
        As in `listen`.
    announce : callable
        Called with the address once the page answers.
    open_browser : bool
    """
    with ending_by_signals(), tempfile.TemporaryDirectory(prefix="ceasefire-explore-") as folder:
        session = Session(Path(folder), scenario)
        opened = listen(host, port, open_to_network=open_to_network)
        try:
            session.warm()
            server = Server(session, opened)
            announce(server.url)
            if open_browser:
                threading.Thread(target=webbrowser.open, args=(server.url,), daemon=True).start()
            server.run()
        finally:
            opened.close()
            session.close()

"""The sandbox as an HTTP server on the loopback interface."""

import socket
import threading
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from supportctl.errors import StateError
from supportctl.sandbox.dialects import doors
from supportctl.sandbox.faults import Faults
from supportctl.sandbox.jira.gateway import Gateway
from supportctl.sandbox.seeding import reseed
from supportctl.sandbox.stats import Stats
from supportctl.sandbox.throttle import Throttle

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from supportctl.sandbox.certificates import Certificates
    from supportctl.sandbox.store import Store


class _Counting:
    """Counts what arrives for a platform and dates every answer by the sandbox's clock."""

    def __init__(self, app: "ASGIApp", store: "Store", stats: Stats) -> None:
        self.app = app
        self.store = store
        self.stats = stats

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        own = scope["path"].startswith("/__sandbox/")
        if not own:
            self.stats.count(scope["method"], scope["path"])
        date = format_datetime(self.store.now(), usegmt=True).encode()

        async def send_dated(message: "Message") -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), (b"date", date)]
                if not own:
                    self.stats.count_status(message["status"])
            await send(message)

        await self.app(scope, receive, send_dated)


def create_app(store: "Store") -> Starlette:
    """The application: the routes of every door and the sandbox's own under ``/__sandbox/``.

    ``GET /__sandbox/stats`` counts requests (``DELETE`` tells the same and begins anew),
    ``GET /__sandbox/truth?platform=`` tells what was planted,
    ``POST /__sandbox/reset`` brings the sample company back.
    """
    from starlette.middleware import Middleware

    stats = Stats()

    def show_stats(request: "Request") -> Response:
        return JSONResponse(stats.taken() if request.method == "DELETE" else stats.as_dict())

    def show_truth(request: "Request") -> Response:
        found = store.truth(request.query_params.get("platform"))
        return Response(msgspec.json.encode({"truth": found}), media_type="application/json")

    def reset(_: "Request") -> Response:
        reseed(store)
        stats.clear()
        return JSONResponse({"reset": True})

    async def missing(request: "Request", error: Exception) -> Response:
        for door in doors().values():
            if request.url.path.startswith(door.PATHS):
                return await run_in_threadpool(door.not_found, request)
        status = error.status_code if isinstance(error, HTTPException) else 404
        return Response("Not found", status_code=status, media_type="text/plain")

    routes: list[Any] = [
        Route("/__sandbox/stats", show_stats, methods=["GET", "DELETE"]),
        Route("/__sandbox/truth", show_truth, methods=["GET"]),
        Route("/__sandbox/reset", reset, methods=["POST"]),
    ]
    for door in doors().values():
        routes += door.routes(store)
    app = Starlette(
        routes=routes,
        middleware=[
            Middleware(_Counting, store=store, stats=stats),
            Middleware(Throttle, store=store, stats=stats),
        ],
        exception_handlers={404: missing, 405: missing},
    )
    app.state.stats = stats
    app.state.store = store
    app.router.redirect_slashes = False
    return app


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


class RunningServer:
    """A sandbox that is being served from a background thread. ``stop`` (or leaving ``with``) ends it."""

    def __init__(self, app: Starlette, listener: socket.socket, host: str, tls: "Certificates | None" = None) -> None:
        port = listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://{host}:{port}"
        self.port: int = port
        self.app = app
        self.authority = tls.authority if tls else None
        """The file with the certificate that clients must trust; None without TLS."""
        self._listener = listener
        config = uvicorn.Config(
            Gateway(Faults(app, app.state.store, app.state.stats)),
            log_config=None,
            access_log=False,
            lifespan="off",
            ws="none",
            http="h11",
            loop="asyncio",
            date_header=False,
            server_header=False,
            timeout_graceful_shutdown=2,
            ssl_certfile=tls.certificate if tls else None,
            ssl_keyfile=tls.key if tls else None,
        )
        self._server = _Server(config)
        self._thread = threading.Thread(
            target=self._server.run, args=([listener],), name="supportctl-sandbox", daemon=True
        )
        self._thread.start()
        self._server.up.wait(timeout=20)

    @property
    def stats(self) -> dict[str, Any]:
        """Requests so far: ``total``, ``requests`` by route, ``statuses``, ``notes``."""
        stats: Stats = self.app.state.stats
        return stats.as_dict()

    def wait(self) -> None:
        """Block until the server ends; Ctrl-C reaches the caller."""
        while self._thread.is_alive():
            self._thread.join(timeout=0.5)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self._listener.close()

    def __enter__(self) -> "RunningServer":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def serve(
    store: "Store", host: str = "127.0.0.1", port: int = 0, *, tls: "Certificates | None" = None
) -> RunningServer:
    """Serve ``store`` from a daemon thread; port 0 takes a free one. Raises `StateError` when the port is taken."""
    # The protocol is named so that the event loop switches off Nagle's algorithm: else every answer waits 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise StateError(
            f"the sandbox could not listen on {host}:{port}: {error.strerror or error}; it was not started",
            hint="choose another port with --port N; --port 0 takes a free one",
        ) from error
    return RunningServer(create_app(store), listener, host, tls)

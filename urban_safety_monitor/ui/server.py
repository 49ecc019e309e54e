"""The app as one ASGI process: Streamlit's pages, a health check, fonts and security headers."""

import os
import shutil
import socket
import tempfile
import tomllib
from collections.abc import AsyncIterator, Iterator, Mapping, MutableMapping
from contextlib import asynccontextmanager, contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from urban_safety_monitor.catalogue.load import PACKAGE, shipped
from urban_safety_monitor.errors import MonitorError
from urban_safety_monitor.ui import opened
from urban_safety_monitor.ui.ahead import all_made, making_ahead
from urban_safety_monitor.ui.making import processes_beside, settle
from urban_safety_monitor.ui.parts import load_templates
from urban_safety_monitor.ui.sources import DATA_VARIABLE, prepare

ADDRESS = "127.0.0.1"

FONTS = PACKAGE / "report" / "fonts"
FONT_FACES = (
    ("NotoSans-Regular.ttf", "Noto Sans", 400),
    ("NotoSans-SemiBold.ttf", "Noto Sans", 600),
    ("NotoSansArabic-Regular.ttf", "Noto Sans Arabic", 400),
)

WARM = ("altair", "pandas", "pyarrow.compute", "streamlit.emojis", "urban_safety_monitor.ui.main")
"""What the first visitor would otherwise wait for."""

# Streamlit's page holds inline scripts and styles, and Vega compiles its charts in the browser;
# nothing at all may come from, or go to, another host.
HEADERS = {
    "content-security-policy": "; ".join(
        [
            "default-src 'self'",
            "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self' ws: wss:",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


def serve(data: Path, port: int, processes: int) -> None:
    """Show the results kept in a data folder, on this machine only, until stopped.

    Args:
        data: the folder.
        port: of this machine.
        processes: how many beside this one make what pages show.

    Raises:
        MonitorError: the port is in use.
    """
    _require_free(port)
    os.environ[DATA_VARIABLE] = str(data.resolve())
    scratch = own_scratch(data.resolve() / "scratch" / str(port))
    with scratch, processes_beside(processes, data.resolve()):
        print(f"Urban Safety Monitor: http://{ADDRESS}:{port} (stop with Ctrl+C)", flush=True)
        the_app().run(config=settings(port))


@contextmanager
def own_scratch(folder: Path) -> Iterator[None]:
    """Keep copies of files that are being checked in this folder, emptied at start and at the end.

    A server that is killed cannot clean up; the next one on its port does it. Where the data folder
    cannot be written to, the system's folder for such files is used.
    """
    shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True)
        tempfile.tempdir = str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = None
        shutil.rmtree(folder, ignore_errors=True)


def the_app() -> st.App:
    """The ASGI application."""
    return st.App(
        shipped(".streamlit").parent / "app.py",
        lifespan=_warmed,
        middleware=[Middleware(SecurityHeaders)],
        routes=[
            Route("/healthz", _healthz),
            Route(f"/{opened.PATH}", opened.opened),
            Mount("/fonts", StaticFiles(directory=FONTS)),
        ],
    )


def settings(port: int) -> dict[str, Any]:
    """Streamlit's settings: those of the shipped file, and what belongs to this server.

    Environment variables called STREAMLIT_* do not reach an app started this way.
    """
    shipped_file = shipped(".streamlit") / "config.toml"
    sections = tomllib.loads(shipped_file.read_text(encoding="utf-8"))
    return {
        **_flat(sections),
        "server.address": ADDRESS,
        "server.port": port,
        "server.headless": True,
        "server.fileWatcherType": "none",
        "runner.postScriptGC": False,  # what is kept for pages would be gone through each time
        "browser.gatherUsageStats": False,
        "theme.fontFaces": [
            {"url": f"/fonts/{file}", "family": family, "weight": weight}
            for file, family, weight in FONT_FACES
        ],
    }


def _flat(section: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Settings of all depths by their full names, as in `theme.dark.textColor`."""
    settings: dict[str, Any] = {}
    for name, value in section.items():
        inner = isinstance(value, Mapping)
        settings |= _flat(value, f"{before}{name}.") if inner else {before + name: value}
    return settings


class SecurityHeaders:
    """Adds the headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before another application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; mark the start of each HTTP answer."""

        async def marked(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *_as_bytes(HEADERS)]
            await send(message)

        await self.app(scope, receive, marked)


def _as_bytes(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


@asynccontextmanager
async def _warmed(_: st.App) -> AsyncIterator[None]:
    """Load what the first visitor would wait for, and then make what later ones may ask for."""
    for name in WARM:
        import_module(name)
    prepare()
    load_templates()
    settle()
    with making_ahead():
        yield


async def _healthz(_: Request) -> JSONResponse:
    return JSONResponse({"status": "ok", "all_made_ahead": all_made()})


def _require_free(port: int) -> None:
    """Streamlit would silently take the next port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError as error:
            raise MonitorError(
                f"port {port}: in use or not allowed; choose another with --port"
            ) from error

"""Serves the dashboard the fast way: an ASGI app under uvicorn, the heap frozen after imports."""

from __future__ import annotations

import gc
import os
import tomllib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import streamlit as st
import uvicorn
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

from dashboard.navigation import import_views
from dashboard.state import SERVED

_HERE = Path(__file__).resolve().parent
_SETTINGS = (_HERE.parent / ".streamlit" / "config.toml", _HERE / "streamlit_config.toml")
_SCRIPT = _HERE / "document.js"
_WARM = ("dashboard.cache", "dashboard.sentences", "dashboard.theme")
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        "connect-src 'self' ws: wss: blob: data:; worker-src 'self' blob:; object-src 'none'; "
        "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class SecurityHeaders:
    """Middleware: adds the headers that forbid foreign requests, framing and type guessing."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and add the headers to its response."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
            await send(message)

        await self.app(scope, receive, send_with_headers)


class Document:
    """Middleware: states the reader's language in ``<html lang>`` and adds the page's script."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; complete the HTML document in its response."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        held: list[Message] = []

        async def send_completed(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_document(message):
                held.append(message)
            elif held:
                await _send_document(scope, held, message, send)
            else:
                await send(message)

        # Compressed once, by the outer middleware: a compressed document cannot be completed.
        headers = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
        await self.app({**scope, "headers": headers}, receive, send_completed)


async def _send_document(scope: Scope, held: list[Message], message: Message, send: Send) -> None:
    """Hold the document's parts back until the last, then send it completed."""
    held.append(message)
    if message.get("more_body"):
        return
    start, *parts = held
    held.clear()
    language = b"zh-Hans" if _wants_chinese(scope) else b"en"
    body = b"".join(part.get("body", b"") for part in parts)
    body = body.replace(b'<html lang="en">', b'<html lang="' + language + b'">', 1)
    body = body.replace(b"</head>", b"<script>" + _SCRIPT.read_bytes() + b"</script></head>", 1)
    headers = MutableHeaders(scope=start)
    headers["content-length"] = str(len(body))
    for name in ("etag", "last-modified"):
        del headers[name]
    await send(start)
    await send({"type": "http.response.body", "body": body})


def create_app(port: int = 8501, host: str = "127.0.0.1") -> st.App:
    """Create the ASGI application with its settings and middleware."""
    apply_settings({"server.port": port, "server.address": host})
    os.environ[SERVED] = "yes"
    middleware = [
        Middleware(SecurityHeaders),
        Middleware(GZipMiddleware, minimum_size=1000, compresslevel=5),
        Middleware(Document),
    ]
    return st.App(_HERE / "app.py", middleware=middleware, lifespan=_warm)


def apply_settings(more: Mapping[str, Any]) -> None:
    """Apply the settings of ``.streamlit/config.toml`` whatever the working directory."""
    path = next(place for place in _SETTINGS if place.is_file())
    settings = _flatten("", tomllib.loads(path.read_text(encoding="utf-8")))
    config.get_config_options(force_reparse=True, options_from_flags={**settings, **more})


def serve(port: int, host: str = "127.0.0.1") -> None:
    """Serve until stopped, on the loopback address unless told otherwise."""
    app = create_app(port, host)
    uvicorn.run(app, host=host, port=port, log_level="warning", ws_max_size=256 << 20)


@asynccontextmanager
async def _warm(_app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Import what pages need before the first visitor, then take it out of the collector."""
    for module in _WARM:
        import_module(module)
    import_views()
    _freeze()
    Thread(target=_warm_sample, daemon=True).start()
    yield {}


def _warm_sample() -> None:
    """Evaluate the sample beside the first visitor's page load, which takes longer."""
    import_module("dashboard.cache").warm_sample()
    _freeze()


def _freeze() -> None:
    gc.collect()
    gc.freeze()


def _flatten(prefix: str, table: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in table.items():
        name = f"{prefix}{key}"
        flat |= _flatten(f"{name}.", value) if isinstance(value, dict) else {name: value}
    return flat


def _wants_chinese(scope: Scope) -> bool:
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang")
    spoken = Headers(scope=scope).get("accept-language", "")
    return (asked[0] if asked else spoken).lower().startswith("zh")


def _is_document(start: Message) -> bool:
    return Headers(raw=start.get("headers", [])).get("content-type", "").startswith("text/html")

"""Serves the dashboard the fast way: an ASGI app under uvicorn, the heap frozen after imports."""

from __future__ import annotations

import base64
import gc
import hashlib
import os
import re
import tomllib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs

import streamlit as st
import uvicorn
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.runtime.media_file_manager import MediaFileManager

from dashboard.guard import OWNERS, KnownNames, Limits, OwnMedia, server_names
from dashboard.navigation import import_views
from dashboard.roles import Roles, may_change_studies, set_roles
from dashboard.state import SERVED, set_local
from dashboard.workspace.engine import checkpoint_workspaces, close_workspaces, guard_writing

_HERE = Path(__file__).resolve().parent
_SETTINGS = (_HERE.parent / ".streamlit" / "config.toml", _HERE / "streamlit_config.toml")
_SCRIPT = _HERE / "document.js"
_WARM = ("dashboard.cache", "dashboard.sentences", "dashboard.content.theme")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_PLAIN_HOST = re.compile(r"[a-z0-9.\-\[\]:]{1,255}")
_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_CHECKPOINT_SECONDS = 180.0
_LARGEST_MESSAGE = 16 << 20
"""Bytes of one message of a page; files come by another way."""


def content_policy(host: str, scripts: Sequence[bytes] = ()) -> str:
    """Write the Content-Security-Policy: this server's scripts, files and sockets, no others.

    Parameters
    ----------
    host
        The Host of the request, one of the server's names: its sockets are named one by one,
        because older browsers do not count sockets as ``'self'``.
    scripts
        Scripts that stand in the document itself; each is allowed by its hash.
    """
    hashes = "".join(
        f" 'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"
        for script in scripts
    )
    sockets = f"ws://{host} wss://{host} " if _PLAIN_HOST.fullmatch(host) else ""
    return (
        f"default-src 'self'; script-src 'self'{hashes} 'wasm-unsafe-eval' blob:; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        f"connect-src 'self' {sockets}blob: data:; worker-src 'self' blob:; object-src 'none'; "
        "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )


class SecurityHeaders:
    """Middleware: adds the headers that forbid foreign requests, framing and type guessing."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and add the headers to its response."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if "content-security-policy" not in headers:
                    headers["content-security-policy"] = content_policy(_host(scope))
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
    headers["content-security-policy"] = content_policy(_host(scope), _INLINE.findall(body))
    for name in ("etag", "last-modified"):
        del headers[name]
    await send(start)
    await send({"type": "http.response.body", "body": body})


def create_app(
    port: int = 8501,
    host: str = "127.0.0.1",
    names: Sequence[str] = (),
    proxy: str = "",
    *,
    role: str = "evaluator",
    role_header: str = "",
) -> st.App:
    """Create the ASGI application with its settings and middleware.

    Parameters
    ----------
    port, host
        Where it listens.
    names
        Further names by which people reach it, as that of a proxy.
    proxy
        Address of that proxy: its X-Forwarded-For tells whose requests are counted together.
    role, role_header
        The role everybody has; or the header in which the proxy tells each person's role.
    """
    set_roles(role, role_header)
    guard_writing(may_change_studies)
    apply_settings({"server.port": port, "server.address": host})
    os.environ[SERVED] = "yes"
    set_local(host in ("127.0.0.1", "localhost", "::1") and not names)
    OWNERS.watch(MediaFileManager)
    middleware = [
        Middleware(SecurityHeaders),
        Middleware(KnownNames, names=server_names(host, port, names)),
        Middleware(Roles, role=role, header=role_header, proxy=proxy),
        Middleware(Limits, proxy=proxy),
        Middleware(OwnMedia),
        Middleware(GZipMiddleware, minimum_size=1000, compresslevel=5),
        Middleware(Document),
    ]
    return st.App(_HERE / "app.py", middleware=middleware, lifespan=_warm)


def apply_settings(more: Mapping[str, Any]) -> None:
    """Apply the settings of ``.streamlit/config.toml`` whatever the working directory."""
    path = next(place for place in _SETTINGS if place.is_file())
    settings = _flatten("", tomllib.loads(path.read_text(encoding="utf-8")))
    config.get_config_options(force_reparse=True, options_from_flags={**settings, **more})


def serve(
    port: int,
    host: str = "127.0.0.1",
    names: Sequence[str] = (),
    proxy: str = "",
    *,
    role: str = "evaluator",
    role_header: str = "",
) -> None:
    """Serve until stopped, on the loopback address unless another is asked for."""
    app = create_app(port, host, names, proxy, role=role, role_header=role_header)
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_level="warning",
        ws_max_size=_LARGEST_MESSAGE,
        proxy_headers=False,  # the guard alone reads what a proxy says, and only to count
        server_header=False,
    )


@asynccontextmanager
async def _warm(_app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Import what pages need before the first visitor, then take it out of the collector."""
    for module in _WARM:
        import_module(module)
    import_views()
    _freeze()
    Thread(target=_warm_sample, daemon=True).start()
    closing = Event()
    Thread(target=_checkpoint_often, args=(closing,), daemon=True).start()
    yield {}
    closing.set()
    close_workspaces()


def _checkpoint_often(closing: Event) -> None:
    """Bring the workspace's file up to date, so that a copy of it alone opens."""
    while not closing.wait(_CHECKPOINT_SECONDS):
        checkpoint_workspaces()


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


def _host(scope: Scope) -> str:
    return Headers(scope=scope).get("host", "").casefold()


def _wants_chinese(scope: Scope) -> bool:
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("lang")
    spoken = Headers(scope=scope).get("accept-language", "")
    return (asked[0] if asked else spoken).lower().startswith("zh")


def _is_document(start: Message) -> bool:
    return Headers(raw=start.get("headers", [])).get("content-type", "").startswith("text/html")

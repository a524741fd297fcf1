"""Who may talk to the server: known names only, one visitor's files for that visitor, limits.

A page of another site can make a browser ask this machine, under a name it owns (DNS rebinding)
or from another port of the same machine. Both carry a Host or Origin that is none of the
server's names, and are refused before Streamlit sees them.
"""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, TypeVar
from urllib.parse import urlsplit

from google.protobuf.message import DecodeError
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg

from analysis.results import AUDIENCES, Audience

COOKIE = "levee_session"
ROLE = "levee.role"
"""Where the request holds the role of who asks."""
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_DEFAULT_PORTS = {80, 443}
#: What pages keep and how often it was used; Streamlit shows it to everybody.
_METRICS = "/_stcore/metrics"
#: Streamlit's page tells in it, third, which session it was.
_PROTOCOLS = "sec-websocket-protocol"
LARGEST_BODY = 210 << 20
"""Bytes of one request: the largest file that may be uploaded, and its frame."""
REQUESTS = (600.0, 50.0)
"""Requests one visitor may make at once, and again each second."""
MESSAGES = (300.0, 40.0)
"""Messages one open page may send at once, and again each second."""
UPLOADS = (float(1 << 30), float(4 << 20))
"""Bytes one visitor may upload at once, and again each second."""
SHARED = 4.0
"""How many times a visitor's allowance all visitors of one network address have together."""
_MAX_VISITORS = 5_000
_MAX_FILES = 20_000
#: Who is told most: what a session is not known to have made for others is for nobody else.
_UNKNOWN: Audience = "evaluator"
Kept = TypeVar("Kept")


def server_names(host: str, port: int, names: Iterable[str] = ()) -> frozenset[str]:
    """Values of the Host header that are this server.

    Parameters
    ----------
    host, port
        Where it listens.
    names
        Further names, as that of a proxy before it: ``levee.example.org`` or with a port.
    """
    own = [*LOOPBACK, *([host] if host not in ("0.0.0.0", "::", *LOOPBACK) else [])]
    known = {f"{name}:{port}" for name in own}
    if port in _DEFAULT_PORTS:
        known |= set(own)
    for name in names:
        known |= (
            {name.casefold()} if ":" in name else {name.casefold(), f"{name.casefold()}:{port}"}
        )
    return frozenset(known)


class KnownNames:
    """Middleware: refuses requests and sockets whose Host or Origin is none of the server's."""

    def __init__(self, app: ASGIApp, names: frozenset[str]) -> None:
        self.app, self.names = app, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on when it comes from one of the server's own pages."""
        if scope["type"] in ("http", "websocket") and not self.is_own(scope):
            await refuse(scope, send, 421, "Levee does not answer to this name. See --name.")
            return
        if str(scope.get("path", "")).endswith(_METRICS):
            await refuse(scope, send, 404, "There is nothing here.")
            return
        await self.app(scope, receive, send)

    def is_own(self, scope: Scope) -> bool:
        """Tell whether Host is known, and Origin, where there is one, the same."""
        headers = Headers(scope=scope)
        host = headers.get("host", "").casefold()
        if host not in self.names or len(headers.getlist("host")) != 1:
            return False
        origin = headers.get("origin")
        if origin is not None:
            parts = urlsplit(origin.casefold())
            return parts.scheme in ("http", "https") and parts.netloc == host
        # Browsers name foreign pages also where they send no Origin, as for pictures.
        foreign = headers.get("sec-fetch-site", "none") not in ("none", "same-origin")
        return not foreign or headers.get("sec-fetch-mode") == "navigate"


@dataclass
class _Bucket:
    """An allowance that fills up again with time."""

    most: float
    per_second: float
    left: float = field(init=False)
    at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.left = self.most

    def take(self, amount: float = 1.0) -> bool:
        """Take from the allowance; False when it is used up."""
        now = time.monotonic()
        self.left = min(self.most, self.left + (now - self.at) * self.per_second)
        self.at = now
        if amount > self.left:
            return False
        self.left -= amount
        return True


class Limits:
    """Middleware: limits requests, messages and uploaded bytes of one visitor.

    A visitor is known by a cookie, which a client may drop or make up: what comes from one network
    address is counted as well, with an allowance for several people behind it.

    Parameters
    ----------
    proxy
        Address of the proxy before this server, whose last word on who asked is believed; without
        it everybody whom a proxy sends has one address.
    """

    def __init__(self, app: ASGIApp, proxy: str = "") -> None:
        self.app, self.proxy = app, proxy
        self._requests: OrderedDict[str, _Bucket] = OrderedDict()
        self._uploads: OrderedDict[str, _Bucket] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on while the visitor's allowance lasts."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        visitors = _visitors(scope, self.proxy)
        if not _take(self._requests, visitors, REQUESTS, 1.0):
            await refuse(scope, send, 429, "Too many requests. Wait a moment and try again.")
            return
        if scope["type"] == "websocket":
            await self.app(scope, _limited_messages(receive, send), send)
            return
        told = Headers(scope=scope).get("content-length", "0")
        size = int(told) if told.isdecimal() else LARGEST_BODY + 1
        if size > LARGEST_BODY:
            await refuse(scope, send, 413, "This is larger than the largest file that is read.")
            return
        if size and not _take(self._uploads, visitors, UPLOADS, size):
            await refuse(scope, send, 429, "Too much was uploaded at once. Wait a few minutes.")
            return

        def may_take(more: int) -> bool:
            return _take(self._uploads, visitors, UPLOADS, more)

        await self.app(scope, _limited_body(receive, size, may_take), send)


def _visitors(scope: Scope, proxy: str) -> Sequence[tuple[str, float]]:
    """By what a visitor is known, and how many times the allowance goes with it."""
    cookie = read_cookie(scope)
    address = _network(_address(scope, proxy))
    return [(f"cookie {cookie}" if cookie else f"none {address}", 1.0), (address, SHARED)]


def _address(scope: Scope, proxy: str) -> str:
    """Who asks: the other end, or whom the proxy names last (the others anybody can make up)."""
    peer = str((scope.get("client") or ("?",))[0])
    named = Headers(scope=scope).getlist("x-forwarded-for")
    if not proxy or peer != proxy or not named:
        return peer
    return named[-1].rpartition(",")[2].strip() or peer


def _network(address: str) -> str:
    """The address; of the newer kind, the part that one subscriber has whole."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv6Address):
        known = known.ipv4_mapped or known
    if isinstance(known, IPv6Address):
        return str(ip_network((known, 64), strict=False))
    return str(known)


def _take(
    kept: OrderedDict[str, _Bucket],
    visitors: Sequence[tuple[str, float]],
    allowance: tuple[float, float],
    amount: float,
) -> bool:
    """Take from what a visitor and an address have left; False when either is used up."""
    return all(
        _bucket(kept, name, (allowance[0] * times, allowance[1] * times)).take(amount)
        for name, times in visitors
    )


def _bucket(
    kept: OrderedDict[str, _Bucket], visitor: str, allowance: tuple[float, float]
) -> _Bucket:
    bucket = kept.setdefault(visitor, _Bucket(*allowance))
    kept.move_to_end(visitor)
    while len(kept) > _MAX_VISITORS:
        kept.popitem(last=False)
    return bucket


def _limited_body(receive: Receive, told: int, may_take: Callable[[int], bool]) -> Receive:
    """A body sent in pieces, whose length nobody told, is counted as it comes and stops."""
    total = 0

    async def limited() -> Message:
        nonlocal total
        message = await receive()
        size = len(message.get("body", b""))
        before, total = total, total + size
        untold = total - max(told, before)
        if total > LARGEST_BODY or (untold > 0 and not may_take(untold)):
            return {"type": "http.disconnect"}
        return message

    return limited


def _limited_messages(receive: Receive, send: Send) -> Receive:
    bucket = _Bucket(*MESSAGES)

    async def limited() -> Message:
        while True:
            message = await receive()
            if message["type"] == "websocket.receive" and not bucket.take():
                await send({"type": "websocket.close", "code": 1008})
                return {"type": "websocket.disconnect", "code": 1008}
            if not _clears_cache(message):
                return message

    return limited


def _clears_cache(message: Message) -> bool:
    """Whether a page asks to forget what all pages keep: which parts readers have seen, too."""
    try:
        asked = BackMsg.FromString(message.get("bytes") or b"")
    except DecodeError:
        return False
    return bool(asked.WhichOneof("type") == "clear_cache")


class MediaOwners:
    """Remembers which visitor's pages made a picture or download, and for which reader.

    Streamlit serves these to whoever has the link; a link in a message or a log would be enough.
    Who looked as an evaluator and now looks as others do has links of small groups, too.

    Parameters
    ----------
    is_open
        Whether a page of this session is still open: links of pages left behind lead nowhere.
    """

    def __init__(self, is_open: Callable[[str], bool] = lambda _: True) -> None:
        self._is_open = is_open
        # File → session → the readers its pages were made for.
        self._made: OrderedDict[str, dict[str, set[Audience]]] = OrderedDict()
        self._deferred: OrderedDict[str, Audience] = OrderedDict()
        self._cookies: OrderedDict[str, str] = OrderedDict()
        self._audiences: OrderedDict[str, Audience] = OrderedDict()

    def watch(self, manager: type[Any]) -> None:
        """Note the session of each file that Streamlit's manager of media takes."""
        add, defer, execute = manager.add, manager.add_deferred, manager.execute_deferred

        def add_noted(this: Any, *arguments: Any, **more: Any) -> str:  # noqa: ANN401
            url: str = add(this, *arguments, **more)
            session = _current_session()
            if session:
                self.note(url, session)
            return url

        def defer_noted(this: Any, *arguments: Any, **more: Any) -> str:  # noqa: ANN401
            file_id: str = defer(this, *arguments, **more)
            _keep(self._deferred, file_id, self._audience_of(_current_session()))
            return file_id

        def execute_noted(this: Any, file_id: str) -> str:  # noqa: ANN401
            entry = this._deferred_callables.get(file_id)
            url: str = execute(this, file_id)
            if entry is not None:
                # Made on a click: for whom the button was shown, whoever looks by now.
                self.note(url, str(entry["session_id"]), self._deferred.get(file_id, _UNKNOWN))
            return url

        manager.add, manager.add_deferred = add_noted, defer_noted
        manager.execute_deferred = execute_noted

    def note(self, url: str, session: str, audience: Audience | None = None) -> None:
        """Note that a session's page shows this file; for its reader of now when None."""
        made = self._made.setdefault(_file_id(url), {}).setdefault(session, set())
        made.add(self._audience_of(session) if audience is None else audience)
        while len(self._made) > _MAX_FILES:
            self._made.popitem(last=False)

    def admit(self, session: str, cookie: str, audience: Audience = "evaluator") -> None:
        """Note which visitor a session belongs to, and for which reader its pages are now."""
        _keep(self._cookies, session, cookie)
        _keep(self._audiences, session, audience)

    def owns(self, session: str, cookie: str) -> bool:
        """Tell whether a session is this visitor's, or nobody's yet."""
        return self._cookies.get(session, cookie) == cookie

    def may_read(self, url: str, cookie: str, role: Audience = "evaluator") -> bool:
        """Tell whether a file was made for a page of this visitor, and for nobody told more.

        ``role`` is the person's own by now; the session's pages may be for who is told less.
        """
        sessions = self._made.get(_file_id(url), {})
        return bool(cookie) and any(
            self._cookies.get(session) == cookie
            and self._is_open(session)
            and _is_told(max(role, self._audience_of(session), key=AUDIENCES.index), made)
            for session, made in sessions.items()
        )

    def _audience_of(self, session: str) -> Audience:
        return self._audiences.get(session, _UNKNOWN)


def _current_session() -> str:
    """The session whose page is being made; "" outside one."""
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    context = get_script_run_ctx(suppress_warning=True)
    return "" if context is None else context.session_id


def _is_told(reader: Audience, made: Iterable[Audience]) -> bool:
    """Whether a reader is told what was made for one of these, or for who is told less."""
    return any(AUDIENCES.index(reader) <= AUDIENCES.index(one) for one in made)


def _keep(kept: OrderedDict[str, Kept], key: str, value: Kept) -> None:
    kept[key] = value
    while len(kept) > _MAX_FILES:
        kept.popitem(last=False)


def _is_open(session: str) -> bool:
    """Whether a browser is connected to this session."""
    from streamlit.runtime import exists, get_instance

    return exists() and get_instance().is_active_session(session)


OWNERS = MediaOwners(_is_open)


class OwnMedia:
    """Middleware: gives each visitor a cookie, and pictures, downloads and sessions to their owner.

    A page that lost its connection names its session to go on in it; whoever learned that name
    could go on in it as well.
    """

    def __init__(self, app: ASGIApp, owners: MediaOwners = OWNERS) -> None:
        self.app, self.owners = app, owners

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; files of other visitors are refused, their sessions begin anew."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        cookie = read_cookie(scope)
        if scope["type"] == "websocket":
            await self.app(self._without_foreign_session(scope, cookie), receive, send)
            return
        path, role = str(scope["path"]), scope.get(ROLE, "evaluator")
        if path.startswith("/media/") and not self.owners.may_read(path, cookie, role):
            await refuse(scope, send, 403, "This file was made for another session or reader.")
            return

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and not cookie:
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.append("set-cookie", _new_cookie(scope))
            await send(message)

        await self.app(scope, receive, send_with_cookie)

    def _without_foreign_session(self, scope: Scope, cookie: str) -> Scope:
        """Take the name of another visitor's session out of a socket's protocols."""
        headers = MutableHeaders(raw=list(scope.get("headers", ())))
        named = [one.strip() for one in headers.get(_PROTOCOLS, "").split(",")]
        if len(named) < 3 or self.owners.owns(named[2], cookie):
            return scope
        headers[_PROTOCOLS] = ", ".join(named[:2])
        return {**scope, "headers": headers.raw}


def _new_cookie(scope: Scope) -> str:
    forwarded = Headers(scope=scope).get("x-forwarded-proto", "")
    secure = "; Secure" if "https" in (scope.get("scheme"), forwarded) else ""
    return f"{COOKIE}={secrets.token_urlsafe(24)}; Path=/; HttpOnly; SameSite=Strict{secure}"


def read_cookie(scope: Scope) -> str:
    """The visitor's cookie; "" when there is none."""
    try:
        told = SimpleCookie(Headers(scope=scope).get("cookie", ""))
    except CookieError:
        return ""
    return told[COOKIE].value if COOKIE in told else ""


def _file_id(url: str) -> str:
    return url.rpartition("/")[2].partition(".")[0]


async def refuse(scope: Scope, send: Send, status: int, message: str) -> None:
    """Answer a request that is not passed on; a socket is closed before it opens."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    body = message.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

"""One server, asked with a token: encrypted, within limits, and nowhere else.

The token is a secret: it is never part of an address, a message, a log line or a traceback.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from analysis.errors import PullError
from analysis.intake.sandbox.workbook import DEFAULT_LIMITS

if TYPE_CHECKING:
    import httpx

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
SECONDS, WAIT = 300.0, 30.0
"""For one pull as a whole, and for one answer of the server."""
_HOPS = 5
_DENIED, _MISSING = (401, 403), (404, 410)


@dataclass(frozen=True, slots=True, repr=False)
class Token:
    """A secret that does not show itself."""

    value: str

    def __repr__(self) -> str:
        return "Token(•••)"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class Address:
    """A server: scheme, host and port, and the path below which its interface lies."""

    scheme: str
    host: str
    port: int | None
    path: str = ""

    @property
    def name(self) -> str:
        """Host, and port where it is not the usual one: what a person is shown."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return shown if self.port is None else f"{shown}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"{self.scheme}://{self.name}"

    def url(self, *parts: str) -> str:
        """An address below this one; each part is quoted."""
        if not parts:
            return f"{self.origin}{self.path}"
        path = "/".join([self.path.rstrip("/"), *(quote(part, safe="") for part in parts)])
        return f"{self.origin}/{path.lstrip('/')}"


def parse_address(url: str) -> Address:
    """Parse the address of a server.

    Raises
    ------
    PullError
        ``pull_address``; ``pull_not_https`` for an open connection to another computer.
    """
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise PullError("pull_address", url=url[:200]) from None
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.password:
        raise PullError("pull_address", url=_without_secret(url))
    if parts.scheme == "http" and host not in LOOPBACK:
        raise PullError("pull_not_https", host=host)
    return Address(parts.scheme, host, port, parts.path)


def _without_secret(url: str) -> str:
    """An address as it may be shown: without what stands before an ``@``."""
    return url.rpartition("@")[2][:200]


@dataclass
class Connection:
    """Requests to one server; the sum of all answers and of all seconds is limited.

    Attributes
    ----------
    address
        The server.
    headers
        Sent with each request; they hold the token.
    most_bytes, seconds
        Limits of everything together.
    """

    address: Address
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    most_bytes: int = DEFAULT_LIMITS.file_bytes
    seconds: float = SECONDS
    received: int = 0
    started: float = field(default_factory=time.monotonic)

    def fetch(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> bytes:
        """Ask once (a form is posted) and return the answer.

        Raises
        ------
        PullError
            ``pull_denied``, ``pull_not_found``, ``pull_status``, ``pull_redirect``,
            ``pull_timeout``, ``pull_too_large``, ``pull_certificate``, ``pull_unreachable``.
        """
        httpx = load_httpx()
        asked = httpx.URL(url, params=params) if params else httpx.URL(url)
        try:
            # Environment settings (proxies, own certificates) are for other computers.
            with httpx.Client(
                timeout=httpx.Timeout(min(WAIT, self.seconds)),
                follow_redirects=False,
                trust_env=self.address.host not in LOOPBACK,
                headers={"accept-encoding": "identity", "user-agent": "levee", **self.headers},
            ) as client:
                for _ in range(_HOPS):
                    method = "GET" if form is None else "POST"
                    with client.stream(method, asked, data=form) as answer:
                        if answer.is_redirect:
                            asked = self._next(asked, answer, posted=form is not None)
                            continue
                        self._check(answer)
                        return self._read(answer)
        except httpx.TimeoutException:
            raise PullError("pull_timeout", host=self.address.name) from None
        except httpx.HTTPError as error:
            certificate = "CERTIFICATE" in str(error).upper()
            code = "pull_certificate" if certificate else "pull_unreachable"
            raise PullError(code, host=self.address.name) from None
        raise PullError("pull_redirect", host=self.address.name, other=asked.host)

    def fetch_json(self, url: str, params: Mapping[str, str] | None = None) -> dict[str, Any]:
        """Ask once for a JSON object; ``pull_answer`` when it is something else."""
        try:
            told = json.loads(self.fetch(url, params=params))
        except (ValueError, RecursionError):
            raise PullError("pull_answer", host=self.address.name) from None
        if not isinstance(told, dict):
            raise PullError("pull_answer", host=self.address.name)
        return told

    def _next(self, asked: httpx.URL, answer: httpx.Response, *, posted: bool) -> httpx.URL:
        """Where a redirect leads: on the same server only, since the token goes along."""
        there = asked.join(answer.headers.get("location", ""))
        same = (there.scheme, there.host, there.port) == (asked.scheme, asked.host, asked.port)
        if not same or posted:
            raise PullError("pull_redirect", host=self.address.name, other=there.host)
        return there

    def _check(self, answer: httpx.Response) -> None:
        status = answer.status_code
        if status in _DENIED:
            raise PullError("pull_denied", host=self.address.name, status=status)
        if status in _MISSING:
            raise PullError("pull_not_found", host=self.address.name)
        if status != 200:
            raise PullError("pull_status", host=self.address.name, status=status)
        if answer.headers.get("content-encoding", "identity") != "identity":
            # A packed answer was not asked for; it could unpack to any size.
            raise PullError("pull_answer", host=self.address.name)

    def _read(self, answer: httpx.Response) -> bytes:
        parts: list[bytes] = []
        for part in answer.iter_raw():
            self.received += len(part)
            if self.received > self.most_bytes:
                raise PullError("pull_too_large", host=self.address.name, limit=self.most_bytes)
            if time.monotonic() - self.started > self.seconds:
                raise PullError("pull_timeout", host=self.address.name)
            parts.append(part)
        return b"".join(parts)


def load_httpx() -> Any:  # noqa: ANN401
    """The optional library; ``pull_not_installed`` where it is not."""
    try:
        import httpx
    except ImportError:
        raise PullError("pull_not_installed") from None
    return httpx

"""Who reads: everybody on a computer of one's own, one role for the server, or what its proxy says.

A role is the audience a person may be shown at most. Who holds the role evaluator changes studies;
the others read, and may look at what those see who are told less.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from analysis.results import AUDIENCES, Audience

_ROLE = "LEVEE_ROLE"
_HEADER = "LEVEE_ROLE_HEADER"


def set_roles(role: str = "evaluator", header: str = "") -> None:
    """Say which role everybody has, or in which header the proxy tells each person's."""
    os.environ[_ROLE], os.environ[_HEADER] = role, header


def current_role() -> Audience | None:
    """The role of this session's reader; None for who has none and is shown nothing.

    Without a proxy that tells roles, and outside a served dashboard, it is that of the server.
    """
    header = os.environ.get(_HEADER, "")
    told = st.context.headers.get(header, "") if header else os.environ.get(_ROLE, "evaluator")
    return next((one for one in AUDIENCES if one == told), None)


def list_audiences() -> Sequence[Audience]:
    """Audiences the reader may look at the pages as: the own one first, then who is told less."""
    role = current_role()
    return () if role is None else AUDIENCES[AUDIENCES.index(role) :]


def may_change_studies() -> bool:
    """Whether the reader may bring in, change or delete studies."""
    return current_role() == "evaluator"


class RoleHeader:
    """Middleware: believes the header of roles from the proxy alone.

    Who reaches the server past the proxy could write any role: the header is taken out of such
    requests, and of those that carry it twice.
    """

    def __init__(self, app: ASGIApp, header: str, proxy: str) -> None:
        self.app, self.header, self.proxy = app, header, proxy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, without the header where nobody vouches for it."""
        if self.header and scope["type"] in ("http", "websocket"):
            headers = MutableHeaders(raw=list(scope["headers"]))
            peer = (scope.get("client") or ("",))[0]
            if peer != self.proxy or len(headers.getlist(self.header)) != 1:
                del headers[self.header]
            scope = {**scope, "headers": headers.raw}
        await self.app(scope, receive, send)

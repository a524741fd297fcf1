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
from streamlit.runtime.scriptrunner import get_script_run_ctx

from analysis.results import AUDIENCES, Audience
from dashboard.guard import ROLE, refuse

_ROLE = "LEVEE_ROLE"
_HEADER = "LEVEE_ROLE_HEADER"
_HEALTH, _UPLOAD = "/_stcore/health", "/_stcore/upload_file"
#: Told before any page, in both languages: there is no reader yet to have one.
NO_ROLE = (
    "You have no role here yet. Ask the person who runs this server.",
    "您在这里还没有角色。请联系管理这台服务器的人。",
)


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
    """Whether the reader may bring in, change or delete studies; the server's own work may."""
    return get_script_run_ctx(suppress_warning=True) is None or current_role() == "evaluator"


class Roles:
    """Middleware: who has no role reaches nothing, who is no evaluator uploads nothing.

    The header of roles is believed from the proxy alone: who reaches the server past the proxy
    could write any role, so the header is taken out of such requests, and of those with two.
    """

    def __init__(self, app: ASGIApp, role: str, header: str = "", proxy: str = "") -> None:
        self.app, self.role, self.header, self.proxy = app, role, header, proxy

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on when the person's role allows it."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        role, path = self.role, str(scope["path"])
        if self.header:
            headers = MutableHeaders(raw=list(scope["headers"]))
            peer = (scope.get("client") or ("",))[0]
            if peer != self.proxy or len(headers.getlist(self.header)) != 1:
                del headers[self.header]
            role, scope = headers.get(self.header, ""), {**scope, "headers": headers.raw}
        if role not in AUDIENCES and not path.endswith(_HEALTH):
            await refuse(scope, send, 403, f"{NO_ROLE[0]} / {NO_ROLE[1]}")
        elif _UPLOAD in path and role != "evaluator":
            await refuse(scope, send, 403, "Only evaluators upload files.")
        else:
            # Of who asks for the server's health nothing is known.
            await self.app({**scope, ROLE: role if role in AUDIENCES else "public"}, receive, send)

"""What is asked of KoboToolbox, ODK Central and REDCap, as their documentation describes it.

KoboToolbox: ``GET /api/v2/assets/{uid}/data.json`` in pages (support.kobotoolbox.org/api.html).
ODK Central: ``GET /v1/projects/{id}/forms/{form}/submissions.csv.zip``
(docs.getodk.org/central-api-submission-management). REDCap: ``POST /api/`` with
``content=record`` and ``content=metadata`` (the API page of every REDCap server).
"""

from __future__ import annotations

import base64
import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from analysis.errors import PullError
from analysis.intake.sandbox.workbook import DEFAULT_LIMITS
from dashboard.pull.client import Address, Connection, Token, parse_address

TOOLS = {"kobo": "KoboToolbox", "odk": "ODK Central", "redcap": "REDCap"}
PAGE, RECORDS = 1000, 500
"""Submissions a page (Kobo), records a request (REDCap)."""
_KOBO = re.compile(r"(?:/forms|/assets)/(?P<form>[A-Za-z0-9]+)")
_ODK = re.compile(r"/projects/(?P<project>\d+)/forms/(?P<form>[^/?#]+?)(?:\.svc|/|$)")
_KOBO_LAST = (
    "_id",
    "_uuid",
    "_submission_time",
    "_validation_status",
    "_notes",
    "_status",
    "_submitted_by",
    "__version__",
    "_tags",
    "_index",
)
_KOBO_LEFT_OUT = frozenset(
    {
        "_attachments",
        "_xform_id_string",
        "_bamboo_dataset_id",
        "formhub/uuid",
        "meta/instanceID",
        "meta/rootUuid",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What to fetch: the tool, its server, and the form (``project/form`` on ODK Central)."""

    tool: str
    address: Address
    form: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """Fetched files by name, and questions that the flat table cannot hold."""

    files: Mapping[str, bytes]
    repeats: tuple[str, ...] = ()


def find_source(tool: str, url: str, form: str = "") -> Source:
    """Understand an address as copied from the browser, and the form it names.

    Raises
    ------
    PullError
        ``pull_address``, ``pull_not_https``; ``pull_form`` when no form is named.
    """
    address = parse_address(url)
    if tool == "redcap":
        path = address.path.rstrip("/")
        path = path if path.endswith("/api") else f"{path}/api"
        return Source(tool=tool, address=replace(address, path=f"{path}/"))
    found = (_KOBO if tool == "kobo" else _ODK).search(url)
    if not form and found:
        form = found["form"] if tool == "kobo" else f"{found['project']}/{unquote(found['form'])}"
    wanted = r"[A-Za-z0-9]+" if tool == "kobo" else r"\d+/[^/?#]+"
    if not re.fullmatch(wanted, form):
        raise PullError("pull_form", tool=TOOLS[tool])
    # What follows the server in a link of the browser is the page's, not the interface's.
    return Source(tool=tool, address=replace(address, path=""), form=form)


def pull(source: Source, token: Token, connection: Connection | None = None) -> Pulled:
    """Fetch the answers of one form; errors as in :class:`Connection`."""
    made = connection or Connection(source.address)
    made.headers = _headers(source.tool, token)
    ways: Mapping[str, Callable[[Source, Token, Connection], Pulled]] = {
        "kobo": _pull_kobo,
        "odk": _pull_odk,
        "redcap": _pull_redcap,
    }
    return ways[source.tool](source, token, made)


def _headers(tool: str, token: Token) -> dict[str, str]:
    if tool == "kobo":
        return {"authorization": f"Token {token.value}"}
    if tool == "odk" and ":" in token.value:
        # Central takes an e-mail address and a password too, by HTTPS only.
        pair = base64.b64encode(token.value.encode()).decode()
        return {"authorization": f"Basic {pair}"}
    return {"authorization": f"Bearer {token.value}"} if tool == "odk" else {}


def _pull_kobo(source: Source, _: Token, connection: Connection) -> Pulled:
    url = source.address.url("api", "v2", "assets", source.form, "data.json")
    rows: list[dict[str, Any]] = []
    while True:
        page = connection.fetch_json(url, {"start": str(len(rows)), "limit": str(PAGE)})
        results, count = page.get("results"), page.get("count")
        if not isinstance(results, list) or not isinstance(count, int):
            raise PullError("pull_answer", host=source.address.name)
        if not all(isinstance(one, dict) for one in results):
            raise PullError("pull_answer", host=source.address.name)
        rows += results
        # The server's own link to the next page is not followed: it could name another server.
        if not results or len(rows) >= count:
            break
        if len(rows) > DEFAULT_LIMITS.rows:
            raise PullError("pull_too_large", host=source.address.name, limit=DEFAULT_LIMITS.rows)
    if not rows:
        raise PullError("pull_empty", host=source.address.name)
    repeats = sorted({k for row in rows for k, v in row.items() if _is_repeat(k, v)})
    flat = [{k: v for k, v in row.items() if not _is_repeat(k, v)} for row in rows]
    return Pulled(files={f"{source.form}.csv": _write_kobo(flat)}, repeats=tuple(repeats))


def _is_repeat(name: str, value: object) -> bool:
    return (
        not name.startswith("_")
        and isinstance(value, list)
        and any(isinstance(one, dict) for one in value)
    )


def _write_kobo(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Write submissions in the order of Kobo's own export, which the reader recognises."""
    names = [
        name
        for name in dict.fromkeys(key for row in rows for key in row)
        if name not in _KOBO_LEFT_OUT
    ]
    questions = [name for name in names if name not in _KOBO_LAST]
    columns = [*questions, *_KOBO_LAST]
    lines = [
        [str(at) if name == "_index" else _cell(row.get(name)) for name in columns]
        for at, row in enumerate(rows, 1)
    ]
    return _write_csv([columns, *lines], delimiter=";", quoting=csv.QUOTE_ALL)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return str(value.get("label") or value.get("uid") or "")
    if isinstance(value, list):
        return " ".join(_cell(one) for one in value if one is not None)
    return str(value)


def _pull_odk(source: Source, _: Token, connection: Connection) -> Pulled:
    project, _slash, form = source.form.partition("/")
    url = source.address.url("v1", "projects", project, "forms", form, "submissions.csv.zip")
    content = connection.fetch(url, params={"attachments": "false"})
    if not content.startswith(b"PK"):
        raise PullError("pull_answer", host=source.address.name)
    return Pulled(files={f"{form}.zip": content})


def _pull_redcap(source: Source, token: Token, connection: Connection) -> Pulled:
    def ask(content: str, **more: str) -> bytes:
        form = {
            "token": token.value,
            "content": content,
            "format": "csv",
            "returnFormat": "json",
            **more,
        }
        answer = connection.fetch(source.address.url(), form=form)
        if answer.lstrip()[:9] == b'{"error":':
            raise PullError("pull_denied", host=source.address.name, status=200)
        return answer

    dictionary = ask("metadata")
    fields = _read_csv(dictionary, source)
    if len(fields) < 2 or not fields[1]:
        raise PullError("pull_answer", host=source.address.name)
    flat = {"action": "export", "type": "flat", "rawOrLabel": "raw", "rawOrLabelHeaders": "raw"}
    # The first field of a project is its record's name.
    listed = _read_csv(ask("record", **flat, **{"fields[0]": fields[1][0]}), source)
    records = list(dict.fromkeys(row[0] for row in listed[1:] if row))
    if not records:
        raise PullError("pull_empty", host=source.address.name)
    rows: list[list[str]] = []
    for first in range(0, len(records), RECORDS):
        some = records[first : first + RECORDS]
        asked = {f"records[{at}]": record for at, record in enumerate(some)}
        page = _read_csv(ask("record", **flat, **asked), source)
        if rows and page[:1] != rows[:1]:
            raise PullError("pull_answer", host=source.address.name)
        rows += page[1:] if rows else page
    files = {"redcap.csv": _write_csv(rows), "redcap_dictionary.csv": dictionary}
    return Pulled(files=files)


def _read_csv(content: bytes, source: Source) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error):
        raise PullError("pull_answer", host=source.address.name) from None


def _write_csv(rows: Iterable[Sequence[str]], **style: Any) -> bytes:  # noqa: ANN401
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n", **style).writerows(rows)
    return stream.getvalue().encode()

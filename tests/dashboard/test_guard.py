"""The server's guard without a server: names, limits of one visitor, and whose file it is."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from streamlit import config
from streamlit.proto.BackMsg_pb2 import BackMsg

from dashboard import guard
from dashboard.guard import KnownNames, Limits, MediaOwners, OwnMedia, server_names
from dashboard.roles import Roles
from dashboard.server import apply_settings


async def answer_ok(scope, receive, send) -> None:
    if scope["type"] == "websocket":
        while (await receive())["type"] != "websocket.disconnect":
            pass
        return
    while (message := await receive())["type"] == "http.request" and message.get("more_body"):
        pass
    headers = [(b"content-type", b"text/html")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})


def ask(
    app, path: str = "/", kind: str = "http", messages=(), client: str = "c", **headers: str
) -> list[dict]:
    """What an application sends in answer to one request."""
    sent: list[dict] = []
    waiting = list(messages) or [{"type": "http.request", "body": b""}]
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": kind, "method": "GET", "path": path, "headers": pairs, "client": (client, 1)}

    async def receive() -> dict:
        return waiting.pop(0) if waiting else {"type": f"{kind}.disconnect"}

    async def send(message: dict) -> None:
        sent.append(message)

    # In a thread of its own: the browser tests leave a loop running in this one.
    with ThreadPoolExecutor(1) as aside:
        aside.submit(lambda: asyncio.run(app(scope, receive, send))).result()
    return sent


def test_a_proxys_name_is_known_and_the_address_of_all_is_not():
    names = server_names("0.0.0.0", 8501, ["Levee.example"])
    assert {"levee.example", "levee.example:8501", "127.0.0.1:8501"} <= names
    assert "0.0.0.0:8501" not in names
    assert ask(KnownNames(answer_ok, names), host="levee.example")[0]["status"] == 200
    assert ask(KnownNames(answer_ok, names), host="evil.example")[0]["status"] == 421
    own = {"host": "levee.example", "origin": "https://levee.example"}
    assert ask(KnownNames(answer_ok, names), **own)[0]["status"] == 200
    own["origin"] = "https://levee.example.evil.example"
    assert ask(KnownNames(answer_ok, names), **own)[0]["status"] == 421


def test_requests_of_one_visitor_are_limited_and_others_go_on(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(guard, "REQUESTS", (5.0, 0.0))
    app = Limits(answer_ok)
    statuses = [ask(app, cookie="levee_session=one")[0]["status"] for _ in range(7)]
    assert statuses == [200] * 5 + [429] * 2
    assert ask(app, cookie="levee_session=two")[0]["status"] == 200


def test_bytes_of_one_visitor_are_limited(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(guard, "UPLOADS", (1_000.0, 0.0))
    monkeypatch.setattr(guard, "LARGEST_BODY", 800)
    app = Limits(answer_ok)
    sizes = ["700", "700", "900", "no number"]
    assert [ask(app, content_length=n)[0]["status"] for n in sizes] == [200, 429, 413, 413]


def test_bytes_of_one_visitor_are_not_counted_for_another(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(guard, "UPLOADS", (1_000.0, 0.0))
    app = Limits(answer_ok)

    def send(who: str) -> int:
        return ask(app, cookie=f"levee_session={who}", content_length="700")[0]["status"]

    # Both at one address, as behind a proxy.
    assert [send(who) for who in ("one", "one", "two", "two", "one")] == [200, 429, 200, 429, 429]


def test_a_client_that_drops_its_cookie_or_makes_up_others_is_counted_by_address(monkeypatch):
    monkeypatch.setattr(guard, "UPLOADS", (1_000.0, 0.0))
    app = Limits(answer_ok)

    def send(who: str, client: str = "10.0.0.1", **more: str) -> int:
        cookie = {"cookie": f"levee_session={who}"} if who else {}
        return ask(app, client=client, content_length="700", **cookie, **more)[0]["status"]

    assert [send(f"made-{k}") for k in range(8)] == [200] * 5 + [429] * 3
    assert send("") == 429
    assert send("made", client="10.0.0.2") == 200, "somebody else's address"
    assert [send("", client=f"2001:db8::{k:x}") for k in range(1, 4)] == [200, 429, 429], (
        "one subscriber has all of them"
    )
    assert send("x", x_forwarded_for="10.9.9.9") == 429, "no header of a client decides"


def test_requests_and_sockets_of_an_address_are_limited_whatever_the_cookie(monkeypatch):
    monkeypatch.setattr(guard, "REQUESTS", (2.0, 0.0))
    app = Limits(answer_ok)
    statuses = [ask(app, cookie=f"levee_session={k}")[0]["status"] for k in range(10)]
    assert statuses == [200] * 8 + [429] * 2
    assert ask(app, kind="websocket") == [{"type": "websocket.close", "code": 1008}]


def test_the_proxy_says_whose_address_it_is_and_nobody_else(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(guard, "UPLOADS", (1_000.0, 0.0))
    app = Limits(answer_ok, proxy="127.0.0.1")

    def send(told: str, client: str = "127.0.0.1") -> int:
        return ask(app, client=client, content_length="700", x_forwarded_for=told)[0]["status"]

    assert [send("10.0.0.1"), send("10.0.0.1"), send("10.0.0.2")] == [200, 429, 200]
    # Whatever a client wrote before what the proxy adds.
    assert [send("8.8.8.8, 10.0.0.3"), send("9.9.9.9, 10.0.0.3")] == [200, 429]
    assert [send("1.1.1.1", client="10.0.0.9"), send("1.1.1.2", client="10.0.0.9")] == [200, 429]


def test_bytes_sent_without_telling_a_length_are_counted(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(guard, "UPLOADS", (1_000.0, 0.0))
    arrived: list[int] = []

    async def count(scope, receive, send) -> None:
        while (message := await receive())["type"] == "http.request":
            arrived.append(len(message["body"]))
            if not message.get("more_body"):
                break

    pieces = [{"type": "http.request", "body": b"x" * 300, "more_body": True}] * 9
    app = Limits(count)
    ask(app, messages=pieces)
    assert sum(arrived) == 900
    arrived.clear()
    ask(app, messages=pieces)
    assert sum(arrived) == 0, "nothing is left of the allowance"
    ask(app, client="another", content_length="600", messages=pieces)
    assert sum(arrived) == 900, "more than was told stops when the rest is used up"


def test_messages_of_one_page_are_limited(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(guard, "MESSAGES", (3.0, 0.0))
    many = [{"type": "websocket.receive", "text": "x"}] * 10
    assert ask(Limits(answer_ok), kind="websocket", messages=many) == [
        {"type": "websocket.close", "code": 1008}
    ]
    assert ask(Limits(answer_ok), kind="websocket", messages=many[:3]) == []


def test_messages_of_one_page_are_not_counted_for_another(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(guard, "MESSAGES", (3.0, 0.0))
    app, message = Limits(answer_ok), {"type": "websocket.receive", "text": "x"}
    closed = [{"type": "websocket.close", "code": 1008}]
    for who, sent, answer in (("one", 4, closed), ("two", 3, []), ("one", 3, [])):
        told = ask(app, kind="websocket", messages=[message] * sent, cookie=f"levee_session={who}")
        assert told == answer


def test_a_file_is_for_the_visitor_whose_page_made_it():
    owners = MediaOwners()
    owners.note("/media/abc.png", "session-1")
    owners.admit("session-1", "mine")
    app = OwnMedia(answer_ok, owners)
    assert ask(app, "/media/abc.png", cookie="levee_session=mine")[0]["status"] == 200
    assert ask(app, "/media/abc.png", cookie="levee_session=other")[0]["status"] == 403
    assert ask(app, "/media/abc.png")[0]["status"] == 403
    assert ask(app, "/media/other.png", cookie="levee_session=mine")[0]["status"] == 403


READERS = ("evaluator", "manager", "funder", "public")


@pytest.mark.parametrize("made", READERS)
@pytest.mark.parametrize("now", READERS)
def test_a_file_is_not_for_who_is_told_less_by_now(made: str, now: str):
    """The same browser looks as others do, or its person's role was lowered: old links stay."""
    told = 200 if READERS.index(now) <= READERS.index(made) else 403
    for role, audience in ((now, made), ("evaluator", now), (now, now)):
        owners = MediaOwners()
        owners.admit("session-1", "mine", made)
        owners.note("/media/abc.png", "session-1")
        owners.admit("session-1", "mine", audience)
        app = Roles(OwnMedia(answer_ok, owners), role=role)
        assert ask(app, "/media/abc.png", cookie="levee_session=mine")[0]["status"] == told
        # Another window of the same person has a session of its own.
        owners.admit("session-2", "mine", now)
        assert ask(app, "/media/abc.png", cookie="levee_session=mine")[0]["status"] == told


def test_a_download_is_for_whom_its_button_was_shown(monkeypatch: pytest.MonkeyPatch):
    """Shown to an evaluator, clicked by a client that goes on as a funder."""

    class Manager:
        def __init__(self) -> None:
            self._deferred_callables: dict[str, dict[str, str]] = {}

        def add(self) -> str:
            return "/media/picture.png"

        def add_deferred(self) -> str:
            self._deferred_callables["later"] = {"session_id": "session-1"}
            return "later"

        def execute_deferred(self, file_id: str) -> str:
            return f"/media/{file_id}.docx"

    owners = MediaOwners()
    owners.watch(Manager)
    monkeypatch.setattr(guard, "_current_session", lambda: "session-1")
    manager, readable = Manager(), {}
    for audience in ("evaluator", "funder"):
        owners.admit("session-1", "mine", "evaluator")
        manager.add_deferred()
        owners.admit("session-1", "mine", audience)
        url = manager.execute_deferred("later")
        readable[audience] = owners.may_read(url, "mine")
    assert readable == {"evaluator": True, "funder": False}
    assert owners.may_read(manager.add(), "mine")


def test_a_new_visitor_gets_a_cookie_no_script_can_read():
    given = dict(ask(OwnMedia(answer_ok, MediaOwners()))[0]["headers"])[b"set-cookie"].decode()
    assert given.startswith("levee_session=")
    assert "HttpOnly" in given
    assert "SameSite=Strict" in given
    assert "Secure" not in given
    over_tls = ask(OwnMedia(answer_ok, MediaOwners()), x_forwarded_proto="https")
    assert "Secure" in dict(over_tls[0]["headers"])[b"set-cookie"].decode()


def test_settings_of_the_person_do_not_weaken_the_server(monkeypatch):
    """Streamlit reads the environment and the home folder too: what the server says wins."""
    for name, value in {"ENABLE_AGENT_API": "true", "BASE_URL_PATH": "x"}.items():
        monkeypatch.setenv(f"STREAMLIT_SERVER_{name}", value)
    monkeypatch.setenv("STREAMLIT_SERVER_ENABLE_XSRF_PROTECTION", "false")
    apply_settings({})
    assert config.get_option("server.enableAgentApi") is False
    assert config.get_option("server.enableStaticServing") is False
    assert config.get_option("server.enableXsrfProtection") is True
    assert config.get_option("server.baseUrlPath") == ""


def test_a_page_cannot_make_the_server_forget_what_readers_were_shown():
    told = []

    async def listen(scope, receive, send):
        while (message := await receive())["type"] != "websocket.disconnect":
            told.append(BackMsg.FromString(message["bytes"]).WhichOneof("type"))

    sent = [BackMsg(clear_cache=True), BackMsg(stop_script=True), BackMsg(clear_cache=True)]
    messages = [{"type": "websocket.receive", "bytes": one.SerializeToString()} for one in sent]
    ask(Limits(listen), "/_stcore/stream", "websocket", messages)
    assert told == ["stop_script"]


def test_what_the_server_keeps_is_shown_to_nobody():
    names = server_names("127.0.0.1", 8501)
    refused = ask(KnownNames(answer_ok, names), "/_stcore/metrics", host="127.0.0.1:8501")
    assert refused[0]["status"] == 404


@pytest.mark.parametrize(
    ("cookie", "session", "passed"),
    [
        ("levee_session=one", "s1", "streamlit, token, s1"),
        ("levee_session=two", "s1", "streamlit, token"),
        ("", "s1", "streamlit, token"),
        ("levee_session=two", "s2", "streamlit, token, s2"),
    ],
)
def test_a_session_goes_on_for_its_own_visitor_alone(cookie, session, passed):
    owners, told = MediaOwners(), []
    owners.admit("s1", "one")

    async def note(scope, receive, send):
        told.append(dict(scope["headers"])[b"sec-websocket-protocol"].decode())

    protocols = f"streamlit, token, {session}"
    ask(
        OwnMedia(note, owners),
        "/_stcore/stream",
        "websocket",
        (),
        cookie=cookie,
        sec_websocket_protocol=protocols,
    )
    assert told == [passed]

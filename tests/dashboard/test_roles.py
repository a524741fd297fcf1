"""What a role opens: pages for its audience and those told less; changes for evaluators alone."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from analysis.errors import WorkspaceError
from analysis.results import AUDIENCES
from dashboard.cli import main
from dashboard.navigation import SECTIONS, has_page
from dashboard.roles import Roles, set_roles
from dashboard.workspace.definitions import save_different
from dashboard.workspace.engine import VARIABLE, close_workspaces, guard_writing
from dashboard.workspace.sample import read_sample_files, read_sample_plan
from dashboard.workspace.store import (
    create_study,
    delete_study,
    list_studies,
    rename_study,
    save_file,
    save_version,
)
from tests.errors import coded

APP = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"
VIEWS = [e.view for entries in SECTIONS.values() for e in entries if has_page(e.view)]
#: Buttons and forms that change a study, by key or label.
CHANGING = ("delete_", "title_", "bring_in", "copy_", "unmap_", "Save", "Rename", "Delete for good")


@pytest.fixture(scope="module")
def own_study(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A saved study that may be changed, with everything the sample has."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, f"sqlite:///{tmp_path_factory.mktemp('roles') / 'w.sqlite'}")
        study = create_study("Our community")
        for name, content in read_sample_files().items():
            save_file(study, name, content)
        save_version(study, read_sample_plan())
        yield study
        close_workspaces()


@pytest.fixture
def app(own_study: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    monkeypatch.setenv("LEVEE_ROLE", "evaluator")
    monkeypatch.setenv("LEVEE_ROLE_HEADER", "")

    def open_app(view: str, role: str, header: str = "", **asked: str) -> AppTest:
        set_roles(role, header)
        at = AppTest.from_file(str(APP), default_timeout=120)
        for key, value in {"lang": "en", "study": own_study, **asked}.items():
            at.query_params[key] = value
        at._page_hash = calc_hash(view)
        return at.run()

    return open_app


def changing(at: AppTest) -> list[str]:
    """Elements of a page by which a study can be changed."""
    named = [one for kind in ("button", "text_input") for one in at.get(kind)]
    names = [f"{one.key or ''} {one.label}" for one in named]
    found = [name for name in names if any(part in name for part in CHANGING)]
    return found + ["upload" for _ in at.get("file_uploader")]


@pytest.mark.parametrize("role", ["manager", "funder", "public"])
@pytest.mark.parametrize("view", VIEWS)
def test_readers_change_nothing_on_any_page(app, view, role):
    at = app(view, role)
    assert not at.exception
    assert changing(at) == []


def test_evaluators_have_what_readers_lack(app):
    found = {view: changing(app(view, "evaluator")) for view in ("home", "scorecard", "funding")}
    assert all(found.values()), found
    assert "upload" in changing(app("portfolio", "evaluator"))


@pytest.mark.parametrize("role", AUDIENCES)
def test_a_reader_sees_as_the_own_role_or_one_that_is_told_less(app, role):
    at = app("overview", role, audience="evaluator")
    switch = next(one for one in at.sidebar.selectbox if one.key == f"audience_{role}")
    assert len(switch.options) == len(AUDIENCES) - AUDIENCES.index(role)
    shown = app("export", role, audience="evaluator")
    offered = shown.get("button_group")
    choices = [one.options for one in offered if one.key == f"export_audience_{role}"]
    assert len(choices[0]) == len(AUDIENCES) - AUDIENCES.index(role)


@pytest.mark.parametrize("role", ["manager", "funder", "public"])
def test_rows_of_the_data_stay_with_the_evaluator(app, role):
    at = app("data", role, audience="evaluator")
    assert "only the evaluator sees it" in at.info[0].value
    assert "Choose Evaluator" not in at.info[0].value


def test_who_has_no_role_is_shown_nothing(app):
    at = app("overview", "evaluator", header="X-Levee-Role")
    assert "no role here" in at.info[0].value
    assert not [*at.title, *at.header, *at.table, *at.get("plotly_chart"), *at.sidebar.selectbox]


def ask(app: Roles, path: str = "/", kind: str = "http", peer: str = "10.0.0.1", sent=()):
    """Headers of roles that arrive behind the middleware, and the status when it refuses."""
    arrived, answers = [], []

    async def keep(scope, receive, send):
        arrived.append([value.decode() for name, value in scope["headers"] if name == b"x-role"])

    async def note(message):
        answers.append(message.get("status") or message.get("code"))

    headers = [(b"host", b"x"), *((b"x-role", one.encode()) for one in sent)]
    scope = {"type": kind, "path": path, "headers": headers, "client": (peer, 1)}
    app.app = keep
    # In a thread of its own: the browser tests leave a loop running in this one.
    with ThreadPoolExecutor(1) as aside:
        aside.submit(lambda: asyncio.run(app(scope, None, note))).result()
    return (arrived or [None])[0], next((one for one in answers if one), None)


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    ("peer", "sent", "passed"),
    [
        ("10.0.0.1", ["funder"], True),
        ("10.0.0.9", ["evaluator"], False),
        ("10.0.0.1", ["funder", "evaluator"], False),
        ("10.0.0.1", ["Evaluator"], False),
        ("10.0.0.1", ["funder, evaluator"], False),
        ("10.0.0.1", [], False),
    ],
)
def test_a_role_is_believed_from_the_proxy_alone(peer, sent, passed, kind):
    found, refused = ask(Roles(None, "evaluator", "X-Role", "10.0.0.1"), "/", kind, peer, sent)
    assert found == (sent if passed else None)
    assert refused == (None if passed else {"http": 403, "websocket": 1008}[kind])


def test_the_health_of_the_server_has_no_role():
    assert ask(Roles(None, "", "X-Role", "10.0.0.1"), "/_stcore/health") == ([], None)


@pytest.mark.parametrize("role", AUDIENCES)
def test_only_evaluators_upload(role):
    path = "/_stcore/upload_file/session/file"
    assert ask(Roles(None, role), path)[1] == (None if role == "evaluator" else 403)
    named = Roles(None, "evaluator", "X-Role", "10.0.0.1")
    assert ask(named, path, sent=[role])[1] == (None if role == "evaluator" else 403)


def test_a_click_of_who_is_no_evaluator_any_more_changes_nothing(own_study):
    """Callbacks run before the page: one sent after the role changed is refused where it writes."""
    allowed = False
    guard_writing(lambda: allowed)
    try:
        for change in (
            lambda: delete_study(own_study),
            lambda: rename_study(own_study, "x"),
            lambda: create_study("y"),
            lambda: save_different(("a", "b")),
        ):
            with pytest.raises(WorkspaceError, check=coded("evaluators_only")):
                change()
    finally:
        guard_writing(lambda: True)
    assert [one.id for one in list_studies()] == [own_study]


@pytest.mark.parametrize(("role", "listed"), [("evaluator", True), ("funder", False)])
def test_studies_that_are_not_finished_are_listed_to_evaluators_alone(app, role, listed):
    draft = create_study("Case of one family")
    try:
        shown = " ".join(one.value for one in app("home", role).markdown)
        assert ("Case of one family" in shown) is listed
        assert "Community B" in shown
    finally:
        delete_study(draft)


def test_a_header_of_roles_needs_a_proxy(capsys):
    assert main(["serve", "--no-browser", "--role-header", "X-Levee-Role"]) == 2
    assert "--proxy" in capsys.readouterr().err
    assert main(["serve", "--no-browser", "--proxy", "127.0.0.1", "--role-header", ""]) == 2

"""Every page opens on every study, however little its files hold."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from analysis.plan import plan_from_dict
from dashboard.navigation import SECTIONS, has_page
from dashboard.workspace.engine import VARIABLE, close_workspaces
from dashboard.workspace.store import create_study, save_file, save_version

APP = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"
VIEWS = [e.view for entries in SECTIONS.values() for e in entries if has_page(e.view)]
SCALE = {"name": "care", "label": "Care", "items": ["q1", "q2"], "range": [1, 5]}


@dataclass(frozen=True)
class Files:
    """Spreadsheets by name, and the plan that reads them."""

    plan: dict[str, Any]
    contents: dict[str, str] = field(default_factory=dict)


def rows(header: str, *lines: str) -> str:
    return "\n".join((header, *lines)) + "\n"


def survey(waves: dict[str, list[str]], header: str = "code,q1,q2", **settings: object) -> Files:
    """A study of one survey file per wave; ``settings`` go to ``[survey]`` or name other tables."""
    contents = {f"{wave}.csv": rows(header, *lines) for wave, lines in waves.items()}
    asked = {
        "respondent": "code",
        "waves": list(waves),
        "files": [{"path": f"{wave}.csv", "wave": wave} for wave in waves],
    } | settings
    return Files({"study": {"title": "Hostile"}, "survey": asked, "measures": [SCALE]}, contents)


def table(name: str, content: str, **settings: object) -> Files:
    plan = {"study": {"title": "Hostile"}, name: {"path": f"{name}.csv"} | settings}
    return Files(plan, {f"{name}.csv": content})


def join(*parts: Files) -> Files:
    plans: dict[str, Any] = {}
    contents: dict[str, str] = {}
    for part in parts:
        plans |= part.plan
        contents |= part.contents
    return Files(plans, contents)


def answers(n: int, first: int = 0, step: int = 0) -> list[str]:
    return [f"P{i},{1 + (i + step) % 4},{1 + (i * 2 + step) % 4}" for i in range(first, first + n)]


def same(n: int) -> list[str]:
    return [f"P{i},3,3" for i in range(n)]


LEDGER = {"date": "date", "amount": "amount", "source": "source"}
SIGN_IN = {"person": "code", "session": "session", "date": "date"}
ROSTER = {"volunteer": "id", "joined": "joined", "left": "left"}
ISSUES = {"issue": "issue", "raised": "raised", "agreed": "agreed", "done": "done"}

STUDIES = {
    "one_wave": survey({"pre": answers(20)}),
    "one_person": survey({"pre": answers(1), "post": answers(1, step=1)}),
    "two_people_equal": survey({"pre": same(2), "post": same(2)}),
    "everyone_equal": survey({"pre": same(20), "post": same(20)}),
    "all_missing": survey({w: [f"P{i},," for i in range(12)] for w in ("pre", "post")}),
    "nobody_matched": survey({"pre": answers(15), "post": answers(15, first=50)}),
    "last_wave_of_one": survey(
        {"pre": answers(15), "post": answers(12, step=1), "later": answers(1)}
    ),
    "middle_wave_alike": survey(
        {"pre": answers(20), "post": same(20), "follow_up": answers(14, step=1)}
    ),
    "anonymous": survey({"pre": answers(9), "post": answers(8, step=2)}, respondent=None),
    "treated_one": survey(
        {
            "pre": [f"{line},{'B' if i else 'A'}" for i, line in enumerate(answers(12))],
            "post": [f"{line},{'B' if i else 'A'}" for i, line in enumerate(answers(12, step=1))],
        },
        header="code,q1,q2,arm",
        group="arm",
        treated=["A"],
    ),
    "groups_of_one": survey(
        {
            "pre": [f"{line},g{i}" for i, line in enumerate(answers(12))],
            "post": [f"{line},g{i}" for i, line in enumerate(answers(12, step=1))],
        },
        header="code,q1,q2,place",
        site="place",
        disaggregate=["place"],
    ),
    # A one-day workshop: with everybody at one session there is no slope over sessions.
    "everyone_came_once": join(
        survey({"pre": answers(20), "post": answers(20, step=1)}),
        table(
            "attendance",
            rows("code,session,date", *(f"P{i},S1,2025-03-01" for i in range(20))),
            **SIGN_IN,
        ),
    ),
    "one_sign_in": table("attendance", rows("code,session,date", "P1,S1,2025-03-01"), **SIGN_IN),
    "sign_ins_without_dates": table(
        "attendance",
        rows("code,session,date", *(f"P{i % 5},S{i % 3}," for i in range(15))),
        **SIGN_IN,
    ),
    "one_volunteer": table("volunteers", rows("id,joined,left", "V1,2025-01-01,"), **ROSTER),
    "all_left_at_once": table(
        "volunteers",
        rows("id,joined,left", *(f"V{i},2025-01-01,2025-02-01" for i in range(8))),
        **ROSTER,
    ),
    "only_expense": table(
        "funding",
        rows("date,amount,source", "2025-01-31,-500,Rent", "2025-02-28,-500,Rent"),
        **LEDGER,
    ),
    "one_income": table("funding", rows("date,amount,source", "2025-01-31,500,City"), **LEDGER),
    "nothing_agreed": table(
        "consultation", rows("issue,raised,agreed,done", "Lamp,2025-01-01,,"), **ISSUES
    ),
    "one_rater": table(
        "capacity",
        rows("rater,domain,score,wave", "R1,Money,3,pre"),
        rater="rater",
        domain="domain",
        score="score",
        wave="wave",
        range=[1, 5],
    ),
}


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    yield
    close_workspaces()


@pytest.fixture
def open_pages(workspace: None) -> Callable[[Files], Iterator[tuple[str, AppTest]]]:
    """Save a study and open its pages one after the other, as one visitor."""

    def pages(files: Files) -> Iterator[tuple[str, AppTest]]:
        study = create_study("Hostile")
        for name, content in files.contents.items():
            save_file(study, name, content.encode())
        save_version(study, plan_from_dict(files.plan))
        at = AppTest.from_file(str(APP), default_timeout=60)
        at.query_params["lang"] = "en"
        at.query_params["study"] = study
        for view in VIEWS:
            at._page_hash = calc_hash(view)
            yield view, at.run()

    return pages


def test_there_are_at_least_twelve_hostile_studies():
    assert len(STUDIES) >= 12
    assert len(VIEWS) >= 20


@pytest.mark.parametrize("name", STUDIES)
def test_every_page_opens(name: str, open_pages):
    for view, at in open_pages(STUDIES[name]):
        assert not at.exception, (view, at.exception[0].value)
        assert not at.error, (view, at.error[0].value)
        assert at.title, view


def test_the_course_needs_three_waves(open_pages):
    titles = {v: at.title[0].value for v, at in open_pages(STUDIES["middle_wave_alike"])}
    assert titles["trajectory"].startswith("Care")
    needed = [at.info[0].value for v, at in open_pages(STUDIES["one_wave"]) if v == "trajectory"]
    assert "three or more waves" in needed[0]


def test_everyone_at_one_session_has_no_slope(open_pages):
    titles = {v: at.title[0].value for v, at in open_pages(STUDIES["everyone_came_once"])}
    assert "everyone attended the same number of sessions" in titles["dose"]

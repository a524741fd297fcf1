"""What one reader was shown is known when another opens the page, or the same one again."""

import re
from collections.abc import Iterator

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from analysis import evaluate
from analysis.disclosure import make_release
from analysis.intake.read.reader import read_study
from analysis.plan import plan_from_dict
from dashboard.workspace.engine import VARIABLE, close_workspaces
from dashboard.workspace.releases import save_release
from dashboard.workspace.store import (
    create_study,
    open_study,
    read_files,
    save_file,
    save_version,
)
from tests.dashboard.test_hostile_studies import APP, rows

PEOPLE = [
    (site, age)
    for site, numbers in (("East", (20, 20, 30)), ("West", (30, 30, 20)))
    for age, n in zip(("18-35", "60+", "36-59"), numbers, strict=True)
    for _ in range(n)
]


def wave(gain: int) -> str:
    rng = np.random.default_rng(7 + gain)
    scores = np.clip(np.round(rng.normal(3, 0.7, (len(PEOPLE), 2))), 1, 4) + gain
    lines = [
        f"P{i},{site},{age},{one:g},{other:g}"
        for i, ((site, age), (one, other)) in enumerate(zip(PEOPLE, scores, strict=True))
    ]
    return rows("code,site,age,q1,q2", *lines)


@pytest.fixture
def study(tmp_path, monkeypatch) -> Iterator[str]:
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    made = create_study("Shared")
    waves = {"pre.csv": wave(0), "post.csv": wave(1)}
    for name, content in waves.items():
        save_file(made, name, content.encode())
    plan = {
        "study": {"title": "Shared"},
        "survey": {
            "respondent": "code",
            "site": "site",
            "waves": ["pre", "post"],
            "disaggregate": ["age"],
            "files": [{"path": f"{one}.csv", "wave": one} for one in ("pre", "post")],
        },
        "measures": [{"name": "care", "items": ["q1", "q2"], "range": [1, 5]}],
    }
    save_version(made, plan_from_dict(plan))
    yield made
    close_workspaces()


def open_part(study: str, *ages: str, audience: str = "funder") -> str:
    """All words of the page of results for people of some ages, in a session of its own."""
    at = AppTest.from_file(str(APP), default_timeout=90)
    at.query_params["lang"], at.query_params["study"] = "en", study
    at.query_params["audience"] = audience
    at.query_params["site"] = ["East"]
    at.query_params["category"] = [f"age={one}" for one in ages]
    at._page_hash = calc_hash("outcomes")
    at.run()
    assert not at.exception
    told = [*at.title, *at.markdown, *at.caption, *at.info, *at.warning, *at.error]
    # The certificate at the foot counts what readers have by now: it grows with every page.
    return re.sub(r"pages\\?: \d+", "pages", " ".join(one.value for one in told))


@pytest.fixture
def judged(monkeypatch) -> list[int]:
    """Beside how many releases each page was judged."""
    counts: list[int] = []

    def note(evaluation, study, audience, earlier=(), **more):
        counts.append(len(earlier))
        return make_release(evaluation, study, audience, earlier, **more)

    monkeypatch.setattr("analysis.disclosure.make_release", note)
    return counts


def test_a_new_session_is_judged_beside_what_others_were_shown(study, judged):
    """The whole, then a part; a reload that forgot them gave differences of one person."""
    first = open_part(study, "18-35")
    assert "20" in first
    assert judged == [0, 1]
    open_part(study, "36-59")
    assert judged == [0, 1, 2]
    assert open_part(study, "18-35") == first, "the same again, without a new judgement"
    assert judged == [0, 1, 2]
    open_part(study, "18-35", audience="public")
    assert judged == [0, 1, 2, 3, 4], "another audience, beside the same people's pages"


def test_pages_are_judged_beside_the_releases_of_the_ledger(study, judged):
    saved = open_study(study)
    read = read_study(saved.plan, read_files(study))
    save_release(study, make_release(evaluate(read), read, "public")[1])
    open_part(study, "18-35")
    assert judged == [1, 2]
    open_part(study, "18-35", audience="evaluator")
    assert judged == [1, 2], "who holds the data sees them as they are"


def test_a_reader_who_asks_for_part_after_part_is_stopped(study, monkeypatch):
    monkeypatch.setattr("dashboard.workspace.shown.MAX_VIEWS", 2)
    assert "20" in open_part(study, "18-35")
    assert "no further one can be judged" in open_part(study, "36-59")
    assert "20" in open_part(study, "18-35")

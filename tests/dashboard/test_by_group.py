"""The answers of one wave by group: every group for the evaluator, none side by side for others."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from analysis.plan import plan_from_dict
from dashboard.text import LANGUAGES
from dashboard.workspace.engine import VARIABLE, close_workspaces
from dashboard.workspace.store import create_study, save_file, save_version

APP = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"
#: North: 30 people, 10 of each answer; South: 8, of whom two say 5; two are of no community.
ROWS = [
    *(("North", 1 + n % 3, "Woman" if n % 2 else "Man") for n in range(30)),
    *(("South", 5 if n < 2 else 4, "Woman" if n % 2 else "Man") for n in range(8)),
    ("", 2, "Woman"),
    ("", 3, "Man"),
]
FILE = "code,site,gender,q1,q2\n" + "".join(
    f"P{at:02},{site},{gender},{q1},{1 + at % 5}\n" for at, (site, q1, gender) in enumerate(ROWS)
)
PLAN = {
    "study": {"title": "Street"},
    "survey": {
        "waves": ["pre"],
        "respondent": "code",
        "site": "site",
        "disaggregate": ["gender"],
        "files": [{"path": "pre.csv", "wave": "pre"}],
    },
    "measures": [
        {
            "name": "trust",
            "label": {"en": "Trust", "zh-Hans": "信任"},
            "items": ["q1", "q2"],
            "range": [1, 5],
            "texts": {"q1": {"en": "I trust people here", "zh-Hans": "我信任这里的人"}},
        }
    ],
}
WORDS = {"en": ("By group", "Group", "n", "Mean"), "zh-Hans": ("分组作答情况", "群体", "n", "均值")}


@pytest.fixture
def open_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., AppTest]]:
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    key = create_study("Street")
    save_file(key, "pre.csv", FILE.encode())
    save_version(key, plan_from_dict(PLAN))

    def go(view: str, language: str = "en", audience: str = "evaluator") -> AppTest:
        at = AppTest.from_file(str(APP), default_timeout=120)
        at.query_params["lang"], at.query_params["study"] = language, key
        at.query_params["audience"] = audience
        at._page_hash = calc_hash(view)
        at.run()
        assert not at.exception
        return at

    yield go
    close_workspaces()


def group_tables(at: AppTest, column: str):
    shown = [*at.main.table, *at.main.dataframe]
    plain = [one.value.astype(str).replace(r"\\", "", regex=True) for one in shown]
    return [table for table in plain if column in table.columns]


@pytest.mark.parametrize("view", ["overview", "items"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_evaluator_has_every_group_with_the_few_marked(open_page, view: str, language: str):
    heading, group, n, mean = WORDS[language]
    at = open_page(view, language)
    assert heading in [one.value for one in at.main.header]
    (table,) = group_tables(at, group)
    assert list(table[group]) == ["North", "South"] * 2
    assert [int(value) for value in table[n]] == [30, 8] * 2
    assert [float(value) for value in table[mean]][:2] == [2.0, 4.25]
    assert "(<5)" in table["5"].iloc[1]
    assert "(<5)" not in " ".join(table["1"].iloc[:2])
    left_out = {
        "en": "2 respondents without a group are left out.",
        "zh-Hans": "2名没有分组信息的受访者未计入。",
    }
    assert any(left_out[language] in one.value for one in at.main.caption)


def test_the_grouping_is_chosen_on_the_page(open_page):
    at = open_page("items")
    at.selectbox(key="by_group").set_value("category=gender").run()
    (table,) = group_tables(at, "Group")
    assert list(table["Group"]) == ["Man", "Woman"] * 2
    assert [int(value) for value in table["n"]] == [20, 20] * 2


@pytest.mark.parametrize("audience", ["manager", "funder", "public"])
def test_nobody_else_gets_groups_side_by_side(open_page, audience: str):
    for view in ("overview", "items"):
        at = open_page(view, audience=audience)
        assert not group_tables(at, "Group")
        assert "by_group" not in [one.key for one in at.selectbox]
        said = " ".join(one.value for one in at.main.caption)
        assert "Only the evaluator sees all groups side by side." in said
        # Means that are withheld are not ranked: the highest and lowest are left unsaid.
        assert "[c]" not in " ".join(one.value.replace("\\", "") for one in at.main.markdown)

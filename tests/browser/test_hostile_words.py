"""Addresses, direction marks and tags in uploaded words: no browser makes anything of them."""

from collections.abc import Iterator

import pytest

from analysis import evaluate
from analysis.intake.read.reader import read_study
from analysis.plan import plan_from_dict
from dashboard.exports.web_page import write_web_page
from dashboard.text import Text
from dashboard.workspace.engine import VARIABLE, close_workspaces
from dashboard.workspace.store import create_study, save_file, save_version

pytestmark = pytest.mark.browser
TAG = '<a href="https://evil.example/a">tag</a><b>x</b>'
MAIL = "mailto:a@evil.example"
LABEL = f"Care www.evil.example {TAG}"
ITEMS = ("I know https://evil.example/q1", f"I ask {MAIL}", "I read www.evil.example/q3 \u202efdp")
SITES = ("East https://evil.example/east", "West\u200b www.evil.example", "South <b>x</b>\u2066y")
PAGES = ("outcomes", "items", "subgroups", "comparison", "quality", "funding", "data", "export")
DISGUISES = "\u200b\u202e\u2066"
INSIDE = """() => ({
  links: [...document.querySelectorAll('a')].map((a) => a.href?.baseVal ?? a.href),
  made: [...document.querySelectorAll('b, strong, [style*=bold]')]
    .filter((e) => e.textContent === 'x').map((e) => e.outerHTML),
  drawn: [...document.querySelectorAll('svg text')].map((t) => t.textContent),
  words: document.body.innerText
    + [...document.querySelectorAll('svg text')].map((t) => t.textContent).join(' '),
})"""


def survey(gain: int, n: int) -> bytes:
    rows = ["\t".join(["code", *ITEMS, "site"])]
    for k in range(n):
        answers = [str(1 + (k * s + gain) % 4 + gain // 2) for s in (1, 3, 7)]
        rows.append("\t".join([f"P{k:02}", *answers, SITES[k % 3]]))
    return "\n".join(rows).encode()


def ledger() -> bytes:
    money = [f"2025-{m:02}-15,{900 - 40 * m},{SITES[m % 3]}" for m in range(1, 13)]
    return "\n".join(["date,amount,source", *money]).encode()


FILES = {"pre.tsv": survey(0, 60), "post.tsv": survey(2, 54), "money.csv": ledger()}
PLAN = plan_from_dict(
    {
        "study": {"title": f"Town https://evil.example {TAG}\u202e"},
        "survey": {
            "respondent": "code",
            "waves": ["pre", "post"],
            "files": [{"path": f"{wave}.tsv", "wave": wave} for wave in ("pre", "post")],
            "site": "site",
            "disaggregate": ["site"],
        },
        "measures": [{"name": "care", "label": LABEL, "items": list(ITEMS), "range": [1, 5]}],
        "funding": {"path": "money.csv", "date": "date", "amount": "amount", "source": "source"},
    }
)


@pytest.fixture(scope="module")
def hostile(server) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, f"sqlite:///{server.workspace}")
        study = create_study("Hostile https://evil.example")
        for name, content in FILES.items():
            save_file(study, name, content)
        save_version(study, PLAN)
        yield study
        close_workspaces()


def assert_literal(inside: dict) -> None:
    assert not [link for link in inside["links"] if "evil" in link or link.startswith("mailto")]
    assert inside["made"] == []
    assert not set(inside["words"]) & set(DISGUISES)


def test_addresses_are_no_links_and_disguises_have_marks_on_pages(visit, hostile):
    visitor = visit("en")
    words = ""
    for view in PAGES:
        visitor.open(view, study=hostile)
        inside = visitor.page.evaluate(INSIDE)
        assert_literal(inside)
        words += inside["words"].replace("\u2060", "")
    for told in (TAG, "https://evil.example", "www.evil.example", "‹U+200B›", "‹U+202E›"):
        assert told in words, told


def test_the_html_export_links_nothing_and_its_figures_show_tags_as_text(chromium, tmp_path):
    study = read_study(PLAN, FILES)
    path = tmp_path / "report.html"
    path.write_bytes(write_web_page(evaluate(study), study, Text("en"), "evaluator"))
    context = chromium.new_context()
    asked: list[str] = []
    context.on("request", lambda one: asked.append(one.url))
    page = context.new_page()
    page.goto(path.as_uri())
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-figure]')]"
        ".every((place) => place.querySelector('svg.main-svg'))"
    )
    for closed in page.locator("details").all():
        closed.evaluate("(one) => { one.open = true }")
    inside = page.evaluate(INSIDE)
    context.close()
    assert_literal(inside)
    assert inside["links"]
    assert all(link.startswith(f"{path.as_uri()}#") for link in inside["links"])
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    for told in ("https://evil.example", "www.evil.example", TAG):
        assert told in inside["words"], told
    drawn = " ".join(inside["drawn"])
    assert "<b>x</b>" in drawn
    assert "evil.example" in drawn

"""Made people are planted in every kind of file; afterwards they are nowhere on the disk.

Uploaded through a browser to a server of its own, whose workspace, keys, temporary files and
output lie in one folder. Then everything that can leave is made of what was saved. Every file is
read as bytes; archives are unpacked, text in the encodings people use.
"""

import io
import re
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pandas as pd
import pyreadstat
import pytest
from openpyxl.comments import Comment
from plotly.offline import get_plotlyjs

from analysis import evaluate
from analysis.disclosure import protect
from analysis.intake.propose.proposal import propose_plan, read_sheets
from analysis.intake.read.reader import read_study
from analysis.results import AUDIENCES
from benchmarks.attack.documents import pdf_text
from dashboard.cli import _WRITERS
from dashboard.exports.results_file import write_results
from dashboard.text import Text
from dashboard.workspace.archive import write_archive
from dashboard.workspace.engine import close_workspaces
from dashboard.workspace.store import create_study, list_studies, read_files, save_file
from tests.browser.conftest import Server, Visitor, free_port

pytestmark = pytest.mark.browser
GIVEN = "晓东 秀兰 海燕 国庆 文静 立新 建国 桂英 志强 丽华 红梅 小明".split()  # noqa: SIM905
SURNAMES = "欧阳 司马 诸葛 上官 皇甫 尉迟 慕容 令狐 宇文 长孙".split()  # noqa: SIM905
LATIN = ("Marguerite Oyelaran", "Thaddeus Kowalczyk", "Philippa Vandersteen")


@dataclass
class Planted:
    """Files with made people, and everything of them that must not be found again."""

    files: dict[str, bytes] = field(default_factory=dict)
    secrets: list[str] = field(default_factory=list)

    def person(self) -> tuple[str, str, str]:
        """A new person: name, phone, e-mail."""
        at = len(self.secrets)
        name = SURNAMES[at // 3 % len(SURNAMES)] + GIVEN[at // 3 // len(SURNAMES) % len(GIVEN)]
        told = (name, f"1391{at:03}{(at * 7919) % 10000:04}", f"canary{at}@example{at}.org")
        self.secrets += told
        return told


def rows_of(planted: Planted, n: int = 12) -> list[list[str]]:
    """A survey in which everybody is named; free text names others."""
    rows = [["姓名", "手机号", "邮箱", "我知道撤离路线", "我家有应急包", "我会急救", "意见"]]
    for k in range(n):
        name, phone, mail = planted.person()
        other = planted.person()
        answers = [str(1 + (k * s) % 5) for s in (1, 2, 3)]
        rows.append(
            [name, phone, mail, *answers, f"感谢{other[0]}帮我，电话{other[1]}，{other[2]}"]
        )
    return rows


def as_csv(rows: list[list[str]], encoding: str = "utf-8-sig") -> bytes:
    return "\n".join(",".join(row) for row in rows).encode(encoding)


def as_workbook(planted: Planted) -> bytes:
    """People in cells, header, title row, comment, properties, sheet name and page header."""
    book = openpyxl.Workbook()
    page, people = book.active, [planted.person() for _ in range(7)]
    page.title = f"{people[0][0]}的答卷"
    page.append([f"调查员：{people[1][0]}  电话：{people[1][1]}"])
    page.append([])
    rows = rows_of(planted)
    rows[0][-1] = f"对{people[2][0]}老师的意见"
    for row in rows:
        page.append(row)
    page["D5"].comment = Comment(f"{people[3][0]} {people[3][1]}", people[3][0])
    page.oddHeader.center.text = f"制表人：{people[4][0]} {people[4][2]}"
    book.properties.creator, book.properties.title = people[5][0], f"{people[5][2]} {people[5][1]}"
    listed = book.create_sheet("签到")
    listed.append(["日期", *(one[0] for one in people)])
    listed.append(["2026-03-01", *("√" for _ in people)])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def as_sav(planted: Planted, folder: Path) -> bytes:
    """People in a text variable, in a label and in a note."""
    rows = rows_of(planted)
    table = pd.DataFrame(rows[1:], columns=["name", "phone", "mail", "q1", "q2", "q3", "text"])
    table[["q1", "q2", "q3"]] = table[["q1", "q2", "q3"]].astype(float)
    interviewer = planted.person()
    path = folder / "made.sav"
    pyreadstat.write_sav(
        table,
        str(path),
        column_labels=dict(zip(table.columns, rows[0], strict=True)),
        note=f"访谈人：{interviewer[0]} {interviewer[1]}",
        file_label=interviewer[2],
    )
    return path.read_bytes()


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    made = Planted()
    named = made.person()
    made.files[f"{named[0]}_{named[1]}_访谈.csv"] = as_csv(rows_of(made))
    made.files["名单.csv"] = as_csv(rows_of(made), "gb18030")
    made.files["答卷.xlsx"] = as_workbook(made)
    made.files["spss.sav"] = as_sav(made, tmp_path_factory.mktemp("made"))
    rows = [["Participant", "I know the route", "I have a kit"]]
    rows += [[name, str(k), "3"] for k, name in enumerate(LATIN, start=1)]
    made.secrets += LATIN
    made.files["people.csv"] = as_csv(rows)
    told = [part for name, content in made.files.items() for part in (name.encode(), content)]
    written = set().union(*(found_in(part, made.secrets) for part in told))
    made.secrets = [secret for secret in made.secrets if secret in written]
    return made


def unpacked(content: bytes, depth: int = 2) -> Iterator[str]:
    """All text in bytes, members of archives too."""
    yield from (content.decode(one, "ignore") for one in ("utf-8", "gb18030", "utf-16-le"))
    if depth and content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name
                yield from unpacked(archive.read(name), depth - 1)
    if content.startswith(b"%PDF") and shutil.which("pdftotext"):
        yield pdf_text(content)
    if content.startswith(b"$FL"):
        yield statistics_text(content)


def statistics_text(content: bytes) -> str:
    """Cells, labels and notes of a .sav file, whose texts may be compressed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "read.sav"
        path.write_bytes(content)
        table, told = pyreadstat.read_sav(str(path))
    return f"{table.to_csv()} {vars(told)}"


def kept_in(path: Path) -> Iterator[bytes]:
    """Every file a database keeps: archives in it cannot be unpacked from its pages."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        tables = database.execute("select name from sqlite_master where type = 'table'")
        for (table,) in tables.fetchall():
            for row in database.execute(f'select * from "{table}"'):
                yield from (value for value in row if isinstance(value, bytes))


def found_in(content: bytes, secrets: list[str]) -> set[str]:
    own = content.replace(get_plotlyjs().encode(), b"")  # Five megabytes that are always the same.
    return {secret for text in unpacked(own) for secret in secrets if secret in text}


def found_below(folder: Path, secrets: list[str]) -> dict[str, set[str]]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    found = {str(p.relative_to(folder)): found_in(p.read_bytes(), secrets) for p in files}
    found |= {f"name of {p.name}": {s for s in secrets if s in p.name} for p in files}
    for path in folder.rglob("*.sqlite"):
        found[f"kept in {path.name}"] = set().union(*(found_in(b, secrets) for b in kept_in(path)))
    return {place: secrets for place, secrets in found.items() if secrets}


@dataclass
class Place:
    """A server that keeps everything in one folder, its output too."""

    folder: Path
    server: Server


@pytest.fixture
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where this test and its server keep everything."""
    for name in ("keys", "temporary", "cache", "workspace"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("LEVEE_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LEVEE_WORKSPACE", f"sqlite:///{tmp_path / 'workspace' / 'w.sqlite'}")
    yield tmp_path
    close_workspaces()


@pytest.fixture
def place(own_folder: Path) -> Iterator[Place]:
    started = Server(own_folder / "workspace" / "w.sqlite", free_port())
    with (own_folder / "output.log").open("wb") as log:
        started.start(output=log)
        yield Place(own_folder, started)
    started.kill()


def upload(chromium, place: Place, planted: Planted) -> Visitor:
    visitor = Visitor(chromium, place.server, "zh-Hans", 1280, "light")
    visitor.open("data", study="new")
    sent = [
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        for name, content in planted.files.items()
    ]
    visitor.page.set_input_files("input[type=file]", sent)
    visitor.page.wait_for_url(re.compile("study=[0-9a-f]{8}"), timeout=120_000)
    visitor.wait()
    return visitor


def test_nobody_who_was_planted_is_on_the_disk_or_in_what_leaves(chromium, place, planted):
    assert len(planted.secrets) > 100
    assert all(found_in(content, planted.secrets) for content in planted.files.values())
    visitor = upload(chromium, place, planted)
    # A statistics file with people in it cannot be written anew: it is refused, in words that
    # come last: on a busy machine the page has stood still before.
    visitor.page.get_by_text("spss.sav").first.wait_for(timeout=60_000)
    for view in ("data", "quality", "export"):
        visitor.open(view, study=visitor.study)
    visitor.close()
    assert found_below(place.folder, planted.secrets) == {}
    (study,) = list_studies()
    saved = read_files(study.id)
    assert len(saved) == len(planted.files) - 1
    assert "spss.sav" not in saved
    assert found_below(place.folder, planted.secrets) == {}
    assert found_in(write_archive(study.id), planted.secrets) == set()
    named = {k: v for k, v in saved.items() if "people" not in k}
    plan = propose_plan(read_sheets(named))
    made = read_study(plan, named)
    inside = evaluate(made)
    for audience in AUDIENCES:
        shown = protect(inside, made, audience)
        assert found_in(write_results(shown), planted.secrets) == set(), audience
        for form, (module, writer) in _WRITERS.items():
            if form == "sav" and audience != "evaluator":
                continue
            write = getattr(__import__(module, fromlist=[writer]), writer)
            content = write(shown, made, Text("zh-Hans"), audience)
            assert found_in(content, planted.secrets) == set(), (audience, form)


def test_originals_are_there_only_when_they_are_kept_on_purpose(own_folder, planted):
    """The search finds what is there: the same workspace with originals."""
    study = create_study("originals")
    for name, content in planted.files.items():
        save_file(study, name, content)
    close_workspaces()
    found = found_below(own_folder, planted.secrets)
    assert str(Path("workspace") / "w.sqlite") in found
    assert set().union(*found.values()) == set(planted.secrets)


def volunteer_files(people: list[str]) -> list[dict]:
    """Eight weekly helpers by name; the first two have not come for six weeks."""
    roster = [["姓名", "加入日期"], *([name, "2025-09-01"] for name in people)]
    days = pd.date_range("2025-09-06", "2026-06-27", freq="7D")
    log = [["姓名", "服务日期", "服务时长"]]
    for day in days:
        here = people[2:] if day >= pd.Timestamp("2026-05-15") else people
        log += [[name, f"{day:%Y-%m-%d}", "2"] for name in here]
    return [
        {"name": name, "mimeType": "text/csv", "buffer": as_csv(rows)}
        for name, rows in (("志愿者名册.csv", roster), ("服务记录.csv", log))
    ]


def save_download(visitor: Visitor, button, path: Path) -> None:
    """Click until the file comes: on a busy machine a click may meet a page that is drawn anew."""
    from playwright.sync_api import TimeoutError

    for _ in range(4):
        visitor.wait()
        try:
            with visitor.page.expect_download(timeout=30_000) as waiting:
                button.click()
        except TimeoutError:
            continue
        waiting.value.save_as(path)
        return
    raise AssertionError("the file never came")


def test_the_key_file_shows_names_in_its_session_alone(chromium, place, tmp_path):
    """Saved once by the person, loaded for display: names on the call list, nowhere else."""
    people = [surname + given for surname, given in zip(SURNAMES, GIVEN, strict=False)][:8]
    visitor = Visitor(chromium, place.server, "zh-Hans", 1280, "light")
    visitor.open("data", study="new")
    visitor.upload(*volunteer_files(people))
    button = visitor.page.get_by_test_id("stDownloadButton").get_by_role("button")
    key = tmp_path.parent / f"{tmp_path.name}-key.xlsx"
    save_download(visitor, button.filter(has_text="保存对照文件"), key)
    visitor.press("直接去核对")
    visitor.answer_questions()
    visitor.press("保存并查看结果")
    visitor.page.wait_for_url(re.compile("/overview"))
    study = visitor.study
    visitor.open("outlook", study=study)
    listed = visitor.page.get_by_test_id("stMain")
    assert "久未出现" in visitor.words
    assert people[0] not in listed.inner_html()
    visitor.page.get_by_text("显示姓名而不是代码").click()
    visitor.page.set_input_files("input[type=file]", str(key))
    visitor.page.get_by_text(people[0]).first.wait_for(timeout=90_000)
    assert people[1] in visitor.words
    other = Visitor(chromium, place.server, "zh-Hans", 1280, "light")
    other.open("outlook", study=study)
    assert people[0] not in other.page.get_by_test_id("stMain").inner_html()
    for one in (visitor, other):
        one.close()
    assert found_below(place.folder, people) == {}

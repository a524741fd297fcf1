"""More than 1,500 made people's data in every shape of file: nowhere on the disk afterwards.

Each file is coded and saved as an upload is, in a study of its own, all in one folder with the
keys, the log, temporary files and everything that can be made of what was saved. What the search
before saving leaves readable (test_personal_found holds it below one in a hundred) may stand in
that file and what is made of it, and nowhere else.
"""

import logging
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from analysis import evaluate
from analysis.disclosure import protect
from analysis.errors import LeveeError
from analysis.intake.propose.proposal import propose_plan, read_sheets
from analysis.intake.read.reader import read_study
from benchmarks.find_personal_data import find_leaks, make_shapes, readable
from dashboard.exports.results_file import write_results
from dashboard.exports.workbook import write_workbook
from dashboard.text import Text
from dashboard.widgets.personal import store_files
from dashboard.workspace.archive import write_archive
from dashboard.workspace.engine import VARIABLE, close_workspaces
from dashboard.workspace.shown import Page, ShownPages
from dashboard.workspace.store import create_study, read_files, save_version
from tests.dashboard.workspace.test_personal_found import in_this_process

__all__ = ["in_this_process"]


@dataclass(frozen=True)
class Saved:
    """Everything that was planted, what was left readable, and what stands where."""

    planted: frozenset[str]
    left: frozenset[str]
    shapes: int
    evaluated: int
    found: dict[str, set[str]]


def find_in(text: str, secrets: Iterable[str]) -> set[str]:
    """Which of thousands of texts stand in a text: only those are looked for whose pairs do."""
    pairs = set(pairwise(text))
    return {one for one in secrets if pairs.issuperset(pairwise(one)) and one in text}


def kept_in(path: Path) -> Iterator[tuple[str, bytes]]:
    """Every value of a database by its table: what is packed cannot be read from its pages."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        listed = database.execute("select name from sqlite_master where type = 'table'").fetchall()
        for (table,) in listed:
            for row in database.execute(f'select * from "{table}"'):
                told = (one if isinstance(one, bytes) else str(one).encode() for one in row)
                yield from ((table, one) for one in told)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Saved]:
    folder = tmp_path_factory.mktemp("planted")
    secrets: set[str] = set()
    left: set[str] = set()
    shapes, evaluated = set(), 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, f"sqlite:///{folder / 'w.sqlite'}")
        patch.setenv("LEVEE_KEYS", str(folder / "keys"))
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        patch.setenv("TMPDIR", str(folder / "temporary"))
        (folder / "temporary").mkdir()
        log = logging.FileHandler(folder / "levee.log")
        logging.getLogger().addHandler(log)
        patch.setattr(logging.getLogger(), "level", logging.DEBUG)
        for at, shape in enumerate(make_shapes()):
            secrets |= {text for _, text in shape.planted}
            left |= {text for _, text in find_leaks(shape)}
            shapes.add(shape.title)
            study = create_study(f"study {at}")
            store_files(Text("zh-Hans"), study, {shape.name: shape.content})
            assert read_files(study), shape.title
            (folder / f"{at}.archive.zip").write_bytes(write_archive(study))
            evaluated += make_all(study, folder / str(at))
        logging.getLogger().removeHandler(log)
        log.close()
        close_workspaces()
        found = {}
        for path in (one for one in folder.rglob("*") if one.is_file()):
            told = readable(path.read_bytes()) + path.name
            found[str(path.relative_to(folder))] = find_in(told, secrets)
        for table, content in kept_in(folder / "w.sqlite"):
            found.setdefault(f"table {table}", set()).update(find_in(readable(content), secrets))
        yield Saved(frozenset(secrets), frozenset(left), len(shapes), evaluated, found)


def make_all(study: str, folder: Path) -> bool:
    """Make what can leave of a study, and show it to a reader; whether it is one at all."""
    files = read_files(study)
    try:
        plan = propose_plan(read_sheets(files))
        made = read_study(plan, files)
    except LeveeError:
        return False
    save_version(study, plan)
    inside = evaluate(made)
    page = Page(
        study=study, fingerprint=made.fingerprint, view="", audience="funder", role="funder"
    )
    ShownPages().show(page, made, inside)
    folder.mkdir()
    for shown in (inside, protect(inside, made, "funder")):
        name = folder / shown.audience
        name.with_suffix(".json").write_bytes(write_results(shown))
        book = write_workbook(shown, made, Text("zh-Hans"), shown.audience)
        name.with_suffix(".xlsx").write_bytes(book)
    return True


def test_enough_is_planted_and_evaluated(saved: Saved):
    assert len(saved.planted) >= 1_500
    assert saved.shapes >= 40
    assert saved.evaluated >= 20
    assert "levee.log" in saved.found
    assert {f"table {one}" for one in ("blobs", "shown", "versions", "drafts")} <= set(saved.found)


def test_nothing_planted_is_on_the_disk(saved: Saved):
    found = set().union(*saved.found.values())
    assert found <= saved.left, {k: v - saved.left for k, v in saved.found.items() if v}
    assert len(found) <= 0.005 * len(saved.planted)
    for place in ("levee.log", "table audit", "table studies", "table releases", "table shown"):
        assert saved.found.get(place, set()) == set(), place
    assert not any(secrets for place, secrets in saved.found.items() if place.startswith("keys"))


def test_the_search_finds_what_is_there(saved: Saved):
    """Unpacked and in every encoding: the files as people gave them hold all of it."""
    planted = [(shape, {text for _, text in shape.planted}) for shape in make_shapes()]
    missed = [
        (shape.title, texts - find_in(readable(shape.content) + shape.name, saved.planted))
        for shape, texts in planted
    ]
    unseen = sum(len(texts) for _, texts in missed)
    assert unseen <= 0.02 * sum(len(texts) for _, texts in planted), missed

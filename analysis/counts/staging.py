"""A folder of many communities → rows without codes, written to parquet once.

Every community has the files that the shared study file names, in a subfolder of its own; or, with
one survey file, a file of its own. Each is read by the ordinary intake, so every rule of it holds
as for a study alone. Staged rows hold a number for each person, and no code, name or free text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from analysis.counts.memory import describe_community, list_people
from analysis.counts.tables import Community
from analysis.errors import IntakeError, LeveeError, StudyFileError, UnreadableFileError
from analysis.intake.model import Workbook
from analysis.intake.read.reader import read_files, read_study
from analysis.intake.sandbox.workbook import open_workbooks
from analysis.issues import Issue
from analysis.plan import StudyPlan, read_plan
from analysis.study import Exclusion, SourceFile, Study

VERSION = "1"
"""Of what is staged: another version stages everything again."""
BATCH = 40
"""Communities whose files are opened by one reading process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """Communities staged to parquet.

    Attributes
    ----------
    rows
        One parquet file for each community: ``community``, ``person``, ``wave`` (its name),
        ``programme``, then a column of texts for each item of each measure (``a0``, ``a1`` …).
    refused
        Name of a community → why its files could not be read.
    """

    communities: tuple[Community, ...]
    rows: tuple[Path, ...]
    refused: Mapping[str, LeveeError]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """One community's plan and the contents of its files."""

    name: str
    plan: StudyPlan
    contents: Mapping[str, bytes]

    @property
    def key(self) -> str:
        """Hash of everything that the staged rows depend on."""
        told = {
            "version": VERSION,
            "name": self.name,
            "plan": self.plan.model_dump(mode="json"),
            "files": {p: hashlib.sha256(data).hexdigest() for p, data in self.contents.items()},
        }
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    @property
    def code(self) -> int:
        """Number of the community in every table: the same whatever else lies in the folder."""
        return int(self.key[:15], 16)


def stage_folder(
    folder: Path, store: Path, progress: Callable[[str, float], None] | None = None
) -> tuple[StudyPlan, Staged]:
    """Stage every community of a folder; one that was staged before is not read again.

    Parameters
    ----------
    folder
        With ``study.toml``, and the communities.
    store
        Where rows are kept from one run to the next.
    progress
        Called with ``"reading"`` and the share done.

    Raises
    ------
    StudyFileError, UnreadableFileError
        ``no_communities`` where none is found; for one community's files see
        :attr:`Staged.refused`.
    """
    plan = read_plan(folder / "study.toml")
    places = list_communities(folder, plan)
    if not places:
        raise UnreadableFileError("no_communities", file=str(folder))
    store.mkdir(parents=True, exist_ok=True)
    communities: list[Community] = []
    rows: list[Path] = []
    refused: dict[str, LeveeError] = {}
    waiting = iter(places.items())
    done = 0
    while batch := list(islice(waiting, BATCH)):
        for name, staged in _stage_batch(batch, plan, store):
            if isinstance(staged, LeveeError):
                refused[name] = staged
            else:
                communities.append(staged[0])
                rows.append(staged[1])
        done += len(batch)
        if progress is not None:
            progress("reading", done / len(places))
    return plan, Staged(communities=tuple(communities), rows=tuple(rows), refused=refused)


def list_communities(folder: Path, plan: StudyPlan) -> dict[str, Path]:
    """List the communities by name: subfolders with the study's first file, or files.

    Files are communities where the study has one survey file, whose own name is not among them.
    """
    files = plan.survey.files if plan.survey is not None else []
    if not files:
        raise StudyFileError("no_survey", file=str(folder / "study.toml"))
    found = {
        place.name: place
        for place in sorted(folder.iterdir())
        if place.is_dir() and not place.is_symlink() and (place / files[0].path).is_file()
    }
    if found or len(files) > 1 or (folder / files[0].path).exists():
        return found
    ending = PurePosixPath(files[0].path).suffix.lower()
    return {
        place.stem: place
        for place in sorted(folder.iterdir())
        if place.is_file() and not place.is_symlink() and place.suffix.lower() == ending
        if not place.name.startswith((".", "~$"))
    }


def _stage_batch(
    places: Sequence[tuple[str, Path]], plan: StudyPlan, store: Path
) -> Iterator[tuple[str, tuple[Community, Path] | LeveeError]]:
    found: dict[str, _Found] = {}
    for name, place in places:
        try:
            found[name] = _find(name, place, plan)
        except LeveeError as error:
            yield name, error
    new = {name: one for name, one in found.items() if not _is_staged(one, store)}
    opened = open_workbooks(
        {
            f"{name}\0{path}": data
            for name, one in new.items()
            for path, data in one.contents.items()
        }
    )
    for name, one in found.items():
        try:
            if name in new:
                books = {p: _named(opened[f"{name}\0{p}"], p) for p in one.contents}
                _stage(one, books, store)
            yield name, (_read_facts(one, store), _rows_path(one, store))
        except LeveeError as error:
            yield name, error


def _named(book: Workbook | IntakeError, path: str) -> Workbook | IntakeError:
    """Name a workbook, or its error, as the study file does."""
    if isinstance(book, IntakeError):
        return type(book)(book.code, **{**book.details, "file": path})
    return replace(book, name=path)


def _find(name: str, place: Path, plan: StudyPlan) -> _Found:
    """Read the contents of one community's files; only its survey is staged."""
    survey = plan.survey
    if survey is None:
        raise StudyFileError("no_survey", file="study.toml")
    if place.is_file():
        only = survey.files[0].model_copy(update={"path": place.name})
        survey = survey.model_copy(update={"files": [only]})
        place = place.parent
    part = StudyPlan(study=plan.study, survey=survey, measures=plan.measures)
    return _Found(name=name, plan=part, contents=read_files(part, place))


def _stage(found: _Found, books: Mapping[str, Workbook | IntakeError], store: Path) -> None:
    """Read one community and write its rows, then what is known of it."""
    study = read_study(found.plan, found.contents, opened=books)
    write_rows(study, found.code, _rows_path(found, store))
    facts = record_facts(describe_community(study, found.code, found.name))
    place = _facts_path(found, store)
    unfinished = place.with_suffix(".part")
    unfinished.write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
    unfinished.replace(place)


def write_rows(study: Study, code: int, place: Path) -> None:
    """Write the rows of one study: a number for each person, every answer as its number's text."""
    import pyarrow
    import pyarrow.parquet

    people = list_people(study, code)
    columns: dict[str, Any] = {
        "community": pyarrow.array(people["community"], pyarrow.int64()),
        "person": pyarrow.array(people["person"], pyarrow.int64()),
        "wave": pyarrow.array(people["wave"], pyarrow.string()),
        "programme": pyarrow.array(people["programme"], pyarrow.int64()),
    }
    survey, at = study.survey, 0
    for measure in study.plan.measures:
        for item in measure.items:
            given = survey.items[measure.name][item] if survey is not None else None
            values = np.asarray(given, dtype=np.float64) if given is not None else np.empty(0)
            texts = [None if np.isnan(value) else spell(value) for value in values.tolist()]
            columns[f"a{at}"] = pyarrow.array(texts, pyarrow.string())
            at += 1
    pyarrow.parquet.write_table(pyarrow.table(columns), place, compression="zstd")


def spell(number: float) -> str:
    """Spell a number so that :func:`float` gives it back: a whole one without a point."""
    return str(int(number)) if number == int(number) else repr(number)


def _rows_path(found: _Found, store: Path) -> Path:
    return store / f"{found.key}.parquet"


def _facts_path(found: _Found, store: Path) -> Path:
    return store / f"{found.key}.json"


def _is_staged(found: _Found, store: Path) -> bool:
    # The facts are written last: with them the rows are whole.
    return _facts_path(found, store).is_file() and _rows_path(found, store).is_file()


def record_facts(community: Community) -> dict[str, Any]:
    """Give what is known of a community as plain values."""
    told = asdict(
        replace(
            community,
            issues=tuple(replace(one, details=dict(one.details)) for one in community.issues),
        )
    )
    told["labels"] = {
        measure: [[number, words] for number, words in labels.items()]
        for measure, labels in community.labels.items()
    }
    return told


def _read_facts(found: _Found, store: Path) -> Community:
    told = json.loads(_facts_path(found, store).read_text(encoding="utf-8"))
    told["labels"] = {measure: dict(pairs) for measure, pairs in told["labels"].items()}
    told["waves"] = tuple(told["waves"])
    for name, kind in (("exclusions", Exclusion), ("issues", Issue), ("files", SourceFile)):
        rows = ({**one, "rows": tuple(one["rows"])} if "rows" in one else one for one in told[name])
        told[name] = tuple(kind(**one) for one in rows)
    return Community(**told)

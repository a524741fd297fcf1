"""What pages showed to readers: the next page and the next file are judged beside it.

It is kept in the workspace: a server that starts again, another process or another day must not
be a reader who knows nothing. As in the ledger of releases there are hashed codes of people and
who was in each number, and no value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, cast

from sqlalchemy import delete, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from analysis.disclosure import Release
from analysis.errors import LeveeError, WorkspaceError
from analysis.results import Audience
from dashboard.workspace.engine import WRITES, open_for_writing, open_workspace
from dashboard.workspace.models import ShownRow, now
from dashboard.workspace.releases import (
    State,
    is_newer,
    pack_record,
    read_ledger,
    save_release,
    unpack_release,
)
from dashboard.workspace.sample import SAMPLE_ID

if TYPE_CHECKING:
    from analysis.evaluation import Evaluation
    from analysis.study import Study

MAX_VIEWS = 300
"""Parts of one version that one audience may look at; each is judged beside all before it."""
_ATTEMPTS = 5
_MAX_RELEASES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is shown: the study by its id, its version's fingerprint, the part, and to whom.

    ``role`` is the reader's own: an evaluator may look at what a funder would see.
    """

    study: str
    fingerprint: str
    view: str
    audience: Audience
    role: Audience


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A page that was shown. ``beside`` is the newest release it was judged beside."""

    id: int
    page: Page
    beside: int
    day: datetime
    release: Release


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A release, and the newest release and page it was judged beside."""

    evaluation: Evaluation
    release: Release
    state: State


@dataclass(slots=True)
class ShownPages:
    """Every page shown, as the workspace keeps it; what was judged once is not judged again.

    Pages of the sample, whose people do not exist, are kept here alone.
    """

    _lock: Lock = field(default_factory=Lock)
    _rows: dict[str, dict[int, Shown]] = field(default_factory=dict)
    _evaluations: dict[tuple[str, int], Evaluation] = field(default_factory=dict)
    _releases: dict[tuple[str, str, Audience, State], Judged] = field(default_factory=dict)

    def show(self, page: Page, study: Study, evaluation: Evaluation) -> Evaluation:
        """Give an evaluation as the page's reader may see it beside everything seen before.

        Raises
        ------
        LeveeError
            ``too_many_views``; ``not_saved`` when the workspace does not take it: what cannot be
            remembered is not shown.
        """
        with self._lock:
            for _ in range(_ATTEMPTS):
                rows = self._read(page.study)
                same = [one for one in rows if _is_same(one.page, page)]
                for one in reversed(same):
                    again = self._again(one, rows, study, evaluation)
                    if again is not None:
                        self._note_reader(one, page)
                        return again
                if not same and _count(rows, page) >= MAX_VIEWS:
                    raise LeveeError("too_many_views")
                shown = self._judge(page, rows, study, evaluation)
                if shown is not None:
                    return shown
        raise WorkspaceError("not_saved", problem="")

    def list_pages(self, study: str) -> Sequence[Shown]:
        """List the pages of a study that were shown, the oldest first."""
        with self._lock:
            return self._read(study)

    def make_release(
        self, opened: str, study: Study, evaluation: Evaluation, audience: Audience
    ) -> Judged:
        """Make a release beside every release and every page shown before.

        Raises
        ------
        RefusedReleaseError
            When a main result would let a small group be known beside one of them.
        """
        from analysis.disclosure import make_release

        ledger, newest = _read_ledger(opened)
        rows = self.list_pages(opened)
        state = (newest, max((one.id for one in rows), default=0))
        if (opened, study.fingerprint, audience, state) in self._releases:
            return self._releases[opened, study.fingerprint, audience, state]
        seen = [*ledger, *(one.release for one in rows)]
        shown, release = make_release(evaluation, study, audience, seen)
        while len(self._releases) >= _MAX_RELEASES:
            self._releases.pop(next(iter(self._releases)))
        made = Judged(evaluation=shown, release=release, state=state)
        self._releases[opened, study.fingerprint, audience, state] = made
        return made

    def enter_release(
        self, opened: str, study: Study, evaluation: Evaluation, judged: Judged, role: Audience
    ) -> None:
        """Enter a release in the ledger before its file is handed out.

        What was released or shown since the release was judged counts too. A reader's own file
        holds what the reader's page showed: it is entered only where it tells more.

        Raises
        ------
        LeveeError
            ``release_changed`` when less may be told by now.
        """
        for _ in range(_ATTEMPTS):
            audience = judged.release.certificate.audience
            latest = self.make_release(opened, study, evaluation, audience)
            if not judged.release.without([latest.release]).is_empty:
                break
            known = [one.release for one in self.list_pages(opened)]
            if role != "evaluator" and judged.release.without(known).is_empty:
                return
            if save_release(opened, judged.release, state=latest.state):
                return
        raise LeveeError("release_changed")

    def _judge(
        self, page: Page, rows: Sequence[Shown], study: Study, evaluation: Evaluation
    ) -> Evaluation | None:
        """Judge a page beside everything seen; None when more was seen meanwhile."""
        from analysis.disclosure import make_release

        ledger, beside = _read_ledger(page.study)
        seen = [*ledger, *(one.release for one in rows)]
        # Other versions and audiences too: a funder may look as the public does, and back.
        shown, release = make_release(evaluation, study, page.audience, seen, audit=False)
        new, last = release.without(seen), max((one.id for one in rows), default=0)
        if page.study == SAMPLE_ID:
            number = last + 1
            kept = Shown(id=number, page=page, beside=beside, day=now(), release=new)
            self._rows.setdefault(page.study, {})[number] = kept
        else:
            saved = _save(page, new, (beside, last))
            if saved is None:
                return None
            number = saved
        self._evaluations[page.study, number] = shown
        return shown

    def _again(
        self, one: Shown, rows: Sequence[Shown], study: Study, evaluation: Evaluation
    ) -> Evaluation | None:
        """Give a page again as it was; None when this version of Levee would tell more."""
        from analysis.disclosure import make_release

        key = (one.page.study, one.id)
        if key not in self._evaluations:
            ledger, _ = _read_ledger(one.page.study, until=one.beside)
            before = [*ledger, *(row.release for row in rows if row.id < one.id)]
            shown, release = make_release(evaluation, study, one.page.audience, before, audit=False)
            if not release.without([*before, one.release]).is_empty:
                return None
            self._evaluations[key] = shown
        return self._evaluations[key]

    def _note_reader(self, one: Shown, page: Page) -> None:
        """Note that somebody else than an evaluator has seen it now."""
        if one.page.role != "evaluator" or page.role == "evaluator" or page.study == SAMPLE_ID:
            return
        with _writing() as session:
            session.execute(update(ShownRow).where(ShownRow.id == one.id).values(role=page.role))
        del self._rows[page.study][one.id]

    def _read(self, study: str) -> Sequence[Shown]:
        """Every page shown of a study: only new ones are read from the workspace."""
        rows = self._rows.setdefault(study, {})
        if study != SAMPLE_ID:
            try:
                with Session(open_workspace()) as session:
                    chosen = select(ShownRow.id).where(ShownRow.study == study)
                    there = set(session.scalars(chosen).all())
                    wanted = there - rows.keys()
                    new = select(ShownRow).where(ShownRow.id.in_(wanted))
                    for row in session.scalars(new).all() if wanted else ():
                        rows[row.id] = _shown_of(row)
            except SQLAlchemyError as error:
                raise WorkspaceError("workspace_unreadable", problem=str(error)) from error
            for gone in rows.keys() - there:
                del rows[gone]
                self._evaluations.pop((study, gone), None)
        return [rows[at] for at in sorted(rows)]


def _is_same(one: Page, other: Page) -> bool:
    return (one.fingerprint, one.audience, one.view) == (
        other.fingerprint,
        other.audience,
        other.view,
    )


def _count(rows: Sequence[Shown], page: Page) -> int:
    version = (page.fingerprint, page.audience)
    return sum((one.page.fingerprint, one.page.audience) == version for one in rows)


def forget_previews(study: str) -> None:
    """Forget the pages that nobody but evaluators looked at."""
    with Session(open_for_writing()) as session, session.begin():
        session.execute(
            delete(ShownRow).where(ShownRow.study == study, ShownRow.role == "evaluator")
        )


def _save(page: Page, release: Release, state: State) -> int | None:
    """Write a page shown and return its number; None when more was seen since it was judged."""
    with _writing() as session:
        if is_newer(session, page.study, state):
            return None
        row = ShownRow(
            study=page.study,
            fingerprint=page.fingerprint,
            audience=page.audience,
            view=page.view,
            role=page.role,
            beside=state[0],
            certificate=asdict(release.certificate),
            record=pack_record(release),
        )
        session.add(row)
        session.flush()
        return row.id


@contextmanager
def _writing() -> Iterator[Session]:
    """One transaction that keeps others out; readers write here too, whatever their role."""
    try:
        writing = open_workspace().execution_options(**{WRITES: True})
        with Session(writing) as session, session.begin():
            yield session
    except SQLAlchemyError as error:
        raise WorkspaceError("not_saved", problem=str(error)) from error


def _read_ledger(study: str, until: int | None = None) -> tuple[Sequence[Release], int]:
    """The releases of a study and the number of the newest; the sample has none."""
    return ((), 0) if study == SAMPLE_ID else read_ledger(study, until)


def _shown_of(row: ShownRow) -> Shown:
    page = Page(
        study=row.study,
        fingerprint=row.fingerprint,
        view=row.view,
        audience=cast("Audience", row.audience),
        role=cast("Audience", row.role),
    )
    release = unpack_release(row)
    return Shown(id=row.id, page=page, beside=row.beside, day=row.at, release=release)

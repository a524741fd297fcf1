"""Everything kept between reruns: one call each.

What comes from an upload is kept per session (``scope="session"``) and keyed by content hashes;
only the sample, which everybody may see, is kept for all.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import streamlit as st

from analysis.activity_filter import (
    ActivityFilter,
    ActivitySubset,
    evaluate_subset,
    filter_activities,
)
from analysis.disclosure import Certificate
from analysis.errors import IntakeError
from analysis.evaluation import Evaluation
from analysis.intake.check.checks import QualityReport
from analysis.intake.model import Table
from analysis.intake.propose.column_roles import ColumnProfile
from analysis.plan import StudyPlan
from analysis.portfolio import Definition, Portfolio, compare_studies, shorten_result
from analysis.results import Audience, Comparison
from analysis.study import Study
from dashboard.progress import PATIENCE, show_progress
from dashboard.roles import current_role
from dashboard.state import current_audience, current_filters, current_study_id, current_text
from dashboard.workspace.releases import count_releases
from dashboard.workspace.sample import SAMPLE_ID, read_sample_files
from dashboard.workspace.shown import Page, ShownPages
from dashboard.workspace.store import SavedStudy, list_studies, open_study, read_files

Kept = TypeVar("Kept")
_MAX_KEPT = 32
_SLOW, _LARGE = 1_000, 5_000
"""Rows of answers from which progress is shown, and from which it is shown at once."""


def current_saved() -> SavedStudy | None:
    """The open study as saved; None when none is open."""
    study = current_study_id()
    return open_study(study) if study else None


def whole_study() -> Study | None:
    """The open study without filters; None when none is open or it has no plan yet."""
    saved = current_saved()
    return _study_of(saved) if saved is not None and saved.plan is not None else None


def current_study() -> Study | None:
    """The open study after the filters of the URL; None when none is open.

    For any audience but the evaluator a part that tells few people apart has no answers.
    """
    study, filters = whole_study(), current_filters()
    if study is None or not filters:
        return study
    return _view(filters)[0]


def smallest_group() -> int:
    """People of the open study's smallest group that may be released."""
    study = whole_study()
    return 0 if study is None else study.plan.study.min_group


def current_evaluation() -> Evaluation | None:
    """The evaluation of :func:`current_study` for its audience; None when none is open."""
    filters = current_filters()
    if not filters or whole_study() is None:
        return whole_evaluation()
    return _view(filters)[1]


def whole_evaluation() -> Evaluation | None:
    """The evaluation of :func:`whole_study` for its audience, whatever is filtered."""
    saved, study = current_saved(), whole_study()
    if saved is None or study is None:
        return None
    whole = _evaluation_of(saved, study, {}, None)
    return _shown(saved.id, study, whole, "", study.fingerprint)


def evaluator_evaluation() -> Evaluation | None:
    """The whole evaluation as the evaluator has it: what exports are made from."""
    saved, study = current_saved(), whole_study()
    return None if saved is None or study is None else _evaluation_of(saved, study, {}, None)


def _view(filters: Mapping[str, tuple[str, ...]]) -> tuple[Study, Evaluation | None]:
    """A part of the study as its audience may see it, with its evaluation."""
    from analysis.surveys.filters import filter_study, refuse_part

    saved, whole = current_saved(), whole_study()
    if saved is None or whole is None:
        raise ValueError("no study is open")
    everything = _evaluation_of(saved, whole, {}, None)
    inside = current_audience() == "evaluator"
    part = filter_study(whole, filters, refuse=not inside)
    evaluation = _evaluation_of(saved, part, {**filters, "": (str(inside),)}, everything)
    if inside:
        return part, evaluation
    whole_evaluation()  # what the whole says is known before any part is looked at
    told = json.dumps(filters, sort_keys=True)
    shown = _shown(saved.id, part, evaluation, told, whole.fingerprint)
    given = [o for o in evaluation.outcomes if isinstance(o.change, Comparison)]
    if given and not any(isinstance(o.change, Comparison) for o in shown.outcomes):
        # Nobody's change may be told beside the parts seen before: this part is no part to show.
        part = refuse_part(whole)
        emptied = _evaluation_of(saved, part, {"": ("refused",)}, everything)
        return part, _shown(saved.id, part, emptied, "refused", whole.fingerprint)
    return part, shown


def current_certificate() -> Certificate | None:
    """What protects the open study's pages; None for the evaluator, or without a study."""
    from analysis.disclosure import certify

    saved = current_saved()
    if current_audience() == "evaluator" or saved is None or saved.plan is None:
        return None
    evaluation = current_evaluation()
    seen = len(_pages(saved.id).list_pages(saved.id))
    seen += 0 if saved.id == SAMPLE_ID else count_releases(saved.id)
    return None if evaluation is None else certify(evaluation, seen)


def _shown(opened: str, study: Study, evaluation: Evaluation, view: str, whole: str) -> Evaluation:
    """An evaluation as the audience may see it, beside every part and release seen before.

    ``opened`` is the saved study, ``whole`` the fingerprint of its version, ``view`` the part.
    """
    audience, role = current_audience(), current_role()
    if audience == "evaluator":
        return evaluation
    page = Page(
        study=opened, fingerprint=whole, view=view, audience=audience, role=role or "public"
    )
    return _pages(opened).show(page, study, evaluation)


def _pages(opened: str) -> ShownPages:
    return _sample_pages() if opened == SAMPLE_ID else shown_pages()


@st.cache_resource(show_spinner=False)
def shown_pages() -> ShownPages:
    """Pages shown of every study, shared by all sessions and kept in the workspace.

    A reader who reloads the page, or two who compare, know what each session was shown.
    """
    return ShownPages()


@st.cache_resource(scope="session", show_spinner=False)
def _sample_pages() -> ShownPages:
    """Pages of the sample, whose people do not exist: each visitor begins anew."""
    return ShownPages()


def current_people(chosen: ActivityFilter) -> Evaluation | None:
    """The evaluation of the open study with its people sections cut to months and groups.

    When too few people would show, these sections are None. Funders and the public see no part
    of the volunteers: two months or two roles differ by a few of them nearly always.
    """
    saved, study, whole = current_saved(), whole_study(), current_evaluation()
    if saved is None or study is None or whole is None:
        return whole
    if not (chosen.first or chosen.last or chosen.values):
        return whole
    inside = current_audience() in ("evaluator", "manager")
    keep = _sample_people if saved.id == SAMPLE_ID else _session_people
    told = json.dumps([study.fingerprint, chosen.first, chosen.last, dict(chosen.values), inside])
    part = keep(told, study, chosen, inside)
    raw = evaluator_evaluation()
    cut = replace(
        whole if inside or raw is None else raw,
        participation=part.participation,
        delivery=part.delivery,
        volunteers=part.volunteers if inside else None,
        time_series=part.time_series if inside else (),
    )
    if inside:
        return cut
    part_of = filter_activities(study, chosen)
    return _shown(saved.id, part_of, cut, f"people {told}", study.fingerprint)


def current_release(
    audience: Audience,
) -> tuple[Evaluation, Callable[[], None] | None] | None:
    """The whole evaluation as it may leave for an audience, beside all that was seen before.

    The second part enters it in the ledger, to be called before a file is handed out; None for
    the evaluator, whose copy is no release, and for the sample.
    """
    saved, study, evaluation = current_saved(), whole_study(), evaluator_evaluation()
    if saved is None or study is None or evaluation is None:
        return None
    if audience == "evaluator":
        return evaluation, None
    whole_evaluation()  # a reader is shown what is in the file, too: as the page of the whole
    pages = _pages(saved.id)
    judged = pages.make_release(saved.id, study, evaluation, audience)
    if saved.read_only:
        return judged.evaluation, None
    role = current_role() or "public"
    return judged.evaluation, partial(
        pages.enter_release, saved.id, study, evaluation, judged, role
    )


@st.cache_resource(show_spinner=False, max_entries=64)
def _sample_people(
    key: str,  # noqa: ARG001
    _study: Study,
    _chosen: ActivityFilter,
    _inside: bool,
) -> ActivitySubset:
    return evaluate_subset(_study, _chosen, refuse=not _inside)


@st.cache_resource(scope="session", show_spinner=False, max_entries=32)
def _session_people(
    key: str,  # noqa: ARG001
    _study: Study,
    _chosen: ActivityFilter,
    _inside: bool,
) -> ActivitySubset:
    return evaluate_subset(_study, _chosen, refuse=not _inside)


def current_portfolio(
    added: Sequence[Mapping[str, Any]] = (),
    definitions: Sequence[Definition] = (),
    different: Sequence[frozenset[str]] = (),
) -> Portfolio | None:
    """Every saved study with a plan and the results files added, side by side.

    The simulated sample is there only while a person has no study of their own.
    """
    saved = [open_study(study.id) for study in list_studies()]
    ready = [study for study in saved if study.plan is not None]
    if not ready and not added:
        ready = [open_study(SAMPLE_ID)]
    results = [*_results_of(ready), *added]
    return compare_studies(results, definitions, different) if results else None


def _results_of(studies: Sequence[SavedStudy]) -> list[dict[str, Any]]:
    """Evaluate studies one after another, with the number reached once it takes a second."""
    text, box, start = current_text(), st.empty(), time.monotonic()
    found = []
    for at, study in enumerate(studies):
        if time.monotonic() - start > PATIENCE:
            told = text(
                "Study {at} of {n}", at=text.number(at + 1, 0), n=text.number(len(studies), 0)
            )
            box.progress(at / len(studies), text=told)
        found.append(
            _keep(
                _session_short_results(),
                f"{_key(study)}{current_audience()}",
                partial(_short_result, study),
                most=2000,
            )
        )
    box.empty()
    return found


@st.cache_resource(scope="session", show_spinner=False)
def _session_short_results() -> dict[str, dict[str, Any]]:
    """What a portfolio needs of each study, by version and audience."""
    return {}


def _short_result(saved: SavedStudy) -> dict[str, Any]:
    """What a portfolio needs of one study: small, so that hundreds stay in memory."""
    study = _study_of(saved)
    evaluation = _evaluation_of(saved, study, {}, None)
    result = _shown(saved.id, study, evaluation, "", study.fingerprint).to_results()
    survey = study.survey
    # Hashes, not codes: enough to see whether two studies asked the same people.
    people = []
    if survey is not None and not survey.anonymous:
        codes = survey.keys["respondent"].unique()
        people = [hashlib.sha256(str(code).encode()).hexdigest()[:16] for code in codes]
    return shorten_result(result, key=saved.id, respondents=people)


def _study_of(saved: SavedStudy) -> Study:
    """Read a saved study; only the first reading of a version takes time."""
    if saved.id == SAMPLE_ID:
        return _sample_study()
    key = _key(saved)
    return _keep(_session_studies(), key, lambda: _read_study(_plan_of(saved), saved.id), most=8)


def _keep(kept: dict[str, Kept], key: str, make: Callable[[], Kept], *, most: int) -> Kept:
    """Return what is kept under a key, made when it is not; the oldest of ``most`` goes.

    Long work shows its progress and a button to cancel: Streamlit lets no function that it keeps
    the result of draw a button.
    """
    if key not in kept:
        value = make()
        while len(kept) >= most:
            kept.pop(next(iter(kept)))
        kept[key] = value
    return kept[key]


def _read_study(plan: StudyPlan, study: str) -> Study:
    from analysis.intake.read.reader import read_study

    with show_progress(current_text()) as tell:
        return read_study(plan, read_files(study), tell)


def _evaluation_of(
    saved: SavedStudy,
    study: Study,
    filters: Mapping[str, tuple[str, ...]],
    whole: Evaluation | None,
) -> Evaluation:
    """Evaluate a study; only the first time for its files, settings and filters takes time."""
    from analysis.sections import evaluate

    kept = _sample_evaluations() if saved.id == SAMPLE_ID else _session_evaluations()
    key = f"{study.fingerprint}|{json.dumps(filters, sort_keys=True)}"

    def make() -> Evaluation:
        rows = 0 if study.survey is None else len(study.survey.keys)
        if rows < _SLOW:
            # Each page reads what it shows: a section takes less than a reader notices.
            return evaluate(study, whole=whole)
        patience = 0.0 if rows > _LARGE else None
        with show_progress(current_text(), patience=patience) as tell:
            return evaluate(study, progress=tell, whole=whole)

    return _keep(kept, key, make, most=_MAX_KEPT)


def warm_sample() -> None:
    """Read and evaluate the sample, so that its first visitor does not wait for it."""
    from analysis.sections import COMPUTED, evaluate

    study = _sample_study()
    evaluation = evaluate(study, sections=COMPUTED)
    _sample_evaluations().setdefault(f"{study.fingerprint}|{{}}", evaluation)


def _plan_of(saved: SavedStudy) -> StudyPlan:
    if saved.plan is None:
        raise LookupError(f"study {saved.id} has no version to read")
    return saved.plan


def _key(saved: SavedStudy) -> str:
    """What decides the content of a saved study: its version and its files' hashes."""
    told = json.dumps([saved.id, saved.version, sorted(saved.files.items())])
    return hashlib.sha256(told.encode()).hexdigest()


@st.cache_resource(show_spinner=False)
def _sample_study() -> Study:
    from analysis.intake.read.reader import read_study

    return read_study(_plan_of(open_study(SAMPLE_ID)), read_sample_files())


@st.cache_resource(show_spinner=False)
def _sample_evaluations() -> dict[str, Evaluation]:
    """Evaluations of the sample by filters, for all sessions."""
    return {}


@st.cache_resource(scope="session", show_spinner=False)
def _session_studies() -> dict[str, Study]:
    """Saved studies as read in this session, by version and files."""
    return {}


@st.cache_resource(scope="session", show_spinner=False)
def _session_evaluations() -> dict[str, Evaluation]:
    """Evaluations of this session's studies by fingerprint and filters."""
    return {}


def read_drafted_tables(
    saved: SavedStudy, cancel: Callable[[], None] | None = None
) -> Mapping[str, Table | IntakeError]:
    """Read a study's files as tables with the wizard's choices of sheet and encoding.

    ``cancel`` is what the Cancel button does; it closes the study when None. Keys are the file's
    name, or ``file › sheet`` for further sheets of one workbook.
    """
    if not saved.files:
        return {}
    chosen = {k: saved.drafts.get(k) or {} for k in ("sheets", "encodings")}
    told = json.dumps([sorted(saved.files.items()), chosen], sort_keys=True)
    key = hashlib.sha256(told.encode()).hexdigest()
    return _keep(_session_tables(), key, lambda: _read_tables(saved.id, chosen, cancel), most=8)


def _read_tables(
    study: str,
    chosen: Mapping[str, Mapping[str, str]],
    cancel: Callable[[], None] | None,
) -> Mapping[str, Table | IntakeError]:
    from analysis.intake.propose.proposal import read_sheets

    with show_progress(current_text(), cancel=cancel) as tell:
        return read_sheets(
            read_files(study),
            sheets=chosen["sheets"],
            encodings=chosen["encodings"],
            progress=tell,
        )


@st.cache_resource(scope="session", show_spinner=False)
def _session_tables() -> dict[str, Mapping[str, Table | IntakeError]]:
    """Files as tables, by their contents and the choices of sheet and encoding."""
    return {}


def current_tables() -> Sequence[Table]:
    """Recognised tables of the open study's files; empty when none is open."""
    saved = current_saved()
    if saved is None:
        return ()
    read = _sample_tables() if saved.id == SAMPLE_ID else read_drafted_tables(saved)
    return [table for table in read.values() if not isinstance(table, IntakeError)]


@st.cache_resource(show_spinner=False)
def _sample_tables() -> Mapping[str, Table | IntakeError]:
    from analysis.intake.propose.proposal import read_sheets

    return read_sheets(read_sample_files())


def current_quality() -> QualityReport | None:
    """The quality report of the whole open study; None when none is open."""
    from analysis.intake.check.checks import check_quality

    study = whole_study()
    if study is None or study.plan.survey is None:
        return check_quality(study) if study is not None else None
    # Two waves may stand in two sheets of one workbook.
    tables = current_tables()
    places = [(one.path, one.sheet) for one in study.plan.survey.files if one.counts is None]
    asked = (
        next((t for t in tables if t.file == file and sheet in (None, t.sheet)), None)
        for file, sheet in places
    )
    return check_quality(study, [table for table in asked if table is not None])


def profile_columns(table: Table) -> Sequence[ColumnProfile]:
    """What each column of a table is for, as proposed from its name and answers."""
    return _session_profiles(f"{table.sha256}|{table.sheet}|{table.encoding}", table)


@st.cache_resource(scope="session", show_spinner=False, max_entries=32)
def _session_profiles(key: str, _table: Table) -> Sequence[ColumnProfile]:  # noqa: ARG001
    from analysis.intake.propose.column_roles import propose_roles

    return propose_roles(_table)


def read_drafted_study(saved: SavedStudy, plan: StudyPlan) -> Study:
    """Read a study's files with a plan that is not yet a version."""
    told = json.dumps([sorted(saved.files.items()), plan.model_dump(mode="json")], sort_keys=True)
    key = hashlib.sha256(told.encode()).hexdigest()
    return _keep(_drafted_studies(), key, lambda: _read_study(plan, saved.id), most=4)


@st.cache_resource(scope="session", show_spinner=False)
def _drafted_studies() -> dict[str, Study]:
    """Studies read with plans that are not yet versions, by files and plan."""
    return {}

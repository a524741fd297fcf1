"""protect(evaluation, study, audience) → Evaluation: the one door to every other reader.

The evaluator holds the data and sees everything. A manager sees no answers of single people, in
surveys and in self-assessments; funders and the public see nothing from which a group smaller than
``min_group`` can be known, from one number or from all that is released of the study.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from analysis.disclosure.audit import Audit, audit_release
from analysis.disclosure.capacity import protect_capacity
from analysis.disclosure.cells import Cell, People
from analysis.disclosure.certificate import Release
from analysis.disclosure.cost import list_costs, share_costs, up_to_tens
from analysis.disclosure.fields import FIELDS
from analysis.disclosure.people import protect_consultation, protect_participation
from analysis.disclosure.rounding import round_survey
from analysis.disclosure.rules import is_small
from analysis.disclosure.series import protect_series
from analysis.disclosure.suppression import Auditor
from analysis.disclosure.survey import ANSWERS, read_survey
from analysis.disclosure.surveys import protect_links, protect_surveys
from analysis.disclosure.tables import find_left_out, find_older, say_left_out
from analysis.disclosure.volunteers import protect_volunteers
from analysis.errors import LeveeError
from analysis.evaluation import Evaluation
from analysis.participation.results import Participation
from analysis.results import (
    SUPPRESSED,
    Audience,
    Caution,
    Comparison,
    Disclosure,
    Estimate,
    Finding,
    NotEstimable,
    Suppressed,
)
from analysis.scorecard.indicators import PERSON_LEVEL
from analysis.scorecard.score import score_again
from analysis.sections import find_all
from analysis.study import Study
from analysis.surveys.groups import has_comparison
from analysis.surveys.results import ScoreSummary
from analysis.sustainability.results import Capacity
from analysis.targets import evaluate_targets
from analysis.volunteers.results import Volunteers

#: Cautions that count forecasts, not people.
_OF_FORECASTS = frozenset({"outlook_missed"})
#: Values of cautions that are shares of people: beside the number of people they are a count.
_SHARES = frozenset({"share", "low", "high", "percent", "half", "change", "slope"})
#: Values of findings and cautions that are about tests, limits and time, never about people.
_HARMLESS = frozenset(
    {
        "n_tests",
        "limit",
        "p_value",
        "important",
        "low",
        "high",
        "change",
        "slope",
        "least",
        "share",
        "months",
        "days",
        "year",
        "n_clusters",
        "n_items",
        "threshold",
        "lapse_after_days",
        "range",
        "clear",
        "target",
        "horizon",
        "k",
        "half",
        "years",
        "percent",
        "window",
        "periods",
        "waves",
        "alike",
    }
)
#: Calls and lists of people; a manager works with them, nobody outside does.
_INSIDE = frozenset({"volunteers_overdue"})


class RefusedReleaseError(LeveeError):
    """A release that would let a small group be known, with what was released before."""


def protect(
    evaluation: Evaluation,
    study: Study,
    audience: Audience,
    earlier_releases: Sequence[Release] = (),
    *,
    audit: bool = True,
    rounded: bool = True,
) -> Evaluation:
    """Give an evaluation as an audience may see it.

    Parameters
    ----------
    evaluation
        Of the evaluator.
    study
        What it was made from: says who is in each number.
    audience
        Who will read it.
    earlier_releases
        What readers of this study have already: no number may differ from one of theirs by a
        few people.
    audit
        Bound what is hidden by linear programming. Only a page that is looked at, and left
        again, does without: what is withheld is the same.
    rounded
        Round what is made of scores, as every reader gets it. The attack of the benchmarks has
        it whole: what subtraction gives must be about many people without any rounding.

    Returns
    -------
    Evaluation
        With what is withheld as ``SUPPRESSED`` or :class:`~analysis.results.NotEstimable`.

    Raises
    ------
    RefusedReleaseError
        When earlier releases themselves give a small group away.
    """
    return protect_release(
        evaluation, study, audience, earlier_releases, audit=audit, rounded=rounded
    )[0]


def protect_release(
    evaluation: Evaluation,
    study: Study,
    audience: Audience,
    earlier_releases: Sequence[Release] = (),
    *,
    audit: bool = True,
    rounded: bool = True,
) -> tuple[Evaluation, Sequence[Cell], People]:
    """As :func:`protect`, with the numbers released and who is in them, for the ledger."""
    people = People()
    if audience == "evaluator" or evaluation.audience != "evaluator":
        return evaluation, (), people
    auditor = Auditor(least=study.plan.study.min_group)
    held = [release.cells(people) for release in earlier_releases]
    older = frozenset[str]().union(*map(find_older, held))
    # All at once: what follows from them is worked out once for each variable.
    auditor.hold(cell for cells in held for cell in cells)
    shown = withhold_unknown(evaluation)
    survey = None
    if study.survey is not None and evaluation.flow is not None and len(study.survey.keys):
        survey = read_survey(study, people, auditor)
        shown = protect_surveys(shown, survey)
        shown = round_survey(shown, survey) if rounded else shown
    if audience == "manager":
        shown = _protect_ratings(shown, study, people, auditor, older, rounded=rounded)
    else:
        shown = _protect_activities(shown, study, people, auditor, older, audience, rounded=rounded)
    if survey is not None:
        shown = replace(shown, dose=protect_links(survey, shown.dose, people))
    found = audit_release(auditor) if audit else Audit(smallest_interval=None)
    if found.tables:
        raise RefusedReleaseError("release_refused", first=found.tables[0], second=found.tables[1])
    shown = _hide_few(_say_again(shown, study, audience), auditor.least)
    shown = replace(shown, audience=audience)
    shown = replace(shown, disclosure=_sum_up(evaluation, shown, found))
    told = tuple(cell for cell in auditor.released if not cell.family.startswith(ANSWERS))
    return shown, told, people


def withhold_unknown(value: Any) -> Any:  # noqa: ANN401
    """Withhold every field nobody has classified in :data:`FIELDS`; all others stay."""
    if is_dataclass(value) and not isinstance(value, type):
        known = FIELDS.get(type(value).__name__)
        if known is None:
            return _empty(value) if type(value).__module__.startswith("analysis") else value
        changes = {
            f.name: withhold_unknown(getattr(value, f.name))
            if f.name in known
            else _empty(getattr(value, f.name))
            for f in fields(value)
        }
        same = all(changes[f.name] is getattr(value, f.name) for f in fields(value))
        return value if same else replace(value, **changes)
    if isinstance(value, tuple):
        parts = tuple(withhold_unknown(one) for one in value)
        return value if all(a is b for a, b in zip(parts, value, strict=True)) else parts
    return value


def _hide_few(value: Any, least: int) -> Any:  # noqa: ANN401
    """Withhold, wherever it stands, of how few people a number could not be estimated or used.

    Cautions stand in the whole result and in the part that they are about.
    """
    if isinstance(value, Caution):
        return replace(value, values=_without_few(value, least))
    if isinstance(value, NotEstimable):
        # The method says whether there was a number: its name stands in its place.
        withheld = value.reason == "suppressed" or is_small(value.n, least)
        hidden = NotEstimable(reason="suppressed", name=value.name, method=value.name)
        return hidden if withheld else value
    if is_dataclass(value) and not isinstance(value, type):
        parts = {f.name: _hide_few(getattr(value, f.name), least) for f in fields(value)}
        same = all(parts[name] is getattr(value, name) for name in parts)
        return value if same else replace(value, **parts)
    if isinstance(value, tuple):
        told = tuple(_hide_few(one, least) for one in value)
        return value if all(a is b for a, b in zip(told, value, strict=True)) else told
    if isinstance(value, Mapping):
        found = {key: _hide_few(one, least) for key, one in value.items()}
        return value if all(found[key] is value[key] for key in found) else found
    return value


def _empty(value: Any) -> Any:  # noqa: ANN401
    """What stands in the place of a number nobody has classified."""
    if isinstance(value, Estimate | Comparison | NotEstimable):
        return NotEstimable(reason="suppressed", name=value.name, method=value.method)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _empty(getattr(value, f.name)) for f in fields(value)})
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float):
        return SUPPRESSED
    if isinstance(value, str):
        return ""
    return {} if isinstance(value, Mapping) else ()


def _protect_ratings(
    shown: Evaluation,
    study: Study,
    people: People,
    auditor: Auditor,
    older: frozenset[str],
    *,
    rounded: bool,
) -> Evaluation:
    """Protect self-assessments for a manager, who sees who came and served, but no answers."""
    known = shown.sustainability
    if known is None or known.capacity is None:
        return shown
    left_out = find_left_out(study, people, auditor, older, ("capacity",))
    capacity = None
    if not left_out:
        capacity = protect_capacity(
            known.capacity, study, people, auditor, "manager", rounded=rounded
        )
    known = score_again(
        study,
        replace(known, capacity=capacity),
        shown.volunteers,
        shown.participation,
        shown.delivery,
        shown.earlier,
    )
    return replace(
        shown,
        sustainability=known,
        cautions=(*shown.cautions, *say_left_out(left_out, older, auditor.least)),
    )


def _without_outside(found: Participation) -> Participation:
    """Say of no session that its share is beyond limits that are withheld."""
    return replace(
        found,
        per_session=tuple(
            replace(s, outside=False) if isinstance(s.limit_low, Suppressed) else s
            for s in found.per_session
        ),
    )


def _without_roles(found: Capacity, volunteers: Volunteers | None) -> Capacity:
    """Withhold holders of the roles that are withheld in the team."""
    if volunteers is None:
        return found
    given = {role for role, n in volunteers.roles if not isinstance(n, Suppressed)}
    return replace(
        found,
        leadership=tuple(
            row if row[0] in given else (row[0], SUPPRESSED, SUPPRESSED) for row in found.leadership
        ),
    )


def _protect_activities(
    shown: Evaluation,
    study: Study,
    people: People,
    auditor: Auditor,
    older: frozenset[str],
    audience: Audience,
    *,
    rounded: bool,
) -> Evaluation:
    sustainability = shown.sustainability
    left_out = find_left_out(study, people, auditor, older)
    # What is left out is not judged: the ledger keeps only what was given.
    participation = None if "participation" in left_out else shown.participation
    volunteers = None if "volunteers" in left_out else shown.volunteers
    if participation is not None:
        participation = _without_outside(
            protect_participation(participation, study, people, auditor)
        )
    if volunteers is not None:
        volunteers = protect_volunteers(volunteers, study, people, auditor)
    # Who had come by an earlier day is a part of who has come by now.
    earlier = tuple(
        replace(
            one,
            participants=None if one.participants is None else SUPPRESSED,
            values={k: v for k, v in one.values.items() if k not in PERSON_LEVEL},
        )
        for one in shown.earlier
    )
    if sustainability is not None:
        capacity, consultation = sustainability.capacity, sustainability.consultation
        sustainability = replace(
            sustainability,
            capacity=None
            if capacity is None or "capacity" in left_out
            else _without_roles(
                protect_capacity(capacity, study, people, auditor, audience, rounded=rounded),
                volunteers,
            ),
            consultation=None if consultation is None else protect_consultation(consultation),
        )
        sustainability = score_again(
            study, sustainability, volunteers, participation, shown.delivery, earlier
        )
    return replace(
        shown,
        participation=participation,
        volunteers=volunteers,
        earlier=earlier,
        time_series=protect_series(shown.time_series, participation, volunteers, auditor.least),
        sustainability=sustainability,
        cautions=(*shown.cautions, *say_left_out(left_out, older, auditor.least)),
    )


def _say_again(shown: Evaluation, study: Study, audience: Audience) -> Evaluation:
    """Make findings and targets anew from what is shown.

    Of the files no number of rows is told, nor the hash: it confirms a guess of what is withheld.
    """
    least = study.plan.study.min_group
    apart = _treated_scores(shown) if has_comparison(study) else None
    shown = replace(shown, issues=(), targets=evaluate_targets(study, shown, apart))
    inside = frozenset() if audience == "manager" else _INSIDE
    return replace(
        shown,
        findings=tuple(
            replace(f, values=_without_few(f, least))
            for f in find_all(study, shown)
            if f.code not in inside
        ),
        provenance=replace(
            shown.provenance,
            files=tuple(
                {
                    k: SUPPRESSED if k.startswith("n_") or k == "sha256" else v
                    for k, v in one.items()
                }
                for one in shown.provenance.files
            ),
        ),
    )


def _without_few(sentence: Finding | Caution, least: int) -> dict[str, Any]:
    """Values of a sentence without counts and shares that a caution has of its own.

    Findings are made from what is shown; cautions come from the whole evaluation, so that of
    them only numbers known to be harmless, or of many people, stay.
    """
    caution = isinstance(sentence, Caution)
    harmless = _HARMLESS - _SHARES if caution else _HARMLESS
    told: dict[str, Any] = {}
    for key, value in sentence.values.items():
        number = isinstance(value, int | float) and not isinstance(value, bool | Suppressed)
        if not number or key in harmless or sentence.code in _OF_FORECASTS:
            told[key] = value
        elif caution:
            told[key] = SUPPRESSED
        else:
            told[key] = (
                SUPPRESSED
                if isinstance(value, int)
                and 0 < value < least
                and (
                    key in ("matched", "lost", "n", "people", "participants", "active", "left")
                    and sentence.code not in _OF_MEASURES
                )
                else value
            )
    return told


def _treated_scores(shown: Evaluation) -> list[ScoreSummary]:
    """Scores of those the programme was made for, as the comparison of groups gives them.

    Computed from the study again they would give away what is withheld there.
    """
    return [
        ScoreSummary(
            measure=found.measure,
            wave=wave,
            n=mean.n,
            n_missing=0,
            mean=mean,
            sd=None,
            median=None,
            min=None,
            max=None,
            floor=None,
            ceiling=None,
        )
        for found in shown.comparison
        if found.main
        for group, wave, mean in found.means
        if group == "treated"
    ]


#: Findings whose numbers count measures or strengths of a place, not people.
_OF_MEASURES = frozenset(
    {
        "study_summary",
        "study_summary_alike",
        "study_summary_compared",
        "study_summary_anonymous",
        "study_summary_unmatched",
        "reliability_low",
        "reliability_good",
        "strengths_change",
    }
)


def _sum_up(before: Evaluation, after: Evaluation, audit: Audit) -> Disclosure:
    costs = list_costs(before, after)
    results = [one for one in costs if one.kind == "results"]
    return Disclosure(
        cells=up_to_tens(sum(one.cells for one in results)),
        hidden=up_to_tens(sum(one.hidden for one in results)),
        smallest_interval=audit.smallest_interval,
        costs=share_costs(costs, after.audience),
    )

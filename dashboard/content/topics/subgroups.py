"""Subgroups: did it help some more than others. The test first, then the groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from analysis.disclosure.naming import OTHERS
from analysis.disclosure.rules import is_small
from analysis.evaluation import Evaluation
from analysis.funder_summary import main_outcome
from analysis.plan import StudyPlan
from analysis.results import Comparison, Estimate, EstimateLike, Finding
from analysis.study import Study
from analysis.surveys.findings import last_contrasts
from analysis.surveys.results import Group, Outcome, Subgroups
from analysis.thresholds import MIN_FOR_MEAN_OF_STUDIES, SIGNIFICANCE_LEVEL
from dashboard.content.forest import ForestRow, draw_forest_rows
from dashboard.content.model import (
    Cell,
    Interval,
    Missing,
    Number,
    Picture,
    Section,
    Table,
    change_kind,
)
from dashboard.sentences.change import is_share, say_likely, say_signed
from dashboard.sentences.few import mark_few
from dashboard.sentences.filled import fill
from dashboard.sentences.names import column_name, name_with, value_name
from dashboard.sentences.statistics import say_reason
from dashboard.text import Text

#: With fewer, 98.7 to 99.9 % of ranges for a new community hold it (docs/coverage.md).
MIN_COMMUNITIES = 8
#: Of a yes/no question in groups of 16 (8 in both waves) 97.9 % hold the truth, of 40 (20) 94.8 %.
PEOPLE_FOR_WIDTH = 40


def find_missing(evaluation: Evaluation | None, text: Text) -> Missing | None:
    """Say what is missing when no groups are known."""
    if evaluation is not None and any(outcome.subgroups for outcome in evaluation.outcomes):
        return None
    needed = text("Name demographic columns such as sex or age group on the page Data.")
    return Missing(title=text("No groups to compare yet"), needed=needed)


def make_section(
    evaluation: Evaluation, study: Study, text: Text, outcome: Outcome | None = None
) -> Section:
    """Make the topic: pictures of ``outcome`` on its page, of the main one in documents.

    A document has the tables of every measure, and says of each what a page says below its picture.
    """
    answers = [FINDINGS[f.code](text, f) for f in evaluation.findings_about("subgroups")]
    compared = [(o, one) for o in last_contrasts(evaluation.outcomes) for one in o.subgroups]
    notes = [
        text("{measure}: {caution}", measure=_name_both(o, one, study, text), caution=caution)
        for o, one in compared
        for caution in _list_limits(o, one, study, text)
    ]
    return Section(
        key="subgroups",
        heading=text("Subgroups"),
        title=answers[0] if answers else text("Change by group"),
        sample=say_shrunken(text),
        findings=[*answers, *([say_shrunken(text)] if compared else []), *notes],
        pictures=_list_pictures(outcome, study, text)
        if outcome is not None
        else _list_main_pictures(evaluation, study, text),
        appendix=[list_groups(o, one, study, text) for o, one in compared],
    )


def _list_pictures(outcome: Outcome, study: Study, text: Text) -> list[Picture]:
    """The pictures of one measure on its page: the test first, then what to know of the groups."""
    share = is_share(study.measure(outcome.measure))
    return [
        _picture(
            outcome,
            one,
            study,
            text,
            title=text("By {name}", name=column_name(text, study.plan, one.by)),
            words=[
                say_interaction(text, one),
                say_across(text, one, share=share),
                *_list_limits(outcome, one, study, text),
                say_hidden(text, one),
            ],
        )
        for one in outcome.subgroups
    ]


def _list_main_pictures(evaluation: Evaluation, study: Study, text: Text) -> list[Picture]:
    """The pictures of the main measure in a document, as far as any group may be shown."""
    outcome = main_outcome(evaluation)
    if outcome is None:
        return []
    return [
        _picture(outcome, one, study, text, title=_name_both(outcome, one, study, text))
        for one in outcome.subgroups
        if list_group_rows(outcome, one, study, text)
    ]


def _picture(
    outcome: Outcome,
    one: Subgroups,
    study: Study,
    text: Text,
    *,
    title: str,
    words: Sequence[str] = (),
) -> Picture:
    rows = list_group_rows(outcome, one, study, text)
    # Pictures of one measure share their axis, so that groups of any kind can be compared.
    beside = [row for o in outcome.subgroups for row in list_group_rows(outcome, o, study, text)]
    look = text("Change with 95 % interval. Shaded: too small to matter.")
    return Picture(
        key=f"subgroups_{one.by}",
        title=title,
        subtitle=text.join([*words, look]),
        alt=text("Forest plot of the change in each group."),
        figure=lambda: draw_forest_rows(rows, beside),
        table=list_groups(outcome, one, study, text),
    )


def _name_both(outcome: Outcome, one: Subgroups, study: Study, text: Text) -> str:
    measure = study.measure(outcome.measure)
    return text(
        "{measure} by {by}",
        measure=text.of(measure.label, measure.name),
        by=column_name(text, study.plan, one.by),
    )


def _list_limits(outcome: Outcome, one: Subgroups, study: Study, text: Text) -> list[str]:
    """Say what limits the groups' numbers, if anything."""
    yes_no = study.measure(outcome.measure).kind == "binary"
    limits = (say_who_in_groups(text, one, study.plan), say_wide(text, one, yes_no=yes_no))
    return [limit for limit in limits if limit]


def list_groups(outcome: Outcome, found: Subgroups, study: Study, text: Text) -> Table:
    """One row per group; small ones say that they are not for release."""
    share, plan = is_share(study.measure(outcome.measure)), study.plan
    rows: list[tuple[Cell, ...]] = [
        (
            mark_few(text, value_name(text, plan, group.value), group.n, plan.study.min_group),
            Number(value=group.n or None, kind="count"),
            _estimate_cell(text, group.change, share=share),
            _estimate_cell(text, group.shrunken, share=share),
        )
        for group in found.groups
    ]
    if found.across is not None:
        n = sum(g.n for g in found.groups if isinstance(g.shrunken, Estimate))
        pooled = _estimate_cell(text, found.across.pooled, share=share)
        rows.append((text("Together"), Number(value=n, kind="count"), pooled, ""))
    return Table(
        key=f"{outcome.measure}_{found.by}",
        title=_name_both(outcome, found, study, text),
        columns=(text("Group"), text("n"), text("Own change"), text("Drawn towards the whole")),
        rows=tuple(rows),
    )


def _estimate_cell(text: Text, found: EstimateLike, *, share: bool) -> Cell:
    """A change with its interval, or why there is none."""
    if not isinstance(found, Estimate):
        return say_reason(text, found.reason)
    kind, digits = change_kind(share=share), 0 if share else 2
    low, high = found.ci_low, found.ci_high
    return Interval(estimate=found.estimate, low=low, high=high, kind=kind, digits=digits)


def list_group_rows(
    outcome: Outcome, found: Subgroups, study: Study, text: Text
) -> list[ForestRow]:
    """One row per group that may be shown; by community, those together and a new one."""
    share = is_share(study.measure(outcome.measure))
    rows = [_row(outcome, group, study.plan, text, share=share) for group in found.groups]
    return [row for row in rows if row is not None] + _across_rows(outcome, found, text, share)


def _across_rows(outcome: Outcome, found: Subgroups, text: Text, share: bool) -> list[ForestRow]:
    """All communities together, and where a new one would lie."""
    across = found.across
    if across is None or not isinstance(across.pooled, Estimate):
        return []
    pooled = across.pooled
    middle = say_signed(text, pooled.estimate, share=share)
    places = (
        (text("Together"), pooled.ci_low, pooled.ci_high, False),
        (text("A new community"), across.prediction_low, across.prediction_high, True),
    )
    return [
        ForestRow(
            label=label,
            estimate=pooled.estimate,
            low=low,
            high=high,
            value="" if new else middle,
            hover=f"{middle} ({say_likely(text, low, high, share=share)})",
            band=outcome.important_difference,
            clear=low is not None and high is not None and (low > 0 or high < 0),
            hollow=new,
        )
        for label, low, high, new in places
    ]


def _row(
    outcome: Outcome, group: Group, plan: StudyPlan, text: Text, *, share: bool
) -> ForestRow | None:
    shown = group.shrunken if isinstance(group.shrunken, Estimate) else group.change
    if not isinstance(shown, Estimate):
        return None
    few = is_small(group.n, plan.study.min_group)
    # The interval of a few people is as wide as the picture: the table has it.
    low, high = (None, None) if few else (shown.ci_low, shown.ci_high)
    name = mark_few(text, value_name(text, plan, group.value), group.n, plan.study.min_group)
    value = say_signed(text, shown.estimate, share=share)
    return ForestRow(
        label=f"{name} (n = {group.n})",
        estimate=shown.estimate,
        low=low,
        high=high,
        value=value,
        hover=text(
            "{value} ({likely}), n = {n}",
            value=value,
            likely=say_likely(text, shown.ci_low, shown.ci_high, share=share),
            n=group.n,
        ),
        band=outcome.important_difference,
        clear=low is not None and high is not None and (low > 0 or high < 0),
        hollow=few,
    )


def say_shrunken(text: Text) -> str:
    """Say what shrinking does."""
    return text(
        "Groups are drawn towards the change of all, the more the fewer people they have: "
        "small groups jump by chance. Their 95% intervals are slightly too wide: up to 98% hold."
    )


def say_across(text: Text, found: Subgroups, *, share: bool) -> str:
    """Say what the communities have together, and where a new one would lie."""
    across = found.across
    if across is None or not isinstance(across.pooled, Estimate):
        return ""
    pooled = across.pooled
    parts = [
        text(
            "Together {value} ({likely}), {n} communities.",
            value=say_signed(text, pooled.estimate, share=share),
            likely=say_likely(text, pooled.ci_low, pooled.ci_high, share=share),
            n=len(across.weights),
        )
    ]
    if len(across.weights) < MIN_FOR_MEAN_OF_STUDIES:
        parts.append(text("Of so few communities this interval is wider than need be (98% hold)."))
    if across.prediction_low is not None and across.prediction_high is not None:
        where = say_likely(text, across.prediction_low, across.prediction_high, share=share)
        parts.append(text("A new community would likely lie at {where}.", where=where))
        if len(across.weights) < MIN_COMMUNITIES:
            parts.append(text("With so few communities this range is wider than 95% calls for."))
    return text.join(parts)


def say_interaction(text: Text, found: Subgroups) -> str:
    """Say whether the groups changed differently."""
    test = found.interaction
    if not isinstance(test, Comparison) or test.p_value is None:
        reason = "no_data" if isinstance(test, Comparison) else test.reason
        return text("No test of a difference: {reason}.", reason=say_reason(text, reason))
    told = text.p_value(test.p_value)
    if test.p_value < SIGNIFICANCE_LEVEL:
        return text("Taken alone, this test finds a difference ({p}).", p=told)
    return text("No clear difference between the groups ({p}).", p=told)


def say_who_in_groups(text: Text, found: Subgroups, plan: StudyPlan) -> str:
    """Say which groups stand on their matched people alone, and why; empty when none does."""
    alone = [group for group in found.groups if group.only_pairs]
    if not alone:
        return ""
    names = (", " if text.language == "en" else "、").join(
        value_name(text, plan, group.value) for group in alone
    )
    reasons = dict.fromkeys(say_reason(text, group.only_pairs) for group in alone)
    return text(
        "Of {names} only people who answered both times are counted ({reason} for a model of "
        "everyone).",
        names=names,
        reason=(", " if text.language == "en" else "、").join(reasons),
    )


def say_wide(text: Text, found: Subgroups, *, yes_no: bool) -> str:
    """Say that intervals of a yes/no question of few people are wide; empty where none is."""
    few = any(0 < group.n < PEOPLE_FOR_WIDTH for group in found.groups)
    if not (yes_no and few):
        return ""
    return text(
        "For a yes/no question, 95% intervals of groups of fewer than {least} people are wider "
        "than they need be (up to 98% hold): a difference may not show.",
        least=text.number(PEOPLE_FOR_WIDTH, 0),
    )


def say_hidden(text: Text, found: Subgroups) -> str:
    """Say how many groups are too small to show; of those without a name, not how many."""
    if any(group.value == OTHERS for group in found.groups):
        return text("Groups of few people are not shown.")
    hidden = sum(not isinstance(group.change, Estimate) for group in found.groups)
    if not hidden:
        return ""
    return text.count(
        "{n} group is too small to show.", "{n} groups are too small to show.", hidden
    )


def _say_differing(text: Text, finding: Finding) -> str:
    values = finding.values
    return text(
        "{measure} changed differently by {by}; {n_tests} tests are counted.",
        measure=text.of(values.get("label"), finding.measure),
        by=name_with(text, values.get("by_label"), str(values["by"])).lower(),
        n_tests=text.number(values["n_tests"], 0),
    )


FINDINGS: Mapping[str, Callable[[Text, Finding], str]] = {
    "subgroups_alike": fill(
        "No group changed clearly differently from the others ({n_tests} tests).", "n_tests"
    ),
    "subgroups_differ": _say_differing,
}

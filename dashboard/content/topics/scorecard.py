"""Scorecard: what a manager looks at first, the most urgent on top."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from analysis.evaluation import Evaluation
from analysis.results import Estimate
from analysis.sustainability.results import (
    Consultation,
    EarlyWarning,
    Funding,
    ScorecardRow,
    Sustainability,
)
from analysis.volunteers.overdue import people_overdue
from analysis.volunteers.results import Volunteers
from dashboard.content.model import Missing, Passage, Section, Table
from dashboard.sentences.cautions import say_cautions
from dashboard.sentences.names import wave_name
from dashboard.sentences.sustainability import say_next_step, say_runway
from dashboard.status import STATUSES
from dashboard.text import Text

_LISTED = 4


def find_missing(evaluation: Evaluation | None, text: Text) -> Missing | None:
    """Say what is missing when nothing can be watched."""
    if evaluation is not None and evaluation.sustainability is not None:
        return None
    return Missing(
        title=text("Nothing to watch yet"),
        needed=text("Upload a volunteer roster, a ledger or a consultation log."),
    )


def make_section(evaluation: Evaluation, found: Sustainability, text: Text) -> Section:
    """Make the topic; a page shows each measure as a card of its own before the table."""
    rows = found.scorecard
    cautions = [c for c in evaluation.cautions if c.section == "scorecard"]
    warnings = [say_warning(text, warning) for warning in found.warnings]
    answer = _say_answer(text, rows)
    return Section(
        key="scorecard",
        heading=text("Scorecard"),
        title=answer,
        sample=text(
            "Bands are rules of thumb; you can set your own below. Arrows compare with the same "
            "data as they stood half a year earlier, or a quarter where records are short."
        ),
        findings=[answer],
        passages=[Passage(title=text("Early warnings"), lines=warnings)] if warnings else [],
        tables=[list_scorecard(rows, text)],
        cautions=say_cautions(text, evaluation, cautions),
    )


def _say_answer(text: Text, rows: Sequence[ScorecardRow]) -> str:
    count = Counter(row.status for row in rows)
    known = len(rows) - count["no_data"]
    if not known:
        return text("No measure can be told yet: what is missing stands below.")
    return text(
        "{act} of {n} measures need action now; {good} are in good order.",
        act=count["act"],
        n=known,
        good=count["good"],
    )


def list_scorecard(rows: Sequence[ScorecardRow], text: Text) -> Table:
    """The scorecard: value, trend, band, next step."""
    cells = tuple(
        (
            f"{STATUSES[row.status].icon} {text(STATUSES[row.status].word)}",
            score_title(text, row),
            say_score(text, row),
            say_trend(text, row) or "–",
            text.join([say_sureness(text, row), say_status_range(text, row)]) or "–",
            say_band(text, row),
            say_next_step(text, row),
        )
        for row in rows
    )
    columns = (
        text("Status"),
        text("Measure"),
        text("Value"),
        text("Trend"),
        text("How sure"),
        text("Band"),
        text("What to do next"),
    )
    return Table(key="scorecard", title=text("Scorecard"), columns=columns, rows=cells)


def score_name(text: Text, code: str) -> str:
    """Name of a scorecard measure."""
    return {
        "active_change": text("Active volunteers against a year ago"),
        "retention_365": text("Volunteers who stay a year"),
        "bus_factor": text("People who give half the hours"),
        "overdue_volunteers": text("Volunteers overdue against their own rhythm"),
        "runway_months": text("Months the cash lasts"),
        "largest_share": text("Share of the largest funder"),
        "effective_sources": text("Effective number of funders"),
        "community_share": text("Share raised in the community"),
        "weakest_domain": text("Weakest capacity domain"),
        "follow_through": text("Agreed issues followed through"),
        "told_back": text("Done issues reported back"),
        "repeat_rate": text("Participants who came again"),
        "held_share": text("Planned sessions held"),
    }[code]


def score_title(text: Text, row: ScorecardRow) -> str:
    """Name a scorecard measure, and the domain it speaks of where there is one."""
    name = score_name(text, row.code)
    named = row.code == "weakest_domain" and isinstance(row.value, Estimate)
    return text("{name}: {detail}", name=name, detail=row.value.name) if named else name


def say_score(text: Text, row: ScorecardRow) -> str:
    """Say a scorecard value in its unit."""
    if not isinstance(row.value, Estimate):
        not_reached = row.value.reason == "not_reached"
        return text("income covers expense") if not_reached else text("data needed")
    return format_unit(text, row.value.estimate, row.unit)


def is_percent(unit: str) -> bool:
    """Whether a unit of the scorecard is told in percent."""
    return unit in ("rate", "ratio", "share_of_range")


def format_unit(text: Text, value: float, unit: str) -> str:
    """Format a value of the scorecard in its unit."""
    if is_percent(unit):
        return text.percent(value)
    if unit == "months":
        return text("{n} months", n=text.number(value, 1))
    return text.number(value, 1 if unit == "sources" else 0)


def say_trend(text: Text, row: ScorecardRow) -> str:
    """Say where a measure came from and when that was, or which data would tell."""
    arrow = {"up": "↑", "down": "↓", "flat": "→"}.get(row.trend)
    if arrow is None or row.previous is None:
        return _say_no_trend(text, row)
    return text(
        "{arrow} {when}: {value}",
        arrow=arrow,
        when=say_when(text, row.previous_at),
        value=format_unit(text, row.previous, row.unit),
    )


def say_when(text: Text, at: str) -> str:
    """Say a day by its month, and a wave by its name."""
    if len(at) == 10 and at[4] == at[7] == "-":
        return text.month(at)
    return wave_name(text, at)


def _say_no_trend(text: Text, row: ScorecardRow) -> str:
    if not isinstance(row.value, Estimate):
        return ""
    if row.code == "runway_months":
        return text("Trend: data needed (cash at an earlier day)")
    if row.code == "weakest_domain":
        return text("Trend: data needed (an earlier assessment)")
    return text("Trend: data needed (longer records)")


def say_sureness(text: Text, row: ScorecardRow) -> str:
    """Say how sure a value is: its interval and n, or that it was counted."""
    value = row.value
    if not isinstance(value, Estimate):
        return ""
    if value.ci_low is None or value.ci_high is None:
        return text("counted, not estimated")
    return text(
        "likely between {low} and {high} (n = {n})",
        low=format_unit(text, value.ci_low, row.unit),
        high=format_unit(text, value.ci_high, row.unit),
        n=text.number(value.n, 0),
    )


def say_status_range(text: Text, row: ScorecardRow) -> str:
    """Say that the interval reaches into another band than the value; empty where it does not."""
    worst, best = row.status_range
    if worst == best:
        return ""
    return text(
        "Between “{worst}” and “{best}”: the 95% CI reaches over a threshold.",
        worst=text(STATUSES[worst].word),
        best=text(STATUSES[best].word),
    )


def say_unsure(text: Text, rows: Sequence[ScorecardRow]) -> str:
    """Say of how many measures the status is not certain; empty where of none."""
    unsure = sum(row.status_range[0] != row.status_range[1] for row in rows)
    if not unsure:
        return ""
    return text.count(
        "The status of {n} measure is not certain: its 95% CI reaches into another band.",
        "The status of {n} measures is not certain: their 95% CI reaches into another band.",
        unsure,
    )


def say_band(text: Text, row: ScorecardRow) -> str:
    """Say which band applies, and where the rule comes from."""
    act, watch = (format_unit(text, limit, row.unit) for limit in row.bands)
    band = (
        text("below {act} act, below {watch} watch", act=act, watch=watch)
        if row.higher_is_better
        else text("above {act} act, above {watch} watch", act=act, watch=watch)
    )
    source = {
        "study_file": text("set for this study"),
        "levee_rule_of_thumb": text("rule of thumb"),
        "operating_reserves_2008": text("rule of thumb, Nonprofit Operating Reserves 2008"),
        "carroll_stater_2009": text("rule of thumb after Carroll & Stater 2009"),
    }[row.rule_source]
    return text("{band} ({source})", band=band, source=source)


def say_warning(text: Text, warning: EarlyWarning) -> str:
    """Say an early warning: what is about to fail, and when."""
    values = dict(warning.values)
    if warning.code == "largest_grant_ends" and not values["source"]:
        return text(
            "The largest grant ends in {months} months.",
            months=text.number(float(values["months"]), 0),
        )
    if warning.code == "largest_grant_ends":
        return text(
            "The largest grant, {source}, ends in {months} months.",
            source=values["source"],
            months=text.number(float(values["months"]), 0),
        )
    if warning.code == "runway_short":
        return text("Cash lasts {months} months.", months=text.number(float(values["months"]), 1))
    if warning.code == "issues_overdue":
        return text(
            "{n} agreed issues are overdue, the longest by {longest} days.",
            n=values["n"],
            longest=values["longest"],
        )
    if warning.code == "team_shrinking":
        return text(
            "{active} volunteers are active now; a year ago {before} were.",
            active=values["active"],
            before=values["before"],
        )
    if warning.code == "volunteers_overdue":
        return text("{n} volunteers are overdue against their own rhythm.", n=values["n"])
    return text(
        "The team is expected to shrink to {expected} in six months.",
        expected=text.number(float(values["expected"]), 0),
    )


def list_people(
    text: Text, volunteers: Volunteers | None, name_of: Callable[[str], str] = str
) -> Sequence[str]:
    """Who is overdue, the longest absent against their own rhythm first.

    ``name_of`` gives the name of a code, where a person may see it.
    """
    if volunteers is None or not volunteers.lapse_after_days or volunteers.overdue is None:
        return ()
    late = people_overdue(volunteers.overdue)[:_LISTED]
    if not late:
        return (text("Nobody is overdue against their own rhythm."),)
    return [
        text(
            "{name}: last seen {day}, {n} days ago",
            name=name_of(one.volunteer),
            day=text.date(one.last_service),
            n=text.number(one.days_since, 0),
        )
        for one in late
    ]


def list_money(text: Text, funding: Funding | None) -> Sequence[str]:
    """How long the cash lasts, as it is and if something is lost; what ends next."""
    if funding is None:
        return ()
    names = {
        "largest_leaves": text("The largest funder leaves"),
        "income_down_30": text("Income falls by 30 %"),
    }
    tests = [(text("No more income at all"), funding.runway_months)]
    tests += [(names[test.name], test.runway_months) for test in funding.stress]
    lines = [
        text("{what}: cash lasts {months}", what=name, months=say_runway(text, left))
        for name, left in tests
        if isinstance(left, Estimate)
    ]
    ending = [grant for grant in funding.expiries if grant.months_left > 0]
    lines += [
        text("{source} ends {day}", source=grant.source, day=text.date(grant.ends))
        if grant.source
        else text("A grant of unnamed source ends {day}", day=text.date(grant.ends))
        for grant in ending[:1]
    ]
    return lines


def list_promises(text: Text, talk: Consultation | None) -> Sequence[str]:
    """The issues longest overdue."""
    if talk is None or "due" in talk.lacking:
        return ()
    late = [issue for issue in talk.issues if issue.status == "overdue"][:_LISTED]
    if not late:
        return (text("No agreed issue is overdue."),)
    return [
        text(
            "{issue}: {n} days overdue",
            issue=issue.issue,
            n=text.number(issue.days_overdue, 0),
        )
        for issue in late
    ]

"""Stays: which volunteers stay longer, group by group."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from analysis.results import Caution, Comparison
from analysis.thresholds import MIN_FOR_STAYS
from analysis.volunteers.groups import is_clear
from analysis.volunteers.results import RetentionByGroup, Volunteers
from dashboard.content.axes import percent_axis
from dashboard.content.chart import Chart
from dashboard.content.curves import add_curve, say_time
from dashboard.content.labels import escape_label
from dashboard.content.model import Cell, Number, Passage, Picture, Section, Table
from dashboard.content.theme import CATEGORIES, new_figure
from dashboard.sentences.volunteers import name_group
from dashboard.text import Text

MAX_GROUPS = 4


def list_comparisons(team: Volunteers, text: Text) -> dict[str, RetentionByGroup]:
    """The comparisons of which a curve can be shown, by the name of what the groups differ by."""
    known = [*team.by_group, *([team.landmark] if team.landmark else [])]
    return {
        name_comparison(text, one): one for one in known if any(group.curve for group in one.groups)
    }


def make_section(comparison: RetentionByGroup, text: Text) -> Section:
    """Make the topic for one comparison, which the reader chose."""
    title = say_comparison(text, comparison)
    picture = Picture(
        key="groups",
        title=title,
        subtitle=text("Share still serving, by group."),
        alt=text("Step curves of the share still serving, one for each group."),
        figure=lambda: draw_groups(comparison, text),
        table=list_groups(comparison, text),
    )
    return Section(
        key="stays",
        heading=text("Who stays longer"),
        title=title,
        pictures=[picture],
        passages=[Passage(tables=[list_tests(comparison, text)])],
    )


def list_groups(comparison: RetentionByGroup, text: Text) -> Table:
    """Groups with median and mean time."""
    rows = tuple(
        (
            name_group(text, group.value),
            Number(value=group.n, kind="count"),
            say_time(text, group.median_days),
            say_time(text, group.rmst),
        )
        for group in comparison.groups
    )
    columns = (text("Group"), text("n"), text("Half have left after"), text("Mean time served"))
    return Table(key="groups", title=text("Table"), columns=columns, rows=rows)


def list_tests(comparison: RetentionByGroup, text: Text) -> Table:
    """Log-rank, difference of means, hazard ratios and their check."""
    named = [
        (text("Log-rank test"), comparison.logrank),
        (text("Difference of mean times"), comparison.rmst_difference),
        *(
            (text("Hazard ratio, {group}", group=getattr(c, "name", "").removeprefix("cox:")), c)
            for c in comparison.cox
        ),
        (text("Ratios constant over time?"), comparison.proportional_hazards),
    ]
    rows = tuple(
        (name, _test_value(text, test), Number(value=test.p_value, kind="p"))
        for name, test in named
        if isinstance(test, Comparison)
    )
    columns = (text("Test"), text("Value"), text("p"))
    return Table(key="group_tests", title=text("Tests"), columns=columns, rows=rows)


def _test_value(text: Text, test: Comparison) -> Cell:
    if test.name.startswith("cox:"):
        return Number(value=test.details.get("hazard_ratio"))
    if test.name == "rmst_difference":
        return text("{n} days", n=text.signed(test.estimate, 0))
    return f"χ² = {text.number(test.statistic)}, df = {text.number(test.df, 0)}"


def draw_groups(comparison: RetentionByGroup, text: Text) -> Chart:
    """Draw one curve for each group large enough to be shown (at most four)."""
    figure = new_figure(360)
    shown = [g for g in comparison.groups if g.curve is not None]
    shown = sorted(shown, key=lambda g: -(g.n or 0))[:MAX_GROUPS]
    for group, colour in zip(shown, CATEGORIES, strict=False):
        curve = group.curve
        if curve is None:
            continue
        name = f"{escape_label(name_group(text, group.value))} (n = {group.n})"
        add_curve(figure, curve, colour, text, name)
    figure.update_yaxes(range=[0, 1.03], **percent_axis(text))
    figure.update_xaxes(title={"text": text("months since joining"), "font": {"size": 12}})
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
    figure.update_layout(showlegend=True, legend=legend)
    return figure


def name_comparison(text: Text, comparison: RetentionByGroup) -> str:
    """Name what groups differ by."""
    if comparison.landmark_days is not None:
        return text("trained or not")
    return text("role") if comparison.by == "role" else comparison.by


def say_comparison(text: Text, comparison: RetentionByGroup) -> str:
    """Say whether groups leave at a different pace."""
    by, test = name_comparison(text, comparison), comparison.logrank
    if not isinstance(test, Comparison) or test.p_value is None:
        return text("Too few people to compare by {by}", by=by)
    values = {"by": by, "p": text.p_value(test.p_value), "n": text.number(test.n, 0)}
    if is_clear(test):
        return text(
            "The groups leave at a clearly different pace, by {by} ({p}, n = {n})", **values
        )
    return text("No clear difference in how long they stay, by {by} ({p}, n = {n})", **values)


CAUTIONS: Mapping[str, Callable[[Text, Caution], str]] = {
    "stays_of_few": lambda text, _: text(
        "Mean times of groups of fewer than {least} people: the 95% interval of their difference "
        "is slightly too narrow (about 93% hold), and p a little too small.",
        least=text.number(MIN_FOR_STAYS, 0),
    ),
    "groups_as_of_today": lambda text, _: text(
        "Groups are those in the roster today; people may have changed group."
    ),
    "hazards_not_proportional": lambda text, c: text(
        "The groups of {by} do not differ evenly over time: compare mean times, not ratios.",
        by=c.values["by"],
    ),
    "trained_not_random": lambda text, c: text(
        "Trained and untrained are compared from day {days} on; who was trained was not random.",
        days=text.number(c.values["days"], 0),
    ),
}

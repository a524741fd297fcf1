"""Trajectory: how far did a measure move by each of three or more waves, and did it hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from analysis.evaluation import Evaluation
from analysis.plan import MeasurePlan, StudyPlan
from analysis.results import Caution, Comparison, Estimate, Finding
from analysis.study import Study
from analysis.surveys.findings import find_trajectory
from analysis.surveys.results import Trajectory, WaveContrast, WavePoint
from analysis.surveys.trajectory import place_waves
from dashboard.content.axes import error_bars
from dashboard.content.cells import comparison_cells, interval_cell, level_cell
from dashboard.content.chart import Chart
from dashboard.content.labels import escape_label
from dashboard.content.model import (
    Card,
    Cell,
    Missing,
    Number,
    Picture,
    Section,
    Table,
)
from dashboard.content.theme import COMPARISON, TREATED, new_figure
from dashboard.sentences.cautions import say_cautions
from dashboard.sentences.change import (
    is_share,
    say_amount,
    say_level,
    say_likely,
    say_signed,
    say_size_range,
)
from dashboard.sentences.names import wave_name
from dashboard.sentences.statistics import say_reason
from dashboard.text import N_, Text

_WAVES = {
    "pre": N_("at baseline"),
    "mid": "halfway",
    "post": N_("at the end"),
    "follow_up": N_("at follow-up"),
    "followup": N_("at follow-up"),
}


def find_missing(evaluation: Evaluation | None, text: Text) -> Missing | None:
    """Say what is missing when no measure was asked three times."""
    if evaluation is not None and evaluation.trajectory:
        return None
    needed = text(
        "A course needs a measure asked in three or more waves, for example before, after and "
        "at follow-up."
    )
    return Missing(title=text("No course to show yet"), needed=needed)


def make_section(
    evaluation: Evaluation, study: Study, text: Text, measure: str | None = None
) -> Section:
    """Make the topic: about ``measure`` on its page, about all measures in documents."""
    plan = study.plan
    courses: dict[str, list[Trajectory]] = {}
    for course in evaluation.trajectory:
        courses.setdefault(course.measure, []).append(course)
    shown = {measure: courses[measure]} if measure else courses
    first = next(iter(shown.values()))
    levels = [list_waves(own, study.measure(name), text) for name, own in shown.items()]
    contrasts = list_contrasts(evaluation.trajectory, plan, text)
    patterns = list_patterns(first, text)
    own_cautions = [c for course in first for c in course.cautions]
    cautions = [c for c in evaluation.cautions if c.section == "trajectory"]
    return Section(
        key="trajectory",
        heading=text("Trajectory"),
        title=_say(text, find_trajectory(study, first[0])),
        sample=say_people(text, first),
        cards=list_cards(text, first[0], study.measure(first[0].measure)),
        findings=[_say(text, f) for f in evaluation.findings if f.section == "trajectory"],
        pictures=[
            _picture(own, study, text, table)
            for own, table in zip(shown.values(), levels, strict=True)
            # A page says why nothing is drawn, and holds the reasons in the picture's table.
            if measure or any(isinstance(p.level, Estimate) for one in own for p in one.points)
        ],
        # Beside one measure its name would be said twice; a document speaks of all.
        cautions=list(dict.fromkeys(CAUTIONS[c.code](text, c) for c in own_cautions))
        if measure
        else say_cautions(text, evaluation, cautions),
        # A page shows the levels below their picture, one click away.
        tables=[contrasts, *([] if measure else levels), patterns],
    )


def _picture(courses: Sequence[Trajectory], study: Study, text: Text, levels: Table) -> Picture:
    measure = study.measure(courses[0].measure)
    return Picture(
        key=f"trajectory_{measure.name}",
        title=levels.title,
        subtitle=text("Expected had everyone answered, with 95 % interval."),
        alt=text("Line of the level in each wave, with its interval."),
        note=_say(text, find_trajectory(study, courses[0])),
        figure=lambda: draw_trajectory(courses, measure, text),
        table=levels,
        remark=text("The difference between the groups is on the page Comparison.")
        if len(courses) > 1
        else "",
    )


def say_people(text: Text, courses: Sequence[Trajectory]) -> str:
    """Say who is in the course, by which model, and which waves are not."""
    course = courses[0]
    n = text.number(sum(one.n for one in courses), 0)
    if course.covariance == "separate_samples":
        return text("{n} answers; each wave is a sample of its own.", n=n)
    every = sum(p.n for one in courses for p in one.patterns if len(p.waves) == len(one.points))
    return text(
        "{n} people who answered any of {waves} waves, in one model of all waves; {every} answered "
        "every wave.",
        n=n,
        waves=text.number(len(course.points), 0),
        every=text.number(every, 0) if course.patterns else "–",
    )


def list_cards(text: Text, course: Trajectory, measure: MeasurePlan) -> list[Card]:
    """At most four numbers: the latest waves against baseline, and the last step."""
    chosen = [*[c for c in course.contrasts if c.against == "baseline"][-3:], course.contrasts[-1]]
    share = is_share(measure)
    return [
        Card(
            value=say_signed(text, c.change.estimate, share=share),
            meaning=_say_contrast(text, c, c.change, share=share),
        )
        for c in chosen
        if isinstance(c.change, Comparison)
    ]


def _say_contrast(text: Text, contrast: WaveContrast, change: Comparison, *, share: bool) -> str:
    start, wave = (wave_name(text, one) for one in (contrast.from_wave, contrast.to_wave))
    likely = say_likely(text, change.ci_low, change.ci_high, share=share)
    return text("{start} → {wave} (95% CI {likely})", start=start, wave=wave, likely=likely)


def list_waves(courses: Sequence[Trajectory], measure: MeasurePlan, text: Text) -> Table:
    """Each wave's estimated level with its interval, who answered, who was lost."""
    share, grouped = is_share(measure), _has_groups(courses)
    dated = any(point.answered_on is not None for one in courses for point in one.points)
    rows: list[tuple[Cell, ...]] = []
    for course in courses:
        for point in course.points:
            level: tuple[Cell, Cell] = (
                (
                    level_cell(point.level.estimate, share=share),
                    interval_cell(point.level.ci_low, point.level.ci_high, share=share),
                )
                if isinstance(point.level, Estimate)
                else (say_reason(text, point.level.reason), None)
            )
            rows.append(
                (
                    *([name_group(text, course.group)] if grouped else []),
                    wave_name(text, point.wave),
                    *([text.date(point.answered_on)] if dated else []),
                    *level,
                    Number(value=point.n, kind="count"),
                    Number(value=point.lost, kind="count"),
                )
            )
    return Table(
        key=f"trajectory_{measure.name}",
        title=text("{measure}: level in each wave", measure=text.of(measure.label, measure.name)),
        columns=(
            *([text("Group")] if grouped else []),
            text("Wave"),
            *([text("Answered on")] if dated else []),
            text("Expected of everyone"),
            text("95 % interval"),
            text("n"),
            text("Lost since baseline"),
        ),
        rows=tuple(rows),
    )


def list_contrasts(courses: Sequence[Trajectory], plan: StudyPlan, text: Text) -> Table:
    """Each later wave against baseline, and the last against the one before."""
    measures, grouped = {m.name: m for m in plan.measures}, _has_groups(courses)
    rows: list[tuple[Cell, ...]] = []
    for course in courses:
        measure = measures[course.measure]
        for one in course.contrasts:
            known = isinstance(one.change, Comparison)
            rows.append(
                (
                    text.of(measure.label, measure.name),
                    *([name_group(text, course.group)] if grouped else []),
                    f"{wave_name(text, one.from_wave)} → {wave_name(text, one.to_wave)}",
                    *comparison_cells(text, one.change, share=is_share(measure)),
                    Number(value=one.p_adjusted if known else None, kind="p"),
                )
            )
    return Table(
        key="trajectory_contrasts",
        title=text("Against baseline, and is it held?"),
        columns=(
            text("Measure"),
            *([text("Group")] if grouped else []),
            text("Waves"),
            text("Change"),
            text("95 % interval"),
            text("p"),
            text("p, all tests counted"),
        ),
        rows=tuple(rows),
    )


def list_patterns(courses: Sequence[Trajectory], text: Text) -> Table:
    """How many people answered exactly which waves."""
    grouped = _has_groups(courses)
    return Table(
        key="trajectory_patterns",
        title=text("Who answered which waves"),
        columns=(*([text("Group")] if grouped else []), text("Answered"), text("People")),
        rows=tuple(
            (
                *([name_group(text, course.group)] if grouped else []),
                " · ".join(wave_name(text, wave) for wave in pattern.waves),
                Number(value=pattern.n, kind="count"),
            )
            for course in courses
            for pattern in course.patterns
        ),
    )


def _has_groups(courses: Sequence[Trajectory]) -> bool:
    return any(course.group for course in courses)


def name_group(text: Text, group: str) -> str:
    """Name whose course it is."""
    return {
        "": text("everyone"),
        "treated": text("programme"),
        "comparison": text("comparison group"),
    }[group]


def draw_trajectory(courses: Sequence[Trajectory], measure: MeasurePlan, text: Text) -> Chart:
    """Draw each group's course; programme and comparison group side by side where both are."""
    share, figure = is_share(measure), new_figure(400)
    places = place_waves(courses[0])
    length = max(places) or 1.0
    for course in courses:
        apart = 0.012 * length if course.group == "comparison" else 0.0
        _add_course(figure, courses, course, [place + apart for place in places], text, share)
    figure.update_xaxes(
        tickvals=places,
        ticktext=[_tick(text, courses, at) for at in range(len(places))],
        range=[-0.2 * length, length * (1.4 if len(courses) > 1 else 1.16)],
        showgrid=False,
    )
    figure.update_yaxes(tickformat=".0%" if share else None)
    return figure


def _add_course(
    figure: Chart,
    courses: Sequence[Trajectory],
    course: Trajectory,
    places: Sequence[float],
    text: Text,
    share: bool,
) -> None:
    colour = COMPARISON if course.group == "comparison" else TREATED
    known: list[tuple[float, int, Estimate, WavePoint]] = [
        (place, at, point.level, point)
        for at, (place, point) in enumerate(zip(places, course.points, strict=True))
        if isinstance(point.level, Estimate)
    ]
    figure.add_scatter(
        x=[x for x, *_ in known],
        y=[level.estimate for _, _, level, _ in known],
        mode="lines+markers",
        line={"color": colour, "width": 3},
        marker={
            "size": 12,
            "color": colour,
            "symbol": "diamond" if course.group == "comparison" else "circle",
        },
        error_y=error_bars([level for _, _, level, _ in known], colour),
        hovertext=[
            f"{say_level(text, level.estimate, share=share)} "
            f"({say_likely(text, level.ci_low, level.ci_high, share=share)}), n = {point.n}"
            for _, _, level, point in known
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    for x, at, level, _ in known:
        upper = is_upper(courses, course, at)
        name = name_group(text, course.group) if len(courses) > 1 and x == known[-1][0] else ""
        value = f"<b>{say_level(text, level.estimate, share=share)}</b>"
        figure.add_annotation(
            x=x,
            y=level.estimate,
            text=f"{value}<br>{escape_label(name)}" if name else value,
            showarrow=False,
            align="left",
            # Lines leave a point to the right: the first level stands to its left.
            xanchor="left" if at else "right",
            xshift=9 if at else -9,
            yshift=(18 if name else 11) if upper else (-20 if name else -13),
            font={"color": colour, "size": 13},
        )


def is_upper(courses: Sequence[Trajectory], course: Trajectory, at: int) -> bool:
    """Whether a course is the higher one in a wave: its words then stand above its line."""
    own = course.points[at].level
    others = [c.points[at].level for c in courses if c is not course]
    return all(
        own.estimate >= other.estimate
        for other in others
        if isinstance(own, Estimate) and isinstance(other, Estimate)
    )


def _tick(text: Text, courses: Sequence[Trajectory], at: int) -> str:
    """Wave, its month where known, and how many answered it."""
    point = courses[0].points[at]
    n = " + ".join(text.number(course.points[at].n, 0) for course in courses)
    lines = [escape_label(wave_name(text, point.wave))]
    if point.answered_on is not None:
        lines.append(escape_label(text.month(point.answered_on)))
    return "<br>".join([*lines, f"n = {n}"])


def _say(text: Text, finding: Finding) -> str:
    return FINDINGS[finding.code](text, finding)


def _say_at_wave(text: Text, wave: str) -> str:
    """Say when: the usual waves in the reader's language, others by their name."""
    return text(_WAVES[wave]) if wave in _WAVES else text("in wave “{wave}”", wave=wave)


def _about_course(message: str) -> Callable[[Text, Finding], str]:
    def say(text: Text, f: Finding) -> str:
        v, share = f.values, bool(f.values.get("share"))
        sentence = text(
            message,
            measure=text.of(v["label"]),
            change=say_amount(text, v.get("change"), share),
            range=say_size_range(text, v.get("low"), v.get("high"), share=share),
            turning=_say_at_wave(text, str(v["turning"])),
            last=_say_at_wave(text, str(v["to"])),
            last_change=say_amount(text, v.get("last_change"), share),
        )
        lower = v.get("better") == "lower" and f.code != "trajectory_flat"
        return text.join([sentence, text("Here lower is better.")]) if lower else sentence

    return say


def _say_not_estimable(text: Text, f: Finding) -> str:
    return text(
        "{measure}: the course over the waves cannot be estimated ({reason}).",
        measure=text.of(f.values["label"]),
        reason=say_reason(text, str(f.values.get("reason"))),
    )


FINDINGS: Mapping[str, Callable[[Text, Finding], str]] = {
    "trajectory_up_held": _about_course(
        "{measure} was {change} higher {turning} than at baseline (95% CI {range}), and this held "
        "{last}."
    ),
    "trajectory_up_kept": _about_course(
        "{measure} was {change} higher {turning} than at baseline (95% CI {range}), with no clear "
        "change after that {last}."
    ),
    "trajectory_up_further": _about_course(
        "{measure} was {change} higher {turning} than at baseline (95% CI {range}) and rose "
        "further {last}."
    ),
    "trajectory_up_part": _about_course(
        "{measure} was {change} higher {turning} than at baseline (95% CI {range}); {last} it had "
        "fallen back to {last_change} above."
    ),
    "trajectory_up_lost": _about_course(
        "{measure} was {change} higher {turning} than at baseline (95% CI {range}), but no longer "
        "clearly so {last}."
    ),
    "trajectory_up_reversed": _about_course(
        "{measure} was {change} higher {turning} than at baseline (95% CI {range}), but "
        "{last_change} lower {last}."
    ),
    "trajectory_down_held": _about_course(
        "{measure} was {change} lower {turning} than at baseline (95% CI {range}), and this held "
        "{last}."
    ),
    "trajectory_down_kept": _about_course(
        "{measure} was {change} lower {turning} than at baseline (95% CI {range}), with no clear "
        "change after that {last}."
    ),
    "trajectory_down_further": _about_course(
        "{measure} was {change} lower {turning} than at baseline (95% CI {range}) and fell "
        "further {last}."
    ),
    "trajectory_down_part": _about_course(
        "{measure} was {change} lower {turning} than at baseline (95% CI {range}); {last} it had "
        "risen back to {last_change} below."
    ),
    "trajectory_down_lost": _about_course(
        "{measure} was {change} lower {turning} than at baseline (95% CI {range}), but no longer "
        "clearly so {last}."
    ),
    "trajectory_down_reversed": _about_course(
        "{measure} was {change} lower {turning} than at baseline (95% CI {range}), but "
        "{last_change} higher {last}."
    ),
    "trajectory_late_up": _about_course(
        "{measure} was clearly above baseline only {last}: by {change} (95% CI {range})."
    ),
    "trajectory_late_down": _about_course(
        "{measure} was clearly below baseline only {last}: by {change} (95% CI {range})."
    ),
    "trajectory_flat": _about_course(
        "{measure}: no clear difference from baseline in any later wave; {last} the data fit "
        "anything from {range}."
    ),
    "trajectory_not_estimable": _say_not_estimable,
}

CAUTIONS: Mapping[str, Callable[[Text, Caution], str]] = {
    "trajectory_missing_at_random": lambda text, _: text(
        "Assumed: whether people answered a wave depends only on answers that were given (missing "
        "at random)."
    ),
    "trajectory_separate": lambda text, _: text(
        "Answers cannot be linked from wave to wave: each wave is compared as a sample of its own."
    ),
    "trajectory_equal_spread": lambda text, _: text(
        "Too few people answered the same two waves: equal spread in every wave is assumed."
    ),
    "trajectory_many_lost": lambda text, c: text(
        "{share} of those with a score at baseline have none {wave}: that level rests much on the "
        "model.",
        share=text.percent(c.values["lost_share"]),
        wave=_say_at_wave(text, str(c.values["wave"])),
    ),
}

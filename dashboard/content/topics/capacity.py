"""Capacity and strengths: whether the members can carry it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from analysis.evaluation import Evaluation
from analysis.results import Caution, Comparison, Estimate, Finding
from analysis.sustainability.findings import find_capacity, find_strengths
from analysis.sustainability.results import Capacity, DomainCapacity, Strengths, Sustainability
from dashboard.content.chart import Chart
from dashboard.content.labels import wrap_label
from dashboard.content.model import Cell, Interval, Number, Passage, Picture, Section, Table
from dashboard.content.theme import AFTER, BEFORE, MUTED, new_figure
from dashboard.sentences.cautions import say_cautions
from dashboard.sentences.few import list_sizes, say_missing
from dashboard.sentences.filled import fill
from dashboard.sentences.names import wave_name
from dashboard.sentences.statistics import share_with_interval
from dashboard.text import N_, Text


def make_section(evaluation: Evaluation, found: Sustainability, text: Text) -> Section:
    """Make the topic: what members say they can do, and what the community has."""
    findings = [f for f in evaluation.findings if f.section == "capacity"]
    cautions = [c for c in evaluation.cautions if c.section == "capacity"]
    capacity, strengths = found.capacity, found.strengths
    passages, tables = [], []
    if capacity is not None:
        assessed = [list_capacity(capacity, text), list_agreement(capacity, text)]
        passages = [Passage(tables=assessed), *_who_leads(capacity, text)]
    if strengths is not None:
        tables = [list_strengths(strengths, text)]
    return Section(
        key="capacity",
        heading=text("Capacity"),
        title=_say_title(text, capacity, strengths),
        sample="" if capacity is None else _say_raters(text, capacity),
        findings=[_say(text, finding) for finding in findings],
        pictures=[] if capacity is None else _list_pictures(capacity, text),
        passages=passages,
        tables=tables,
        cautions=say_cautions(text, evaluation, cautions),
    )


def _say_title(text: Text, capacity: Capacity | None, strengths: Strengths | None) -> str:
    finding = find_capacity(capacity) if capacity is not None else None
    if capacity is None and strengths is not None:
        finding = find_strengths(strengths)
    return text("No domain has been rated yet.") if finding is None else _say(text, finding)


def _say_raters(text: Text, capacity: Capacity) -> str:
    low, high = (text.number(limit, 0) for limit in capacity.range)
    raters = text.count("{n} rater", "{n} raters", capacity.n_raters)
    raters = raters if capacity.n_raters else text("Raters unknown")
    return text("{raters}, scale {low} to {high}.", raters=raters, low=low, high=high)


def _list_pictures(capacity: Capacity, text: Text) -> list[Picture]:
    """Draw one picture for each group that rated."""
    return [
        Picture(
            key=f"capacity_{group}",
            title=group or text("Capacity by domain"),
            subtitle=text("Mean with 95 % interval. Hollow: before. Solid: after."),
            alt=text("Dot and range for each capacity domain before and after."),
            figure=partial(draw_capacity, capacity, group, text),
            beside=True,
            page_only=True,
        )
        for group in dict.fromkeys(d.group for d in capacity.domains)
    ]


def _who_leads(capacity: Capacity, text: Text) -> list[Passage]:
    """Tell which roles have a successor, and how much is led by residents."""
    lines = []
    if isinstance(capacity.resident_led, Estimate):
        share = share_with_interval(text, capacity.resident_led)
        lines = [text("Activities led by residents: {share}", share=share)]
    tables = [list_leadership(capacity, text)] if capacity.leadership else []
    if not lines and not tables:
        return []
    return [Passage(title=text("Who could take over"), lines=lines, tables=tables)]


def list_capacity(capacity: Capacity, text: Text) -> Table:
    """Domain means, change and gap by group and wave."""
    sizes = list_sizes(text, [d.mean for d in capacity.domains])
    rows = tuple(_domain_row(d, n, text) for d, n in zip(capacity.domains, sizes, strict=True))
    columns = (
        text("Group"),
        text("Domain"),
        text("Wave"),
        text("n"),
        text("Mean"),
        text("Likely between"),
        text("Change"),
        text("p"),
        text("To target"),
    )
    return Table(key="capacity", title=text("Capacity by domain"), columns=columns, rows=rows)


def _domain_row(d: DomainCapacity, n: float | str, text: Text) -> tuple[Cell, ...]:
    mean = d.mean if isinstance(d.mean, Estimate) else None
    change = d.change if isinstance(d.change, Comparison) else None
    return (
        d.group,
        d.domain,
        wave_name(text, d.wave),
        n,
        Number(value=mean.estimate if mean else None),
        Interval(low=mean.ci_low, high=mean.ci_high) if mean else None,
        Number(value=change.estimate if change else None, kind="signed"),
        Number(value=change.p_value if change else None, kind="p"),
        Number(value=d.gap),
    )


def list_agreement(capacity: Capacity, text: Text) -> Table:
    """Agreement of raters by wave and group."""
    rows = tuple(
        (
            group,
            wave_name(text, wave),
            Number(value=icc.estimate) if isinstance(icc, Estimate) else say_missing(text, icc),
            Interval(low=icc.ci_low, high=icc.ci_high) if isinstance(icc, Estimate) else None,
        )
        for wave, group, icc in capacity.agreement
    )
    columns = (text("Group"), text("Wave"), text("Agreement (ICC)"), text("Likely between"))
    return Table(key="agreement", title=text("Agreement of raters"), columns=columns, rows=rows)


def list_leadership(capacity: Capacity, text: Text) -> Table:
    """Roles, who holds them, and for how many a successor is trained."""
    return Table(
        key="leadership",
        title=text("Successors by role"),
        columns=(text("Role"), text("Holders"), text("With a trained successor"), text("Without")),
        rows=tuple((role, n, covered, n - covered) for role, n, covered in capacity.leadership),
        page_only=True,
    )


def list_strengths(strengths: Strengths, text: Text) -> Table:
    """Strengths by kind: kept, gained, lost."""
    rows = tuple(
        (k.kind, k.before, k.after, k.kept, "、".join(k.gained) or "–", "、".join(k.lost) or "–")
        for k in strengths.kinds
    )
    columns = (
        text("Kind"),
        text("Before"),
        text("After"),
        text("Kept"),
        text("Gained"),
        text("Lost"),
    )
    return Table(
        key="strengths",
        title=text("What the community has"),
        columns=columns,
        rows=rows,
        caption=_say(text, find_strengths(strengths)),
    )


def draw_capacity(capacity: Capacity, group: str, text: Text) -> Chart:
    """Draw each domain's mean with interval; before hollow, after solid, target dotted."""
    rows = [d for d in capacity.domains if d.group == group]
    waves = list(dict.fromkeys(d.wave for d in rows))
    figure = new_figure(90 + 44 * len({d.domain for d in rows}))
    domains = list(dict.fromkeys(d.domain for d in rows))
    for wave, colour, symbol, shift in (
        (waves[0], BEFORE, "circle-open", -0.13),
        *([(waves[-1], AFTER, "circle", 0.13)] if len(waves) > 1 else []),
    ):
        place = {domain: i + shift for i, domain in enumerate(domains)}
        _add_wave(figure, [d for d in rows if d.wave == wave], place, (colour, symbol), text)
    names = [wrap_label(domain, 18) for domain in domains]
    figure.update_yaxes(tickvals=list(range(len(domains))), ticktext=names)
    target = rows[0].target
    if target is not None:
        figure.add_vline(x=target, line_dash="dot", line_color=MUTED)
        figure.add_annotation(
            x=target,
            y=1,
            yref="y domain",
            xanchor="left",
            yanchor="top",
            showarrow=False,
            font_size=12,
            text=text("target {value}", value=text.number(target, 1)),
        )
    figure.update_xaxes(range=[capacity.range[0] - 0.1, capacity.range[1] + 0.1])
    figure.update_yaxes(autorange="reversed")
    figure.update_layout(margin_t=28)
    return figure


def _add_wave(
    figure: Chart,
    rows: list[DomainCapacity],
    place: dict[str, float],
    look: tuple[str, str],
    text: Text,
) -> None:
    colour, symbol = look
    known = [(d, d.mean) for d in rows if isinstance(d.mean, Estimate)]
    figure.add_scatter(
        x=[m.estimate for _, m in known],
        y=[place[d.domain] for d, _ in known],
        mode="markers",
        marker={
            "color": colour,
            "size": 11,
            "symbol": symbol,
            "line": {"width": 2, "color": colour},
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [(m.ci_high or m.estimate) - m.estimate for _, m in known],
            "arrayminus": [m.estimate - (m.ci_low or m.estimate) for _, m in known],
            "color": colour,
            "thickness": 2,
            "width": 0,
        },
        hovertext=[
            f"{text.number(m.estimate)} ({text.interval(m.ci_low, m.ci_high)}), n = {m.n}"
            for _, m in known
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _say(text: Text, finding: Finding) -> str:
    return FINDINGS[finding.code](text, finding)


FINDINGS: Mapping[str, Callable[[Text, Finding], str]] = {
    "capacity_domains": fill(
        N_("{rose} of {n} capacity ratings rose clearly, {fell} fell; {weakest} is weakest."),
        "rose",
        "n",
        "fell",
        "weakest",
    ),
    "capacity_once": fill(
        N_("Capacity was rated once in {n} domains; {weakest} is weakest."), "n", "weakest"
    ),
    "capacity_unlinked": fill(
        N_(
            "Capacity was rated more than once in {n} domains, but no rater can be followed; "
            "{weakest} is weakest."
        ),
        "n",
        "weakest",
    ),
    "strengths_change": fill(
        N_("The community kept {kept} of its strengths, gained {gained} and lost {lost}."),
        "kept",
        "gained",
        "lost",
    ),
}
CAUTIONS: Mapping[str, Callable[[Text, Caution], str]] = {
    "capacity_not_compared": lambda text, _: text(
        "Capacity is left out: an older version of Levee wrote the ledger of an earlier "
        "release, and the two cannot be compared."
    ),
    "capacity_left_out": lambda text, c: text(
        "Capacity is left out: beside an earlier release it would "
        "single out fewer than {least} people.",
        least=text.number(c.values["least"], 0),
    ),
    "capacity_self_assessed": lambda text, _: text(
        "Capacity is what members say of themselves, not what was observed."
    ),
    "capacity_raters_unknown": lambda text, _: text(
        "No column says who rated: each row counts as another person's rating, and changes cannot "
        "be tested. Choose the column in step 3 of Data, or add it."
    ),
    "capacity_few_raters": lambda text, c: text(
        "One group has only {n} raters: its intervals are wide.", n=c.values["n"]
    ),
}

"""Answers: how each question was answered, in each wave."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from analysis.disclosure.items import JOINED
from analysis.evaluation import Evaluation
from analysis.plan import MeasurePlan, StudyPlan
from analysis.results import SUPPRESSED, SUPPRESSED_MARK, Caution, Suppressed
from analysis.study import Study
from analysis.surveys.findings import last_contrasts
from analysis.surveys.results import ItemAnswers
from dashboard.content.chart import Chart
from dashboard.content.labels import escape_label, wrap_label
from dashboard.content.model import Cell, Missing, Number, Passage, Picture, Section, Table
from dashboard.content.theme import AFTER, BEFORE, LIKERT, MUTED, new_figure
from dashboard.sentences.cautions import say_cautions
from dashboard.sentences.few import has_few, mark_cell, mark_few, say_marked
from dashboard.sentences.filled import fill
from dashboard.sentences.names import value_name
from dashboard.sentences.ordered import say_ordered
from dashboard.sentences.outcomes import say_wave
from dashboard.text import Text

_OUTLINE = "#8A93A0"
_MIN_WRITTEN = 0.08


def find_missing(evaluation: Evaluation | None, text: Text) -> Missing | None:
    """Say what is missing when nothing was asked."""
    if evaluation is not None and evaluation.items:
        return None
    needed = text("Upload a survey to see its answers.")
    return Missing(title=text("No answers to show yet"), needed=needed)


def make_section(
    evaluation: Evaluation,
    study: Study,
    text: Text,
    measure: str | None = None,
    *,
    stacked: bool = False,
) -> Section:
    """Make the topic: about ``measure`` on its page, about all measures in documents.

    ``stacked``: bars from 0 to 100 % instead of about the middle.
    """
    plan = study.plan
    named = {
        one.name: name_answers(text, plan, [a for a in evaluation.items if a.measure == one.name])
        for one in plan.measures
    }
    chosen = study.measure(measure or evaluation.items[0].measure)
    shown = [chosen] if measure else plan.measures
    cautions = [c for c in evaluation.cautions if c.section == "items"]
    outcome = next(
        (o for o in last_contrasts(evaluation.outcomes) if o.measure == chosen.name), None
    )
    lines = [] if outcome is None else say_ordered(text, outcome)
    if not is_drawn(chosen, named[chosen.name]):
        unlisted = text("These are numbers without a declared range; Outcomes shows their change.")
        lines = [unlisted, *lines]
    return Section(
        key="items",
        heading=text("Answers"),
        title=say_items(text, chosen, named[chosen.name]),
        sample=say_counts(text, named[chosen.name]),
        pictures=[
            _picture(named[one.name], one, plan, text, stacked=stacked)
            for one in shown
            if is_drawn(one, named[one.name])
        ],
        # Beside one measure its name would be said twice; a document speaks of all.
        cautions=[CAUTIONS[c.code](text, c) for c in cautions if c.measure == measure]
        if measure
        else say_cautions(text, evaluation, cautions),
        passages=[Passage(lines=lines)] if lines else [],
    )


def is_drawn(measure: MeasurePlan, items: Sequence[ItemAnswers]) -> bool:
    """Whether there is a picture: numbers without a declared range have no list of answers."""
    return bool(items) and (is_right_or_yes(measure) or any(one.counts for one in items))


def is_right_or_yes(measure: MeasurePlan) -> bool:
    """Whether each question is answered rightly or not, or by yes or no: one share says all."""
    return measure.kind in ("knowledge", "binary")


def _picture(
    items: Sequence[ItemAnswers],
    measure: MeasurePlan,
    plan: StudyPlan,
    text: Text,
    *,
    stacked: bool,
) -> Picture:
    least, waves = plan.study.min_group, len({one.wave for one in items})
    few = has_few((n for one in items for n in one.counts.values()), least)
    if is_right_or_yes(measure):
        what = text("Answered correctly") if measure.kind == "knowledge" else text("Answered yes")
        subtitle = text("Share of answers.")
        alt = text("Dots of the share for each question.")
        if waves > 1:
            subtitle = text("Share of answers. Hollow: before; solid: after.")
            alt = text("Dumbbells of the share before and after for each question.")
    elif waves > 1:
        what = text("How the answers moved")
        subtitle = text("Share of each answer; most changed first. As answered, before reversal.")
        alt = text("Stacked bars of answers to each question, before above after.")
    else:
        # Answers of one wave did not move.
        what = text("How the questions were answered")
        subtitle = text("Share of each answer. As answered, before reversal.")
        alt = text("Stacked bars of the answers to each question.")
    name = text.of(measure.label, measure.name)
    return Picture(
        key=f"answers_{measure.name}",
        title=text("{measure}: {caution}", measure=name, caution=what),
        subtitle=subtitle,
        alt=alt,
        figure=lambda: draw_items(items, measure, text, stacked=stacked),
        table=list_answers(items, measure, text, least),
        with_table=True,
        remark=say_marked(text, least) if few else "",
    )


def list_answers(
    items: Sequence[ItemAnswers], measure: MeasurePlan, text: Text, least: int
) -> Table:
    """One row per item and wave: n, missing, mean, and each answer's share; few people marked."""
    answers, labels = _list_named_answers(items), label_items(text, measure)
    return Table(
        key=f"answers_{measure.name}",
        title=text.of(measure.label, measure.name),
        columns=(
            *(text("Question"), text("Wave"), text("n"), text("Missing"), text("Mean")),
            *answers,
        ),
        rows=tuple(
            (
                labels.get(one.item, one.item),
                say_wave(text, one.wave),
                *_answer_cells(one, answers, text, least),
            )
            for one in items
        ),
    )


def list_group_answers(
    groups: Mapping[str, Sequence[ItemAnswers]], measure: MeasurePlan, text: Text, least: int
) -> Table:
    """One row per item and group, a question's groups below each other; few people marked."""
    every = [(name, one) for name, items in groups.items() for one in items]
    answers, labels = _list_named_answers([one for _, one in every]), label_items(text, measure)
    return Table(
        key=f"by_group_{measure.name}",
        title=text.of(measure.label, measure.name),
        columns=(
            *(text("Question"), text("Group"), text("n"), text("Missing"), text("Mean")),
            *answers,
        ),
        rows=tuple(
            (
                labels.get(one.item, one.item),
                mark_few(text, name, one.n, least),
                *_answer_cells(one, answers, text, least),
            )
            # Sorting keeps the groups of each question in their order.
            for name, one in sorted(every, key=lambda pair: measure.items.index(pair[1].item))
        ),
    )


def _list_named_answers(items: Sequence[ItemAnswers]) -> list[str]:
    """All answers, in the order in which the questions list them."""
    return list(dict.fromkeys(answer for one in items for answer in one.counts))


def _answer_cells(
    one: ItemAnswers, answers: Sequence[str], text: Text, least: int
) -> tuple[Cell, ...]:
    """How many answered and did not, the mean, and the share of each answer."""
    shares = [_share_cell(one, answer, text, least) for answer in answers]
    return (
        Number(value=one.n, kind="count"),
        Number(value=one.n_missing, kind="count"),
        Number(value=one.mean),
        *shares,
    )


def _share_cell(one: ItemAnswers, answer: str, text: Text, least: int) -> Cell:
    count = one.counts.get(answer)
    if count is None or not one.n:
        return None
    share = count / one.n
    if has_few([count], least):
        return mark_cell(text, text.percent(share), count, least)
    return Number(value=share, kind="percent", digits=0)


def draw_items(
    items: Sequence[ItemAnswers], measure: MeasurePlan, text: Text, *, stacked: bool = False
) -> Chart:
    """Draw the answers to the questions of one measure."""
    labels = label_items(text, measure)
    if is_right_or_yes(measure):
        return draw_shares(items, labels, text)
    return draw_answers(items, labels, text, diverging=not stacked)


def sort_by_change(items: Sequence[ItemAnswers]) -> list[str]:
    """Items by how far their mean moved from the first to the last wave, most first."""
    moved: dict[str, float] = {}
    for name in dict.fromkeys(one.item for one in items):
        means = [one.mean for one in items if one.item == name and one.mean is not None]
        moved[name] = abs(means[-1] - means[0]) if len(means) > 1 else 0.0
    return sorted(moved, key=lambda name: -moved[name])


def draw_answers(
    items: Sequence[ItemAnswers], labels: Mapping[str, str], text: Text, *, diverging: bool = True
) -> Chart:
    """Draw the shares of each answer, one bar per item and wave.

    Parameters
    ----------
    items
        Of one measure, each listing its answers from low to high. Neighbouring answers that few
        people gave may be counted together in some of them (``1 – 2``).
    labels
        Item → question.
    diverging
        Whether low answers go left and high ones right of the middle; else all from 0 to 100 %.
    """
    order = sort_by_change(items)
    waves = list(dict.fromkeys(one.wave for one in items))
    rows = [one for name in order for wave in waves for one in items if _is(one, name, wave)]
    place = {(one.item, one.wave): _row(one, order, waves) for one in rows}
    figure = new_figure(96 + len(rows) * 30 + len(order) * 28)
    listed: set[str] = set()
    for answers in sorted({tuple(one.counts) for one in rows}, key=lambda a: (-len(a), a)):
        alike = [one for one in rows if tuple(one.counts) == answers]
        for number, (name, colour) in enumerate(
            zip(answers, choose_colours(len(answers)), strict=True)
        ):
            _add_answer(figure, alike, place, (number, name, colour), text, diverging)
            figure.data[-1].update(legendgroup=name, showlegend=name not in listed)
            listed.add(name)
    _label_rows(figure, rows, place, order, labels, text)
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"}
    figure.update_layout(barmode="overlay", legend=legend, showlegend=True)
    ticks = [i / 4 for i in range(-4 if diverging else 0, 5)]
    figure.update_xaxes(
        tickvals=ticks,
        ticktext=[text.percent(abs(t)) for t in ticks],
        range=_reach(rows) if diverging else [0, 1],
    )
    if diverging:
        figure.add_vline(x=0, line_color=MUTED, line_width=1, layer="below")
    return figure


def choose_colours(n: int) -> list[str]:
    """Colours for ``n`` ordered answers, from the checked palette of five."""
    if n == len(LIKERT):
        return list(LIKERT)
    return [_mix_colours(i / max(1, n - 1)) for i in range(n)]


def _mix_colours(share: float) -> str:
    """The colour at a share of the way along the palette, between its two neighbours."""
    below = min(int(share * (len(LIKERT) - 1)), len(LIKERT) - 2)
    weight = share * (len(LIKERT) - 1) - below
    low, high = (
        [int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in LIKERT[below : below + 2]
    )
    mixed = (round(a + weight * (b - a)) for a, b in zip(low, high, strict=True))
    return f"rgb({', '.join(map(str, mixed))})"


def _is(one: ItemAnswers, item: str, wave: str) -> bool:
    return one.item == item and one.wave == wave


def _row(one: ItemAnswers, order: list[str], waves: list[str]) -> float:
    return order.index(one.item) * (len(waves) + 0.95) + waves.index(one.wave)


def _start(one: ItemAnswers) -> float:
    """Where the bars of a row begin so that the middle answer straddles zero."""
    counts = list(one.counts.values())
    total, half = sum(counts) or 1, len(counts) // 2
    below = sum(counts[:half]) + (counts[half] / 2 if len(counts) % 2 else 0)
    return -below / total


def _reach(rows: Sequence[ItemAnswers]) -> list[float]:
    low = min(_start(one) for one in rows)
    high = max(1 + _start(one) for one in rows)
    return [low - 0.03, high + 0.03]


def _add_answer(
    figure: Chart,
    rows: Sequence[ItemAnswers],
    place: Mapping[tuple[str, str], float],
    answer: tuple[int, str, str],
    text: Text,
    diverging: bool,
) -> None:
    number, name, colour = answer
    starts, shares, hover = [], [], []
    for one in rows:
        counts = list(one.counts.values())
        total = sum(counts) or 1
        starts.append(sum(counts[:number]) / total + (_start(one) if diverging else 0.0))
        shares.append(counts[number] / total)
        share, n = text.percent(shares[-1]), f"{counts[number]} / {one.n}"
        hover.append(f"{say_wave(text, one.wave)} · {escape_label(name)}: {share} ({n})")
    figure.add_bar(
        y=[place[one.item, one.wave] for one in rows],
        x=shares,
        base=starts,
        orientation="h",
        width=0.9,
        name=escape_label(name),
        hovertext=hover,
        hovertemplate="%{hovertext}<extra></extra>",
        marker={"color": colour, "line": {"color": _OUTLINE, "width": 0.6}},
        text=[text.percent(s) if s >= _MIN_WRITTEN else "" for s in shares],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        textfont_size=12,
        constraintext="none",
    )


def _say_row(one: ItemAnswers, text: Text) -> str:
    """The wave, marked where answers are withheld: their bar is not drawn."""
    withheld = any(isinstance(n, Suppressed) for n in one.counts.values())
    return f"{say_wave(text, one.wave)} {SUPPRESSED_MARK}" if withheld else say_wave(text, one.wave)


def _label_rows(
    figure: Chart,
    rows: Sequence[ItemAnswers],
    place: Mapping[tuple[str, str], float],
    order: list[str],
    labels: Mapping[str, str],
    text: Text,
) -> None:
    ticks = [place[one.item, one.wave] for one in rows]
    figure.update_yaxes(
        tickvals=ticks,
        ticktext=[_say_row(one, text) for one in rows],
        showgrid=False,
        range=[max(ticks) + 0.7, -1.3],
    )
    for name in order:
        first = min(place[one.item, one.wave] for one in rows if one.item == name)
        mark = text(" (reversed)") if any(o.reversed for o in rows if o.item == name) else ""
        figure.add_annotation(
            x=0,
            xref="paper",
            y=first - 0.84,
            xanchor="left",
            showarrow=False,
            align="left",
            text=f"<b>{wrap_label(labels.get(name, name), 64)}</b>{mark}",
            font_size=13,
        )


def draw_shares(items: Sequence[ItemAnswers], labels: Mapping[str, str], text: Text) -> Chart:
    """Draw each item's share before (hollow) and after (solid): share correct, or share of yes."""
    order = sort_by_change(items)
    figure = new_figure(80 + 52 * len(order))
    for number, name in enumerate(order):
        found = [one for one in items if one.item == name and one.mean is not None]
        means = [one.mean for one in found]
        if len(means) > 1:
            figure.add_scatter(
                x=[means[0], means[-1]],
                y=[number, number],
                mode="lines",
                line={"color": MUTED, "width": 3},
                hoverinfo="skip",
            )
        for one, colour, symbol in zip(
            (found[0], found[-1]) if len(found) > 1 else found,
            (BEFORE, AFTER),
            ("circle-open", "circle"),
            strict=False,
        ):
            shown = f"{say_wave(text, one.wave)}: {text.percent(one.mean)}, n = {one.n}"
            figure.add_scatter(
                x=[one.mean],
                y=[number],
                mode="markers",
                hovertext=[shown],
                hovertemplate="%{hovertext}<extra></extra>",
                marker={
                    "color": colour,
                    "size": 14,
                    "symbol": symbol,
                    "line": {"color": colour, "width": 3},
                },
            )
            figure.add_annotation(
                x=one.mean,
                y=number,
                text=text.percent(one.mean),
                yshift=18,
                showarrow=False,
                font={"size": 13, "color": colour},
            )
    ticks = [i / 4 for i in range(5)]
    figure.update_xaxes(
        range=[-0.03, 1.03], tickvals=ticks, ticktext=[text.percent(t) for t in ticks]
    )
    figure.update_yaxes(
        tickvals=list(range(len(order))),
        ticktext=[wrap_label(labels.get(name, name), 26) for name in order],
        range=[len(order) - 0.4, -0.7],
        showgrid=False,
    )
    return figure


def say_items(text: Text, measure: MeasurePlan, items: Sequence[ItemAnswers]) -> str:
    """Say which question moved most; with a withheld mean among them nobody can tell which."""
    name = text.of(measure.label, measure.name)
    moved = {
        item: means[-1] - means[0]
        for item in measure.items
        if len(means := [o.mean for o in items if o.item == item and o.mean is not None]) > 1
        and SUPPRESSED not in (means[0], means[-1])  # what is withheld cannot be ranked
    }
    if not moved or any(isinstance(change, Suppressed) for change in moved.values()):
        return text("{measure}: how the questions were answered.", measure=name)
    most = max(moved, key=lambda item: abs(moved[item]))
    share = is_right_or_yes(measure)
    change = moved[most] * 100 if share else moved[most]
    moved_by = (
        text("{n} pp", n=text.signed(change, 0))
        if share
        else text("{n} points", n=text.signed(change))
    )
    return text(
        "{measure}: “{item}” moved most, by {change}.",
        measure=name,
        item=label_items(text, measure).get(most, most),
        change=moved_by,
    )


def say_extremes(text: Text, measure: MeasurePlan, items: Sequence[ItemAnswers]) -> str:
    """Say which question of one wave has the highest and which the lowest mean; "" below two.

    Reversed items are left out: their answers run the other way; withheld means cannot be ranked.
    """
    means = {
        one.item: one.mean
        for one in items
        if one.mean is not None and not isinstance(one.mean, Suppressed) and not one.reversed
    }
    if len(means) < 2:
        return ""
    top, bottom = max(means, key=lambda i: means[i]), min(means, key=lambda i: means[i])
    share, labels = is_right_or_yes(measure), label_items(text, measure)

    def value(item: str) -> str:
        return text.percent(means[item]) if share else text.number(means[item], 2)

    return text(
        "Highest: “{top}” ({high}). Lowest: “{bottom}” ({low}).",
        top=labels.get(top, top),
        bottom=labels.get(bottom, bottom),
        high=value(top),
        low=value(bottom),
    )


def name_answers(text: Text, plan: StudyPlan, items: Sequence[ItemAnswers]) -> list[ItemAnswers]:
    """The same items with their answers in the reader's words, where the study file has them."""
    result = []
    for one in items:
        named = {_name_answer(text, plan, answer): n for answer, n in one.counts.items()}
        alike = len(named) < len(one.counts)  # two answers of one name stay two answers
        result.append(one if alike else replace(one, counts=named))
    return result


def _name_answer(text: Text, plan: StudyPlan, answer: str) -> str:
    """Name an answer, or the first and the last of answers that were joined."""
    return JOINED.join(value_name(text, plan, part) for part in answer.split(JOINED))


def say_counts(text: Text, items: Sequence[ItemAnswers]) -> str:
    """Say how many answers there are, and how many are missing."""
    answered = sum(one.n for one in items)
    missing = sum(one.n_missing for one in items)
    return text(
        "{n} answers to {k} questions; {missing} missing.",
        n=text.number(answered, 0),
        k=text.number(len({one.item for one in items}), 0),
        missing=text.number(missing, 0),
    )


def label_items(text: Text, measure: MeasurePlan) -> dict[str, str]:
    """Item → question in the reader's language; the column's name when there is no text."""
    return {item: text.of(measure.texts.get(item), item) for item in measure.items}


CAUTIONS: Mapping[str, Callable[[Text, Caution], str]] = {
    "answers_of_matched": fill(
        "Answers of everyone who answered cannot be shown beside the change: fewer people than the "
        "smallest group answered once only. These are of those who answered both times."
    ),
}

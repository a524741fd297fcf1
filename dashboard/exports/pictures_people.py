"""Pictures for print of volunteers, reach and money."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from analysis.disclosure.volunteers import CHOSEN_DAYS
from analysis.participation.results import Representation
from analysis.results import SUPPRESSED, SUPPRESSED_MARK, Estimate, number_to_draw
from analysis.sustainability.results import Funding
from analysis.volunteers.results import Volunteers
from dashboard.exports.canvas import Canvas, choose_ticks
from dashboard.exports.pictures import WIDTH
from dashboard.sentences.sustainability import source_name
from dashboard.sentences.volunteers import MONTH_DAYS, say_median
from dashboard.tables.volunteers import count_at
from dashboard.text import Text
from dashboard.theme import AFTER, BEFORE, CATEGORIES


def draw_stay(found: Volunteers, text: Text) -> str:
    """Draw the share still serving with its interval, and who is followed at each time."""
    curve = found.curve
    months = [day / MONTH_DAYS for day in curve.time_days]
    last = max(months[-1], 1.0)
    canvas = Canvas(WIDTH, 262)
    left, right, top, bottom = 96.0, WIDTH - 10, 10.0, 178.0

    def place(month: float) -> float:
        return left + month / last * (right - left)

    def height(share: float) -> float:
        return bottom - share * (bottom - top)

    for share in (0, 0.25, 0.5, 0.75, 1):
        canvas.line(left, height(share), right, height(share))
        canvas.note(left - 6, height(share), text.percent(share), anchor="end")
    # Between the chosen days of a protected curve it is not known when people left.
    connect = _lines if curve.method.endswith(CHOSEN_DAYS) else _steps
    xs = [place(m) for m in months]
    upper, lower = connect(xs, curve.ci_high, height), connect(xs, curve.ci_low, height)
    canvas.path([*upper, *lower[::-1]], "none", fill=BEFORE, opacity=0.16, width=0)
    canvas.path(connect(xs, curve.survival, height), BEFORE, width=2.4)
    if isinstance(found.median_days, Estimate):
        at = place(found.median_days.estimate / MONTH_DAYS)
        canvas.line(left, height(0.5), at, height(0.5), colour=AFTER, dash="4 3", width=1.3)
        canvas.line(at, height(0.5), at, bottom, colour=AFTER, dash="4 3", width=1.3)
    canvas.block(right, top + 10, say_median(text, found.median_days), 210, anchor="end", size=11.5)
    _draw_followed(canvas, found, text, place, bottom)
    return canvas.svg()


def _steps(
    xs: Sequence[float], ys: Sequence[float], height: Callable[[float], float]
) -> list[tuple[float, float]]:
    points = [(xs[0], height(ys[0]))]
    for before, x, y in zip(ys, xs[1:], ys[1:], strict=False):
        points += [(x, height(before)), (x, height(y))]
    return points


def _lines(
    xs: Sequence[float], ys: Sequence[float], height: Callable[[float], float]
) -> list[tuple[float, float]]:
    return [(x, height(y)) for x, y in zip(xs, ys, strict=True)]


def _draw_followed(
    canvas: Canvas, found: Volunteers, text: Text, place: Callable[[float], float], bottom: float
) -> None:
    """Write months, and below them who is still serving, left, not observed further."""
    last = int(found.curve.time_days[-1] / MONTH_DAYS)
    ticks = [int(t) for t in choose_ticks(0, max(last, 1), 7) if float(t).is_integer()]
    counts = count_at(found.curve, ticks)
    names = (text("still serving"), text("left so far"), text("not seen further"))
    for month, told in zip(ticks, counts, strict=True):
        canvas.note(place(month), bottom + 11, text.number(month, 0), anchor="middle")
        for row, n in enumerate(told):
            y = bottom + 42 + 15 * row
            canvas.write(place(month), y, text.number(n, 0), anchor="middle", size=10.5)
    canvas.note(WIDTH - 10, bottom + 25, text("months since joining"), anchor="end")
    for row, name in enumerate(names):
        canvas.note(0, bottom + 42 + 15 * row, name)


def draw_team(found: Volunteers, text: Text) -> str:
    """Draw who came and who lapsed each month; the line is the team."""
    months = found.monthly[-24:]
    canvas = Canvas(WIDTH, 220)
    left, right, top, bottom = 34.0, WIDTH - 84, 10.0, 190.0
    counts = [(m.new, m.returning, m.lapsed) for m in months]
    # Who came and went in a month is withheld where they are few: a mark stands for the bar then.
    withheld = [SUPPRESSED in month for month in counts]
    flows = [[number_to_draw(n) or 0 for n in month] for month in counts]
    tallest = max([m.team or 0 for m in months] + [a + b for a, b, _ in flows] + [1])
    deepest = max([lapsed for _, _, lapsed in flows] + [1])

    def height(n: float) -> float:
        return bottom - (n + deepest) / (tallest + deepest) * (bottom - top)

    for tick in choose_ticks(-deepest, tallest, 6):
        canvas.line(left, height(tick), right, height(tick))
        canvas.note(left - 6, height(tick), text.number(abs(tick), 0), anchor="end")
    step = (right - left) / max(1, len(months))
    for i, m in enumerate(months):
        x = left + step * i + step * 0.18
        came, returned, lapsed = flows[i]
        new, back = height(came) - height(0), height(returned) - height(0)
        canvas.bar(x, height(0), step * 0.64, new, CATEGORIES[1])
        canvas.bar(x, height(came), step * 0.64, back, "#7FBFB9")
        canvas.bar(x, height(0), step * 0.64, height(-lapsed) - height(0), AFTER)
        if withheld[i]:
            canvas.note(x + step * 0.32, height(0) + 8, SUPPRESSED_MARK, anchor="middle")
        if i % max(1, -(-len(months) // 6)) == 0:
            canvas.note(x, bottom + 14, text.month(m.month), anchor="start")
    line = [
        (left + step * (i + 0.5), height(m.team))
        for i, m in enumerate(months)
        if m.team is not None
    ]
    if line:
        canvas.path(line, BEFORE, width=2.4)
        canvas.write(right + 6, line[-1][1], text("in the team"), size=11, colour=BEFORE, bold=True)
    canvas.write(
        right + 6,
        height(deepest * 0.5),
        text("joined or back"),
        size=11,
        colour="#1C7A73",
        bold=True,
    )
    canvas.write(
        right + 6, height(-deepest * 0.5), text("lapsed"), size=11, colour="#B4430E", bold=True
    )
    return canvas.svg()


def draw_sources(funding: Funding, text: Text, most: int = 6) -> str:
    """Draw how much came from each funder."""
    shares = next((c.shares for c in funding.concentration if c.by == "source"), ())[:most]
    step, left = 30.0, 120.0
    canvas = Canvas(WIDTH, 8 + step * len(shares))
    top = max([share for *_, share in shares] or [1.0])
    for i, (name, amount, share) in enumerate(shares):
        y = 4 + step * (i + 0.5)
        length = (WIDTH - left - 120) * share / top
        canvas.block(left - 8, y, source_name(text, name), left - 10, anchor="end", size=11.5)
        canvas.bar(left, y - 8, max(length, 1), 16, BEFORE if i == 0 else CATEGORIES[1])
        told = f"{text.percent(share)} · {text.short_money(amount, funding.currency)}"
        canvas.write(left + length + 6, y, told, size=11)
    return canvas.svg()


def draw_reach(rows: Sequence[Representation], text: Text) -> str:
    """Draw each group's share of those who came, against its share of the community."""
    shown = [(r, r.share) for r in rows if isinstance(r.share, Estimate)]
    step, left, right = 30.0, 120.0, WIDTH - 60
    canvas = Canvas(WIDTH, 36 + step * len(shown))
    top = max([s.ci_high or s.estimate for _, s in shown] + [r.population_share for r, _ in shown])

    def place(share: float) -> float:
        return left + share / top * (right - left)

    for tick in choose_ticks(0, top * 100, 4):
        canvas.line(place(tick / 100), 6, place(tick / 100), 8 + step * len(shown))
        x = place(tick / 100)
        canvas.note(x, 18 + step * len(shown), text.percent(tick / 100), anchor="middle")
    for i, (row, share) in enumerate(shown):
        y = 6 + step * (i + 0.5)
        canvas.block(left - 10, y, row.value, left - 12, anchor="end", size=11.5)
        canvas.line(
            place(share.ci_low or 0), y, place(share.ci_high or 0), y, colour=BEFORE, width=2
        )
        canvas.dot(place(share.estimate), y, BEFORE, r=4.5)
        x = place(row.population_share)
        canvas.line(x, y - 9, x, y + 9, colour=AFTER, width=2.6)
        canvas.write(WIDTH, y, text.percent(share.estimate), anchor="end", bold=True)
    note = text("dot: share of those who came, with interval; bar: share of the community")
    canvas.note(0, 32 + step * len(shown), note)
    return canvas.svg()

"""What protection costs: how many numbers of each page are withheld, by kind.

A kind is ``results`` (estimates, tests, counts and shares), ``points`` (of curves and
distributions, which are joined into fewer rather than withheld) or ``people`` (entries of lists
of single people, which nobody but the evaluator gets). Points and people are counted for the
evaluator only: how long a list of single people is, and how many steps a curve has, are numbers
of people themselves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, Literal, NamedTuple

from analysis.evaluation import Evaluation
from analysis.results import (
    SUPPRESSED,
    Audience,
    Comparison,
    Curve,
    Estimate,
    NotEstimable,
    Suppressed,
)

Kind = Literal["results", "points", "people"]
#: Fields of the evaluation in which a number is about people; each with its page.
_PAGES = {
    "flow": "overview",
    "scoring": "outcomes",
    "reliability": "reliability",
    "measurement": "reliability",
    "outcomes": "outcomes",
    "items": "items",
    "attrition": "attrition",
    "bounds": "attrition",
    "attrition_verdict": "attrition",
    "comparison": "comparison",
    "dose": "dose",
    "sensitivity": "attrition",
    "trajectory": "trajectory",
    "participation": "participation",
    "volunteers": "volunteers",
    "time_series": "participation",
    "sustainability": "capacity",
}
#: Fields further in that stand on another page.
_INSIDE = {
    "subgroups": "subgroups",
    "representation": "reach",
    "reach": "reach",
    "funnel": "reach",
    "cohorts": "cohorts",
    "hours": "hours",
    "outlook": "outlook",
    "backtest": "outlook",
    "outlook_choice": "outlook",
    "roles": "outlook",
    "overdue": "outlook",
}
_POINTS = frozenset({"lorenz", "counts", "engagement", "mean_cumulative_returns", "line"})
_PEOPLE = frozenset({"pairs", "per_person", "overdue"})
#: The pages on which these stand, however long each is, and the page of what they are made from.
_WITH_PEOPLE = {"outcomes": "outcomes", "hours": "hours", "outlook": "volunteers"}
#: Names, settings, dates and numbers of things: the same for everybody.
_PLAIN = frozenset(
    {
        "cautions",
        "important_difference",
        "n_items",
        "lapse_after_days",
        "rmst_horizon_days",
        "horizon_days",
        "landmark_days",
        "sessions",
        "eligible",
        "n_clusters",
        "observed_from",
        "funding",
        "strengths",
        "consultation",
        "scorecard",
        "warnings",
        "range",
        "target",
        "threshold",
        "months_ahead",
        "population_share",
    }
)


class Cost(NamedTuple):
    """Numbers of one page and kind: how many there are, and how many are withheld."""

    page: str
    kind: Kind
    cells: int
    hidden: int


def list_costs(before: Evaluation, after: Evaluation) -> tuple[Cost, ...]:
    """Compare what the evaluator has with what an audience gets, page by page.

    For the evaluator's eyes: readers get :func:`share_costs`.
    """
    cells, left = count_given(before), count_given(after)
    pages = dict.fromkeys([*_PAGES.values(), *_INSIDE.values()])
    kinds: tuple[Kind, ...] = ("results", "points", "people")
    return tuple(
        Cost(page, kind, cells[page, kind], max(cells[page, kind] - left[page, kind], 0))
        for page in pages
        for kind in kinds
        if cells[page, kind]
    )


def share_costs(costs: Sequence[Cost], audience: Audience) -> tuple[Cost, ...]:
    """Give what a reader may know of the costs: results withheld, and which lists are left out.

    Results are told in tens, up: exact ones count what the evaluator could estimate, and of one
    person some numbers cannot be. A page is said to leave its list out whether anybody stands in
    the list or not. Managers see who serves.
    """
    results = [
        one._replace(cells=up_to_tens(one.cells), hidden=up_to_tens(one.hidden))
        for one in costs
        if one.kind == "results"
    ]
    there = {one.page for one in results}
    lists = [
        Cost(page, "people", SUPPRESSED, SUPPRESSED)
        for page, source in _WITH_PEOPLE.items()
        if source in there and (page == "outcomes" or audience != "manager")
    ]
    return (*results, *lists)


def up_to_tens(n: int) -> int:
    """Round up to tens.

    Examples
    --------
    >>> up_to_tens(658), up_to_tens(0)
    (660, 0)
    """
    return -(-n // 10) * 10


def count_given(evaluation: Evaluation) -> Counter[tuple[str, Kind]]:
    """Count the numbers about people that are given, by page and kind.

    An estimate with its interval and n is one number, as it is one cell of a table; so is a row of
    plain values, and a step of a curve.
    """
    found: Counter[tuple[str, Kind]] = Counter()
    for name, page in _PAGES.items():
        found.update(_walk(getattr(evaluation, name), page, "results"))
    return found


def _walk(value: Any, page: str, kind: Kind) -> Iterator[tuple[str, Kind]]:  # noqa: ANN401
    if isinstance(value, Estimate | Comparison) or _is_number(value):
        if not isinstance(value, Suppressed):
            yield page, kind
    elif isinstance(value, Curve):
        for _ in value.time_days[1:]:
            yield page, "points"
    elif is_dataclass(value) and not isinstance(value, NotEstimable | type):
        for f in fields(value):
            if f.name not in _PLAIN:
                yield from _walk_field(f.name, getattr(value, f.name), page, kind)
    elif isinstance(value, Mapping | tuple):
        yield from _walk_parts(value, page, kind)


def _walk_parts(
    parts: Mapping[Any, Any] | tuple[Any, ...], page: str, kind: Kind
) -> Iterator[tuple[str, Kind]]:
    """Count a row of plain values as one number; the parts of anything else each."""
    if isinstance(parts, tuple) and any(_is_number(one) for one in parts):
        if not any(isinstance(one, Suppressed | NotEstimable) for one in parts):
            yield page, kind
        return
    for one in parts.values() if isinstance(parts, Mapping) else parts:
        yield from _walk(one, page, kind)


def _walk_field(
    name: str,
    value: Any,  # noqa: ANN401
    page: str,
    kind: Kind,
) -> Iterator[tuple[str, Kind]]:
    page = page if _is_number(value) else _INSIDE.get(name, page)
    if name == "pairs" and value is not None:
        value = tuple(zip(value.from_score, value.to_score, value.count, strict=True))
    if name == "transitions":
        value = tuple(n for row in value for n in row)
    if name in ("per_person", "overdue"):
        value = tuple((1, one) for one in value or ())
    if name in _PEOPLE:
        kind = "people"
    # The answers to one item are a table of counts; those to a scale, a distribution.
    elif name in _POINTS and not isinstance(value, Mapping):
        kind = "points"
    if isinstance(value, tuple) and value and all(_is_number(one) for one in value):
        for one in value:
            yield from _walk(one, page, kind)
        return
    yield from _walk(value, page, kind)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)

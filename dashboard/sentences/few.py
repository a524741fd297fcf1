"""The mark of a small group: the evaluator sees it, nobody else may.

A group of fewer than ``min_group`` people stands in tables and pictures of whoever holds the data;
its name says that it is not for release. For other readers it was withheld before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from analysis.disclosure.rules import is_small
from analysis.participation.results import Participation
from analysis.results import (
    SUPPRESSED,
    ComparisonLike,
    Estimate,
    EstimateLike,
    NotEstimable,
    Suppressed,
)
from analysis.volunteers.results import RetentionByGroup, Volunteers
from dashboard.sentences.volunteers import name_group, name_reason
from dashboard.text import Text


def say_few(text: Text, least: int) -> str:
    """Say why a group is not for release."""
    return text("fewer than {least}, not for release", least=text.number(least, 0))


def say_missing(text: Text, found: EstimateLike | ComparisonLike) -> str:
    """Say why there is no number: it is withheld, or cannot be estimated.

    Examples
    --------
    >>> few, none = NotEstimable(reason="too_few", n=2), NotEstimable(reason="suppressed")
    >>> say_missing(Text("en"), few), say_missing(Text("en"), none)
    ('not estimable', '[c]')
    """
    withheld = isinstance(found, NotEstimable) and found.reason == "suppressed"
    return text.number(SUPPRESSED) if withheld else text("not estimable")


def list_sizes(text: Text, found: Sequence[EstimateLike | ComparisonLike]) -> Sequence[float | str]:
    """Of how many people each number is; withheld is neither nobody nor unknown.

    Examples
    --------
    >>> few, none = NotEstimable(reason="too_few", n=2), NotEstimable(reason="suppressed")
    >>> list_sizes(Text("en"), [few, none]), list_sizes(Text("en"), [few])
    (['2', '[c]'], [2])
    """
    sizes = [
        SUPPRESSED if isinstance(one, NotEstimable) and one.reason == "suppressed" else one.n
        for one in found
    ]
    # A column of numbers cannot hold the mark: it would show as if there were none.
    withheld = any(isinstance(n, Suppressed) for n in sizes)
    return [text.number(n, 0) for n in sizes] if withheld else sizes


def mark_few(text: Text, name: str, n: float | None, least: int) -> str:
    """Name a group, with the mark when it has 1 to ``least`` − 1 people.

    Examples
    --------
    >>> mark_few(Text("en"), "Women", 3, 5), mark_few(Text("en"), "Women", 30, 5)
    ('Women (fewer than 5, not for release)', 'Women')
    """
    if n is None or isinstance(n, Suppressed) or not is_small(n, least):
        return name
    return text("{name} ({mark})", name=name, mark=say_few(text, least))


def mark_share(text: Text, name: str, shares: Sequence[EstimateLike], least: int) -> str:
    """Name a level of a variable, with the mark when few people of any side have it."""
    counts = [round(s.estimate * s.n) for s in shares if isinstance(s, Estimate)]
    few = [n for n in counts if is_small(n, least)]
    return mark_few(text, name, min(few, default=None), least)


def mark_people(text: Text, found: Participation, least: int) -> Participation:
    """Participation with its groups of few people, and sessions few came to, marked by name."""

    def mark(name: str, n: float | None) -> str:
        return mark_few(text, name, n, least)

    return replace(
        found,
        representation=tuple(replace(r, value=mark(r.value, r.n)) for r in found.representation),
        per_session=tuple(
            replace(s, session=mark(s.session, s.attended)) for s in found.per_session
        ),
        by_kind=tuple((mark(name, n), n, contacts) for name, n, contacts in found.by_kind),
        by_level=tuple((mark(name, n), n, contacts) for name, n, contacts in found.by_level),
    )


def mark_team(text: Text, found: Volunteers, least: int) -> Volunteers:
    """Volunteers with their groups, reasons and roles of few people marked by name."""

    def mark(comparison: RetentionByGroup) -> RetentionByGroup:
        groups = (
            replace(g, value=mark_few(text, name_group(text, g.value), g.n, least))
            for g in comparison.groups
        )
        return replace(comparison, groups=tuple(groups))

    return replace(
        found,
        by_group=tuple(mark(one) for one in found.by_group),
        landmark=None if found.landmark is None else mark(found.landmark),
        causes=tuple(
            replace(c, reason=mark_few(text, name_reason(text, c.reason), c.n, least))
            for c in found.causes
        ),
        roles=tuple((mark_few(text, role, n, least), n) for role, n in found.roles),
    )


def mark_cell(text: Text, shown: str, n: float | None, least: int) -> str:
    """Mark a cell of a table that is about few people; :func:`say_marked` explains the mark."""
    if n is None or isinstance(n, Suppressed) or not is_small(n, least):
        return shown
    return f"{shown} (<{text.number(least, 0)})"


def mark_counts(
    text: Text, counts: Sequence[float | None], least: int
) -> Sequence[float | str | None]:
    """Give a column of counts, as text with the mark where any of them is about few people.

    Examples
    --------
    >>> mark_counts(Text("en"), [12, 3], 5), mark_counts(Text("en"), [12, 0], 5)
    (['12', '3 (<5)'], [12, 0])
    """
    if not has_few(counts, least):
        return counts
    return ["–" if n is None else mark_cell(text, text.number(n, 0), n, least) for n in counts]


def has_few(counts: Iterable[float | None], least: int) -> bool:
    """Whether any count is about few people."""
    return any(
        n is not None and not isinstance(n, Suppressed) and is_small(n, least) for n in counts
    )


def say_marked(text: Text, least: int) -> str:
    """Say what the mark of a cell means."""
    return text("(<{least}): fewer than {least} people, not for release.", least=least)


def say_nothing_drawn(text: Text, *, withheld: bool) -> str:
    """Say, in place of a picture without a mark, why there is none."""
    if withheld:
        return text("What this picture would show is withheld: it is about too few people.")
    return text("There is nothing to draw here: the answers allow no estimate.")

"""Complementary suppression: nothing hidden comes back by subtraction.

Cells are taken in order of importance; one that would let a reader work out a number about fewer
than ``min_group`` people, from all released before it, is withheld. The decision looks at who is
in each number and never at the numbers, so that a refusal itself says nothing about an answer
(Kenthapadi, Mishra & Nissim 2013, doi:10.1016/j.jcss.2013.06.003).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from analysis.disclosure.cells import Cell
from analysis.disclosure.rules import is_small
from analysis.disclosure.span import Span, Terms
from analysis.disclosure.visits import FAMILIES, Visits


def choose_hidden(sizes: Sequence[float], least: int, unlisted: float = 0) -> list[int]:
    """Choose which parts of a whole to hide, so that the total gives no small one back.

    All parts of 1 to ``least`` − 1 people, then the next smallest until what is hidden is two
    parts and ``least`` people, and open (:func:`is_open`). ``unlisted`` people are in the total
    but in no part: a hidden part too.

    Examples
    --------
    >>> choose_hidden([3, 9, 20, 0], 5), choose_hidden([9, 20], 5), choose_hidden([9, 20], 5, 1)
    ([0, 1], [], [0])
    """
    order = sorted((i for i, n in enumerate(sizes) if n > 0), key=lambda i: sizes[i])
    hidden = [i for i in order if is_small(sizes[i], least)]
    if not hidden and not is_small(unlisted, least):
        return []
    for i in order[len(hidden) :]:
        parts = len(hidden) + (unlisted > 0)
        people = sum(sizes[j] for j in hidden) + unlisted
        if parts > 1 and people >= least and is_open(people - parts, parts, least):
            break
        hidden.append(i)
    return sorted(hidden)


def is_open(spare: float, parts: int, least: int) -> bool:
    """Whether hidden parts of a total may each be of many sizes.

    ``spare`` people are those beyond the fewest there may be in each part: one, as zeros are
    given. Five people in five hidden parts are one in each.
    """
    return spare >= max(parts, least - 1)


def hide_more(
    sizes: Sequence[float],
    hidden: Iterable[int],
    least: int,
    unlisted: float = 0,
    fewest: Mapping[int, float] | None = None,
) -> tuple[set[int], bool]:
    """Hide further parts of a total, the smallest first, until those hidden are open.

    Parameters
    ----------
    sizes, hidden
        People in each part, and the places of the parts that are withheld.
    least
        Smallest group.
    unlisted
        People in the total but in no part.
    fewest
        By place, how many there are at least for a reader; one where nothing is said.

    Returns
    -------
    set of int, bool
        What is to be withheld, and whether it is open now: all parts may not be enough.

    Examples
    --------
    >>> hide_more([25, 9, 1, 1, 1], [2, 3, 4], 5), hide_more([1, 1, 1, 1, 1], range(5), 5)
    (({1, 2, 3, 4}, True), ({0, 1, 2, 3, 4}, False))
    """
    known = fewest or {}
    gone = {i for i in hidden if sizes[i] > 0}
    rest = sorted(
        (i for i, n in enumerate(sizes) if n > 0 and i not in gone), key=lambda i: -sizes[i]
    )
    while gone:
        spare = unlisted + sum(sizes[i] - known.get(i, 1) for i in gone)
        if is_open(spare, len(gone), least):
            return gone, True
        if not rest:
            return gone, False
        gone.add(rest.pop())
    return gone, True


@dataclass(slots=True)
class Auditor:
    """Keeps what is released and refuses what would single people out."""

    least: int
    released: list[Cell] = field(default_factory=list)
    held: list[Cell] = field(default_factory=list)
    _families: dict[str, list[Cell]] = field(default_factory=dict)
    _spans: dict[str, Span | Visits] = field(default_factory=dict)
    _refused: set[frozenset[tuple[str, Terms]]] = field(default_factory=set)
    _judged: dict[tuple[str, frozenset[Terms], frozenset[Terms]], Span | Visits | None] = field(
        default_factory=dict
    )

    def hold(self, cells: Iterable[Cell]) -> None:
        """Take over what was released before, unchecked."""
        for cell in cells:
            self.held.append(cell)
            self._families.setdefault(cell.family, []).append(cell)
        for family, held in self._families.items():
            # Pages tell much that others told: the same number again adds nothing.
            told = list(dict.fromkeys(cell.terms for cell in held if cell.terms))
            self._spans[family] = _nothing(family).add(told)

    def expect(self, families: Iterable[str]) -> None:
        """Say of which variables numbers will be released: what counts for all counts for them."""
        for family in families:
            self._families.setdefault(family, [])

    def release(self, *cells: Cell) -> bool:
        """Release cells together, or none of them; say whether they were released."""
        wanted = [cell for cell in cells if cell.terms]
        # What was refused stays refused: a system only grows.
        question = frozenset((cell.family, cell.terms) for cell in wanted)
        if question in self._refused:
            return False
        new: dict[str, list[Cell]] = {}
        for cell in wanted:
            known = [*self._families.get(cell.family, ()), *new.get(cell.family, ())]
            if all(cell.terms != other.terms for other in known):
                new.setdefault(cell.family, []).append(cell)
        spans = {}
        for family, added in new.items():
            span = self._judge(family, [cell.terms for cell in added])
            if span is None:
                self._refused.add(question)
                return False
            spans[family] = span
        for family, added in new.items():
            self._families.setdefault(family, []).extend(added)
        self._spans.update(spans)
        self.released += wanted
        return True

    def _judge(self, family: str, added: Sequence[Terms]) -> Span | Visits | None:
        """Give what follows with further numbers; None when it singles anybody out.

        The same sets of people are judged once, whatever the variable.
        """
        kind = "rows" if family in FAMILIES else "people"
        key = (kind, frozenset(cell.terms for cell in self.system(family)), frozenset(added))
        if key not in self._judged:
            span = self._spans.get(family, _nothing(family)).add(added)
            self._judged[key] = None if span.find_alone(self.least, len(added)) else span
        return self._judged[key]

    def copy(self, family: str, into: str) -> None:
        """Let what was released of one variable count for another that adds up to it."""
        self._families.setdefault(into, []).extend(self._families.get(family, ()))
        self._spans[into] = Span().add([cell.terms for cell in self._families[into]])

    def system(self, family: str) -> Sequence[Cell]:
        """Everything released of one variable."""
        return self._families.get(family, ())

    @property
    def families(self) -> Sequence[str]:
        """Variables of which something was released, or will be."""
        return tuple(self._families)


def _nothing(family: str) -> Span | Visits:
    """What follows before anything of a variable is released."""
    return Visits() if family in FAMILIES else Span()


def find_revealed(cells: Sequence[Cell], least: int) -> tuple[int, ...]:
    """Find fewer than ``least`` people about whom some combination of the cells speaks alone.

    Returns
    -------
    tuple of int
        Their numbers; empty when no combination vanishes on everybody else.
    """
    numbers = [cell.terms for cell in cells if cell.terms]
    family = cells[0].family if cells else ""
    return _nothing(family).add(numbers).find_alone(least, len(numbers))

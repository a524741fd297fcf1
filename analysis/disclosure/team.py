"""Who is in which number of a team: what the protection of its pages has in common."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from analysis.disclosure.cells import BoolArray, People, cell_of
from analysis.disclosure.rules import is_small, withheld
from analysis.disclosure.suppression import Auditor
from analysis.results import SUPPRESSED, Estimate, NotEstimable
from analysis.volunteers.spells import Stints, Team, Tenures

T = TypeVar("T")


@dataclass(slots=True)
class Volunteering:
    """Who is in which number of volunteers, and what has been released of them."""

    team: Team
    stints: Stints
    tenures: Tenures
    numbers: npt.NDArray[np.int64]
    auditor: Auditor
    people: People

    @property
    def least(self) -> int:
        """Smallest group that may be shown."""
        return self.auditor.least

    def free(self, label: str, *masks: BoolArray) -> bool:
        """Whether numbers of people may be given beside all others."""
        if any(is_small(int(mask.sum()), self.least) for mask in masks):
            return False
        cells = (
            cell_of("volunteers", f"volunteers.{label}", self.numbers, ("n", 1.0, mask))
            for mask in masks
        )
        return self.auditor.release(*cells)

    def share(self, label: str, share: T, asked: BoolArray, counted: BoolArray) -> T | NotEstimable:
        """Give a share of those asked whose numerator and rest are many, or none."""
        fine = not is_small(int((asked & ~counted).sum()), self.least)
        if isinstance(share, NotEstimable):
            # Of nobody there is no share; why there is none of a few tells how many they are.
            return withheld(share) if asked.any() else share
        if fine and self.free(label, asked, counted):
            return share
        return withheld(share)  # type: ignore[arg-type]

    def serving(self, day: float) -> BoolArray:
        """Who is in the team at the end of a day."""
        return self.among((self.stints.start <= day) & (self.stints.stop > day))

    def among(self, stints: BoolArray) -> BoolArray:
        """Whose stints these are."""
        there = np.zeros(self.team.n, dtype=np.bool_)
        there[self.stints.person[stints]] = True
        return there


def keep(value: T, free: bool) -> T:
    """Give a number, or that it is suppressed; what is missing stays missing."""
    return value if free or value is None else SUPPRESSED


def whole_percent(share: Estimate) -> Estimate:
    """Give a share in whole percent: more digits would tell in which order people left."""
    low, high = (None if end is None else round(end, 2) for end in (share.ci_low, share.ci_high))
    return replace(
        share,
        estimate=round(share.estimate, 2),
        ci_low=low,
        ci_high=high,
        std_error=SUPPRESSED,
        n_missing=share.n_missing and SUPPRESSED,
    )

"""A sheet that counts people by session: sessions stand for people whom nobody knows by name.

A session of 3 is three people met nowhere else. Every total over sessions, and every total over
the sessions that a filter or an earlier release left, is then one equation on them: what tells a
hidden session from the others is found as for people who are known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.disclosure.cells import Cell, People, cell_of
from analysis.disclosure.suppression import Auditor
from analysis.participation.attendance import read_column

#: What makes a session the same one in a part of the sheet, and in a later version of it.
_SESSION = ("session", "date", "kind", "level")
#: Who came as registered, who came without, who did not come.
_KINDS = ("both", "walk_in", "no_show")


@dataclass(frozen=True, slots=True)
class CountedSheet:
    """Counts by session, and what was released of them.

    Attributes
    ----------
    sizes
        By session and kind of person: how many there were.
    people
        By session and kind: numbers of the people, at most the smallest group of each; more
        would change no judgement.
    known, usable
        Sessions with a number registered, and those of them with no more present.
    """

    sizes: npt.NDArray[np.int64]
    people: tuple[tuple[npt.NDArray[np.int64], ...], ...]
    known: tuple[int, ...]
    usable: tuple[int, ...]
    auditor: Auditor

    @classmethod
    def read(cls, counts: pd.DataFrame, people: People, auditor: Auditor) -> CountedSheet:
        """Read a table of counts; the rows are the sessions of the results, in their order."""
        came = np.nan_to_num(read_column(counts, "attended")).astype(np.int64)
        asked = read_column(counts, "registered")
        told = np.isfinite(asked)
        registered = np.where(told, np.nan_to_num(asked), came).astype(np.int64)
        sizes = np.column_stack(
            [
                np.minimum(came, registered),
                np.maximum(came - registered, 0),
                np.maximum(registered - came, 0),
            ]
        )
        names = _name_sessions(counts)
        numbers = tuple(
            tuple(
                people.of(f"{name}|{kind}|{i}" for i in range(min(int(n), auditor.least)))
                for kind, n in zip(_KINDS, row, strict=True)
            )
            for name, row in zip(names, sizes, strict=True)
        )
        known = np.flatnonzero(told & (registered > 0))
        usable = known[came[known] <= registered[known]]
        return cls(sizes, numbers, tuple(known.tolist()), tuple(usable.tolist()), auditor)

    def apart(self, session: int) -> int:
        """How many came without being registered, or were and did not come."""
        return int(self.sizes[session, 1:].sum())

    def release(self, label: str, came: Sequence[int] = (), registered: Sequence[int] = ()) -> bool:
        """Release who came to some sessions, and who was registered for some; or nothing."""
        return self.auditor.release(
            self._cell(label, came, ("both", "walk_in")),
            self._cell(f"{label}.registered", registered, ("both", "no_show")),
        )

    def _cell(self, label: str, sessions: Sequence[int], kinds: Sequence[str]) -> Cell:
        parts = [self.people[i][_KINDS.index(kind)] for i in sessions for kind in kinds]
        who = np.concatenate([np.zeros(0, dtype=np.int64), *parts])
        # "people": sizes of large sessions are cut, so that no bounds are made of them.
        return cell_of("counts", label, who, ("people", 1.0, np.ones(who.size, dtype=bool)))


def _name_sessions(counts: pd.DataFrame) -> Sequence[str]:
    """Name sessions by all that is told of them; those alike are numbered."""
    columns = [counts[c].map(str) for c in _SESSION if c in counts]
    names = ["|".join(row) for row in zip(*columns, strict=True)]
    again = pd.Series(names).groupby(names).cumcount()
    return [f"{name}|{i}" for name, i in zip(names, again, strict=True)]

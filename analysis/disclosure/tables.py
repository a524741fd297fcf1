"""Tables about people that were released before: with a few rows more, a total is about those.

Numbers of volunteers, hours, contacts and self-assessments are sums over a whole table. Where the
table differs from that of an earlier release by fewer than ``min_group`` people, however many rows
these have, every one of them minus the earlier one is about the few, so that the section is left
out; so it is where the two cannot be compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.disclosure.cells import Cell, People, cell_of, rows_cell
from analysis.disclosure.people import VISIT
from analysis.disclosure.suppression import Auditor
from analysis.participation.attendance import clean_sign_ins
from analysis.results import Caution
from analysis.study import Study

#: By section: the variable of its numbers of people, and those of its sums over rows.
_VARIABLES: Mapping[str, tuple[str, ...]] = {
    "participation": ("people", "contacts", "listed"),
    "volunteers": ("team", "service"),
    "capacity": ("raters", "ratings"),
}
#: Variables of these tables, whose numbers belong together.
WHOLE_TABLES = frozenset(name for names in _VARIABLES.values() for name in names)


def find_older(cells: Sequence[Cell]) -> frozenset[str]:
    """Find the sections of an earlier release whose sums over rows cannot be compared.

    Older versions of Levee entered each row as a person of its own, or only who was in a table:
    beside these, attendances that one person has more would pass.
    """
    rows = {cell.family: cell.terms for cell in cells if cell.terms}
    return frozenset(
        name
        for name, (people, *sums) in _VARIABLES.items()
        if any(column == "n" for one in sums for column, *_ in rows.get(one, ()))
        # A roster without a log of service has no hours to compare.
        or (people in rows and not rows.keys() >= set(sums) and name != "volunteers")
    )


def find_left_out(
    study: Study,
    people: People,
    auditor: Auditor,
    older: frozenset[str] = frozenset(),
    sections: Sequence[str] = tuple(_VARIABLES),
) -> tuple[str, ...]:
    """Find the sections whose table differs from one released before by the rows of a few.

    Parameters
    ----------
    study
        What the release is made from.
    people, auditor
        The numbering of people, and what was released before; tables that do not differ, or by
        many, are added.
    sections
        What the reader sees protected; a table seen whole is not judged.

    Returns
    -------
    tuple of str
        ``participation``, ``volunteers``, ``capacity``.
    """
    tables = {
        "participation": _attendance_cells,
        "volunteers": _team_cells,
        "capacity": _rater_cells,
    }
    found = {name: tables[name](study, people) for name in sections}
    return tuple(
        name
        for name, cells in found.items()
        if cells and (name in older or not auditor.release(*cells))
    )


def say_left_out(names: Sequence[str], older: frozenset[str], least: int) -> tuple[Caution, ...]:
    """Say which sections are left out, and why; ``older`` from :func:`find_older`."""
    return tuple(
        Caution(code=f"{name}_not_compared", section=name)
        if name in older
        else Caution(code=f"{name}_left_out", section=name, values={"least": least})
        for name in names
    )


def _attendance_cells(study: Study, people: People) -> list[Cell]:
    if study.attendance is None or study.attendance.empty:
        return []
    sheet = clean_sign_ins(study.attendance)
    came, listed = sheet.came, sheet.rows[[*VISIT, "attended", "registered"]]
    return [
        _everybody("people", "participation.participants", people, came[["person"]]),
        rows_cell("contacts", "participation.contacts", people, came[list(VISIT)], "person"),
        # Who was registered and did not come is in the share who came.
        rows_cell("listed", "participation.attendance_rate", people, listed, "person"),
    ]


def _team_cells(study: Study, people: People) -> list[Cell]:
    roster, log = study.volunteers, study.service
    names = [t["volunteer"] for t in (roster, log) if t is not None and "volunteer" in t]
    if not names:
        return []
    found = [_everybody("team", "volunteers.n", people, pd.concat(names).dropna().to_frame())]
    if log is not None and "volunteer" in log:
        found.append(rows_cell("service", "volunteers.hours", people, log, "volunteer"))
    return found


def _rater_cells(study: Study, people: People) -> list[Cell]:
    if study.capacity is None:
        return []
    told = study.capacity
    if "rater" not in told:  # each row may be another person's
        told = told.assign(rater=told.index.astype(str))
    return [
        _everybody("raters", "capacity.n_raters", people, told[["rater"]]),
        rows_cell("ratings", "capacity.domains", people, told, "rater"),
    ]


def _everybody(family: str, label: str, people: People, rows: pd.DataFrame) -> Cell:
    """One number over a whole table, of which each different row is a member."""
    # A column of text keeps its missing values: each is written out.
    told = ("|".join(map(str, row)) for row in rows.itertuples(index=False, name=None))
    who = np.unique(people.of(told))
    return cell_of(family, label, who, ("n", 1.0, np.ones(who.size, dtype=bool)))

"""Activity tables read from a few lines of CSV for tests: bytes in, Study out."""

from __future__ import annotations

from typing import Any

from analysis import Study, read_study
from analysis.plan import plan_from_dict

VOLUNTEERS = {"volunteer": "id", "joined": "joined", "left": "left"}
SERVICE = {"volunteer": "id", "date": "date"}


def plan_tables(
    *, retention: dict[str, Any] | None = None, study: dict[str, Any] | None = None, **tables: Any
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Write sections given as ``name=(csv text, settings)``: the study file's tables, the files.

    Parameters
    ----------
    retention, study
        The study file's tables of these names.
    """
    told: dict[str, Any] = {"study": {"min_group": 1, **(study or {})}}
    told["retention"] = retention or {}
    files = {}
    for name, (text, settings) in tables.items():
        path = f"{name}.csv"
        files[path] = text.encode()
        told[name] = {"path": path, **settings}
    return told, files


def read_tables(**tables: Any) -> Study:
    """Read the sections of :func:`plan_tables`."""
    told, files = plan_tables(**tables)
    return read_study(plan_from_dict(told), files)


def rows_of(study: Study, code: str) -> tuple[int, ...]:
    """Return the rows of the one issue with this code; empty when there is none."""
    found = [issue.rows for issue in study.issues if issue.code == code]
    assert len(found) <= 1, f"{code} is listed {len(found)} times"
    return found[0] if found else ()

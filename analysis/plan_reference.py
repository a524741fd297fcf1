"""The columns of the study file's tables as Markdown.

``python -m analysis.plan_reference docs/study-file.md`` brings that document up to date.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from analysis.plan import TABLES
from analysis.plan_tables import TableSpec

_PART = re.compile(r"(<!-- columns of (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def describe_columns(table: TableSpec) -> str:
    """Write a table's columns: key, name on pages, what its cells are, what to write."""
    rows = ["| column | on pages | cells | meaning |", "|---|---|---|---|"]
    for key, column in table.columns.items():
        usual = table.usual.get(key)
        known = f"; usually `{usual}`" if usual is not None else ""
        needed = "; needed" if key in table.needed else ""
        cells = f"{column.kind}{needed}{known}"
        rows.append(f"| `{key}` | {column.label[0]} | {cells} | {column.meaning[0]} |")
    return "\n".join(rows) + "\n"


def update_reference(document: str) -> str:
    """Write the columns anew between the marks that name a table."""
    return _PART.sub(lambda part: part[1] + describe_columns(TABLES[part[2]]) + part[3], document)


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(update_reference(path.read_text(encoding="utf-8")), encoding="utf-8")

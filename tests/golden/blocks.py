"""Blocks: what a reader meets one after the other on a page or in a document, as plain values.

A block is a list: its kind (``title``, ``table``, ``figure`` …) and what it says. Nothing in it
names a module, a key or a style, so that it stays the same however the code is arranged.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from html import unescape
from typing import Any

import numpy as np
import pandas as pd

Block = list[Any]
#: Digits kept of a number: the last four of a float are the processor's own.
_DIGITS = 12
_SVG_WORDS = re.compile(r"<text[^>]*>(.*?)</text>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


def plain(value: Any) -> Any:
    """Give any value as JSON holds it; numbers with 12 digits, arrays of Plotly decoded."""
    if isinstance(value, Mapping):
        if set(value) >= {"bdata", "dtype"}:
            return plain(_decode(value))
        return {str(key): plain(one) for key, one in sorted(value.items(), key=lambda i: str(i[0]))}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if value is None or value is pd.NA or value is pd.NaT or isinstance(value, bool | str):
        return value if isinstance(value, bool | str) else None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else str(value)
    return str(value)


def _decode(array: Mapping[str, Any]) -> Any:
    """Numbers that Plotly wrote in binary, as the list it may write as well."""
    numbers = np.frombuffer(base64.b64decode(array["bdata"]), dtype=np.dtype(array["dtype"]))
    shape = [int(n) for n in str(array.get("shape", "")).split(",") if n.strip()]
    return numbers.reshape(shape).tolist() if shape else numbers.tolist()


def table_block(rows: Iterable[Sequence[Any]], kind: str = "table") -> Block:
    """Give a table, its head first."""
    return [kind, *(plain(list(row)) for row in rows)]


def frame_block(table: pd.DataFrame, kind: str = "table") -> Block:
    """Give a data frame as a table."""
    rows = table.astype(object).itertuples(index=False, name=None)
    return table_block([list(map(str, table.columns)), *rows], kind)


def figure_block(spec: Mapping[str, Any], alt: str) -> Block:
    """Give a Plotly figure: its alternative text, its data and its layout."""
    return ["figure", alt, plain({"data": spec["data"], "layout": spec["layout"]})]


_AXIS = re.compile(r"[xy]axis\d*")
#: What Plotly takes where nothing is said: said or not, the reader sees the same.
_USUAL = {
    "axis": {"domain": [0, 1], "showticklabels": True},
    "xaxis": {"anchor": "y"},
    "yaxis": {"anchor": "x"},
    "mark": {"xref": "x", "yref": "y"},
}


def tidy_figure(block: Block) -> Block:
    """Leave out of a figure what is empty or what Plotly does anyway."""
    kind, alt, spec, *placed = block
    spec = _without_empty(spec)
    layout = spec.get("layout", {})
    for name, part in layout.items():
        if _AXIS.fullmatch(name):
            layout[name] = _without(part, _USUAL["axis"] | _USUAL.get(name, {}))
        elif name in ("shapes", "annotations"):
            layout[name] = [_without(mark, _USUAL["mark"]) for mark in part]
    return [kind, alt, spec, *placed]


def _without(part: Mapping[str, Any], usual: Mapping[str, Any]) -> dict[str, Any]:
    return {key: one for key, one in part.items() if key not in usual or usual[key] != one}


def _without_empty(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_empty(one) for one in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _without_empty(one) for key, one in value.items()}
    return {key: one for key, one in kept.items() if one is not None and one not in ({}, [])}


def picture_block(svg: str) -> Block:
    """Give the words of a printed picture."""
    return ["printed picture", [unescape(_TAG.sub("", w)) for w in _SVG_WORDS.findall(svg)]]

"""Every sentence of the code, for Babel: ``make messages`` brings the translations up to date.

A sentence is what ``text(…)``, ``text.count(one, many, n)`` or ``N_(…)`` is given as it stands, and
the first value given to a function of the same module whose first parameter is named ``message``.
Babel's own reader sees tokens, which cannot tell ``text.count`` from ``text`` nor look into an
f-string.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from typing import BinaryIO

#: Names under which a :class:`~dashboard.text.Text` is called, and what calls one later.
_TEXT = ("text", "t", "N_", "current_text()", "fill", "about_change")
_BY_NUMBER = ("count", "counted")
Found = tuple[int, str, str | tuple[str, str], list[str]]


def extract_messages(
    source: BinaryIO,
    keywords: Collection[str],  # noqa: ARG001 - Babel's interface
    comment_tags: Collection[str],  # noqa: ARG001
    options: Mapping[str, str],  # noqa: ARG001
) -> Iterator[Found]:
    """Yield line, kind, message and comments, as Babel's extraction methods do.

    Parameters
    ----------
    source
        An open Python file.
    keywords, comment_tags, options
        Not used: the rules above say what a sentence is.
    """
    tree = ast.parse(source.read())
    makers = {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.args.args[:1]
        if node.args.args[0].arg == "message"
    }
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not call.args:
            continue
        name = ast.unparse(call.func)
        last = name.rpartition(".")[2]
        given = [text for one in call.args[:2] for text in _literals(one)]
        if last in _BY_NUMBER and len(given) == 2:
            yield call.lineno, "ngettext", (given[0], given[1]), []
        elif last in _TEXT or name in makers:
            for message in _literals(call.args[0]):
                yield call.lineno, "gettext", message, []


def _literals(value: ast.expr) -> list[str]:
    """The text that stands there, or both where a condition chooses one."""
    if isinstance(value, ast.IfExp):
        return _literals(value.body) + _literals(value.orelse)
    return [value.value] if isinstance(value, ast.Constant) and isinstance(value.value, str) else []

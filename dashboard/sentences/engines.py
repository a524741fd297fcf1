"""Errors of counting many communities on an engine, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dashboard.text import Text

ENGINE_ERRORS: Mapping[str, Callable[[Text], str]] = {
    "engine_not_installed": lambda t: t(
        "This needs {package}, which is not installed: pip install levee[{extra}]"
    ),
    "engine_unknown": lambda t: t(
        "There is no engine {engine}. It is duckdb, or sc://host:port of a Spark server."
    ),
    "no_communities": lambda t: t(
        "There is no community in {file}: each needs a folder with the files that study.toml "
        "names, or, with one survey file, a file of its own."
    ),
    "no_survey": lambda t: t("{file} names no survey file: there is nothing to count."),
    "engine_json_only": lambda t: t(
        "--engine writes results files for the evaluator: leave out --format and --audience."
    ),
    "folder_needed": lambda t: t(
        "--engine counts a folder of communities: name one folder with a study.toml."
    ),
}

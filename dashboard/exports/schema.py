"""The JSON Schema of the results file, made from the result objects themselves.

``python -m dashboard.exports.schema > docs/results-schema.json`` writes it anew; a test holds
the published file to it.
"""

from __future__ import annotations

import inspect
import json
import sys
import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any, Literal, Union, get_args, get_origin

from analysis.evaluation import SCHEMA_VERSION, Evaluation, Provenance, Section
from analysis.issues import Issue
from analysis.results import AUDIENCES, Caution, Curve, Disclosure, Finding, NotEstimable
from analysis.surveys.results import GroupComparison, Outcome, SampleSizes, ScoreSummary
from analysis.volunteers.results import Volunteers
from dashboard.text import LANGUAGES

Schema = dict[str, Any]
_COUNT: Schema = {"type": "integer", "minimum": 0}
_ALWAYS = (
    "schema_version",
    "audience",
    "disclosure",
    "study",
    "provenance",
    "findings",
    "cautions",
    "issues",
)
_LIMITS: Mapping[str, Schema] = {
    "p_value": {"minimum": 0, "maximum": 1},
    "p_adjusted": {"minimum": 0, "maximum": 1},
    "ci_level": {"exclusiveMinimum": 0, "exclusiveMaximum": 1},
    "n": {"minimum": 0},
    "n_missing": {"minimum": 0},
    "std_error": {"minimum": 0},
    "floor": {"minimum": 0, "maximum": 1},
    "ceiling": {"minimum": 0, "maximum": 1},
}
_PLAIN: Mapping[Any, Schema] = {
    str: {"type": "string"},
    bool: {"type": "boolean"},
    int: {"type": ["integer", "string"], "pattern": "^suppressed$"},
    float: {"type": ["number", "string"], "pattern": "^suppressed$"},
    type(None): {"type": "null"},
    date: {"type": "string", "format": "date"},
    datetime: {"type": "string", "format": "date-time"},
}


def write_schema() -> bytes:
    """Write the schema as JSON in UTF-8."""
    return (json.dumps(describe_results(), ensure_ascii=False, indent=1) + "\n").encode()


def describe_results() -> Schema:
    """Describe the results file as JSON Schema, draft 2020-12."""
    found: dict[str, Schema] = {}
    hints = typing.get_type_hints(Evaluation)
    told = (
        "fingerprint",
        "title",
        "settings",
        "provenance",
        "findings",
        "cautions",
        "issues",
        "audience",
        "disclosure",
    )
    sections = {f.name: hints[f.name] for f in fields(Evaluation) if f.name not in told}
    properties = {name: _describe(_present(hint), found) for name, hint in sections.items()}
    text = {"type": "object", "required": list(LANGUAGES), "additionalProperties": _PLAIN[str]}
    properties |= {
        "schema_version": {"const": SCHEMA_VERSION},
        "audience": {"enum": list(AUDIENCES)},
        "disclosure": _describe(Disclosure, found),
        "study": _describe_study(),
        "provenance": _describe(Provenance, found),
        "findings": {"type": "array", "items": _with(Finding, found, text=text)},
        "cautions": {"type": "array", "items": _with(Caution, found, text=text)},
        "issues": {"type": "array", "items": _describe_issue(found, text)},
    }
    _shape(found)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Levee results file",
        "description": "Sections without data are absent; see docs/results.md.",
        "type": "object",
        "required": list(_ALWAYS),
        "properties": dict(sorted(properties.items())),
        "$defs": dict(sorted(found.items())),
    }


def _describe_study() -> Schema:
    title = {"type": "object", "minProperties": 1, "additionalProperties": _PLAIN[str]}
    properties = {
        "title": title,
        "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "settings": {"type": "object"},
    }
    return {"type": "object", "required": list(properties), "properties": properties}


def _describe_issue(found: dict[str, Schema], text: Schema) -> Schema:
    """A problem in the data: its place, n and words; never the values, which can name people."""
    described = _with(Issue, found, text=text, n=_COUNT)
    del described["properties"]["details"]
    described["required"].remove("details")
    return described


def _present(hint: Any) -> Any:  # noqa: ANN401
    """The type of a section that is there: absent ones are left out of the file."""
    if get_origin(hint) is Section:
        (hint,) = get_args(hint)
    arguments = [one for one in get_args(hint) if one is not type(None)]
    union = get_origin(hint) in (Union, types.UnionType)
    return arguments[0] if union and len(arguments) == 1 else hint


def _describe(hint: Any, found: dict[str, Schema]) -> Schema:  # noqa: ANN401
    """Describe a type; dataclasses go into ``found`` and are referred to."""
    if hint in _PLAIN:
        return dict(_PLAIN[hint])
    if is_dataclass(hint):
        return _refer(hint, found)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (Union, types.UnionType):
        return _describe_union([_describe(one, found) for one in arguments])
    if origin is tuple:
        return _describe_tuple(arguments, found)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        values = _describe(arguments[1], found)
        return {"type": "object", **({"additionalProperties": values} if values else {})}
    return {}


def _describe_union(options: list[Schema]) -> Schema:
    if all(set(option) == {"type"} for option in options):
        kinds = [option["type"] for option in options]
        return {"type": kinds[0] if len(kinds) == 1 else kinds}
    return {"anyOf": options}


def _describe_tuple(arguments: tuple[Any, ...], found: dict[str, Schema]) -> Schema:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        return {"type": "array", "items": _describe(arguments[0], found)}
    items = [_describe(one, found) for one in arguments]
    return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}


def _refer(owner: Any, found: dict[str, Schema]) -> Schema:  # noqa: ANN401
    name = owner.__name__
    if name not in found:
        found[name] = {}  # holds the place while its fields are described
        found[name] = _not_estimable() if owner is NotEstimable else _describe_fields(owner, found)
    return {"$ref": f"#/$defs/{name}"}


def _describe_fields(owner: Any, found: dict[str, Schema]) -> Schema:  # noqa: ANN401
    hints = typing.get_type_hints(owner)
    properties = {}
    for one in fields(owner):
        described = _describe(hints[one.name], found)
        if one.name == "cautions":
            described = {"type": "array", "items": {"type": "string"}}
        plain = "type" in described or "anyOf" in described
        limits = _LIMITS.get(one.name, {}) if plain else {}
        properties[one.name] = described | limits
    about = (inspect.getdoc(owner) or "").split("\n")[0]
    return {
        "description": about,
        "type": "object",
        "required": list(properties),
        "properties": properties,
    }


def _not_estimable() -> Schema:
    reasons = get_args(typing.get_type_hints(NotEstimable)["reason"])
    return {
        "description": "A number that cannot be given, and why.",
        "type": "object",
        "required": ["estimate", "reason", "n"],
        "properties": {
            "estimate": {"type": "null"},
            "reason": {"enum": list(reasons)},
            "n": {"type": "integer", "minimum": 0},
            "name": {"type": "string"},
            "method": {"type": "string"},
            "procedure": {"type": "string"},
            "details": {"type": "object"},
            "p_adjusted": {"type": ["number", "null"]},
        },
    }


def _with(owner: Any, found: dict[str, Schema], **more: Schema) -> Schema:  # noqa: ANN401
    described = _describe_fields(owner, found)
    described["properties"] |= more
    described["required"] += list(more)
    return described


def _shape(found: dict[str, Schema]) -> None:
    """Tell what the file says otherwise than the objects; see :mod:`analysis.evaluation`."""
    number = {"type": ["number", "null", "string"], "pattern": "^suppressed$"}
    _exchange(found, ScoreSummary, drop=("mean",), add={n: number for n in _MEANS})
    _exchange(found, Outcome, drop=("p_adjusted", "pairs"))
    _exchange(found, Volunteers, drop=("overdue",))
    sizes = found.get(SampleSizes.__name__, {"properties": {}, "required": []})
    for old, new in (("from_wave", "from"), ("to_wave", "to")):
        sizes["properties"] = {new if k == old else k: v for k, v in sizes["properties"].items()}
        sizes["required"] = [new if k == old else k for k in sizes["required"]]
    change = found[Outcome.__name__]["properties"]["change"]
    told = {"required": ["procedure", "p_adjusted"], "properties": {"p_adjusted": number}}
    found[Outcome.__name__]["properties"]["change"] = {"allOf": [change, told]}
    clusters = {"required": ["n_clusters"], "properties": {"n_clusters": number}}
    analyses = found[GroupComparison.__name__]["properties"]["analyses"]
    analyses["items"] = {"allOf": [analyses["items"], clusters]}
    found[Volunteers.__name__]["properties"]["curve"] = {"type": "array", "items": _step(found)}


_MEANS = ("mean", "mean_ci_low", "mean_ci_high")


def _step(found: dict[str, Schema]) -> Schema:
    names = ("time_days", "at_risk", "events", "censored", "survival", "ci_low", "ci_high")
    columns = found[Curve.__name__]["properties"]
    properties = {name: columns[name]["items"] for name in names}
    return {"type": "object", "required": list(names), "properties": properties}


def _exchange(
    found: dict[str, Schema],
    owner: Any,  # noqa: ANN401
    *,
    drop: tuple[str, ...],
    add: Mapping[str, Schema] | None = None,
) -> None:
    described = found[owner.__name__]
    kept = {k: v for k, v in described["properties"].items() if k not in drop}
    described["properties"] = kept | dict(add or {})
    described["required"] = list(described["properties"])


if __name__ == "__main__":
    sys.stdout.buffer.write(write_schema())

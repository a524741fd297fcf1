"""The results file: every number at full precision, every sentence in both languages."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from analysis.evaluation import Evaluation
from dashboard.content.sanitize import safe_records
from dashboard.sentences import say_caution, say_finding, say_issue
from dashboard.text import LANGUAGES, Text

_SAID: Mapping[str, Callable[[Text, Any], str]] = {
    "findings": say_finding,
    "cautions": say_caution,
    "issues": say_issue,
}


def write_results(evaluation: Evaluation) -> bytes:
    """Write the results file; see docs/results.md and docs/results-schema.json.

    Parameters
    ----------
    evaluation
        Of :func:`analysis.evaluation.evaluate`, or protected for an audience; the file says for
        whom it is.

    Returns
    -------
    bytes
        JSON in UTF-8; numbers that are not finite never occur.
    """
    told = json.dumps(say_results(evaluation), ensure_ascii=False, indent=1, allow_nan=False)
    return (told + "\n").encode()


def say_results(evaluation: Evaluation) -> dict[str, Any]:
    """Give the results as plain values; findings, cautions and issues with their words."""
    results: dict[str, Any] = evaluation.to_results()
    for name, say in _SAID.items():
        results[name] = [
            record | {"text": {language: say(Text(language), one) for language in LANGUAGES}}
            for record, one in zip(results[name], getattr(evaluation, name), strict=True)
        ]
    return dict(safe_records(results))

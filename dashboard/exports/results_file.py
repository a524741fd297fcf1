"""The results file: every number at full precision, every sentence in both languages."""

from __future__ import annotations

import json
from typing import Any

from analysis.evaluation import Evaluation
from dashboard.exports.gateway import safe_records, share_evaluation
from dashboard.sentences import say_caution, say_finding
from dashboard.text import LANGUAGES, Text


def write_results(evaluation: Evaluation) -> bytes:
    """Write the results file; see docs/results.md and docs/results-schema.json.

    Parameters
    ----------
    evaluation
        Of :func:`analysis.evaluation.evaluate`.

    Returns
    -------
    bytes
        JSON in UTF-8; numbers that are not finite never occur.
    """
    told = json.dumps(say_results(evaluation), ensure_ascii=False, indent=1, allow_nan=False)
    return (told + "\n").encode()


def say_results(evaluation: Evaluation) -> dict[str, Any]:
    """Give the results as plain values, findings and cautions with their words."""
    evaluation = share_evaluation(evaluation)
    results = evaluation.to_results()
    results["findings"] = [
        record | {"text": {language: say_finding(Text(language), one) for language in LANGUAGES}}
        for record, one in zip(results["findings"], evaluation.findings, strict=True)
    ]
    results["cautions"] = [
        record | {"text": {language: say_caution(Text(language), one) for language in LANGUAGES}}
        for record, one in zip(results["cautions"], evaluation.cautions, strict=True)
    ]
    return dict(safe_records(results))

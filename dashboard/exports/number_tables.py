"""Tables of full-precision numbers for people who calculate on, and what their columns mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from analysis.evaluation import Evaluation
from analysis.results import to_row
from analysis.study import Study
from analysis.surveys.contrasts import main_rows
from dashboard.content.sanitize import safe_table
from dashboard.sentences.names import use_name
from dashboard.sentences.statistics import name_change
from dashboard.text import Text

_SECTIONS = (
    "outcomes",
    "analyses",
    "effect_sizes",
    "comparison",
    "scoring",
    "reliability",
    "items",
    "attrition",
    "bounds",
    "dose",
    "sensitivity",
    "targets",
)


def list_number_tables(evaluation: Evaluation) -> dict[str, pd.DataFrame]:
    """Tables by section of the results file, names as there, numbers as computed."""
    made = {
        name: _list_comparisons(evaluation) if name == "comparison" else evaluation.to_frame(name)
        for name in _SECTIONS
    }
    made["subgroups"] = _list_subgroups(evaluation)
    made["trajectory"] = _list_courses(evaluation)
    made["time_series"] = _list_events(evaluation)
    return {name: safe_table(_tidy(table)) for name, table in made.items() if len(table)}


def _tidy(table: pd.DataFrame) -> pd.DataFrame:
    """Without columns that are empty throughout and without the joint counts of pairs."""
    kept = [c for c in table.columns if not str(c).startswith("pairs") and table[c].notna().any()]
    return table[kept]


def _list_comparisons(evaluation: Evaluation) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"measure": one.measure, "from": one.contrast[0], "to": one.contrast[1], **to_row(a)}
            for one in evaluation.comparison
            for a in one.analyses
        ]
    )


def _list_subgroups(evaluation: Evaluation) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"measure": o.measure, "by": by.by, **to_row(group)}
            for o in evaluation.outcomes
            for by in o.subgroups
            for group in by.groups
        ]
    )


def _list_events(evaluation: Evaluation) -> pd.DataFrame:
    """Each event's numbers in each monthly series."""
    return pd.DataFrame(
        [
            {"series": one.name, "from": str(event.on), "quantity": name, **to_row(change)}
            for one in evaluation.time_series
            for event in one.events
            for name, change in (("gap", event.gap), ("level", event.level), ("slope", event.slope))
        ]
    )


def _list_courses(evaluation: Evaluation) -> pd.DataFrame:
    """Levels and contrasts of every course, one row each."""
    rows: list[dict[str, object]] = []
    for course in evaluation.trajectory:
        about = {"measure": course.measure, "group": course.group}
        rows += [about | {"to": p.wave, **to_row(p.level)} for p in course.points]
        rows += [
            about
            | {"from": c.from_wave, "to": c.to_wave, **to_row(c.change), "p_adjusted": c.p_adjusted}
            for c in course.contrasts
        ]
    return pd.DataFrame(rows)


def list_measures(evaluation: Evaluation, study: Study, text: Text) -> pd.DataFrame:
    """How each measure is made and estimated, with n and who is left out."""
    changes = {o.measure: o for o in main_rows(evaluation.outcomes)}
    rows = []
    for measure in study.plan.measures:
        outcome = changes.get(measure.name)
        low, high = measure.range or (None, None)
        rows.append(
            (
                text.of(measure.label, measure.name),
                measure.name,
                ", ".join(measure.items),
                ", ".join(measure.reversed) or "–",
                "–" if low is None else text.interval(low, high, 0),
                _say_score(text, measure.score),
                name_change(text, outcome.change) if outcome else "–",
                outcome.n.matched if outcome else None,
                outcome.n.from_only + outcome.n.to_only if outcome else None,
            )
        )
    names = [text("Measure"), text("Name in the files"), text("Items"), text("Reversed items")]
    names += [text("Range"), text("Score"), text("Method"), text("Answered both times")]
    return pd.DataFrame(rows, columns=[*names, text("Answered once")])


def _say_score(text: Text, score: str) -> str:
    named = {"sum": text("sum"), "percent": text("percent of the range")}
    return named.get(score, text("mean"))


def list_sources(evaluation: Evaluation, text: Text) -> pd.DataFrame:
    """Files read, with rows received, used and listed as left out."""
    rows = [
        (
            f["path"],
            use_name(text, str(f["table"])),
            f["n_rows"],
            f["n_used"],
            f["n_listed"],
            f["sha256"],
        )
        for f in evaluation.provenance.files
    ]
    names = [text("File"), text("Used as"), text("Rows"), text("Used"), text("Listed")]
    return pd.DataFrame(rows, columns=[*names, "SHA-256"])


_MEANINGS: Mapping[str, Callable[[Text], str]] = {
    "measure": lambda text: text("Name of the measure in the study file"),
    "from, to": lambda text: text("The two waves compared; a change is to minus from"),
    "estimate": lambda text: text("The number, in the unit of the measure; rates are 0 to 1"),
    "ci_low, ci_high": lambda text: text("Lower and upper limit of the interval"),
    "ci_level": lambda text: text("Coverage of the interval: 0.95 is 95 %"),
    "std_error": lambda text: text("Standard error of the estimate"),
    "statistic, df": lambda text: text("Test statistic and its degrees of freedom"),
    "p_value": lambda text: text("Two-sided p-value, not adjusted"),
    "p_adjusted": lambda text: text("p-value after counting all tests of the same role"),
    "n": lambda text: text("People (or pairs) the number rests on"),
    "n_missing": lambda text: text("People left out because an answer is missing"),
    "method": lambda text: text("How exactly: rule for degrees of freedom, zeros, corrections"),
    "reason": lambda text: text("Why a number cannot be given"),
    "floor, ceiling": lambda text: text("Share of people at the lowest or highest score"),
    "smd": lambda text: text("Standardised difference; above 0.25 the groups differ"),
    "d_z, d_av, hedges_g_z, hedges_g_av": lambda text: text(
        "Change in standard deviations: of the changes (z) or of the scores (av)"
    ),
    "rank_biserial, superiority": lambda text: text(
        "How often a person went up rather than down; 0 or 0.5 is neither"
    ),
}


def list_meanings(text: Text) -> pd.DataFrame:
    """What the columns of the number sheets mean."""
    rows = [(name, say(text)) for name, say in _MEANINGS.items()]
    return pd.DataFrame(rows, columns=[text("Column"), text("Meaning")])

"""The evaluator's scores as an SPSS file (.sav): one row per person and wave, everything labelled.

For those who go on in SPSS, Stata, R or jamovi. It holds every person's answers, so it is made
for the evaluator only. Where a table of counts holds several questions nobody knows which answers
came from one person: then a row is one answer to one question, with the number who gave it.
"""

from __future__ import annotations

import re
import tempfile
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.errors import ExportError
from analysis.evaluation import Evaluation
from analysis.intake.tables.count_questions import holds_questions
from analysis.plan import MeasurePlan
from analysis.results import Audience
from analysis.study import Study, SurveyData
from analysis.surveys.contrasts import main_rows
from analysis.surveys.scoring import asked_measures, score_measure, waves_of
from dashboard.content.sanitize import safe_text
from dashboard.exports.gateway import stamp_export
from dashboard.sentences.names import column_name, short_name, value_name, wave_name
from dashboard.text import Text

FloatArray = npt.NDArray[np.float64]

_NAME_BYTES, _LABEL_BYTES, _VALUE_BYTES, _NOTE_BYTES, _TEXT_BYTES = 64, 250, 120, 80, 4_000
"""What the format holds of a name, a variable's label, a value's label, a line of notes, a text."""
_MAX_VALUES = 200
_MAX_KINDS = 20
_RESERVED = frozenset(
    ["ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH"]
)
_ODD = re.compile(r"\W+")
_FACTS = ("group", "site", "cluster")


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One variable of the file.

    Attributes
    ----------
    name, label
        As wanted; both are shortened to what the format holds.
    values
        Numbers (NaN = system-missing) or texts (None = blank), one per row.
    labels
        Code → its words.
    missing
        Code → kind of missing answer.
    level
        ``nominal``, ``ordinal`` or ``scale``.
    """

    name: str
    label: str
    values: FloatArray | list[str | None]
    labels: Mapping[float, str] = field(default_factory=dict)
    missing: Mapping[float, str] = field(default_factory=dict)
    level: str = "nominal"


def write_statistics_file(
    evaluation: Evaluation, study: Study, text: Text, audience: Audience = "evaluator"
) -> bytes:
    """Write codes, waves, answers, scores and changes of every person as a ``.sav`` file.

    Raises
    ------
    ExportError
        ``evaluator_only`` for any other audience; ``no_answers`` without a survey.
    """
    import pyreadstat

    if audience != "evaluator" or evaluation.audience != "evaluator":
        raise ExportError("evaluator_only")
    if study.survey is None or study.survey.keys.empty:
        raise ExportError("no_answers")
    variables = list_variables(evaluation, study, text)
    names = unique_names([one.name for one in variables])
    named = dict(zip(names, variables, strict=True))
    stamp = stamp_export(evaluation, study)
    told = [
        text("Levee {version}, study {study}", version=stamp.version, study=stamp.fingerprint[:12]),
        text("Every person's answers: not for release."),
    ]
    if _counts_questions(study):
        told.append(text("One row per answer to one question: weight cases by n."))
    if stamp.simulated:
        told.insert(0, text("SIMULATED DATA: these people do not exist"))
    with tempfile.TemporaryDirectory(prefix="levee-") as folder:
        # The library writes to a path only; the folder is its owner's alone and goes at once.
        path = Path(folder) / "scores.sav"
        pyreadstat.write_sav(
            pd.DataFrame({name: one.values for name, one in named.items()}),
            path,
            file_label=_short(text.of(study.plan.study.title, "Levee"), 60),
            note=[_short(line, _NOTE_BYTES) for line in told],
            column_labels={name: _short(one.label, _LABEL_BYTES) for name, one in named.items()},
            variable_value_labels={
                name: {
                    code: _short(words, _VALUE_BYTES)
                    for code, words in {**one.labels, **one.missing}.items()
                }
                for name, one in named.items()
                if one.labels or one.missing
            },
            missing_ranges={n: _ranges(one.missing) for n, one in named.items() if one.missing},
            variable_measure={name: one.level for name, one in named.items()},
        )
        return path.read_bytes()


def list_variables(evaluation: Evaluation, study: Study, text: Text) -> list[Variable]:
    """List the variables: who and when, groups, then each measure's answers, score and change."""
    survey = study.survey
    if survey is None:
        return []
    facts = [_wave(study, survey, text), *_facts(study, survey, text)]
    if _counts_questions(study):
        return _counted(study, survey, facts, text)
    found = [
        Variable(
            name="respondent",
            label=text("Row (answers are anonymous)") if survey.anonymous else text("Respondent"),
            values=_texts(survey.keys["respondent"]),
        ),
        *facts,
    ]
    written: dict[str, pd.Series] = {}
    for measure in asked_measures(study):
        for item in measure.items:
            answers = survey.items[measure.name][item]
            # Two measures may share a question: it is written once, unless read differently.
            if item in written and written[item].equals(answers):
                continue
            written[item] = answers
            found.append(_item(study, survey, measure, item, text))
        found.append(_score(study, survey, measure, text))
    if not survey.anonymous:
        found += _changes(evaluation, study, text)
    return found


def unique_names(wanted: Sequence[str]) -> list[str]:
    """Bring names to what SPSS takes: letters, digits, ``_``, 64 bytes, no two alike.

    Examples
    --------
    >>> unique_names(["q 1", "Q_1", "3、我知道", "to"])
    ['q_1', 'Q_1_2', 'v3_我知道', 'to_']
    """
    taken: set[str] = set()
    names = []
    for one in wanted:
        bare = _ODD.sub("_", unicodedata.normalize("NFC", one)).strip("_") or "v"
        base = bare if bare[0].isalpha() else f"v{bare}"
        base = f"{base}_" if base.upper() in _RESERVED else base
        name, number = _cut(base, _NAME_BYTES), 1
        while name.casefold() in taken:
            number += 1
            tail = f"_{number}"
            name = _cut(base, _NAME_BYTES - len(tail)) + tail
        taken.add(name.casefold())
        names.append(name)
    return names


def _counts_questions(study: Study) -> bool:
    """Whether rows of the study are answers to several questions counted apart, not people."""
    survey = study.plan.survey
    read = [] if survey is None else [one.counts for one in survey.files]
    return any(counts is not None and holds_questions(counts) for counts in read)


def _counted(
    study: Study, survey: SurveyData, facts: Sequence[Variable], text: Text
) -> list[Variable]:
    """One row per question, wave, group and answer, with the number of people who gave it.

    Side by side, answers of different people would look like one person's, and SPSS would
    correlate them.
    """
    # Counted questions are measures of one question each; two measures may read the same one.
    own: dict[str, list[Variable]] = {}
    given: dict[str, npt.NDArray[np.bool_]] = {}
    for measure in asked_measures(study):
        for item in measure.items:
            here = survey.texts[measure.name][item].notna()
            if item in survey.kinds:
                here |= survey.kinds[item].notna()
            given[item] = here.to_numpy(dtype=bool)
            if item not in own:
                own[item] = [_item(study, survey, measure, item, text)]
            own[item].append(_score(study, survey, measure, text))
    variables = dict(enumerate(facts))
    blocks = []
    for question, (item, them) in enumerate(own.items(), 1):
        added = dict(enumerate(them, len(variables)))
        variables |= added
        answers = pd.DataFrame(
            {
                at: pd.Series(variables[at].values)[given[item]]
                for at in (*range(len(facts)), *added)
            }
        )
        people = answers.groupby(list(answers), dropna=False).size().rename("n").reset_index()
        words = {**them[0].labels, **them[0].missing}
        codes = people[next(iter(added))]
        said = codes.map({code: words.get(code, f"{code:g}") for code in codes.dropna()})
        blocks.append(people.assign(question=float(question), answer=said))
    if not blocks:
        raise ExportError("no_answers")
    rows = pd.concat(blocks, ignore_index=True)
    labels = {float(at): them[0].label for at, them in enumerate(own.values(), 1)}
    told = (
        replace(
            one, values=_texts(rows[at]) if isinstance(one.values, list) else _numbers(rows[at])
        )
        for at, one in variables.items()
    )
    return [
        Variable(
            name="question",
            label=text("Question"),
            values=_numbers(rows["question"]),
            labels=labels,
        ),
        # In words too: one column holds the answers of every question, for a table or a chart.
        Variable(name="answer", label=text("Answer"), values=_texts(rows["answer"])),
        *told,
        Variable(
            name="n",
            label=text("Number of people who gave this answer (frequency weight)"),
            values=_numbers(rows["n"]),
            level="scale",
        ),
    ]


def _wave(study: Study, survey: SurveyData, text: Text) -> Variable:
    code = {wave: float(at) for at, wave in enumerate(waves_of(study), 1)}
    return Variable(
        name="wave",
        label=text("Wave"),
        values=_numbers(survey.keys["wave"].map(code)),
        labels={at: wave_name(text, wave) for wave, at in code.items()},
        level="ordinal",
    )


def _facts(study: Study, survey: SurveyData, text: Text) -> list[Variable]:
    """Groups, weight and what results are broken down by; words become codes with labels."""
    plan = study.plan
    keys = survey.keys
    columns = {name: keys[name] for name in _FACTS if name in keys}
    columns |= {str(name): survey.categories[name] for name in survey.categories}
    found = [
        _coded(name, column_name(text, plan, name), values, study, text)
        for name, values in columns.items()
    ]
    for name in survey.covariates:
        if name in columns:
            continue
        told = survey.covariates[name]
        numbers = pd.to_numeric(told, errors="coerce")
        label = column_name(text, plan, str(name))
        if numbers.notna().sum() == told.notna().sum():
            values = _numbers(numbers)
            found.append(Variable(name=str(name), label=label, values=values, level="scale"))
        else:
            found.append(_coded(str(name), label, told, study, text))
    if "treated" in keys and "group" in keys:
        told = keys["treated"].astype(object).where(keys["group"].notna(), None)
        found.append(
            Variable(
                name="treated",
                label=text("Received the programme"),
                values=_numbers(told.map(float, na_action="ignore")),
                labels={0.0: text("no"), 1.0: text("yes")},
            )
        )
    if "weight" in keys:
        values = _numbers(keys["weight"])
        found.append(Variable(name="weight", label=text("Weight"), values=values, level="scale"))
    return found


def _coded(name: str, label: str, given: pd.Series, study: Study, text: Text) -> Variable:
    words = sorted({str(value) for value in given.dropna()})
    if len(words) > _MAX_VALUES:
        return Variable(name=name, label=label, values=_texts(given))
    code = {word: float(at) for at, word in enumerate(words, 1)}
    return Variable(
        name=name,
        label=label,
        values=_numbers(given.map(lambda v: code[str(v)], na_action="ignore")),
        labels={at: value_name(text, study.plan, word) for word, at in code.items()},
    )


def _item(
    study: Study, survey: SurveyData, measure: MeasurePlan, item: str, text: Text
) -> Variable:
    """One question: the number that counted, with the kinds of missing answers apart."""
    numbers = survey.items[measure.name][item].to_numpy(dtype=np.float64)
    said = survey.texts[measure.name][item]
    unasked = _never_asked(survey, said)
    unread = ~np.isfinite(numbers) & said.notna().to_numpy()
    kinds = {text("not asked in this wave"): unasked, text("answer could not be used"): unread}
    if item in survey.kinds:
        told = survey.kinds[item].where(said.isna().to_numpy())
        for words in sorted({str(word) for word in told.dropna()})[:_MAX_KINDS]:
            kinds[value_name(text, study.plan, words)] = told.eq(words).to_numpy(dtype=bool)
    values, missing = _with_kinds(numbers, kinds)
    label = text.of(measure.texts.get(item), short_name(item))
    if item in measure.reversed:
        label = text("{question} (reversed in the score)", question=label)
    said_as = survey.answer_labels.get(measure.name, {})
    labels = {float(n): value_name(text, study.plan, one) for n, one in said_as.items()}
    if measure.kind in ("binary", "knowledge"):
        right, wrong = (
            (text("right"), text("wrong"))
            if measure.kind == "knowledge"
            else (text("yes"), text("no"))
        )
        labels = {0.0: wrong, 1.0: right}
    elif measure.kind == "category":
        named = [value_name(text, study.plan, word) for word in measure.order]
        labels = {float(at): word for at, word in enumerate(named)} | labels
    return Variable(
        name=item,
        label=label,
        values=values,
        labels=labels,
        missing=missing,
        level={"scale": "ordinal", "number": "scale"}.get(measure.kind, "nominal"),
    )


def _score(study: Study, survey: SurveyData, measure: MeasurePlan, text: Text) -> Variable:
    scored = score_measure(study, measure)
    given = scored["score"].to_numpy(dtype=np.float64)
    answered = scored["n_answered"].to_numpy() > 0
    unasked = np.ones(len(given), dtype=bool)
    for item in measure.items:
        unasked &= _never_asked(survey, survey.texts[measure.name][item])
    values, missing = _with_kinds(
        given,
        {
            text("not asked in this wave"): unasked,
            text("too few questions answered"): ~np.isfinite(given) & answered,
        },
    )
    label = text("{measure}: score", measure=column_name(text, study.plan, measure.name))
    level = "nominal" if measure.kind in ("binary", "category") else "scale"
    return Variable(
        name=f"{measure.name}_score", label=label, values=values, missing=missing, level=level
    )


def _changes(evaluation: Evaluation, study: Study, text: Text) -> list[Variable]:
    """Each person's later scores less the one at the start of the measure's main contrast."""
    measures = {measure.name: measure for measure in asked_measures(study)}
    found = []
    for outcome in main_rows(evaluation.outcomes):
        measure = measures.get(outcome.measure)
        if measure is None or measure.kind == "category":
            continue
        start = outcome.contrast[0]
        later = {
            o.contrast[1]
            for o in evaluation.outcomes
            if (o.measure, o.contrast[0]) == (measure.name, start)
        }
        scored = score_measure(study, measure)
        first = scored[scored["wave"] == start].set_index("respondent")["score"]
        change = scored["score"] - scored["respondent"].map(first)
        name = column_name(text, study.plan, measure.name)
        found.append(
            Variable(
                name=f"{measure.name}_change",
                label=text(
                    "{measure}: change since {wave}", measure=name, wave=wave_name(text, start)
                ),
                values=change.where(scored["wave"].isin(later)).to_numpy(dtype=np.float64),
                level="scale",
            )
        )
    return found


def _never_asked(survey: SurveyData, said: pd.Series) -> npt.NDArray[np.bool_]:
    """Rows of waves in which nobody answered a question: it was not in that questionnaire."""
    asked = said.notna().groupby(survey.keys["wave"]).transform("any")
    unasked: npt.NDArray[np.bool_] = ~asked.to_numpy(dtype=bool)
    return unasked


def _with_kinds(
    numbers: FloatArray, kinds: Mapping[str, npt.NDArray[np.bool_]]
) -> tuple[FloatArray, dict[float, str]]:
    """Write each kind of missing answer as a code below every number there is."""
    lowest = float(np.nanmin(numbers)) if np.isfinite(numbers).any() else 0.0
    top = 100.0
    while lowest <= len(kinds) - top:
        top *= 10
    values, missing = numbers.copy(), {}
    for at, (words, here) in enumerate(kinds.items(), 1):
        if here.any():
            values[here] = at - top
            missing[at - top] = words
    return values, missing


def _ranges(missing: Mapping[float, str]) -> list[Any]:
    """Three codes may be listed; more of them lie side by side and are one range."""
    codes = sorted(missing)
    return codes if len(codes) <= 3 else [{"lo": codes[0], "hi": codes[-1]}]


def _numbers(values: pd.Series) -> FloatArray:
    return np.asarray(values, dtype=np.float64)


def _texts(values: pd.Series) -> list[str | None]:
    return [None if pd.isna(v) else _cut(safe_text(v), _TEXT_BYTES) for v in values]


def _short(words: str, limit: int) -> str:
    """Shorten words to so many bytes, with dots where something is missing."""
    bare = " ".join(safe_text(words).split())
    return bare if len(bare.encode()) <= limit else _cut(bare, limit - 3) + "…"


def _cut(words: str, limit: int) -> str:
    """The first ``limit`` bytes in UTF-8, no letter cut in two."""
    return words.encode()[:limit].decode(errors="ignore")

"""What a new evaluation says otherwise than the one before: rows, people, headlines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from analysis.evaluation import Evaluation
from analysis.study import Study
from dashboard.sentences import say_finding
from dashboard.sentences.names import wave_name
from dashboard.text import Text

_MAX_HEADLINES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What is compared of two evaluations.

    Attributes
    ----------
    rows
        File (and sheet) → rows used and rows left out.
    people
        Wave → people.
    matched
        People found in the first and the last wave; None where nobody can be matched.
    headlines
        Finding (code and measure) → its sentence.
    """

    rows: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    people: Mapping[str, int] = field(default_factory=dict)
    matched: int | None = None
    headlines: Mapping[str, str] = field(default_factory=dict)


def take_snapshot(text: Text, study: Study, evaluation: Evaluation) -> Snapshot:
    """Take what is compared later."""
    flow = evaluation.flow
    headlines: dict[str, str] = {}
    for finding in evaluation.findings:
        headlines.setdefault(f"{finding.section} {finding.measure}", say_finding(text, finding))
    return Snapshot(
        rows={
            f"{one.path} › {one.sheet}" if one.sheet else one.path: (one.n_used, one.n_listed)
            for one in study.files
        },
        people={} if flow is None else {w: one.respondents for w, one in flow.waves.items() if w},
        matched=None if flow is None or flow.anonymous else flow.matched,
        headlines=headlines,
    )


def say_changes(text: Text, before: Snapshot | None, after: Snapshot) -> list[str]:
    """Say what changed, one line each; after the first evaluation what there is."""
    old = before or Snapshot()
    said = _rows(text, old, after)
    for wave in dict.fromkeys([*old.people, *after.people]):
        said += _number(
            text,
            text("people {wave}", wave=wave_name(text, wave)),
            old.people.get(wave),
            after.people.get(wave),
        )
    said += _number(text, text("people matched"), old.matched, after.matched)
    changed = [
        (old.headlines.get(key), after.headlines.get(key))
        for key in dict.fromkeys([*old.headlines, *after.headlines])
        if old.headlines.get(key) != after.headlines.get(key)
    ]
    for was, now in changed[:_MAX_HEADLINES]:
        said += [text("before: {sentence}", sentence=was)] if was else []
        said += [text("now: {sentence}", sentence=now)] if now else []
    more = len(changed) - _MAX_HEADLINES
    if more > 0:
        said.append(text("{n} more headlines changed.", n=text.number(more, 0)))
    return said or [text("Nothing changed in the results.")]


def _rows(text: Text, old: Snapshot, new: Snapshot) -> list[str]:
    said = []
    for name in dict.fromkeys([*old.rows, *new.rows]):
        was, now = old.rows.get(name), new.rows.get(name)
        if now is None:
            said.append(text("{file}: no longer used", file=name))
        elif was != now:
            used, out = (text.number(n, 0) for n in now)
            said.append(
                text("{file}: {used} rows used, {out} left out", file=name, used=used, out=out)
                if was is None
                else text(
                    "{file}: {before} → {used} rows used, {out} left out",
                    file=name,
                    before=text.number(was[0], 0),
                    used=used,
                    out=out,
                )
            )
    return said


def _number(text: Text, what: str, was: int | None, now: int | None) -> list[str]:
    if was == now:
        return []
    if was is None:
        return [text("{what}: {n}", what=what, n=text.number(now, 0))]
    told = text.number(now, 0) if now is not None else "–"
    return [text("{what}: {before} → {after}", what=what, before=text.number(was, 0), after=told)]

"""Sets of people of a made study that a number of its files could count.

A crowd is one group of people: respondents, participants or volunteers. ``weights`` says what each
of them could count for; ``masks`` who of them a label of the file could mean: a role, a month, a
wave, a number of sessions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.study import Study
from analysis.volunteers.spells import collect_team, days_of, derive_stints, derive_tenures
from benchmarks.attack.made_studies import MEASURES, Floats, Truth

Masks = Mapping[str, Floats]
#: Masks of a number's labels that are tried, alone and in pairs.
_MOST_MASKS = 50


@dataclass(frozen=True, slots=True)
class Crowd:
    """People of one kind, in a fixed order."""

    size: int
    weights: Masks
    masks: Callable[[tuple[str, ...]], Masks]

    def meanings(self, labels: tuple[str, ...]) -> tuple[list[tuple[str, ...]], Floats]:
        """Everything that a number with these labels could count: names, and a row of weights."""
        masks = {"": np.ones(self.size), **self.masks(labels)}
        names = list(masks)[:_MOST_MASKS]
        ways = [(name,) for name in names] + list(combinations(names[1:], 2))
        rows = np.array([np.prod([masks[name] for name in way], axis=0) for way in ways])
        told = [(weight, *way) for weight in self.weights for way in ways]
        return told, np.concatenate([rows * weight for weight in self.weights.values()])

    def weights_of(self, meaning: tuple[str, ...], labels: tuple[str, ...]) -> Floats | None:
        """The row of weights of one meaning; None where the labels have no such mask."""
        weight, *way = meaning
        found, masks = self.weights.get(weight), self.masks(labels)
        for name in filter(None, way):
            if found is None or name not in masks:
                return None
            found = found * masks[name]
        return found


def crowds_of(study: Study, truth: Truth) -> dict[str, Crowd]:
    """The crowds of a study."""
    found = {"survey": _respondents(truth), "attendance": _participants(study)}
    team = _volunteers(study)
    return found if team is None else {**found, "team": team}


def _numbers(labels: Sequence[str]) -> list[tuple[int, float]]:
    told = []
    for at, label in enumerate(labels):
        try:
            told.append((at, float(label)))
        except ValueError:
            continue
    return told


def _respondents(truth: Truth) -> Crowd:
    waves, n = truth.waves, len(truth.codes)
    there = {wave: truth.answered[wave].astype(float) for wave in waves}
    treated = np.ones(n, dtype=bool) if truth.treated is None else truth.treated
    first, last = there[waves[0]], there[waves[-1]]
    weights = {
        "people": np.ones(n),
        "came": (truth.sessions > 0).astype(float),
        "own": treated.astype(float),
        "compared": (~treated).astype(float),
        "in both": first * last,
        "first only": first * (1 - last),
        "last only": last * (1 - first),
        "in any": np.maximum.reduce(list(there.values())),
    }

    @cache
    def masks(labels: tuple[str, ...]) -> Masks:
        found: dict[str, Floats] = {}
        asked = [(at, wave) for at, wave in enumerate(labels) if wave in waves]
        for at, label in enumerate(labels):
            for fact in (one for one in truth.facts.values() if label in one):
                found[f"is {at}"] = (fact == label).astype(float)
            found |= _of_question(truth, at, labels, asked)
        for at, value in _numbers(labels):
            found[f"sessions {at}"] = (truth.sessions == value).astype(float)
        for at, wave in asked:
            found[f"in wave {at}"] = there[wave]
        return found

    return Crowd(n, weights, masks)


def _of_question(
    truth: Truth, at: int, labels: tuple[str, ...], asked: Sequence[tuple[int, str]]
) -> dict[str, Floats]:
    """Who answered the measure or question that a label names, and what."""
    label = labels[at]
    if label in MEASURES and MEASURES[label][1][0] in truth.answers:
        scores = {wave: truth.scores(label, wave) for wave in truth.waves}
        return _of_scores(f"measure {at}", scores, asked)
    if label not in truth.answers:
        return {}
    found = _of_scores(f"item {at}", truth.answers[label], asked)
    for other, value in _numbers(labels):
        for place, wave in asked:
            given = truth.answers[label][wave] == value
            found[f"item {at} is {other} in {place}"] = given.astype(float)
    return found


def _of_scores(
    name: str, scores: Mapping[str, Floats], asked: Sequence[tuple[int, str]]
) -> dict[str, Floats]:
    first, *_, last = scores.values()
    known = np.isfinite(first) & np.isfinite(last)
    gain = np.where(known, last - first, 0.0)
    sets = {
        "both": known,
        "first": np.isfinite(first),
        "last": np.isfinite(last),
        "lost": np.isfinite(first) & ~known,
        "new": np.isfinite(last) & ~known,
        "more": gain > 0,
        "less": gain < 0,
        "same": known & (gain == 0),
        "high first": first == 1,
        "high last": last == 1,
        "high both": known & (first == 1) & (last == 1),
    }
    found = {f"{name} {told}": one.astype(float) for told, one in sets.items()}
    for at, wave in asked:
        found[f"{name} in {at}"] = np.isfinite(scores[wave]).astype(float)
        found[f"{name} missing in {at}"] = (~np.isfinite(scores[wave])).astype(float)
    return found


def _participants(study: Study) -> Crowd:
    rows = study.attendance
    if rows is None:
        return Crowd(0, {}, lambda _labels: {})
    people, who = np.unique(rows["person"].to_numpy(str), return_inverse=True)
    kept = rows.assign(month=rows["date"].dt.strftime("%Y-%m"))
    yes = np.ones(len(kept), dtype=bool)
    came = kept["attended"].to_numpy(bool) if "attended" in kept else yes
    listed = kept["registered"].to_numpy(bool) if "registered" in kept else yes
    final = kept["date"] == kept["date"].max()
    last_session = kept["session"] == kept.loc[kept["date"].idxmax(), "session"]

    def often(inside: npt.NDArray[np.bool_] | pd.Series) -> Floats:
        return np.bincount(who[np.asarray(inside)], minlength=people.size).astype(float)

    visits = often(came)
    weights = {
        "people": (visits > 0).astype(float),
        "visits": visits,
        "came again": (visits > 1).astype(float),
        "before the last day": often(came & ~final),
        "before the last session": often(came & ~last_session),
        "listed": often(listed),
        "listed and came": often(listed & came),
        "listed and did not come": often(listed & ~came),
        "not listed and came": often(~listed & came),
    }

    @cache
    def masks(labels: tuple[str, ...]) -> Masks:
        found: dict[str, Floats] = {}
        for at, label in enumerate(labels):
            for column in ("session", "kind", "month"):
                inside = kept[column] == label
                if not inside.any():
                    continue
                # Of visits those in it; of people those with one.
                found[f"{column} {at}"] = (often(inside & came) > 0).astype(float)
                for name, rows_of in (("came", came), ("listed", listed), ("both", listed & came)):
                    share = often(inside & rows_of) / np.maximum(often(rows_of), 1)
                    found[f"share of {name} in {column} {at}"] = share
        for at, value in _numbers(labels):
            found[f"exactly {at}"] = (visits == value).astype(float)
            found[f"at least {at}"] = (visits >= value).astype(float)
        return found

    return Crowd(people.size, weights, masks)


def _volunteers(study: Study) -> Crowd | None:
    team = collect_team(study)
    if team is None or study.service is None:
        return None
    tenures, stints = derive_tenures(team), derive_stints(team)
    log = study.service.assign(month=study.service["date"].dt.strftime("%Y-%m"))
    who = pd.Index(team.ids.astype(str)).get_indexer(log["volunteer"].astype(str))
    hours = log["hours"].to_numpy(float)

    def add(values: npt.NDArray[np.generic]) -> Floats:
        return np.bincount(who, weights=values.astype(float), minlength=team.n)

    started = pd.to_datetime(team.start, unit="D")
    columns = {
        "role": team.roster["role"].astype(str).to_numpy(),
        "joined in": started.strftime("%Y-%m").to_numpy(str),
        "quarter": pd.PeriodIndex(started, freq="Q").astype(str).to_numpy(str),
    }
    still = np.isin(np.arange(team.n), stints.person[np.isinf(stints.stop)])
    known, observed = np.isfinite(tenures.duration), team.until - team.start
    since = days_of(log["date"]) - team.start[who]
    total = add(hours)
    sets = {
        "people": np.ones(team.n),
        "there": still,
        "left": ~still,
        "ended": tenures.event,
        "open": known & ~tenures.event,
        "too recent": ~known,
        "observed": known,
        "served": total > 0,
        "never served": total == 0,
        "hours": total,
        "days": add(np.ones(len(log))),
        "came back": np.bincount(stints.person, minlength=team.n) > 1,
        "recorded": np.isfinite(team.left),
        "lapsed": tenures.lapsed,
    }

    @cache
    def gone_after(days: int) -> Floats:
        other = collect_team(study, lapse_after_days=days)
        assert other is not None
        ends = derive_stints(other)
        return (~np.isin(np.arange(team.n), ends.person[np.isinf(ends.stop)])).astype(float)

    @cache
    def masks(labels: tuple[str, ...]) -> Masks:
        found: dict[str, Floats] = {}
        for at, label in enumerate(labels):
            for name, column in columns.items():
                found[f"{name} {at}"] = (column == label).astype(float)
            for name in ("month", "activity"):
                inside = (log[name] == label).to_numpy(bool)
                found[f"{name} {at}"] = (add(inside) > 0).astype(float)
                found[f"share in {name} {at}"] = add(hours * inside) / np.maximum(total, 1e-9)
        for at, value in _numbers(labels):
            found[f"stay {at}"] = (tenures.duration == value).astype(float)
            found[f"stay up to {at}"] = (tenures.duration <= value).astype(float)
            found[f"stay from {at}"] = (tenures.duration >= value).astype(float)
            found[f"could stay {at}"] = (observed >= value).astype(float)
            found[f"served from {at}"] = (add(since >= value) > 0).astype(float)
            if value in (60, 90, 180):
                found[f"gone after {at}"] = gone_after(int(value))
        return {name: mask for name, mask in found.items() if mask.any()}

    return Crowd(team.n, {name: one.astype(float) for name, one in sets.items()}, masks)

"""Studies of made people, and the truth by which the attacker's findings are checked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.plan import plan_from_dict
from analysis.study import Study, SurveyData
from benchmarks.attack.spoils import LEAST

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
#: Measure → (kind, items, range).
MEASURES: dict[str, tuple[str, tuple[str, ...], tuple[float, float]]] = {
    "trust": ("scale", ("q1", "q2", "q3", "q4"), (1, 5)),
    "care": ("scale", ("c1", "c2"), (1, 5)),
    "kit": ("binary", ("k1",), (0, 1)),
}


@dataclass(frozen=True, slots=True)
class Truth:
    """The made data: one entry per person, answers as item → wave → person."""

    codes: npt.NDArray[np.str_]
    answers: dict[str, dict[str, Floats]]
    answered: dict[str, Bools]
    facts: dict[str, npt.NDArray[np.str_]]
    treated: Bools | None
    sessions: Floats
    hours: Floats
    capacity: pd.DataFrame | None

    @property
    def waves(self) -> tuple[str, ...]:
        """Names of the waves, in order."""
        return tuple(self.answered)

    def scores(self, measure: str, wave: str) -> Floats:
        """Mean of the items answered; NaN for who answered none."""
        block = np.array([self.answers[item][wave] for item in MEASURES[measure][1]])
        known = np.isfinite(block).sum(axis=0)
        return np.where(known > 0, np.nansum(block, axis=0) / np.maximum(known, 1), np.nan)

    def without(self, gone: Bools) -> Truth:
        """The same people less some who are in this version of the study no more."""
        answers = {
            item: {wave: np.where(gone, np.nan, one) for wave, one in waves.items()}
            for item, waves in self.answers.items()
        }
        there = {wave: one & ~gone for wave, one in self.answered.items()}
        return replace(self, answers=answers, answered=there)


def draw_study(seed: int) -> tuple[Study, Truth]:
    """Draw a study of people who answer, come, volunteer; some of each are missing."""
    rng, few = np.random.default_rng(seed), np.random.default_rng([seed, 1])
    n = int(rng.integers(14, 221))
    waves = ("pre", "post", "later") if rng.random() < 0.2 else ("pre", "post")
    names = ["trust", *(m for m in ("care", "kit") if rng.random() < 0.4)]
    answers = {
        item: one for name in names for item, one in _draw_answers(rng, n, name, waves).items()
    }
    kept = (rng.choice([0.9, 0.97, 1.0]), *rng.choice([0.7, 0.9, 0.97], len(waves) - 1))
    answered = {wave: rng.random(n) < share for wave, share in zip(waves, kept, strict=True)}
    answers = {
        item: {wave: np.where(answered[wave], one[wave], np.nan) for wave in waves}
        for item, one in answers.items()
    }
    facts = {
        "sex": rng.choice(["f", "m", "x"], n, p=[0.55, 0.4, 0.05]),
        "age": rng.choice(["18-35", "36-59", "60+"], n, p=[0.5, 0.4, 0.1]),
    }
    treated = np.arange(n) % 2 == 0 if rng.random() < 0.3 else None
    if treated is not None and few.random() < 0.5:
        treated = few.permutation(n) < few.integers(2, 12)
    if rng.random() < 0.3:
        facts["site"] = rng.choice(["east", "west", "hill"], n, p=[0.5, 0.35, 0.15])
    codes = np.array([f"P{i:03}" for i in range(n)])
    sessions = np.minimum(rng.poisson(3, n), 9)
    volunteers, service, hours = _draw_team(rng, few)
    capacity = _draw_capacity(rng) if rng.random() < 0.5 else None
    truth = Truth(codes, answers, answered, facts, treated, sessions.astype(float), hours, capacity)
    attendance = _draw_attendance(rng, codes, sessions)
    if few.random() < 0.4:
        attendance = _add_registered(few, codes, attendance)
    more = {"funding": _draw_funding(rng), "consultation": _draw_issues(rng)}
    asked = {name for name in more if rng.random() < 0.4}
    study = Study(
        plan=plan_from_dict(_plan_of(names, waves, facts, capacity is not None, asked)),
        survey=survey_of(truth, names),
        attendance=attendance,
        volunteers=volunteers,
        service=service,
        capacity=capacity,
        funding=more["funding"] if "funding" in asked else None,
        consultation=more["consultation"] if "consultation" in asked else None,
    )
    return study, truth


def survey_of(truth: Truth, names: list[str]) -> SurveyData:
    """The answers as a survey's tables: a row per person and wave."""
    rows = [np.flatnonzero(truth.answered[wave]) for wave in truth.waves]
    everyone = np.concatenate(rows)
    keys = pd.DataFrame(
        {
            "respondent": truth.codes[everyone],
            "wave": np.repeat(truth.waves, [len(r) for r in rows]),
        }
    )
    if truth.treated is not None:
        keys["treated"] = truth.treated[everyone]
        keys["group"] = np.where(truth.treated[everyone], "T", "C")
    if "site" in truth.facts:
        keys["site"] = truth.facts["site"][everyone]
    items = {
        name: pd.DataFrame(
            {
                item: np.concatenate(
                    [truth.answers[item][w][r] for w, r in zip(truth.waves, rows, strict=True)]
                )
                for item in MEASURES[name][1]
            }
        )
        for name in names
    }
    categories = pd.DataFrame({k: truth.facts[k][everyone] for k in ("sex", "age")})
    return SurveyData(keys=keys, categories=categories, texts={}, items=items)


def _plan_of(
    names: list[str],
    waves: tuple[str, ...],
    facts: dict[str, Any],
    capacity: bool,
    asked: set[str],
) -> dict[str, Any]:
    survey: dict[str, Any] = {"waves": list(waves), "respondent": "code"}
    survey["disaggregate"] = ["sex", "age"]
    if "site" in facts:
        survey["site"] = "site"
    indicators = [
        f"{name}.{rest}"
        for name in names
        for rest in ("change", *(f"{wave}.{what}" for wave in waves for what in ("mean", "median")))
    ]
    told: dict[str, Any] = {
        "study": {"min_group": LEAST},
        "targets": [{"indicator": one, "target": 4.5} for one in indicators],
        "survey": survey,
        "measures": [
            {
                "name": name,
                "kind": MEASURES[name][0],
                "range": list(MEASURES[name][2]),
                "items": list(MEASURES[name][1]),
                "role": "primary" if name == "trust" else "secondary",
                "min_answered": 1,
            }
            for name in names
        ],
        "attendance": {"path": "a.csv", "person": "person", "session": "session", "kind": "kind"},
        "volunteers": {
            "path": "v.csv",
            "volunteer": "volunteer",
            "joined": "joined",
            "role": "role",
            "groups": ["role"],
        },
        "service": {"path": "s.csv", "volunteer": "volunteer", "date": "date"},
    }
    if capacity:
        told["capacity"] = {"path": "c.csv", "range": [1, 7]}
    if "funding" in asked:
        told["funding"] = {"path": "f.csv", "amount": "amount", "source": "source"}
    if "consultation" in asked:
        told["consultation"] = {"path": "i.csv", "raised_by": "raised_by"}
    return told


def _draw_answers(
    rng: np.random.Generator, n: int, name: str, waves: tuple[str, ...]
) -> dict[str, dict[str, Floats]]:
    kind, items, (low, high) = MEASURES[name]
    level, gain = rng.normal(3, 0.7, n), rng.normal(0.4, 0.5, n)
    missing = rng.choice([0.0, 0.01, 0.05])
    found: dict[str, dict[str, Floats]] = {item: {} for item in items}
    for at, wave in enumerate(waves):
        for item in items:
            drawn = level + gain * min(at, 1) + rng.normal(0, 0.6, n)
            one = (drawn > 3.2).astype(float) if kind == "binary" else np.round(drawn)
            found[item][wave] = np.where(rng.random(n) < missing, np.nan, np.clip(one, low, high))
    return found


def _draw_attendance(
    rng: np.random.Generator, codes: npt.NDArray[np.str_], sessions: npt.NDArray[np.int64]
) -> pd.DataFrame:
    rows = [
        (code, f"S{k}", f"2026-0{1 + k // 3}-{10 + k % 3}", "drill" if k % 4 == 0 else "talk")
        for code, times in zip(codes, sessions, strict=True)
        for k in sorted(rng.choice(9, int(times), replace=False))
    ]
    table = pd.DataFrame(rows, columns=["person", "session", "date", "kind"])
    table["date"] = pd.to_datetime(table["date"])
    return table


def _add_registered(
    few: np.random.Generator, codes: npt.NDArray[np.str_], came: pd.DataFrame
) -> pd.DataFrame:
    """A list of those registered: some of them did not come, some who came are not on it."""
    dates = came.drop_duplicates("session").set_index("session")
    every = pd.MultiIndex.from_product([codes, dates.index], names=["person", "session"])
    absent = every.difference(pd.MultiIndex.from_frame(came[["person", "session"]]))
    absent = absent[few.random(len(absent)) < few.choice([0.01, 0.05, 0.3])]
    missed = absent.to_frame(index=False)
    missed = missed.join(dates[["date", "kind"]], on="session").assign(attended=False)
    listed = came.assign(attended=True, registered=few.random(len(came)) > few.choice([0, 0.03]))
    return pd.concat([listed, missed.assign(registered=True)], ignore_index=True)


def _draw_team(
    rng: np.random.Generator, few: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame, Floats]:
    team = int(rng.integers(6, 60))
    joined = pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 300, team), unit="D")
    left = joined + pd.to_timedelta(rng.integers(20, 400, team), unit="D")
    hours = rng.gamma(2, 3, team).round(1) + 0.1
    volunteers = pd.DataFrame(
        {
            "volunteer": [f"VOL-{i:02}" for i in range(team)],
            "joined": joined,
            "left": left.where(left < pd.Timestamp("2026-03-01")),
            "role": rng.choice(["core", "lead", "helper"], team, p=[0.7, 0.1, 0.2]),
        }
    )
    first = pd.DataFrame({"volunteer": volunteers["volunteer"], "hours": hours})
    first["date"] = joined + pd.Timedelta(days=3)
    first["activity"] = rng.choice(["patrol", "calls"], team)
    again = first.sample(frac=0.6, random_state=int(rng.integers(1 << 30)))
    again = again.assign(date=again["date"] + pd.Timedelta(days=100), hours=1.0)
    service = pd.concat([first, again], ignore_index=True)
    if few.random() < 0.5:
        # Some on the roster never served; some joined too lately to be judged.
        idle = few.permutation(team) < few.integers(1, 4)
        service = service[~service["volunteer"].isin(volunteers.loc[idle, "volunteer"])]
        lately = (few.permutation(team) < few.integers(1, 4)) & idle
        recent = service["date"].max() - pd.Timedelta(days=10)
        volunteers.loc[lately, ["joined", "left"]] = [recent, pd.NaT]
    return volunteers, service, service.groupby("volunteer")["hours"].sum().to_numpy()


def _draw_capacity(rng: np.random.Generator) -> pd.DataFrame:
    raters = int(rng.integers(3, 20))
    rows = [
        (f"RATER-{r:02}", domain, "", wave, float(rng.integers(1, 8)), "")
        for r in range(raters)
        for domain in ("money", "skills")
        for wave in ("pre", "post")
        if rng.random() < 0.92
    ]
    return pd.DataFrame(rows, columns=["rater", "domain", "item", "wave", "score", "group"])


def _draw_funding(rng: np.random.Generator) -> pd.DataFrame:
    dates = pd.date_range("2025-01-15", periods=20, freq="MS")
    amounts = np.where(np.arange(20) % 2, -1, 1) * rng.integers(200, 5000, 20).astype(float)
    return pd.DataFrame(
        {"date": dates, "amount": amounts, "source": rng.choice(["City", "Fund", "Fair"], 20)}
    )


def _draw_issues(rng: np.random.Generator) -> pd.DataFrame:
    n = int(rng.integers(6, 20))
    raised = pd.Timestamp("2026-01-01") + pd.to_timedelta(rng.integers(0, 60, n), unit="D")
    agreed = raised + pd.to_timedelta(rng.integers(2, 20, n), unit="D")
    done = agreed + pd.to_timedelta(rng.integers(5, 90, n), unit="D")
    return pd.DataFrame(
        {
            "issue": [f"issue {i}" for i in range(n)],
            "raised_by": [f"Resident-{i:02}-{rng.integers(10**6)}" for i in range(n)],
            "raised": raised,
            "agreed": agreed,
            "due": agreed + pd.Timedelta(days=45),
            "done": pd.Series(done).where(rng.random(n) < 0.6),
        }
    )

"""Who carries the work: hours in total, per person, how concentrated, how reliable."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.results import EstimateLike, NotEstimable
from analysis.statistics.concentration import count_bus_factor, gini, lorenz, top_share
from analysis.statistics.proportions import few_people_behind, share_by_person
from analysis.statistics.t_tests import mean_t
from analysis.volunteers.results import Hours
from analysis.volunteers.spells import FloatArray, Team, days_of

MAX_LISTED = 500


def estimate_hours(service: pd.DataFrame | None, team: Team, seed: int) -> Hours | None:
    """Estimate how the work is spread over everybody in the log; None without a log.

    In hours where the log has them, else in days of service. Rows signed up but not attended
    count for reliability only. Gini with n/(n−1) and bootstrap interval.
    """
    if service is None or service.empty:
        return None
    log = usable_service(service, team)
    came = log[log["attended"]]
    if came.empty:
        return None
    unit = "hours" if "hours" in service else "days"
    amounts = _per_person(came, unit)
    return Hours(
        unit=unit,
        total=float(amounts.sum()),
        per_active=_mean(amounts),
        gini=gini(amounts, seed=seed),
        top10_share=top_share(amounts, 0.1, seed=seed),
        bus_factor=count_bus_factor(amounts),
        reliability=_reliability(log, {"signed_up", "attended"} <= set(service)),
        lorenz=lorenz(amounts),
        per_person=tuple(np.sort(amounts)[::-1][:MAX_LISTED].tolist()),
        by_activity=_by_activity(came, unit),
    )


def usable_service(service: pd.DataFrame, team: Team) -> pd.DataFrame:
    """Rows of the log with a volunteer and a day up to the end of observation."""
    n = len(service)
    log = pd.DataFrame({"volunteer": service["volunteer"], "day": days_of(service["date"])})
    log["hours"] = service["hours"].to_numpy(np.float64) if "hours" in service else np.ones(n)
    log["attended"] = _flag(service, "attended", True)
    log["signed_up"] = _flag(service, "signed_up", False)
    log["activity"] = service.get("activity")
    return log[log["volunteer"].notna() & log["day"].notna() & (log["day"] <= team.until)]


def _flag(service: pd.DataFrame, name: str, otherwise: bool) -> np.ndarray:
    if name not in service:
        return np.full(len(service), otherwise)
    return service[name].fillna(otherwise).to_numpy(dtype=np.bool_)


def _per_person(came: pd.DataFrame, unit: str) -> FloatArray:
    if unit == "days":
        came = came.drop_duplicates(["volunteer", "day"])
    summed = came.groupby("volunteer", sort=False, observed=True)["hours"].sum(min_count=1)
    return np.asarray(summed.dropna().to_numpy(), dtype=np.float64)


def _mean(amounts: FloatArray) -> EstimateLike:
    """Mean per person with the t interval."""
    n = amounts.size
    if n < 2:
        return NotEstimable(reason="too_few", n=n, method="mean_t")
    found = mean_t(amounts)
    return replace(found, ci_low=max(0.0, found.ci_low or 0.0))


def _reliability(log: pd.DataFrame, asked: bool) -> EstimateLike:
    """Of the rows signed up for, the share attended; interval by volunteer."""
    if not asked:
        return NotEstimable(reason="not_asked", method="wilson_by_person")
    each = _kept_promises(log)
    return share_by_person(each["sum"], each["size"])


def _kept_promises(log: pd.DataFrame) -> pd.DataFrame:
    """Rows each volunteer signed up for, and attended."""
    promised = log[log["signed_up"]]
    return promised.groupby("volunteer", observed=True)["attended"].agg(["sum", "size"])


def few_behind_reliability(service: pd.DataFrame | None, team: Team) -> int | None:
    """Give how many people decide the reliability, where they are too few for its interval."""
    if service is None or service.empty or "signed_up" not in service:
        return None
    each = _kept_promises(usable_service(service, team))
    return few_people_behind(each["sum"], each["size"])


def _by_activity(came: pd.DataFrame, unit: str) -> tuple[tuple[str, float], ...]:
    known = came[came["activity"].notna()]
    if unit == "days":
        known = known.drop_duplicates(["volunteer", "day", "activity"])
    summed = known.groupby("activity", observed=True)["hours"].sum().sort_values(ascending=False)
    return tuple((str(name), float(total)) for name, total in summed.items())

"""Statistics of published worked examples: the value as printed beside ours.

The examples stand in ``tests/golden/published.toml`` and the files it names. A printed value
agrees within half its last digit.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from analysis.statistics import effect_size as es
from analysis.statistics import mean_change as mc
from analysis.statistics import paired_categories as pc
from analysis.statistics import survival_curve as sv
from analysis.statistics.control_chart import p_chart_limits
from analysis.statistics.cox import cox
from analysis.statistics.meta_analysis import random_effects
from analysis.statistics.proportions import clopper_pearson, newcombe_independent, wilson
from analysis.statistics.rank_tests import wilcoxon_signed_rank
from analysis.statistics.reliability import icc_average
from analysis.statistics.survival_groups import logrank

GOLDEN = Path(__file__).resolve().parents[1] / "tests" / "golden"
#: Name, value as printed, ours, source.
Published: TypeAlias = tuple[str, str, float, str]


def list_published() -> Iterator[Published]:
    """Give every published number: its name, as printed, ours, and the source."""
    examples = (_means, _ranks_and_charts, _shares, _pairs_of_categories, _cumming, _remission)
    for example in (*examples, _pooled):
        for key, printed, ours in example():
            yield f"published.{key}", printed, float(ours), _source(key.split(".")[0])


def half_last_digit(printed: str) -> float:
    """Give half a unit of the last printed digit.

    Examples
    --------
    >>> half_last_digit("0.070")
    0.0005
    """
    exponent = Decimal(printed).as_tuple().exponent
    return 0.5 * 10.0 ** int(exponent)


@cache
def _file(name: str) -> dict[str, Any]:
    return tomllib.loads((GOLDEN / name).read_text(encoding="utf-8"))


def _example(name: str) -> dict[str, Any]:
    own: dict[str, Any] = _file("published.toml")[name]
    return _file(own["in"])[name] | own if "in" in own else own


def _source(name: str) -> str:
    return str(_example(name)["source"])


_Rows: TypeAlias = Iterator[tuple[str, str, Any]]


def _means() -> _Rows:
    sleep = _example("sleep")
    pairs = np.array(sleep["first"]), np.array(sleep["second"])
    for name, found in (("paired_t", mc.paired_t(*pairs)), ("welch_t", mc.welch_t(*pairs))):
        for told, printed in sleep[name].items():
            yield f"sleep.{name}.{told}", printed, getattr(found, told)
    partly = _example("derrick")
    groups = [partly[name] for name in ("first", "second", "first_alone", "second_alone")]
    yield "derrick.p_value", partly["p_value"], mc.derrick_t(*groups).p_value


def _ranks_and_charts() -> _Rows:
    scale = _example("depression")
    found = wilcoxon_signed_rank(np.array(scale["second"]) - np.array(scale["first"]))
    yield "depression.wilcoxon.p_value", scale["wilcoxon"]["p_value"], found.p_value
    juice = _example("orange_juice")
    limits = p_chart_limits(juice["attended"], [juice["size"]] * len(juice["attended"]))[0]
    yield "orange_juice.p_chart.low", juice["low"], limits[0]
    yield "orange_juice.p_chart.high", juice["high"], limits[1]


def _shares() -> _Rows:
    single = _example("newcombe_single")
    for name, rule in (("wilson", wilson), ("clopper_pearson", clopper_pearson)):
        for x, n, printed in zip(single["x"], single["n"], single[name], strict=True):
            yield from _limits(f"newcombe_single.{name}.{x}_of_{n}", printed, rule(x, n))
    two = _example("newcombe_two")
    columns = (two[name] for name in ("x", "n", "less_x", "less_n", "limits"))
    for x, n, less_x, less_n, printed in zip(*columns, strict=True):
        key = f"newcombe_two.{x}_of_{n}_less_{less_x}_of_{less_n}"
        yield from _limits(key, printed, newcombe_independent(less_x, less_n, x, n))


def _limits(key: str, printed: list[str], found: Any) -> _Rows:
    yield f"{key}.ci_low", printed[0], found.ci_low
    yield f"{key}.ci_high", printed[1], found.ci_high


def _pairs_of_categories() -> _Rows:
    bentur = _example("bentur")
    table = np.array(bentur["table"])
    yield "bentur.mcnemar_exact", bentur["exact"], pc.mcnemar_exact(table).p_value
    yield "bentur.mcnemar_midp", bentur["midp"], pc.mcnemar_midp(table).p_value
    newcombe = pc.newcombe_paired_difference(table)
    yield from _limits("bentur.newcombe", bentur["newcombe"], newcombe)
    low, high = pc.tango_limits(table[0, 1], table[1, 0], table.sum())
    yield "bentur.tango.ci_low", bentur["tango"][0], low
    yield "bentur.tango.ci_high", bentur["tango"][1], high


def _cumming() -> _Rows:
    told = _example("cumming")
    found = mc.paired_t(told["pre"], told["post"])
    yield "cumming.paired_t.estimate", told["change"], found.estimate
    yield from _limits("cumming.paired_t", told["ci"], found)
    yield "cumming.paired_t.statistic", told["t"], found.statistic
    yield "cumming.paired_t.p_value", told["p"], found.p_value
    yield "cumming.d_av", told["d_av"], es.d_av(told["pre"], told["post"]).estimate


def _remission() -> _Rows:
    told = _example("remission")
    curve = sv.kaplan_meier(told["treated"], told["treated_event"])
    for day, survival, error in zip(told["at"], told["survival"], told["std_error"], strict=True):
        found = sv.survival_at(curve, day)
        yield f"remission.km.{day}", survival, found.estimate
        yield f"remission.km.{day}.std_error", error, found.std_error
    yield "remission.median", told["median"], sv.median_time(curve).estimate
    time = np.array([*told["treated"], *told["placebo"]], float)
    event = np.array([*told["treated_event"], *[1] * len(told["placebo"])], bool)
    group = np.repeat([0.0, 1.0], [len(told["treated"]), len(told["placebo"])])
    yield "remission.logrank", told["logrank"], logrank(time, event, group).statistic
    hazard = cox(time, event, group[:, None], ["placebo"])[0]
    yield "remission.cox", told["cox"], hazard.estimate
    yield "remission.cox.std_error", told["cox_std_error"], hazard.std_error


def _pooled() -> _Rows:
    told = _example("bcg")
    a, b, c, d = (
        np.array(told[f"{answer}_{arm}"], float)
        for arm in ("treated", "control")
        for answer in ("positive", "negative")
    )
    effect = np.log(a / (a + b)) - np.log(c / (c + d))
    found = random_effects(effect, np.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)))
    yield "bcg.estimate", told["pooled"], found.pooled.estimate
    for name in ("tau2", "i2", "q"):
        yield f"bcg.{name}", told[name], getattr(found, name)
    judges = _example("shrout_fleiss")
    yield "shrout_fleiss.icc_2k", judges["icc_2k"], icc_average(judges["ratings"]).estimate

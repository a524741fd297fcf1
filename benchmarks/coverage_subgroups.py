"""Coverage and type I of subgroups, predictions and small samples: rows of ``coverage.py``.

Layouts are "groups × people in each". Intervals of groups count every group of a round.
"""

from __future__ import annotations

import numpy as np

from analysis.results import Comparison
from analysis.statistics.effect_size import d_av, rank_biserial
from analysis.statistics.incomplete_shares import standardised_share
from analysis.statistics.meta_analysis import random_effects
from analysis.statistics.mixed_model import mixed_change
from analysis.statistics.partial_pooling import pool_partially
from analysis.statistics.subgroup_change import compare_estimates, welch_anova

SEED = 20261124
GROUPS = ((4, 8, 0.2), (6, 6, 0.3), (4, 30, 0.2), (4, 8, 0.0))
PREDICTIONS = ((3, 12, 0.3), (5, 12, 0.3), (8, 12, 0.3), (8, 12, 0.6))
TESTS = ((3, 5), (5, 5), (5, 8), (10, 8), (20, 6))
SHARES = ((3, 8), (5, 8), (10, 8), (4, 20), (10, 20))
PAIRS = (8, 12, 20, 40)
#: Fewer than the product's 10,000: the level of a drawn test does not depend on it.
DRAWS = 999


def shrunken_coverage(groups: int, people: int, tau: float, rounds: int) -> float:
    """Share of groups whose true change lies in the interval drawn towards the whole."""
    rng = np.random.default_rng(SEED)
    true = rng.normal(0.3, tau, (rounds, groups))
    change = true[:, :, None] + rng.normal(0, 1, (rounds, groups, people))
    mean, error = change.mean(axis=2), change.std(axis=2, ddof=1) / np.sqrt(people)
    inside = 0
    for one, y, se in zip(true, mean, error, strict=True):
        pooled = pool_partially(y, se, np.full(groups, people - 1))
        inside += int(((pooled.ci_low <= one) & (one <= pooled.ci_high)).sum())
    return inside / true.size


def prediction_coverage(groups: int, people: int, tau: float, rounds: int) -> float:
    """Share of new communities whose true change lies in the prediction interval."""
    rng = np.random.default_rng(SEED)
    inside = 0
    for _ in range(rounds):
        true = rng.normal(0.3, tau, groups + 1)
        change = true[:-1, None] + rng.normal(0, 1, (groups, people))
        error = change.std(axis=1, ddof=1) / np.sqrt(people)
        pooled = random_effects(change.mean(axis=1), error, df=np.full(groups, people - 1))
        low, high = pooled.prediction_low or 0.0, pooled.prediction_high or 0.0
        inside += low <= true[-1] <= high
    return inside / rounds


def partly_matched(groups: int, people: int, rounds: int) -> tuple[float, float, float]:
    """Test at 5 % of alike groups, and coverage of their own and drawn intervals, partly matched.

    Each group has ``people`` in both waves and half as many in either one only; those lost are the
    lower half at baseline more often, and the later wave spreads more.
    """
    rng = np.random.default_rng(SEED)
    alone = max(people // 2, 1)
    alarms, own, drawn, made = 0, 0, 0, 0
    for _ in range(rounds):
        known = []
        for _group in range(groups):
            pre = rng.normal(0, 1, people + alone)
            # Lost with odds e^(−baseline): missing at random, not completely.
            order = np.argsort(pre + rng.gumbel(size=pre.size))
            pre = pre[order]
            post = 0.5 * pre + rng.normal(0, 0.9, pre.size)
            fresh = rng.normal(0, float(np.sqrt(0.25 + 0.81)), alone)
            found = mixed_change(pre[alone:], post[alone:], pre[:alone], fresh)
            if isinstance(found, Comparison):
                known.append(found)
        columns = [
            np.array([getattr(one, name) for one in known], float)
            for name in ("estimate", "std_error", "df")
        ]
        # As the product: the test takes no more degrees of freedom than pairs less one.
        in_test = np.minimum(columns[2], people - 1)
        test = compare_estimates(columns[0], columns[1], in_test, n=0, draws=DRAWS)
        alarms += (test.p_value or 0.0) < 0.05
        pooled = pool_partially(*columns)
        made += len(known)
        own += sum((one.ci_low or 0.0) <= 0.0 <= (one.ci_high or 0.0) for one in known)
        drawn += int(((pooled.ci_low <= 0.0) & (pooled.ci_high >= 0.0)).sum())
    return alarms / rounds, own / made, drawn / made


def partly_shares(groups: int, people: int, rounds: int) -> tuple[float, float, float]:
    """As :func:`partly_matched`, of a yes/no question: by the standardised share of each group.

    40 % say yes before, of whom 80 % do after, and 27 % of the others: 48 % after. Who says no is
    lost more often.
    """
    rng = np.random.default_rng(SEED)
    alone = max(people // 2, 1)
    alarms, own, refused, tests = 0, 0, 0, 0
    made = 0
    for _ in range(rounds):
        known = []
        for _group in range(groups):
            pre = rng.random(people + alone) < 0.4
            pre = pre[np.argsort(pre + rng.gumbel(size=pre.size))]
            post = rng.random(pre.size) < np.where(pre, 0.8, 0.8 / 3)
            fresh = rng.random(alone) < 0.48
            table = np.zeros((2, 2))
            np.add.at(table, (pre[alone:].astype(int), post[alone:].astype(int)), 1)
            counts = [(float((~x).sum()), float(x.sum())) for x in (pre[:alone], fresh)]
            found = standardised_share(table, *counts)
            if isinstance(found, Comparison):
                known.append(found)
            else:
                refused += 1
        made += len(known)
        own += sum((one.ci_low or 0.0) <= 0.08 <= (one.ci_high or 0.0) for one in known)
        if len(known) < 2:
            continue
        tests += 1
        estimates = [one.estimate or 0.0 for one in known]
        errors = [one.std_error or 0.0 for one in known]
        # As the product: as many degrees of freedom as pairs less one.
        test = compare_estimates(estimates, errors, [people - 1.0] * len(known), n=0, draws=DRAWS)
        alarms += (test.p_value or 0.0) < 0.05
    return alarms / max(tests, 1), own / max(made, 1), refused / (rounds * groups)


def false_alarms(groups: int, people: int, rounds: int, *, linked: bool) -> float:
    """Share of tests at 5 % that find a difference between groups that are alike."""
    rng = np.random.default_rng(SEED)
    label = np.repeat(np.arange(groups), people)
    alarms = 0
    for _ in range(rounds):
        if linked:
            found = welch_anova(rng.normal(0, 1, label.size), label, DRAWS)
        else:
            pre, post = rng.normal(0, 1, (2, groups, people))
            first, second = (x.var(axis=1, ddof=1) / people for x in (pre, post))
            df = (first + second) ** 2 / ((first**2 + second**2) / (people - 1))
            change = post.mean(axis=1) - pre.mean(axis=1)
            found = compare_estimates(
                change, np.sqrt(first + second), df, 2 * label.size, draws=DRAWS
            )
        alarms += (found.p_value or 0.0) < 0.05
    return alarms / rounds


def likert_mean(rng: np.random.Generator, level: np.ndarray, items: int = 4) -> np.ndarray:
    """Mean of some answers 1–5 around each person's level."""
    answers = level[:, None] + rng.normal(0, 0.9, (level.size, items))
    return np.clip(np.round(answers), 1, 5).mean(axis=1)


def draw_pairs(rng: np.random.Generator, n: int, kind: str) -> tuple[np.ndarray, np.ndarray]:
    """Draw scores before and after: normal ones, or means of four Likert answers."""
    level = rng.normal(3, 0.8, n)
    if kind == "normal":
        return level + rng.normal(0, 0.7, n), level + 0.4 + rng.normal(0, 0.7, n)
    return likert_mean(rng, level), likert_mean(rng, level + 0.4)


def effect_coverage(n: int, kind: str, rounds: int) -> tuple[float, float]:
    """Coverage of the rank-biserial's and of d_av's interval; truth from 2,000,000 pairs."""
    rng = np.random.default_rng(SEED)
    before, after = draw_pairs(rng, 2_000_000, kind)
    truth = d_av(before, after).estimate, rank_biserial(before, after).estimate
    inside, made = np.zeros(2), np.zeros(2)
    for _ in range(rounds):
        pre, post = draw_pairs(rng, n, kind)
        for place, size in enumerate((d_av(pre, post), rank_biserial(pre, post))):
            low, high = getattr(size, "ci_low", None), getattr(size, "ci_high", None)
            if low is None or high is None:
                continue
            made[place] += 1
            inside[place] += low <= truth[place] <= high
    return float(inside[1] / made[1]), float(inside[0] / made[0])


def write_rows(rounds: int) -> None:
    """Print the tables of this part."""
    print("\n## Groups and small samples\n")
    print(f"{rounds} rounds each, SD of a person's change 1, groups × people in each.\n")
    print("| interval | layout | spread of true changes | held |")
    print("|---|---|---|---|")
    for groups, people, tau in GROUPS:
        share = shrunken_coverage(groups, people, tau, rounds)
        print(f"| drawn towards the whole | {groups} × {people} | {tau} | {share:.1%} |")
    for groups, people, tau in PREDICTIONS:
        share = prediction_coverage(groups, people, tau, rounds)
        print(f"| a new community | {groups} × {people} | {tau} | {share:.1%} |", flush=True)
    print("\n| pairs | scores | rank-biserial held | d_av held |")
    print("|---|---|---|---|")
    for n in PAIRS:
        for kind in ("normal", "Likert"):
            ranks, size = effect_coverage(n, kind, rounds)
            print(f"| {n} | {kind} | {ranks:.1%} | {size:.1%} |", flush=True)
    error = 2 * float(np.sqrt(0.05 * 0.95 / rounds))
    print("\nTests of a difference between groups that are alike, share below p = .05")
    print(f"(± {error:.1%}):\n")
    print("| layout | linked answers | anonymous waves |")
    print("|---|---|---|")
    for groups, people in TESTS:
        shares = [false_alarms(groups, people, rounds, linked=linked) for linked in (True, False)]
        print(f"| {groups} × {people} | {shares[0]:.1%} | {shares[1]:.1%} |", flush=True)
    write_partly(rounds)


def write_partly(rounds: int) -> None:
    """Print the table of partly matched groups."""
    error = 2 * float(np.sqrt(0.05 * 0.95 / rounds))
    print(
        "\nPartly matched groups that are alike, by the mixed model of each: people in both waves,"
    )
    print("half as many in either one only, lost by their baseline, SD 1 to 1.03")
    print(f"({rounds} rounds, test ± {error:.1%}):\n")
    print("| groups × pairs | test below p = .05 | own 95 % interval | drawn towards the whole |")
    print("|---|---|---|---|")
    for groups, people in (*TESTS, (4, 20), (4, 40)):
        level, own, drawn = partly_matched(groups, people, rounds)
        print(f"| {groups} × {people} | {level:.1%} | {own:.1%} | {drawn:.1%} |", flush=True)
    print("\nThe same of a yes/no question, by the standardised share of each group")
    print(f"({rounds} rounds, test ± {error:.1%}):\n")
    print("| groups × pairs | test below p = .05 | own 95 % interval | groups refused |")
    print("|---|---|---|---|")
    for groups, people in SHARES:
        level, own, refused = partly_shares(groups, people, rounds)
        print(f"| {groups} × {people} | {level:.1%} | {own:.1%} | {refused:.1%} |", flush=True)

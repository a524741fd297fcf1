"""Conventional bands as data objects with a citation, and one function that reads them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Bands of one quantity.

    Attributes
    ----------
    name
        Name of the rule.
    bands
        (lower bound, code), ascending; a value belongs to the last band it reaches.
    below
        Code of values below the first bound.
    by_size
        Whether the sign is ignored.
    citation
        Where the bands come from.
    """

    name: str
    bands: tuple[tuple[float, str], ...]
    below: str
    by_size: bool
    citation: str


COHEN_D = Rule(
    name="cohen_1988_d",
    bands=((0.2, "small"), (0.5, "medium"), (0.8, "large")),
    below="very_small",
    by_size=True,
    citation="Cohen J (1988). Statistical Power Analysis for the Behavioral Sciences, 2nd ed., "
    "pp. 24–27. Bands for two independent groups; doi:10.4324/9780203771587",
)
COHEN_H = Rule(
    name="cohen_1988_h",
    bands=((0.2, "small"), (0.5, "medium"), (0.8, "large")),
    below="very_small",
    by_size=True,
    citation="Cohen J (1988), pp. 184–185; doi:10.4324/9780203771587",
)
RANK_BISERIAL = Rule(
    name="cohen_1988_r",
    bands=((0.1, "small"), (0.3, "medium"), (0.5, "large")),
    below="very_small",
    by_size=True,
    citation="Cohen J (1988), pp. 79–81, bands for r; doi:10.4324/9780203771587",
)
ALPHA = Rule(
    name="nunnally_bernstein_1994_alpha",
    bands=((0.7, "modest"), (0.8, "good"), (0.9, "high")),
    below="low",
    by_size=False,
    citation="Nunnally JC, Bernstein IH (1994). Psychometric Theory, 3rd ed., pp. 264–265",
)
IMBALANCE = Rule(
    name="austin_2009_smd",
    bands=((0.1, "imbalanced"),),
    below="balanced",
    by_size=True,
    citation="Austin PC (2009). Statistics in Medicine 28, 3083–3107; doi:10.1002/sim.3697",
)
RULES: dict[str, Rule] = {
    rule.name: rule for rule in (COHEN_D, COHEN_H, RANK_BISERIAL, ALPHA, IMBALANCE)
}


def interpret(value: float, rule: Rule) -> str:
    """Return the code of the band a value falls in.

    Examples
    --------
    >>> interpret(-0.63, COHEN_D)
    'medium'
    """
    size = abs(value) if rule.by_size else value
    code = rule.below
    for lower, name in rule.bands:
        if size >= lower:
            code = name
    return code

"""Every cut-off by which a number becomes a judgement, once, with where it comes from.

Limits of work (how many rows, how much memory) stand beside the code they protect.
"""

from __future__ import annotations

from typing import Final

#: Level of every test and of one minus the confidence of every interval, by convention (Fisher
#: 1925, Statistical Methods for Research Workers, p. 47).
SIGNIFICANCE_LEVEL: Final = 0.05
#: Two groups further apart at baseline (standardised mean difference) are not comparable, whatever
#: is adjusted for. What Works Clearinghouse (2022), Handbook 5.0, p. 14.
MAX_BASELINE_SMD: Final = 0.25
#: Attrition that differs by more between the groups. What Works Clearinghouse (2022): beyond ten
#: points no overall rate keeps the bias below .05 standard deviations.
MAX_DIFFERENTIAL_ATTRITION: Final = 0.1
#: Alpha from which on scores of groups may be compared. Nunnally & Bernstein (1994), Psychometric
#: Theory, 3rd ed., pp. 264–265.
MIN_RELIABILITY: Final = 0.7
#: Share with the lowest or highest possible score from which on a change cannot show. Terwee et al.
#: (2007), doi:10.1016/j.jclinepi.2006.03.012.
MAX_SHARE_AT_END: Final = 0.15
#: Fewer pairs are few: skewed scores make the t interval too narrow (docs/coverage.md).
MIN_PAIRS: Final = 20
#: Pairs from which on the interval of the share who scored higher holds 93 % or more: 91 % of 10,
#: 95 % of 15 (docs/coverage.md).
MIN_PAIRS_FOR_HIGHER: Final = 15
#: People of each group from which on the interval of the difference of mean stays holds more than
#: 93 % (docs/coverage.md).
MIN_FOR_STAYS: Final = 30
#: Studies or communities from which on the interval of their mean holds no more than 97 %
#: (docs/coverage.md).
MIN_FOR_MEAN_OF_STUDIES: Final = 6
#: Times the squared skewness of the changes: pairs from which on a t interval holds 95 %. Cochran
#: (1977), Sampling Techniques, 3rd ed., section 2.15.
SKEWNESS_FACTOR: Final = 25
#: Months on each side of an event from which on its intervals are not wider than 97 %
#: (docs/coverage.md, 18 and 30 months).
MONTHS_FOR_WIDTH: Final = 30
#: People from which on the interval of how unevenly something is shared holds 93 % or more, of
#: exponential amounts (docs/coverage.md).
MIN_FOR_UNEVENNESS: Final = 150
#: Variance of later scores over that at baseline from which on people seem chosen for low scores,
#: whose mean returns by itself. A rule of thumb of Levee's.
MAX_SPREAD_RATIO: Final = 1.8
#: Kish's design effect from which on intervals that ignore the sites are too narrow to pass over
#: (10 % in width). A rule of thumb of Levee's.
MAX_DESIGN_EFFECT: Final = 1.2
#: Share of a measure's answers missing that is said. Bennett (2001),
#: doi:10.1111/j.1467-842X.2001.tb00294.x.
MAX_SHARE_MISSING: Final = 0.1
#: Share of a file's rows left out above which a person must decide. A rule of thumb of Levee's.
MAX_SHARE_OF_ROWS_LEFT_OUT: Final = 0.2
#: What the evidence rules of the funder's page want of follow-up: share found again, and people.
#: Rules of thumb of Levee's.
MIN_SHARE_FOUND_AGAIN: Final = 0.8
MIN_PEOPLE_FOUND_AGAIN: Final = 50
#: Share of planned sessions held that is done as planned, and of sessions attended that is a
#: complete course. Rules of thumb of Levee's; both stand beside the number.
MIN_SHARE_HELD: Final = 0.8
MIN_SHARE_COMPLETED: Final = 0.8
#: Two analyses of retention that differ by more, when the lapse window changes, are said. A rule
#: of thumb of Levee's.
MAX_DIFFERENCE_BY_WINDOW: Final = 0.1
#: Share of past outlooks whose interval held what came, below which the page says that they missed.
#: A rule of thumb of Levee's.
MIN_SHARE_OUTLOOKS_HELD: Final = 0.8

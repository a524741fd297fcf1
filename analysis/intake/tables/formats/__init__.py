"""One module per survey tool, each with ``recognise_format`` and ``read_format``.

A new tool is one new module here, its name in ``FORMATS``, and one test.
"""

from __future__ import annotations

from types import ModuleType

from analysis.intake.tables.formats import (
    google_forms,
    kobotoolbox,
    limesurvey,
    microsoft_forms,
    odk_central,
    plain,
    qualtrics,
    redcap,
    redcap_dictionary,
    statistics_file,
    surveymonkey,
    tencent_survey,
    wenjuanxing,
    xlsform,
)

FORMATS: tuple[ModuleType, ...] = (
    statistics_file,
    xlsform,
    redcap_dictionary,
    kobotoolbox,
    odk_central,
    google_forms,
    surveymonkey,
    qualtrics,
    limesurvey,
    microsoft_forms,
    redcap,
    wenjuanxing,
    tencent_survey,
    plain,
)

__all__ = ["FORMATS"]

"""One made-up panel written in every layout by rule: everyone gives the same answer."""

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import pytest
from scipy import stats

from analysis import evaluate, read_study
from analysis.intake.propose.proposal import propose_study
from analysis.plan import plan_from_dict
from tests.intake.panel import OPTIONS, Export, Row, make_panel
from tests.intake.panel_chinese import tencent, wenjuanxing
from tests.intake.panel_commercial import google, microsoft, qualtrics, surveymonkey
from tests.intake.panel_open import (
    kobo,
    kobo_with_form,
    limesurvey,
    odk,
    plain,
    redcap,
    redcap_with_dictionary,
)

LAYOUTS: dict[str, Callable[[Sequence[Row]], Export]] = {
    "wenjuanxing text xlsx": lambda rows: wenjuanxing(rows, "text", "xlsx"),
    "wenjuanxing text xls": lambda rows: wenjuanxing(rows, "text", "xls"),
    "wenjuanxing text csv": lambda rows: wenjuanxing(rows, "text", "csv"),
    "wenjuanxing text csv GB18030": lambda rows: wenjuanxing(rows, "text", "gb18030"),
    "wenjuanxing score xlsx": lambda rows: wenjuanxing(rows, "score", "xlsx"),
    "wenjuanxing score csv GB18030": lambda rows: wenjuanxing(rows, "score", "gb18030"),
    "wenjuanxing ordinal xlsx": lambda rows: wenjuanxing(rows, "ordinal", "xlsx"),
    "wenjuanxing ordinal xls": lambda rows: wenjuanxing(rows, "ordinal", "xls"),
    "wenjuanxing ordinal csv": lambda rows: wenjuanxing(rows, "ordinal", "csv"),
    "kobo xml groups both": kobo,
    "kobo xml no groups": lambda rows: kobo(rows, groups=False),
    "kobo xml summary": lambda rows: kobo(rows, select="summary"),
    "kobo xml details": lambda rows: kobo(rows, select="details"),
    "kobo labels groups": lambda rows: kobo(rows, labels=True),
    "kobo labels no groups xlsx": lambda rows: kobo(rows, labels=True, groups=False, kind="xlsx"),
    "kobo xml xlsx repeats": lambda rows: kobo(rows, kind="xlsx"),
    "kobo codes with XLSForm": kobo_with_form,
    "kobo legacy": lambda rows: kobo(rows, legacy=True),
    "google sheet": google,
    "google csv": lambda rows: google(rows, kind="csv"),
    "google quiz": lambda rows: google(rows, quiz=True),
    "google quiz csv": lambda rows: google(rows, kind="csv", quiz=True),
    "odk groups split": odk,
    "odk no groups": lambda rows: odk(rows, groups=False),
    "odk joined": lambda rows: odk(rows, split=False),
    "odk zip": lambda rows: odk(rows, zipped=True),
    "surveymonkey expanded": surveymonkey,
    "surveymonkey condensed": lambda rows: surveymonkey(rows, expanded=False),
    "qualtrics 3 rows text": qualtrics,
    "qualtrics 2 rows text": lambda rows: qualtrics(rows, header_rows=2),
    "qualtrics 1 row text": lambda rows: qualtrics(rows, header_rows=1),
    "qualtrics 3 rows numeric": lambda rows: qualtrics(rows, numeric=True),
    "qualtrics 2 rows numeric": lambda rows: qualtrics(rows, header_rows=2, numeric=True),
    "qualtrics 1 row numeric": lambda rows: qualtrics(rows, header_rows=1, numeric=True),
    "limesurvey code csv": limesurvey,
    "limesurvey code xlsx": lambda rows: limesurvey(rows, kind="xlsx"),
    "limesurvey full csv": lambda rows: limesurvey(rows, full=True),
    "limesurvey full xlsx": lambda rows: limesurvey(rows, full=True, kind="xlsx"),
    "microsoft forms": microsoft,
    "microsoft forms zh": lambda rows: microsoft(rows, chinese=True),
    "redcap raw": redcap,
    "redcap labels": lambda rows: redcap(rows, labels=True),
    "redcap repeating": lambda rows: redcap(rows, repeating=True),
    "redcap raw with dictionary": redcap_with_dictionary,
    "tencent": tencent,
    "plain long": lambda rows: plain(rows, "long"),
    "plain wide": lambda rows: plain(rows, "wide"),
    "plain titled": lambda rows: plain(rows, "titled"),
}


@cache
def panel() -> tuple[Row, ...]:
    return tuple(make_panel())


@cache
def read(layout: str):
    export = LAYOUTS[layout](panel())
    measure = {"name": "ready", "items": export.items, "reversed": export.items[3:]}
    measures = [{**measure, "range": [1, 5], "min_answered": 3, "role": "primary"}]
    measures += [
        {"name": f"acts_{code}", "kind": "binary", "items": [item]}
        for code, item in export.acts.items()
    ]
    files = [
        {"path": name, "columns": export.columns}
        | ({"wave": export.file_waves[name]} if export.file_waves else {})
        for name in export.files
        if name != export.dictionary
    ]
    survey = {"respondent": export.respondent, "files": files, "wave": export.wave}
    survey["dictionary"] = export.dictionary
    plan = plan_from_dict(
        {"survey": {**survey, "wave_values": export.wave_values}, "measures": measures}
    )
    return export, read_study(plan, export.files)


def ordered() -> list[Row]:
    return sorted(panel(), key=lambda row: (row.wave != "pre", row.code))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_tool_is_recognised(layout):
    export, study = read(layout)
    assert {f.format for f in study.files if f.table == "survey"} == {export.format}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_same_respondents_waves_and_answers(layout):
    _, study = read(layout)
    rows = [row for row in ordered() if layout != "plain wide" or any(row.items)]
    keys = study.survey.keys
    assert keys["respondent"].tolist() == [row.code for row in rows]
    assert keys["wave"].tolist() == [row.wave for row in rows]
    wanted = np.array([[np.nan if i is None else i for i in row.items] for row in rows], float)
    np.testing.assert_array_equal(study.survey.items["ready"].to_numpy(), wanted)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_same_boxes(layout):
    export, study = read(layout)
    for code in export.acts:
        wanted = [np.nan if r.acts is None else float(code in r.acts) for r in ordered()]
        got = study.survey.items[f"acts_{code}"].iloc[:, 0].to_numpy()
        np.testing.assert_array_equal(got, np.array(wanted), err_msg=f"{layout}: {code}")
    untold = ("redcap", "plain wide")
    assert set(export.acts) == set(OPTIONS["en"]) or layout.startswith(untold)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_same_statistics(layout):
    _, study = read(layout)
    told = {(row.code, row.wave): score_of(row) for row in panel()}
    pairs = [
        (told[code, "pre"], told[code, "post"])
        for code in sorted({row.code for row in panel()})
        if told.get((code, "pre")) is not None and told.get((code, "post")) is not None
    ]
    pre, post = np.array(pairs).T
    wanted = stats.ttest_rel(post, pre)
    outcome = next(o for o in evaluate(study).outcomes if o.measure == "ready")
    paired = next(one for one in outcome.analyses if one.name == "paired_t")
    effect = next(one for one in outcome.effect_sizes if one.name == "d_z")
    assert paired.n == len(pairs)
    assert paired.estimate == pytest.approx((post - pre).mean(), abs=1e-9)
    assert paired.statistic == pytest.approx(wanted.statistic, abs=1e-9)
    assert paired.p_value == pytest.approx(wanted.pvalue, rel=1e-9)
    dz = (post - pre).mean() / (post - pre).std(ddof=1)
    assert effect.estimate == pytest.approx(dz, abs=1e-9)


UNSAID = "qualtrics 1 row numeric"
"""A code is all that is left of the question about sex: nothing tells it from a scale."""


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name != UNSAID])
def test_untouched_files_give_the_same_scale(layout):
    export, told = read(layout)
    plan = propose_study(export.files)
    study = read_study(plan, export.files)
    (measure,) = [m for m in plan.measures if m.kind == "scale"]
    assert (len(measure.items), measure.range) == (4, (1, 5))
    assert measure.reversed == [measure.items[3]]
    assert plan.survey.dictionary == export.dictionary
    keys = ["respondent", "wave"]
    assert study.survey.keys[keys].equals(told.survey.keys[keys])
    np.testing.assert_array_equal(
        study.survey.items[measure.name].to_numpy(), told.survey.items["ready"].to_numpy()
    )


def score_of(row: Row) -> float | None:
    """Mean of the answered items, the last reversed, of at least three."""
    items = [i for i in (*row.items[:3], row.items[3] and 6 - row.items[3]) if i is not None]
    return sum(items) / len(items) if len(items) >= 3 else None

"""Where a 95 % interval is known not to hold 93 to 97 %, the page says so beside it."""

import numpy as np
import pandas as pd
import pytest

from analysis.participation.attendance import evaluate_participation
from analysis.portfolio import PooledMeasure
from analysis.sections import evaluate
from analysis.statistics.meta_analysis import random_effects
from analysis.surveys.change import evaluate_outcomes
from analysis.surveys.comparison import evaluate_comparison
from analysis.surveys.dose import evaluate_dose
from analysis.volunteers.retention import evaluate_volunteers
from dashboard.content.topics.methods import say_methods
from dashboard.content.topics.subgroups import say_across, say_shrunken
from dashboard.exports.sections_survey import list_survey_sections
from dashboard.sentences import say_caution
from dashboard.sentences.portfolio import say_few_studies
from dashboard.text import Text
from tests.activities import SERVICE, VOLUNTEERS, read_tables
from tests.studies import make_study


def codes(cautions):
    return {c.code: c.values.get("n") for c in cautions}


@pytest.mark.parametrize(("pairs", "said"), [(60, True), (2000, False)])
def test_strongly_skewed_changes_of_few_pairs(pairs, said):
    rng = np.random.default_rng(8)
    pre = rng.normal(3, 0.5, pairs)
    study = make_study({"pre": {"m": pre}, "post": {"m": pre + rng.lognormal(0, 0.8, pairs)}})
    cautions = evaluate_outcomes(study)[0].cautions
    assert ("skewed_changes" in codes(cautions)) is said
    for caution in cautions:
        if caution.code == "skewed_changes":
            assert all("93%" in say_caution(Text(lang), caution) for lang in ("en", "zh-Hans"))


@pytest.mark.parametrize(("pairs", "said"), [(10, 10), (14, 14), (15, None)])
def test_the_share_who_scored_higher_of_few_pairs(pairs, said):
    rng = np.random.default_rng(3)
    pre = rng.normal(3, 0.5, pairs)
    study = make_study({"pre": {"m": pre}, "post": {"m": pre + rng.normal(0.3, 0.5, pairs)}})
    cautions = evaluate_outcomes(study)[0].cautions
    assert codes(cautions).get("higher_of_few") == said
    for caution in cautions:
        if caution.code == "higher_of_few":
            assert all("91%" in say_caution(Text(lang), caution) for lang in ("en", "zh-Hans"))


@pytest.mark.parametrize(("each", "said"), [(20, True), (30, False)])
def test_mean_stays_of_few_people(each, said):
    rng = np.random.default_rng(5)
    rows = []
    for at, days in enumerate(rng.exponential(300, 2 * each).astype(int) + 1):
        joined = pd.Timestamp("2023-01-01") + pd.Timedelta(days=int(rng.integers(0, 300)))
        left = joined + pd.Timedelta(days=int(days))
        gone = f"{left:%Y-%m-%d}" if left < pd.Timestamp("2025-06-01") else ""
        rows.append(f"P{at},{joined:%Y-%m-%d},{gone},{'ab'[at % 2]}")
    roster = "id,joined,left,team\n" + "\n".join(rows)
    columns = {**VOLUNTEERS, "groups": ["team"]}
    found = evaluate_volunteers(
        read_tables(volunteers=(roster, columns), retention={"observed_until": "2025-06-01"})
    )
    assert found.by_group[0].rmst_difference.estimate is not None
    assert ("stays_of_few" in codes(found.cautions)) is said
    for caution in found.cautions:
        if caution.code == "stays_of_few":
            assert all("93%" in say_caution(Text(lang), caution) for lang in ("en", "zh-Hans"))


@pytest.mark.parametrize(("studies", "said"), [(5, True), (6, False)])
@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_the_mean_of_few_studies_and_of_few_communities(studies, said, language):
    text = Text(language)
    summary = random_effects(np.linspace(0.2, 0.6, studies), np.full(studies, 0.1))
    pooled = PooledMeasure(measure="m", label={"en": "m"}, studies=(), summary=summary, changed=())
    assert bool(say_few_studies(text, pooled)) is said
    rng = np.random.default_rng(6)
    site = np.repeat([f"c{i}" for i in range(studies)], 12)
    pre = rng.normal(3, 0.5, site.size)
    study = make_study(
        {"pre": {"m": pre}, "post": {"m": pre + rng.normal(0.3, 0.4, site.size)}},
        facts={"site": [*site, *site]},
    )
    found = evaluate_outcomes(study)[0].subgroups[0]
    assert ("98%" in say_across(text, found, share=False).replace("\N{NO-BREAK SPACE}", "")) is said


@pytest.mark.parametrize(("each", "said"), [(16, True), (40, False)])
@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_yes_no_questions_of_small_groups(each, said, language):
    rng = np.random.default_rng(9)
    sex, n = np.repeat(["f", "m"], each), 2 * each
    answers = {wave: {"kit": rng.integers(0, 2, n).astype(float)} for wave in ("pre", "post")}
    study = make_study(
        answers, measures=[{"name": "kit", "kind": "binary"}], categories={"sex": [*sex, *sex]}
    )
    text = Text(language)
    sections = {one.key: one for one in list_survey_sections(evaluate(study), study, text)}
    told = " ".join(sections["subgroups"].findings).replace("\N{NO-BREAK SPACE}", "")
    assert ("40" in told) is said
    methods = " ".join(say_methods(text, evaluate(study), study.plan))
    assert "Wilson" in methods


def compared(treated, others, cluster=None):
    rng = np.random.default_rng(2)
    n = treated + others
    arm = np.r_[np.ones(treated, bool), np.zeros(others, bool)]
    pre = rng.normal(3, 0.5, n)
    facts = {"treated": [*arm, *arm]}
    if cluster is not None:
        facts["cluster"] = [*(np.arange(n) % cluster)] * 2
    return make_study(
        {"pre": {"m": pre}, "post": {"m": pre + rng.normal(0.2, 0.4, n)}}, facts=facts
    )


def test_a_small_group_in_a_comparison():
    assert codes(evaluate_comparison(compared(7, 40))[0].cautions)["few_in_group"] == 7
    assert "few_in_group" not in codes(evaluate_comparison(compared(8, 40))[0].cautions)
    by_cluster = codes(evaluate_comparison(compared(7, 40, cluster=4))[0].cautions)
    assert "few_in_group" not in by_cluster
    assert "few_clusters" in by_cluster


@pytest.mark.parametrize(("pairs", "lost", "said"), [(14, 4, 14), (15, 4, None), (14, 0, None)])
def test_the_mixed_model_of_a_small_group(pairs, lost, said):
    rng = np.random.default_rng(2)
    n = pairs + lost + 40
    arm = np.arange(n) < pairs + lost
    pre = rng.normal(3, 0.5, n)
    post = pre + rng.normal(0.2, 0.4, n)
    post[:lost] = np.nan
    study = make_study({"pre": {"m": pre}, "post": {"m": post}}, facts={"treated": [*arm, *arm]})
    (found,) = evaluate_comparison(study)
    assert any(one.name == "did_mixed" for one in found.analyses) is (lost > 0)
    assert codes(found.cautions).get("mixed_of_few") == said
    for caution in found.cautions:
        if caution.code == "mixed_of_few":
            assert all("92%" in say_caution(Text(lang), caution) for lang in ("en", "zh-Hans"))


@pytest.mark.parametrize(("n", "said"), [(39, True), (40, False)])
def test_dose_of_few_people(n, said):
    rng = np.random.default_rng(4)
    pre, times = rng.normal(3, 0.5, n), rng.integers(1, 8, n)
    study = make_study(
        {"pre": {"m": pre}, "post": {"m": pre + 0.1 * times + rng.normal(0, 0.3, n)}},
        attendance=pd.DataFrame(
            [
                {"person": str(i), "session": f"s{k}", "attended": True}
                for i in range(n)
                for k in range(times[i])
            ]
        ),
    )
    found = evaluate_dose(study)[0]
    assert found.slope.n == n
    assert ("dose_of_few" in codes(found.cautions)) is said


@pytest.mark.parametrize(("people", "said"), [(19, 19), (25, None)])
def test_attendance_and_reliability_of_few_people(people, said):
    rng = np.random.default_rng(people)
    rows = [(i, s, int(rng.random() < 0.6)) for i in range(people) for s in range(6)]
    sheet = "id,when,came\n" + "\n".join(f"P{i},2026-01-{s + 1:02d},{c}" for i, s, c in rows)
    columns = {"person": "id", "date": "when", "attended": "came"}
    participation = evaluate_participation(read_tables(attendance=(sheet, columns)))
    assert codes(participation.cautions).get("attendance_of_few") == said
    assert codes(participation.cautions).get("return_of_few") == said
    roster = "id,joined,left\n" + "\n".join(f"P{i},2025-01-01," for i in range(people))
    log = "id,date,up,came\n" + "\n".join(f"P{i},2026-01-{s + 1:02d},1,{c}" for i, s, c in rows)
    service = {**SERVICE, "signed_up": "up", "attended": "came"}
    team = evaluate_volunteers(read_tables(volunteers=(roster, VOLUNTEERS), service=(log, service)))
    assert codes(team.cautions).get("reliability_of_few") == said
    told = {c.code for c in (*participation.cautions, *team.cautions)}
    assert {"unevenness_of_few", "hours_of_few"} <= told
    for caution in (*participation.cautions, *team.cautions):
        if caution.code.endswith("_of_few") and caution.values:
            assert all(str(said) in say_caution(Text(lang), caution) for lang in ("en", "zh-Hans"))


@pytest.mark.parametrize(("communities", "said"), [(5, True), (8, False)])
def test_a_new_community_from_few(communities, said):
    rng = np.random.default_rng(6)
    site = np.repeat([f"c{i}" for i in range(communities)], 12)
    pre = rng.normal(3, 0.5, site.size)
    study = make_study(
        {"pre": {"m": pre}, "post": {"m": pre + rng.normal(0.3, 0.4, site.size)}},
        facts={"site": [*site, *site]},
    )
    found = evaluate_outcomes(study)[0].subgroups[0]
    assert ("so few communities" in say_across(Text("en"), found, share=False)) is said


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_the_width_of_groups_drawn_towards_the_whole(language):
    rng = np.random.default_rng(7)
    site, pre = np.repeat(["a", "b", "c", "d"], 20), rng.normal(3, 0.5, 80)
    study = make_study(
        {"pre": {"m": pre}, "post": {"m": pre + rng.normal(0.3, 0.4, 80)}},
        categories={"site": [*site, *site]},
    )
    text = Text(language)
    sections = {one.key: one for one in list_survey_sections(evaluate(study), study, text)}
    assert "98%" in say_shrunken(text).replace("\N{NO-BREAK SPACE}", "")
    assert say_shrunken(text) in sections["subgroups"].findings

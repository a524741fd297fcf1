"""Methods: a paragraph to paste into a report, the checklist and the settings, from the data."""

from __future__ import annotations

from analysis.evaluation import Evaluation
from analysis.plan import MeasurePlan, StudyPlan
from analysis.results import Comparison, Estimate, Suppressed
from analysis.study import Study
from analysis.surveys.contrasts import main_rows
from analysis.surveys.findings import last_contrasts
from analysis.surveys.results import Flow, Outcome
from dashboard.content.flow import count_analysed, draw_flow
from dashboard.content.model import Missing, Picture, Section, Table
from dashboard.sentences.assignment import say_assignment
from dashboard.sentences.change import is_share, say_level, say_likely, say_signed
from dashboard.sentences.names import column_name, wave_name
from dashboard.sentences.outcomes import say_wave
from dashboard.sentences.series import say_series_method
from dashboard.sentences.statistics import name_change
from dashboard.text import Text


def find_missing(evaluation: Evaluation | None, text: Text) -> Missing | None:
    """Say what is missing when no study is open."""
    if evaluation is not None:
        return None
    needed = text("Open the sample or upload your files.")
    return Missing(title=text("No study is open"), needed=needed)


def make_section(evaluation: Evaluation, study: Study, text: Text) -> Section:
    """Make the topic; a page offers its findings to copy."""
    return Section(
        key="methods",
        heading=text("Methods"),
        title=text("How these numbers were made"),
        sample=text(
            "Copy the paragraph into your report; it is written from the data and the settings."
        ),
        findings=say_methods(text, evaluation, study.plan),
        pictures=[] if evaluation.flow is None else [_picture(evaluation, evaluation.flow, text)],
        tables=[
            list_checklist(evaluation, study.plan, text),
            list_settings(study.plan, text),
        ],
    )


def _picture(evaluation: Evaluation, flow: Flow, text: Text) -> Picture:
    """The flow of people; documents have it among those lost."""
    return Picture(
        key="methods_flow",
        title=text("Flow of people"),
        alt=text("Boxes from the rows received to the people who answered both times."),
        figure=lambda: draw_flow(flow, text, count_analysed(evaluation)),
        page_only=True,
    )


def say_methods(text: Text, evaluation: Evaluation, plan: StudyPlan) -> list[str]:
    """Say how the numbers were made, in paragraphs fit for a report."""
    months = text.join(say_series_method(text, evaluation.time_series))
    if evaluation.flow is None:
        return [*([months] if months else []), _say_versions(text, evaluation)]
    return [
        text.join([_say_design(text, evaluation), _say_matching(text, evaluation)]),
        text.join([_say_measures(text, plan), _say_analyses(text, evaluation, plan)]),
        text.join(_say_robustness(text, evaluation, plan)),
        *_say_courses(text, evaluation),
        *([months] if months else []),
        text.join([_say_tests(text, evaluation), _say_shares(text, plan), _say_hidden(text, plan)]),
        _say_versions(text, evaluation),
    ]


def _say_design(text: Text, e: Evaluation) -> str:
    waves = list(e.flow.waves) if e.flow else []
    named = [say_wave(text, wave) for wave in waves if wave]
    if len(named) < 2:
        return text("One survey was taken ({wave}).", wave=", ".join(named))
    before = _listed(text, named[:-1])
    joined = text("{these} and {last}", these=before, last=named[-1])
    if e.comparison:
        taken = text(
            "Surveys were taken {waves}, in the programme and in a comparison group.", waves=joined
        )
        causal = all(one.causal for one in main_rows(e.comparison))
        return text.join([taken, say_assignment(text, e.comparison[0].assignment, causal=causal)])
    return text("Surveys were taken {waves}, without a comparison group.", waves=joined)


def _say_matching(text: Text, e: Evaluation) -> str:
    flow = e.flow
    if flow is None:
        return ""
    if any(c.code == "counts_only" for o in e.outcomes for c in o.cautions):
        return text(
            "The data were tables of counts (answer by number of people); nobody could be linked "
            "from wave to wave."
        )
    if flow.anonymous:
        return text("Answers were anonymous and could not be linked from wave to wave.")
    linked = text(
        "Answers were linked by code: {matched} people answered first and last, {left} only "
        "before, {new} only after.",
        matched=text.number(flow.matched, 0),
        left=text.number(flow.pre_only, 0),
        new=text.number(flow.post_only, 0),
    )
    out = sum(x.n for x in flow.excluded if x.table == "survey")
    if not out:
        return linked
    told = text.count(
        "{n} row was left out and is listed.", "{n} rows were left out and are listed.", out
    )
    return text.join([linked, told])


def _say_measures(text: Text, plan: StudyPlan) -> str:
    parts = [_say_measure(text, measure) for measure in plan.measures]
    told = "; ".join(parts) if text.language == "en" else "；".join(parts)
    said = [text("Measures: {measures}.", measures=told)]
    if any(len(measure.items) > 1 for measure in plan.measures):
        said.append(
            text("A score needs a least number of answered questions; nothing was filled in.")
        )
    return text.join(said)


def _say_measure(text: Text, m: MeasurePlan) -> str:
    name = text.of(m.label, m.name)
    n = text.count("{n} question", "{n} questions", len(m.items))
    score = {
        "sum": text("sum"),
        "percent": text("percent of the range"),
        "mean": text("mean"),
    }[m.score]
    if m.kind == "knowledge":
        return text("{name} ({n}, share correct)", name=name, n=n)
    if m.kind == "binary":
        return text("{name} ({n}, share of yes)", name=name, n=n)
    if m.range is None:
        return f"{name} ({n})" if text.language == "en" else f"{name}（{n}）"
    told = f"{m.range[0]:g}–{m.range[1]:g}"
    if m.reversed:
        turned = text.number(len(m.reversed), 0)
        return text(
            "{name} ({n}, {range}, {score}, {turned} reversed)",
            name=name,
            n=n,
            range=told,
            score=score,
            turned=turned,
        )
    return text("{name} ({n}, {range}, {score})", name=name, n=n, range=told, score=score)


def _say_analyses(text: Text, e: Evaluation, plan: StudyPlan) -> str:
    used: dict[str, list[str]] = {}
    for o in last_contrasts(e.outcomes):
        if o.change.name:
            used.setdefault(name_change(text, o.change), []).append(_label(text, plan, o))
    if not used:
        return ""
    told = [
        text("{method} ({measures})", method=method, measures=_listed(text, names))
        for method, names in used.items()
    ]
    joined = "; ".join(told) if text.language == "en" else "；".join(told)
    parts = [text("Change was estimated by: {methods}.", methods=joined)]
    if any(o.among == "treated" for o in e.outcomes):
        parts.append(
            text(
                "Changes are those of programme people; the groups were compared by difference "
                "in differences and ANCOVA."
            )
        )
    return text.join(parts)


def _retrospective(plan: StudyPlan) -> set[str]:
    return set(plan.survey.retrospective) if plan.survey is not None else set()


def _say_robustness(text: Text, e: Evaluation, plan: StudyPlan) -> list[str]:
    """What was done about clusters, drop-out, groups and dose, as far as it was done."""
    names = {one.name for c in e.comparison for one in c.analyses if isinstance(one, Comparison)}
    said = {
        text(
            "Standard errors of the comparison are HC2 with Satterthwaite degrees of freedom: "
            "Bell–McCaffrey's or those under a variance of each group, whichever are fewer."
        ): bool({"did", "ancova"} & names),
        text("Groups were also made alike by overlap weights from the declared covariates."): (
            "did_overlap" in names
        ),
        text("People who answered once enter the comparison by a mixed model of each group."): (
            "did_mixed" in names
        ),
        text("Standard errors for clusters are CR2 with Satterthwaite degrees of freedom."): (
            "did_cr2" in names
        ),
        text("An exact or random sign-flip test over matched clusters stands beside them."): (
            "sign_flip" in names
        ),
        text("People lost were compared with those who stayed on everything known at the start."): (
            bool(e.attrition)
        ),
        text("The change was bounded by giving those lost the lowest and the highest score."): (
            any(b.name == "worst_best" for b in e.bounds)
        ),
        text(
            "Scores missing in one wave were imputed many times to see whether the change holds."
        ): (any(s.name == "multiple_imputation" for s in e.sensitivity)),
        text(
            "Beside the other wave, imputation used demographics, community and other measures "
            "where these were told."
        ): any(s.auxiliary for s in e.sensitivity),
        text(
            "The imputed end of those lost was shifted until the result was no longer clear "
            "(delta adjustment)."
        ): any(s.tipping is not None for s in e.sensitivity),
        text(
            "The later anonymous wave was also weighted to the composition of the first; the "
            "effective number of people stands beside it."
        ): any(s.name == "baseline_composition" for s in e.sensitivity),
        text(
            "Questions were compared between waves at the same total score by cumulative logit "
            "models (errors by person, Holm), and loadings by one-factor models."
        ): bool(e.measurement),
        text(
            "One ordered question of linked waves was modelled by a cumulative logit with a "
            "random intercept of each person."
        ): any(o.ordered is not None for o in e.outcomes),
        text(
            "The retrospective baseline stands beside the actual one and enters no headline."
        ): any(set(o.contrast) & _retrospective(plan) for o in e.outcomes),
        text("Groups were tested by one interaction test per column before any was shown."): (
            any(o.subgroups for o in e.outcomes)
        ),
        text(
            "Sessions attended were related to the change, adjusted for the start: an association."
        ): (bool(e.dose)),
    }
    return [sentence for sentence, done in said.items() if done]


def _say_courses(text: Text, e: Evaluation) -> list[str]:
    """Say how the courses over three or more waves were estimated."""
    if not e.trajectory:
        return []
    models = {course.covariance for course in e.trajectory}
    said = {
        text(
            "Courses over all waves: one model of everyone's answers with a variance for each wave "
            "and a covariance for each two (REML, Kenward–Roger)."
        ): "unstructured" in models,
        text("Where too few answered the same waves, compound symmetry was assumed."): (
            "compound_symmetry" in models
        ),
        text(
            "Shares of yes by wave are maximum likelihood over all ways of answering (saturated "
            "multinomial model)."
        ): "saturated_shares" in models,
        text("Waves that cannot be linked were compared as separate samples."): (
            "separate_samples" in models
        ),
        text(
            "Each later wave is set against baseline and the last against the one before; Holm "
            "over these contrasts of the primary measures."
        ): True,
    }
    return [text.join([sentence for sentence, used in said.items() if used])]


def _say_tests(text: Text, e: Evaluation) -> str:
    n = len(last_contrasts(e.outcomes))
    return text(
        "Intervals are at 95 %. {n} changes were tested; p-values are adjusted by Holm (primary "
        "measures) and Benjamini–Hochberg (others).",
        n=text.number(n, 0),
    )


def _say_shares(text: Text, plan: StudyPlan) -> str:
    """Say where the interval of a share is wider than 95 % (docs/coverage.md)."""
    if not any(measure.kind == "binary" for measure in plan.measures):
        return ""
    return text(
        "Intervals of shares are Wilson's; near 0 % and 100 % in few people they are wide (of 30 "
        "people and 10 %, 97 % hold the true share)."
    )


def _say_hidden(text: Text, plan: StudyPlan) -> str:
    least = text.number(plan.study.min_group, 0)
    return text("Groups of fewer than {n} people are not shown.", n=least)


def _say_versions(text: Text, e: Evaluation) -> str:
    """Name what computed the numbers of this study, with versions."""
    v = e.provenance.versions
    told = {name: v[name] for name in ("levee", "python", "pandas", "scipy")}
    told |= {"seed": str(e.provenance.seed), "print": e.fingerprint[:12]}
    if _used_statsmodels(e):
        return text(
            "Computed with Levee {levee}, Python {python}, pandas {pandas}, SciPy {scipy} and "
            "statsmodels {statsmodels}; seed {seed}; study {print}.",
            statsmodels=v["statsmodels"],
            **told,
        )
    return text(
        "Computed with Levee {levee}, Python {python}, pandas {pandas} and SciPy {scipy}; seed "
        "{seed}; study {print}.",
        **told,
    )


def _used_statsmodels(e: Evaluation) -> bool:
    """Whether an overlap weight or a segmented regression was made: the two it is used for."""
    weighted = any(one.overlap is not None for one in e.comparison)
    return weighted or any(series.fitted for series in e.time_series)


def list_trend(text: Text, e: Evaluation, plan: StudyPlan) -> list[tuple[int, str, str]]:
    """List the reporting checklist: number, topic, what the data say (empty: yours to write).

    Topics after TREND, Des Jarlais et al. 2004, doi:10.2105/AJPH.94.3.361, in our words.
    """
    told = _told_by_data(text, e, plan)
    return [(number, topic, told.get(number, "")) for number, topic in _topics(text).items()]


def _topics(text: Text) -> dict[int, str]:
    return {
        1: text("Title and abstract name the design"),
        2: text("Background and theory"),
        3: text("Who could take part, where, how they were asked"),
        4: text("What was done, by whom, how often"),
        5: text("Aims and expectations"),
        6: text("Measures, and which are primary"),
        7: text("How many people, and why"),
        8: text("How people came into the groups"),
        9: text("Who knew the groups"),
        10: text("Unit of analysis"),
        11: text("Statistical methods"),
        12: text("Flow of people"),
        13: text("Dates"),
        14: text("Who they were at the start"),
        15: text("Were the groups alike at the start"),
        16: text("Numbers analysed"),
        17: text("Results with intervals"),
        18: text("Further analyses"),
        19: text("Harms"),
        20: text("Interpretation"),
        21: text("For whom else it holds"),
        22: text("What else is known"),
    }


def _told_by_data(text: Text, e: Evaluation, plan: StudyPlan) -> dict[int, str]:
    if e.flow is None:
        return {}
    primary = [text.of(m.label, m.name) for m in plan.measures if m.role == "primary"]
    joined = _listed(text, primary)
    last = last_contrasts(e.outcomes)
    groups = sum(len(o.subgroups) for o in last)
    survey = plan.survey
    return {
        6: text.join([_say_measures(text, plan), text("Primary: {names}.", names=joined)]),
        8: _say_design(text, e),
        10: text("People; clusters by {name}.", name=column_name(text, plan, survey.cluster))
        if survey is not None and survey.cluster
        else text("People."),
        11: text.join([_say_analyses(text, e, plan), *_say_robustness(text, e, plan)]),
        12: _say_matching(text, e),
        14: _say_start(text, e, plan),
        15: _say_balance(text, e),
        16: text.join([_say_n(text, plan, o) for o in last]),
        17: text.join([_say_result(text, plan, o) for o in last]),
        18: text(
            "{groups} tests of groups, {dose} of dose.", groups=str(groups), dose=str(len(e.dose))
        ),
    }


def _say_start(text: Text, e: Evaluation, plan: StudyPlan) -> str:
    """Mean of each measure in the first wave."""
    measures = {m.name: m for m in plan.measures}
    first = next(iter(e.flow.waves), "") if e.flow else ""
    return text.join(
        [
            text(
                "{name}: mean {mean}, n = {n}.",
                name=text.of(measures[s.measure].label, s.measure),
                mean=say_level(text, s.mean.estimate, share=is_share(measures[s.measure])),
                n=text.number(s.n, 0),
            )
            for s in e.scoring
            if s.wave == first and isinstance(s.mean, Estimate)
        ]
    )


def _say_balance(text: Text, e: Evaluation) -> str:
    known = [r.smd for c in e.comparison[:1] for r in c.balance if r.smd is not None]
    if not known:
        return text("There is no comparison group.")
    shown = [abs(one) for one in known if not isinstance(one, Suppressed)]
    if not shown:
        return text("Differences at the start are withheld: they are about too few people.")
    most = text.number(max(shown))
    if len(shown) < len(known):
        return text("Largest standardised difference at the start of those shown: {smd}.", smd=most)
    return text("Largest standardised difference at the start: {smd}.", smd=most)


def _say_n(text: Text, plan: StudyPlan, outcome: Outcome) -> str:
    name, n = _label(text, plan, outcome), text.number(outcome.change.n, 0)
    return text("{name}: {n}.", name=name, n=n)


def _say_result(text: Text, plan: StudyPlan, outcome: Outcome) -> str:
    change, name = outcome.change, _label(text, plan, outcome)
    if not isinstance(change, Comparison):
        return text("{name}: {n}.", name=name, n="–")
    share = is_share(next(m for m in plan.measures if m.name == outcome.measure))
    likely = say_likely(text, change.ci_low, change.ci_high, share=share)
    value = say_signed(text, change.estimate, share=share)
    return text("{name}: {value} ({likely}).", name=name, value=value, likely=likely)


def _listed(text: Text, names: list[str]) -> str:
    return (", " if text.language == "en" else "、").join(names)


def _label(text: Text, plan: StudyPlan, outcome: Outcome) -> str:
    label = next((m.label for m in plan.measures if m.name == outcome.measure), None)
    return text.of(label, outcome.measure)


def list_checklist(evaluation: Evaluation, plan: StudyPlan, text: Text) -> Table:
    """One row per item: number and topic, what the data say or who must write it."""
    yours = text("yours to write")
    rows = [
        (f"{number} {topic}", told or yours)
        for number, topic, told in list_trend(text, evaluation, plan)
    ]
    return Table(
        key="checklist",
        title=text("Reporting checklist (TREND)"),
        columns=(text("Topic"), text("From the data")),
        rows=tuple(rows),
        caption=text("What the data can tell is filled in; the rest is yours to write."),
    )


def list_settings(plan: StudyPlan, text: Text) -> Table:
    """The settings the numbers depend on, with what was chosen in this study."""
    survey, none = plan.survey, text("none")
    duplicates = {
        "latest": text("the latest answer counts"),
        "first": text("the first answer counts"),
        "most_complete": text("the most complete answer counts"),
    }

    def named(column: str | None) -> str:
        return column_name(text, plan, column) if column else none

    rows = [
        (text("Seed of random numbers"), str(plan.study.seed)),
        (text("Smallest group shown"), text.number(plan.study.min_group, 0)),
    ]
    if survey is not None:
        rows += [
            (text("Waves"), ", ".join(wave_name(text, wave) for wave in survey.waves)),
            (text("Who answered twice"), duplicates[survey.duplicates]),
            (text("Answers read as missing"), ", ".join(survey.missing_codes) or none),
            (text("Column of the groups"), named(survey.group)),
            (text("Column of the clusters"), named(survey.cluster)),
            (text("Column of the weights"), named(survey.weight)),
        ]
    return Table(
        key="settings",
        title=text("Settings"),
        columns=(text("Setting"), text("In this study")),
        rows=tuple(rows),
        note=text("docs/glossary.md explains each term, docs/methods.md each method."),
        page_only=True,
    )

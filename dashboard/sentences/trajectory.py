"""Sentences about the course of a measure over three or more waves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from analysis.plan import MeasurePlan
from analysis.results import Caution, Comparison, Finding
from analysis.surveys.results import Trajectory, WaveContrast
from dashboard.sentences.change import is_share, say_likely, say_signed
from dashboard.sentences.names import wave_name
from dashboard.sentences.outcomes import say_amount
from dashboard.sentences.statistics import say_reason
from dashboard.text import N_, Text

_WAVES = {
    "pre": N_("at baseline"),
    "mid": "halfway",
    "post": N_("at the end"),
    "follow_up": N_("at follow-up"),
    "followup": N_("at follow-up"),
}


def say_at_wave(text: Text, wave: str) -> str:
    """Say when: the usual waves in the reader's language, others by their name."""
    return text(_WAVES[wave]) if wave in _WAVES else text("in wave “{wave}”", wave=wave)


def _course(message: str) -> Callable[[Text, Finding], str]:
    def say(text: Text, f: Finding) -> str:
        v, share = f.values, bool(f.values.get("share"))
        told = text(
            message,
            measure=text.of(v["label"]),
            change=say_amount(text, v.get("change"), share),
            range=_range(text, v.get("low"), v.get("high"), share=share),
            turning=say_at_wave(text, str(v["turning"])),
            last=say_at_wave(text, str(v["to"])),
            last_change=say_amount(text, v.get("last_change"), share),
        )
        lower = v.get("better") == "lower" and f.code != "trajectory_flat"
        return text.join([told, text("Here lower is better.")]) if lower else told

    return say


def _range(text: Text, low: float | None, high: float | None, *, share: bool) -> str:
    """Limits in the direction that the sentence says: a fall is told without its sign."""
    if low is not None and high is not None and high < 0:
        low, high = -high, -low
    return say_likely(text, low, high, share=share)


def _refusal(text: Text, f: Finding) -> str:
    return text(
        "{measure}: the course over the waves cannot be estimated ({reason}).",
        measure=text.of(f.values["label"]),
        reason=say_reason(text, str(f.values.get("reason"))),
    )


FINDINGS: Mapping[str, Callable[[Text, Finding], str]] = {
    "trajectory_up_held": _course(
        "{measure} was {change} higher {turning} than at baseline (95% CI {range}), and this held "
        "{last}."
    ),
    "trajectory_up_kept": _course(
        "{measure} was {change} higher {turning} than at baseline (95% CI {range}), with no clear "
        "change after that {last}."
    ),
    "trajectory_up_further": _course(
        "{measure} was {change} higher {turning} than at baseline (95% CI {range}) and rose "
        "further {last}."
    ),
    "trajectory_up_part": _course(
        "{measure} was {change} higher {turning} than at baseline (95% CI {range}); {last} it had "
        "fallen back to {last_change} above."
    ),
    "trajectory_up_lost": _course(
        "{measure} was {change} higher {turning} than at baseline (95% CI {range}), but no longer "
        "clearly so {last}."
    ),
    "trajectory_up_reversed": _course(
        "{measure} was {change} higher {turning} than at baseline (95% CI {range}), but "
        "{last_change} lower {last}."
    ),
    "trajectory_down_held": _course(
        "{measure} was {change} lower {turning} than at baseline (95% CI {range}), and this held "
        "{last}."
    ),
    "trajectory_down_kept": _course(
        "{measure} was {change} lower {turning} than at baseline (95% CI {range}), with no clear "
        "change after that {last}."
    ),
    "trajectory_down_further": _course(
        "{measure} was {change} lower {turning} than at baseline (95% CI {range}) and fell "
        "further {last}."
    ),
    "trajectory_down_part": _course(
        "{measure} was {change} lower {turning} than at baseline (95% CI {range}); {last} it had "
        "risen back to {last_change} below."
    ),
    "trajectory_down_lost": _course(
        "{measure} was {change} lower {turning} than at baseline (95% CI {range}), but no longer "
        "clearly so {last}."
    ),
    "trajectory_down_reversed": _course(
        "{measure} was {change} lower {turning} than at baseline (95% CI {range}), but "
        "{last_change} higher {last}."
    ),
    "trajectory_late_up": _course(
        "{measure} was clearly above baseline only {last}: by {change} (95% CI {range})."
    ),
    "trajectory_late_down": _course(
        "{measure} was clearly below baseline only {last}: by {change} (95% CI {range})."
    ),
    "trajectory_flat": _course(
        "{measure}: no clear difference from baseline in any later wave; {last} the data fit "
        "anything from {range}."
    ),
    "trajectory_not_estimable": _refusal,
}

CAUTIONS: Mapping[str, Callable[[Text, Caution], str]] = {
    "trajectory_missing_at_random": lambda text, _: text(
        "Assumed: whether people answered a wave depends only on answers that were given (missing "
        "at random)."
    ),
    "trajectory_separate": lambda text, _: text(
        "Answers cannot be linked from wave to wave: each wave is compared as a sample of its own."
    ),
    "trajectory_equal_spread": lambda text, _: text(
        "Too few people answered the same two waves: equal spread in every wave is assumed."
    ),
    "trajectory_many_lost": lambda text, c: text(
        "{share} of those with a score at baseline have none {wave}: that level rests much on the "
        "model.",
        share=text.percent(c.values["lost_share"]),
        wave=say_at_wave(text, str(c.values["wave"])),
    ),
}


def say_trajectory_people(text: Text, courses: Sequence[Trajectory]) -> str:
    """Say who is in the course, by which model, and which waves are not."""
    course = courses[0]
    n = text.number(sum(one.n for one in courses), 0)
    if course.covariance == "separate_samples":
        return text("{n} answers; each wave is a sample of its own.", n=n)
    every = sum(p.n for one in courses for p in one.patterns if len(p.waves) == len(one.points))
    return text(
        "{n} people who answered any of {waves} waves, in one model of all waves; {every} answered "
        "every wave.",
        n=n,
        waves=text.number(len(course.points), 0),
        every=text.number(every, 0) if course.patterns else "–",
    )


def list_trajectory_cards(
    text: Text, course: Trajectory, measure: MeasurePlan
) -> list[tuple[str, str]]:
    """At most four numbers: the latest waves against baseline, and the last step."""
    chosen = [*[c for c in course.contrasts if c.against == "baseline"][-3:], course.contrasts[-1]]
    share = is_share(measure)
    return [
        (say_signed(text, c.change.estimate, share=share), _say_card(text, c, share=share))
        for c in chosen
        if isinstance(c.change, Comparison)
    ]


def _say_card(text: Text, contrast: WaveContrast, *, share: bool) -> str:
    change = contrast.change
    likely = (
        say_likely(text, change.ci_low, change.ci_high, share=share)
        if isinstance(change, Comparison)
        else "–"
    )
    start, wave = (wave_name(text, one) for one in (contrast.from_wave, contrast.to_wave))
    return text("{start} → {wave} (95% CI {likely})", start=start, wave=wave, likely=likely)


def say_trajectory_method(text: Text, courses: Sequence[Trajectory]) -> list[str]:
    """Say how the courses were estimated, for the methods paragraph."""
    if not courses:
        return []
    models = {course.covariance for course in courses}
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
    return [sentence for sentence, used in said.items() if used]

"""Sentences about the surveys: changes, comparison, who was lost, and what to know first.

No sentence says that something was caused unless its code starts with ``effect_clear``: those codes
exist only where the design of the comparison earns them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from analysis.results import Caution, Finding, Suppressed
from analysis.thresholds import MAX_SHARE_AT_END
from dashboard.sentences.change import about_change, say_amount
from dashboard.sentences.filled import fill, say_value
from dashboard.sentences.names import wave_name
from dashboard.text import N_, Text

Sentence = Callable[[Text, Finding], str]
_WAVES = {
    "pre": N_("at baseline"),
    "post": N_("at the end"),
    "follow_up": N_("at follow-up"),
    "followup": N_("at follow-up"),
}


def say_wave(text: Text, wave: str) -> str:
    """Name a wave: the usual ones in the reader's language, others as in the data."""
    return text(_WAVES[wave]) if wave in _WAVES else f"“{wave}”"


def _summary(message: str) -> Sentence:
    """Count measures, and say of how many nothing can be estimated."""

    def say(text: Text, f: Finding) -> str:
        counts = ("clear", "n", "alike", "matched")
        filled = {name: text.number(f.values[name], 0) for name in counts if name in f.values}
        said = [text(message, **filled)]
        if f.values["not_estimable"]:
            left = text.number(f.values["not_estimable"], 0)
            said.append(text("{n} more cannot be estimated.", n=left))
        return text.join(said)

    return say


def _summary_alike(text: Text, f: Finding) -> str:
    """Name the measures that everybody moved alike on: they are not unclear, they have no test."""
    message = (
        N_(
            "On {alike} of {n} measures everyone changed by the same amount, so there is no test; "
            "{matched} people answered both before and after."
        )
        if f.values["alike"] == f.values["n"]
        else N_(
            "{clear} of {n} measures changed clearly; on {alike} everyone changed by the same "
            "amount, without a test. {matched} people answered both before and after."
        )
    )
    return _summary(message)(text, f)


def _all_alike(message: str) -> Sentence:
    def say(text: Text, f: Finding) -> str:
        return text(
            message,
            measure=text.of(f.values["label"]),
            n=text.number(f.values["n"], 0),
            change=say_amount(text, f.values.get("change"), bool(f.values.get("share"))),
        )

    return say


_NOT_ESTIMABLE = {
    "too_few": N_("{measure}: too few answers to estimate a change."),
    "no_variance": N_("{measure}: everyone changed alike, so no interval can be given."),
    "suppressed": N_("{measure}: hidden, because the group is too small to show."),
}


def _not_estimable(text: Text, f: Finding) -> str:
    message = _NOT_ESTIMABLE.get(
        str(f.values.get("reason")), N_("{measure}: a change cannot be estimated from these data.")
    )
    return text(message, measure=text.of(f.values["label"]))


_NOTHING_ESTIMABLE = {
    "suppressed": N_("Changes are withheld: too few people answered to show them."),
    "no_second_wave": N_(
        "No change can be estimated: no measure has answers in the first round "
        "({wave}) and in a later one. Check the rounds, or add one with the same questions."
    ),
    "no_pairs": N_(
        "No change can be estimated: fewer than two people answered a measure both times "
        "under the same code. Check the column of respondents."
    ),
    "too_few": N_(
        "No change can be estimated: too few people answered a measure in both survey "
        "rounds (at most {n} in the smaller one)."
    ),
    "no_variance": N_("No change can be estimated: the answers do not differ between people."),
}


def _nothing_estimable(text: Text, f: Finding) -> str:
    message = _NOTHING_ESTIMABLE.get(
        str(f.values["reason"]),
        N_(
            "No change can be estimated from these data; Outcomes gives the reason for each "
            "measure."
        ),
    )
    wave = wave_name(text, str(f.values["from"]))
    return text(message, n=say_value(text, f.values["n"]), wave=wave)


FINDINGS: Mapping[str, Callable[[Text, Finding], str]] = {
    "study_summary": _summary(
        "{clear} of {n} measures changed clearly; {matched} people answered both before and after."
    ),
    "study_summary_alike": _summary_alike,
    "all_rose": _all_alike(
        "{measure}: all {n} people who answered both times rose by exactly {change}. Without any "
        "spread there is no test."
    ),
    "all_fell": _all_alike(
        "{measure}: all {n} people who answered both times fell by exactly {change}. Without any "
        "spread there is no test."
    ),
    "all_unchanged": _all_alike(
        "{measure}: all {n} people who answered both times scored the same as before. Without any "
        "spread there is no test."
    ),
    "study_summary_compared": _summary(
        "{clear} of {n} measures improved more than in the comparison group; {matched} programme "
        "participants answered both times."
    ),
    "study_summary_anonymous": _summary(
        "{clear} of {n} measures differ clearly between the waves; answers cannot be linked."
    ),
    "study_summary_unmatched": _summary(
        "{clear} of {n} measures differ clearly between the waves; nobody answered both of them."
    ),
    "study_not_estimable": _nothing_estimable,
    "study_one_wave": fill(
        "There is one wave with {n} respondents: a change cannot be told yet.", "n"
    ),
    "change_clear_up": about_change("{measure} rose by {change} ({range})."),
    "change_clear_down": about_change("{measure} fell by {change} ({range})."),
    "change_clear_up_important": about_change(
        "{measure} rose by {change} ({range}), more than the {important} that count as important."
    ),
    "change_clear_down_important": about_change(
        "{measure} fell by {change} ({range}), more than the {important} that count as important."
    ),
    "change_clear_up_small": about_change(
        "{measure} rose by {change} ({range}), less than the {important} that count as important."
    ),
    "change_clear_down_small": about_change(
        "{measure} fell by {change} ({range}), less than the {important} that count as important."
    ),
    "no_clear_change": about_change(
        "{measure}: no clear change; the data fit anything from {range}."
    ),
    "change_unclear_many_tests": about_change(
        "{measure}: no clear change once all {n_tests} tests are counted ({range})."
    ),
    "no_change_shown": about_change(
        "{measure} stayed the same: any change is smaller than {important}."
    ),
    "categories_changed": about_change(
        "{measure}: the answers are spread differently than before."
    ),
    "categories_no_clear_change": about_change(
        "{measure}: no clear change in how the answers are spread."
    ),
    "not_estimable": _not_estimable,
}

CAUTIONS: Mapping[str, Callable[[Text, Caution], str]] = {
    "floor": lambda text, c: _end(
        text,
        c,
        N_("{share} of people gave the lowest possible score {wave}: a fall could not show."),
    ),
    "ceiling": lambda text, c: _end(
        text,
        c,
        N_("{share} of people gave the highest possible score {wave}: a rise could not show."),
    ),
    "few_pairs": fill("Only {n} people answered both times: single people weigh heavily.", "n"),
    "higher_of_few": fill(
        "Chance that a later score is higher: of {n} pairs its 95% interval is too narrow (about "
        "91% of 10 pairs hold).",
        "n",
    ),
    "skewed_changes": fill(
        "The changes of these {n} people are strongly skewed: about 93% of such 95% intervals hold "
        "the true mean change. The signed-rank test does not depend on it.",
        "n",
    ),
    "nobody_matched": fill(
        "Nobody was found in both waves: check the codes, or treat the answers as anonymous."
    ),
    "anonymous": fill("Answers are anonymous: the groups are compared, not the same people."),
    "counts_only": fill(
        "The data are numbers of people per answer: nobody could be matched between the waves. "
        "Each person's own change and who was lost cannot be seen. The interval is wider, too: "
        "matched answers that correlate 0.5 would make it about 30% narrower."
    ),
    "regression_to_mean": fill(
        "The start was unusually low: part of the rise is expected without any programme."
    ),
    "changed_items": fill(
        "{n} items were asked in one wave only ({items}): the scores are not fully alike.",
        "n",
        "items",
    ),
    "retrospective": fill(
        "One of these answers was given looking back: memory and wishes may colour it."
    ),
    "seasonality": fill(
        "The waves lie in different seasons: part of the change may be the season."
    ),
    "clustering": fill(
        "People of one cluster answer alike (ICC {icc}): the plain interval is too narrow.", "icc"
    ),
    "missing_scores": lambda text, c: _end(
        text, c, N_("{share} of people {wave} answered too few items for a score.")
    ),
    "analyses_disagree": fill(
        "The analyses disagree on whether the change is clear: quote it with care."
    ),
    "no_comparison_group": fill(
        "There is no comparison group: a change may have other reasons than the programme."
    ),
    "matched_only_shown": fill(
        "The change of everyone who answered cannot be shown: fewer people than the smallest "
        "group answered once only, or gave one answer. This is the change of those who answered "
        "both times."
    ),
    "treated_only": fill(
        "Changes here are those of people in the programme; the comparison group stands apart."
    ),
    "filter_suppressed": fill(
        "Too few people for these filters: at least {min_group} must be in and out.", "min_group"
    ),
}


def _end(text: Text, c: Caution, message: str) -> str:
    share = c.values["share"]
    # The share itself is a number of people; that there are so many is why it is said.
    many = text("More than {limit}", limit=text.percent(MAX_SHARE_AT_END))
    return text(
        message,
        share=many if isinstance(share, Suppressed) else text.percent(share),
        wave=say_wave(text, str(c.values["wave"])),
    )

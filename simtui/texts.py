"""Every sentence a participant reads. A study's `texts` may replace any of them, to run in another language."""

from __future__ import annotations

from collections.abc import Sequence
from string import Template

from simtui.errors import printable
from simtui.session import PlannedTrial
from simtui.study import Study

SECONDS_A_PAIR = 6
"""For “how long does it take”: people took 3 to 8 s a pair in ratings of this kind; the sentence says about."""

DEFAULT = {
    "welcome_title": "Welcome",
    "welcome_task": "You will see $pairs pairs of handwritten digits, about $duration. For each pair, one question:",
    "welcome_practice": "The first $practice are for practice and are not counted.",
    "welcome_keys": "Press a key from 1 ($low_label) to 9, or 0 for 10 ($high_label).",
    "welcome_advice": "There are no right or wrong answers: go by your first impression, and use the whole scale.",
    "welcome_stop": "You may stop at any time with q: what you have answered is kept. Backspace goes back one pair, "
    "? shows the keys.",
    "welcome_start": "Enter starts",
    "source_note": "The images are $note.",
    "participant_prompt": "Your participant id",
    "participant_hint": "1 to 32 letters and digits, such as P07",
    "resume": "$participant stopped after $done of $total. Go on from there?",
    "again": "$participant has already finished this study. Rate it once more, as run $run?",
    "practice_progress": "Practice $number of $total",
    "main_progress": "Pair $number of $total",
    "leave": "Stop here? $done of $total answers are saved, and you can go on later.",
    "save_failed": "$reason Press Enter to try again.",
    "thanks_title": "Thank you!",
    "thanks_saved": "$count answers were saved to",
    "thanks_end": "Enter closes this screen",
    "stopped_title": "Stopped",
    "stopped_saved": "$done of $total answers were saved to",
    "stopped_later": "Start the same study with the same id to go on from here.",
    "keys_rate": "1 … 9, 0    your rating ($low $low_label, $high $high_label; 0 is 10)",
    "keys_back": "Backspace   go back one pair and answer it again",
    "keys_keep": "Enter       back there: keep the answer it had",
    "keys_help": "?           these keys",
    "keys_leave": "q, Ctrl+C   stop; what you have answered is saved",
    "keys_close": "Any key closes this list",
    "break": "Time for a short break: $done of $total pairs are done. What you have answered is saved.",
    "break_end": "Enter goes on",
    "too_small": "The window is too small to show the pair sharply: it needs $columns × $rows characters. "
    "Make it larger, or the letters smaller.",
    "yes": "Yes",
    "no": "No",
    "consent_question": "Do you agree to take part?",
    "consent_keys": "y  $yes      n  $no",
    "consent_declined": "You did not agree: nothing was stored.",
    "shared_saved": "$done of $total answers were saved.",
    "shared_later": "Give the same id to go on from here.",
    "kiosk_finished": "This id has finished the study. Thank you!",
    "plain_keys": "Type a number from $low ($low_label) to $high ($high_label) and press Enter. "
    "b goes back one pair, q stops; what you have answered is kept.",
    "plain_prompt": "$progress. $low $low_label … $high $high_label. Your rating (b back, q stop):",
    "plain_invalid": "“$answer” is none of the numbers from $low to $high.",
    "plain_earlier": "You answered $response before; Enter keeps that.",
    "plain_too_soon": "That came before the pair could be seen: look at it, and answer again.",
    "plain_first": "This is the first pair.",
    "plain_yes_no": "$question ($yes/$no):",
    "plain_enter": "Enter goes on:",
    "plain_break_end": "Enter goes on, q stops:",
    "plain_too_narrow": "The window is too narrow for a pair: make it $columns columns wide or wider.",
}


def say(study: Study, name: str, **values: object) -> str:
    """The sentence `name` with its `$values` filled in, safe to put on a terminal.

    name: a key of DEFAULT, or "question" or "title", which are the study's own.
    """
    template = study.texts.get(name) or DEFAULT.get(name) or getattr(study, name)
    shown = {key: printable(value, 200) for key, value in values.items()}
    return printable(Template(template).safe_substitute(shown), 600)


def paragraphs(study: Study, name: str) -> list[str]:
    """A text of the researcher's own, such as “consent”, line by line, safe to put on a terminal."""
    return [printable(line, 10_000) for line in study.texts.get(name, "").splitlines()]


def ends(study: Study) -> dict[str, object]:
    """The ends of the scale and their labels, as the sentences name them."""
    scale = study.scale
    return {"low": scale.low, "high": scale.high, "low_label": scale.low_label, "high_label": scale.high_label}


def trials(study: Study) -> dict[str, object]:
    """How many trials a run has and how long they take, as the sentences name them."""
    return {"pairs": study.trials_of_run(), "practice": len(study.practice_pairs), "duration": duration(study)}


def place(planned: Sequence[PlannedTrial], index: int) -> tuple[str, int, int]:
    """The sentence that says how far a run is, with its number and total: practice is counted by itself."""
    practice = sum(trial.trial_type == "practice" for trial in planned)
    if index < practice:
        return "practice_progress", index + 1, practice
    return "main_progress", index + 1 - practice, len(planned) - practice


def duration(study: Study) -> str:
    """How long the study takes, in words: “2 minutes”."""
    trials = study.trials_of_run() + len(study.practice_pairs)
    minutes = max(1, round(trials * SECONDS_A_PAIR / 60))
    return "1 minute" if minutes == 1 else f"{minutes} minutes"

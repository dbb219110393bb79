"""What a participant reads: the sentences of simtui.sentences, each replaced where a study's `texts` has its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from simtui.errors import SimtuiError, printable
from simtui.sentences import DEFAULT, ParticipantError, fill_in
from simtui.session.model import Session
from simtui.session.store import Hold
from simtui.session.stored import StoredSession
from simtui.study.model import Study
from simtui.study.schedule import PlannedTrial

if TYPE_CHECKING:
    from simtui.rating.run import Run

_YES_NO = {"y": True, "yes": True, "n": False, "no": False}

SECONDS_A_PAIR = 6
"""For “how long does it take”: people took 3 to 8 s a pair in ratings of this kind; the sentence says about."""


def sentence(study: Study, name: str, **values: object) -> str:
    """The sentence `name` with its `$values` filled in, safe to put on a terminal.

    name: a key of DEFAULT, or "question" or "title", which are the study's own.
    """
    return fill_in(study.texts.get(name) or DEFAULT.get(name) or getattr(study, name), values)


def error_sentence(study: Study, error: SimtuiError) -> str:
    """What an error says, in the words of the study where it has any for it."""
    if isinstance(error, ParticipantError):
        return sentence(study, error.kind, **error.values)
    return sentence(study, "fault", reason=error)


@contextmanager
def in_words_of(study: Study) -> Iterator[None]:
    """Whatever is raised inside says what `error_sentence` makes of it."""
    try:
        yield
    except SimtuiError as error:
        raise SimtuiError(error_sentence(study, error)) from None


def paragraphs(study: Study, name: str) -> list[str]:
    """A text of the researcher's own, such as “consent”, line by line, safe to put on a terminal."""
    return [printable(line, 10_000) for line in study.texts.get(name, "").splitlines()]


def scale_ends(study: Study) -> dict[str, object]:
    """The ends of the scale and their labels, as the sentences name them."""
    scale = study.scale
    return {"low": scale.low, "high": scale.high, "low_label": scale.low_label, "high_label": scale.high_label}


def scale_sentence(study: Study, name: str) -> str:
    """A sentence about the keys of the scale: `name` where the scale has a 10, whose key is 0, else other_`name`.

    A study whose texts have only `name` says that.
    """
    own = name in study.texts and f"other_{name}" not in study.texts
    fitting = name if own or study.scale.has_ten else f"other_{name}"
    return sentence(study, fitting, **scale_ends(study))


def yes_no(study: Study) -> dict[str, str]:
    """Yes and no and their keys, as the sentences name them."""
    return {name: sentence(study, name) for name in ("yes", "no", "yes_key", "no_key")}


def withdraw_key(study: Study) -> dict[str, object]:
    """The key to withdraw with, as the sentences name it."""
    return {"withdraw_key": sentence(study, "withdraw_key")}


def meaning(study: Study, text: str) -> bool | None:
    """Whether a word means yes or no, in the study's words or ours; None where it means neither."""
    words = yes_no(study)
    own = {words["yes"]: True, words["yes_key"]: True, words["no"]: False, words["no_key"]: False}
    known = _YES_NO | {word.casefold(): meant for word, meant in own.items()}
    return known.get(text.casefold())


def counts(session: Session) -> dict[str, object]:
    """How many answers a run has, of how many, as the sentences name them: practice is not counted."""
    return {"done": session.answered, "total": session.planned}


def practice_apart(study: Study, session: Session) -> str:
    """That practice is not counted, where somebody could miss it in the counts: they say none. Else empty."""
    practised = any(trial.trial_type == "practice" for trial in session.trials)
    return sentence(study, "practice_apart") if practised and not session.answered else ""


def going_on(study: Study, hold: Hold, last: StoredSession | None) -> tuple[str, str]:
    """The question to somebody who has been here before, and what a no leads to; both empty before the first run.

    last: the run to go on with, or the finished one to add another to. Raises ParticipantError where they withdrew.
    """
    if last is None or last.session is None:
        return "", ""
    who = {"participant": hold.participant_id}
    if last.session.status == "withdrawn":
        raise ParticipantError("fault_withdrawn", **who)
    if last.interrupted is None:
        run = hold.store.next_run(hold.participant_id)
        return sentence(study, "again", run=run, **who), sentence(study, "again_no", **who)
    saved = counts(last.session) | who
    question = f"{practice_apart(study, last.session)} {sentence(study, 'resume', **saved)}".lstrip()
    return question, sentence(study, "resume_no", **saved)


def task(study: Study, interrupted: Session | None = None) -> Iterator[str]:
    """What there is to do, for how long, and the question; of an interrupted run, what is left to do."""
    planned = interrupted.schedule.trials if interrupted is not None else []
    practice = sum(trial.trial_type == "practice" for trial in planned) or len(study.practice_pairs)
    pairs = len(planned) - practice if planned else study.trials_of_run()
    done = sum(trial.response is not None for trial in interrupted.trials) if interrupted is not None else 0
    values = {"pairs": pairs, "practice": practice, "duration": duration(study, pairs + practice - done)}
    if done == pairs + practice:
        yield sentence(study, "questions_left")
    elif done > practice:
        yield sentence(study, "welcome_rest", left=pairs + practice - done, **values)
    else:
        yield sentence(study, "welcome_task", **values)
    yield sentence(study, "question")


def practice_first(study: Study, interrupted: Session | None = None) -> str:
    """That practice comes first, where it does; else empty."""
    if not study.practice_pairs or (interrupted is not None and interrupted.trials):
        return ""
    return sentence(study, "welcome_practice", practice=len(study.practice_pairs))


def position_in_run(planned: Sequence[PlannedTrial], index: int) -> tuple[str, int, int]:
    """The sentence that says how far a run is, with its number and total: practice is counted by itself."""
    practice = sum(trial.trial_type == "practice" for trial in planned)
    if index < practice:
        return "practice_progress", index + 1, practice
    return "main_progress", index + 1 - practice, len(planned) - practice


def page_before(run: Run) -> str:
    """What is said before the current trial: that practice is over, or that it is time for a break; mostly nothing."""
    if run.practice_over:
        return sentence(run.study, "practice_over")
    if run.break_due:
        _, number, total = position_in_run(run.planned, run.current().index)
        return sentence(run.study, "break", done=number - 1, total=total)
    return ""


def duration(study: Study, trials: int) -> str:
    """How long so many trials take, in words: “2 minutes”."""
    minutes = max(1, round(trials * SECONDS_A_PAIR / 60))
    return sentence(study, "minute") if minutes == 1 else sentence(study, "minutes", minutes=minutes)

"""The study's questions in lines of text: before and after the pairs."""

from __future__ import annotations

from functools import partial

from simtui.rating.dialogue import Dialogue
from simtui.rating.questions import options, shown, typed, wording
from simtui.rating.run import Run
from simtui.rating.texts import error_sentence, sentence
from simtui.sentences import ParticipantError
from simtui.session.model import Answer
from simtui.study.questions import Question, When


def ask_before(dialogue: Dialogue, run: Run) -> bool:
    """Ask what is open of the questions before the pairs; False where the participant stops."""
    if run.open_page("before") is None:
        return True
    if not _ask(dialogue, run, "before"):
        return False
    dialogue.print()
    dialogue.print(sentence(run.study, "questions_done"))
    return True


def ask_after(dialogue: Dialogue, run: Run) -> bool:
    """The same of the questions after them."""
    if run.open_page("after") is None:
        return True
    dialogue.print()
    dialogue.print(sentence(run.study, "questions_left"))
    return _ask(dialogue, run, "after")


def withdraws(dialogue: Dialogue, run: Run, text: str) -> bool:
    """Whether a line is the key to withdraw with, of a study that asks for consent, and is meant; it is then done."""
    study = run.study
    if not study.texts.get("consent") or text.casefold() != sentence(study, "withdraw_key").casefold():
        return False
    return dialogue.agrees(study, sentence(study, "withdraw_question")) and dialogue.insist(study, run.withdraw)


def _ask(dialogue: Dialogue, run: Run, when: When) -> bool:
    """Ask for every answer that is missing, and for those that the participant goes back to."""
    questions = run.study.questions(when)
    missing = {answer.question_id for answer in run.session.open_answers(when)}
    place = next(index for index, question in enumerate(questions) if question.id in missing)
    last_page = None
    while place < len(questions):
        question = questions[place]
        page = next(page for page in run.study.question_pages if question in page.questions)
        if page is not last_page:
            dialogue.print()
            dialogue.print(page.title or sentence(run.study, "questions_title"))
            last_page = page
        step = _ask_one(dialogue, run, question, first=place == 0)
        if step is None:
            return False
        place += step
    return True


def _ask_one(dialogue: Dialogue, run: Run, question: Question, *, first: bool) -> int | None:
    """Ask until the question is answered (1) or left for the one before it (-1); None where the participant stops."""
    study = run.study
    earlier = next(answer for answer in run.session.answers if answer.question_id == question.id)
    dialogue.print()
    dialogue.print(wording(study, question))
    choices = options(study, question)
    if question.kind == "choice":
        for number, (_, words, _) in enumerate(choices, start=1):
            dialogue.print(f"  {number}  {words}")
    elif choices:
        dialogue.print("  " + "   ".join(f"{key}  {words}" for key, words, _ in choices))
    if earlier.timestamp is not None:
        dialogue.print(sentence(study, "plain_answer_before", answer=shown(study, earlier.answer)))
    while True:
        line = dialogue.ask(sentence(study, "plain_choice" if question.kind == "choice" else "plain_question")).text
        if line in ("q", "Q") or withdraws(dialogue, run, line):
            return None
        if line in ("b", "B"):
            if not first:
                return -1
            dialogue.print(sentence(study, "plain_first_question"))
            continue
        if not line and earlier.timestamp is not None:
            return 1
        if _answered(dialogue, run, question, line, earlier):
            return 1


def _answered(dialogue: Dialogue, run: Run, question: Question, line: str, earlier: Answer) -> bool:
    """Store what a line says; False, and why not, where it is no answer."""
    try:
        value = typed(run.study, question, line)
    except ParticipantError as fault:
        dialogue.print(error_sentence(run.study, fault))
        return False
    return dialogue.insist(run.study, partial(run.answer_questions, {earlier.question_id: value}))

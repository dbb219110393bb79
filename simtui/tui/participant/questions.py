"""A page of questions to the participant, answered with the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Static

from simtui.rating.questions import checked, options, shown, typed, wording
from simtui.rating.run import Run
from simtui.rating.texts import error_sentence, sentence
from simtui.sentences import ParticipantError
from simtui.storage.atomic import WriteFailedError
from simtui.study.questions import Question, QuestionPage, Value
from simtui.tui.participant.id import LINE_KEYS
from simtui.tui.participant.leave import LeaveScreen
from simtui.tui.participant.page import BREAKPOINTS
from simtui.tui.participant.saving import saying_when_slow
from simtui.tui.screens import BaseScreen
from simtui.tui.widgets.choice import Choice, passed_on


class QuestionsScreen(BaseScreen[bool]):
    """Asks all questions of a page; True once their answers are on disk, False where the participant leaves."""

    CSS_PATH = "questions.tcss"
    VERTICAL_BREAKPOINTS = BREAKPOINTS
    BINDINGS = [
        Binding("up", "line(-1)", "Line above", show=False),
        Binding("down", "line(1)", "Line below", show=False),
        Binding("escape", "leave", "Stop; what is saved is kept", show=False),
    ]

    def __init__(self, run: Run, page: QuestionPage) -> None:
        super().__init__(classes="page")
        self._run = run
        self._page = page
        self._unsaved = False

    @property
    def unsaved(self) -> bool:
        return self._unsaved

    def compose(self) -> ComposeResult:
        study = self._run.study
        given = {answer.question_id: answer.answer for answer in self._run.session.answers}
        with VerticalScroll(classes="column", can_focus=False):
            yield Static(self._page.title or sentence(study, "questions_title"), classes="title", markup=False)
            for question in self._page.questions:
                yield Static(wording(study, question), classes="asked", id=f"a-{question.id}", markup=False)
                choices = options(study, question)
                if choices:
                    yield Choice(choices, given.get(question.id), self.go_on, id=f"q-{question.id}")
                else:
                    yield AnswerInput(shown(study, given.get(question.id)), self.go_on, id=f"q-{question.id}")
                yield Static("", classes="error", id=f"e-{question.id}", markup=False)
            yield Static("", classes="error", id="failed", markup=False)
            yield Static(sentence(study, "questions_keys"), classes="faint", markup=False)

    def on_mount(self) -> None:
        self.set_focus(self._field(self._page.questions[0]))

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        for question in self._page.questions:
            here = event.widget.id == f"q-{question.id}"
            self.query(f"#a-{question.id}").set_class(here, "-here")
            if here:
                # Textual has scrolled to the field, before the layout stands even, and not to what it answers.
                self.call_after_refresh(self._reveal, question)

    def _reveal(self, question: Question) -> None:
        # The page may be gone by now, and its widgets with it.
        first = question is self._page.questions[0]
        for widget in self.query(".column" if first else f"#q-{question.id}, #a-{question.id}"):
            if first:
                widget.scroll_home(animate=False)
            else:
                widget.scroll_visible(animate=False)

    def _field(self, question: Question) -> Widget:
        return self.query_one(f"#q-{question.id}")

    def _complain(self, name: str, text: str) -> None:
        message = self.query_one(f"#{name}", Static)
        message.update(text)
        message.display = bool(text)

    def on_choice_left(self, event: Choice.Left) -> None:
        event.stop()
        self.action_line(event.step)

    def action_line(self, step: int) -> None:
        """To the question below or above, where there is one."""
        place = self._place(self.focused) + step
        if 0 <= place < len(self._page.questions):
            self.set_focus(self._field(self._page.questions[place]))

    def _place(self, field: Widget | None) -> int:
        names = [f"q-{question.id}" for question in self._page.questions]
        return names.index(field.id) if field is not None and field.id in names else 0

    def go_on(self, field: Widget) -> None:
        """To the next question, and from the last one on, where every answer will do."""
        questions = self._page.questions
        place = self._place(field)
        if not self._will_do(questions[place]):
            return
        if place + 1 < len(questions):
            self.set_focus(self._field(questions[place + 1]))
            return
        wrong = [question for question in questions if not self._will_do(question)]
        if wrong:
            self.set_focus(self._field(wrong[0]))
        else:
            self._save()

    def _value(self, question: Question) -> Value | None:
        """The answer so far; None for an optional question without one. Raises ParticipantError where it is none."""
        field = self._field(question)
        if isinstance(field, Choice):
            return checked(question, field.chosen)
        return typed(self._run.study, question, field.value) if isinstance(field, Input) else None

    def _will_do(self, question: Question) -> bool:
        """Whether the question is answered; below it stands what is amiss, or nothing."""
        try:
            self._value(question)
        except ParticipantError as fault:
            self._complain(f"e-{question.id}", error_sentence(self._run.study, fault))
            return False
        self._complain(f"e-{question.id}", "")
        return True

    def _save(self) -> None:
        try:
            with saying_when_slow(self.app, self._run.study):
                self._run.answer_questions({question.id: self._value(question) for question in self._page.questions})
        except WriteFailedError as failure:
            self._unsaved = True
            reason = error_sentence(self._run.study, failure)
            self._complain("failed", sentence(self._run.study, "save_failed", reason=reason))
            self.query_one("#failed").scroll_visible(animate=False)
        else:
            self.dismiss(True)

    def action_leave(self) -> None:
        self.app.push_screen(LeaveScreen(self._run), self._leave_or_stay)

    def _leave_or_stay(self, leave: bool | None) -> None:
        if leave:
            self.dismiss(False)


class AnswerInput(Input, inherit_bindings=False):
    """A line to type an answer in. No clipboard: what the last person typed could be in it.

    then: called with the widget at once when Enter is pressed.
    """

    BINDINGS = LINE_KEYS

    def __init__(self, value: str, then: Callable[[Widget], None], *, id: str) -> None:  # noqa: A002 - as Textual has it
        super().__init__(value, compact=True, placeholder="…", id=id)
        self._then = then

    def on_key(self, event: events.Key) -> None:
        # Not by a binding: those are looked up only after the keys that came with this one have been taken.
        if not passed_on(self, event) and event.key == "enter":
            event.stop()
            event.prevent_default()
            self._then(self)

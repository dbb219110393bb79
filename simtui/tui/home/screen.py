"""HomeScreen: where `simtui` without a command begins."""

from __future__ import annotations

from pathlib import Path

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Footer, OptionList, Static
from textual.widgets.option_list import Option

from simtui.errors import SimtuiError
from simtui.rating.environment import environment
from simtui.rating.texts import error_sentence
from simtui.session.completion import completion
from simtui.session.store import Hold, SessionStore
from simtui.storage import remembered
from simtui.study.model import Study
from simtui.terminal.detection import Terminal
from simtui.tui.analysis.screen import AnalysisScreen
from simtui.tui.dialogs import HelpScreen
from simtui.tui.home.network import NetworkScreen
from simtui.tui.home.open_study import OpenStudyScreen, Purpose
from simtui.tui.home.rate_yourself import RateYourselfScreen
from simtui.tui.participant.flow import Outcome, Visit, rate
from simtui.tui.screens import BaseScreen
from simtui.tui.widgets.options import Options

CHOICES = (
    ("r", "rate_yourself", "Rate yourself now", "Choose a digit, rate a few pairs, see your own correlation."),
    ("o", "open_study", "Open a study", "Rate it, or analyse it."),
    ("a", "analyse", "Analyse sessions", "The network against the people, pair by pair."),
    ("n", "network", "The network", "How it reads MNIST, and what it confuses."),
    ("q", "leave", "Quit", ""),
)
"""Key, action, name and explanation of everything one can do here."""

EDGES = 6
"""Columns of a window that the entries have not."""

ROOMY = 22
"""Rows from which every explanation has a row of its own."""


class HomeScreen(BaseScreen[None]):
    """Five ways on. root: the folder of the studies made here and of all session folders."""

    CSS_PATH = "screen.tcss"
    BINDING_GROUP_TITLE = "Home"
    BINDINGS = [
        # Those that stand on the screen itself are not repeated below it.
        *(Binding(key, action, name, show=key == "q") for key, action, name, _ in CHOICES),
        Binding("t", "app.toggle_theme", "Dark or light"),
        Binding("question_mark", "keys", "Keys"),
        Binding("escape", "up", "Nothing: this is the top", show=False),
    ]

    def __init__(self, terminal: Terminal, root: Path = Path("sessions")) -> None:
        super().__init__(classes="page")
        self._terminal = terminal
        self._root = root

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="column", can_focus=False):
            yield Static("simtui", classes="title", markup=False)
            yield Static(
                "People rate how similar two handwritten digits look.\nHow well does a convnet explain them?",
                classes="faint",
                markup=False,
            )
            yield Options()
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).focus()

    def on_resize(self, event: events.Resize) -> None:
        """All entries are in sight in every window."""
        roomy, entries = event.size.height >= ROOMY, self.query_one(OptionList)
        before = entries.highlighted_option
        options = [_option(*choice, room=0 if roomy else event.size.width - EDGES) for choice in CHOICES]
        entries.set_options([each for option in options for each in (option, _gap())] if roomy else options)
        entries.highlighted = 0 if before is None else entries.get_option_index(str(before.id))

    async def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        await self.run_action(str(event.option_id))

    # ------------------------------------------------------------------ the ways on

    def action_rate_yourself(self) -> None:
        self.run_worker(self._rate_yourself(), exclusive=True)

    def action_open_study(self) -> None:
        self.run_worker(self._open("rate"), exclusive=True)

    def action_analyse(self) -> None:
        self.run_worker(self._open("analyse"), exclusive=True)

    def action_network(self) -> None:
        self.app.push_screen(NetworkScreen(self._terminal))

    def action_keys(self) -> None:
        self.app.push_screen(HelpScreen("Home", (HomeScreen, type(self.app))))

    def action_up(self) -> None:
        self.notify("q leaves simtui.", timeout=2, markup=False)

    def action_leave(self) -> None:
        self.dismiss(None)

    async def _rate_yourself(self) -> None:
        begun = await self.app.push_screen_wait(RateYourselfScreen(self._root))
        if begun is None:
            return
        with begun.hold:
            outcome = await self._rate(begun.study, begun.hold, result_next=True)
        if outcome is not None and outcome.finished:
            await self._analyse(begun.study, outcome.participant_id)

    async def _open(self, purpose: Purpose) -> None:
        opened = await self.app.push_screen_wait(OpenStudyScreen(self._root, purpose))
        if opened is None:
            return
        if opened.purpose == "rate":
            await self._rate(opened.study)
        else:
            await self._analyse(opened.study)

    async def _rate(self, study: Study, hold: Hold | None = None, *, result_next: bool = False) -> Outcome | None:
        store = SessionStore(self._root, study.id)
        try:
            made_on = environment(self._terminal)
            visit = Visit(
                study,
                store,
                self._terminal,
                made_on,
                hold,
                at_home=True,
                result_next=result_next,
                codes=completion(study, store),
            )
            return await rate(self.app, visit)
        except SimtuiError as fault:
            self.notify(error_sentence(study, fault), severity="error", timeout=10, markup=False)
            return None

    async def _analyse(self, study: Study, *participants: str) -> None:
        """With one's own ratings alone at first; the others are a key away."""
        folder = self._root / study.id
        checkpoint = remembered.checkpoint()
        screen = AnalysisScreen(study, [folder], self._terminal, checkpoint, participants=participants)
        await self.app.push_screen_wait(screen)


def _option(key: str, action: str, name: str, explanation: str, *, room: int = 0) -> Option:
    """room: columns of the one row that it shall take, where there is no room for two."""
    first = Content.assemble((f" {key} ", "bold reverse"), "  ", (name, "bold"))
    if not explanation or room:
        fits = explanation and len(first) + 2 + len(explanation) <= room
        return Option(Content.assemble(first, f"  {explanation}") if fits else first, id=action)
    return Option(Content.assemble(first, f"\n     {explanation}"), id=action)


def _gap() -> Option:
    """An empty line that the cursor steps over."""
    return Option("", disabled=True)

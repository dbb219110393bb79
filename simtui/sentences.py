"""Every sentence a participant can read, by name, in English; and the errors that have one.

A study's `texts` may replace any of them (see simtui.rating.texts), so whatever is shown to participants stands here,
in whole sentences: no other language puts its words together as English does.
"""

from __future__ import annotations

from collections.abc import Mapping
from string import Template

from simtui.errors import SimtuiError, printable

DEFAULT = {
    "welcome_title": "Welcome",
    "welcome_task": "You will see $pairs pairs of images, about $duration. For each pair, one question:",
    "welcome_rest": "$left of $pairs pairs are left, about $duration. For each pair, one question:",
    "welcome_practice": "Practice comes first ($practice) and is not counted.",
    "welcome_keys": "Press a key from $low ($low_label) to 9, or 0 for 10 ($high_label).",
    "other_welcome_keys": "Press a key from $low ($low_label) to $high ($high_label).",
    "welcome_questions": "A few questions are asked too.",
    "welcome_advice": "There are no right or wrong answers: go by your first impression, and use the whole scale.",
    "welcome_stop": "You may stop at any time with q: what you have answered is kept. Backspace goes back one pair, "
    "? shows the keys.",
    "welcome_start": "Enter starts",
    "minute": "1 minute",
    "minutes": "$minutes minutes",
    "participant_prompt": "Your participant id",
    "participant_hint": "1 to 32 letters and digits, such as P07",
    "id_stored": "“$typed” is stored as $participant. Is that right?",
    "id_like": "$participant looks like $other, who has rated: are you $other?",
    "resume": "$participant stopped after $done of $total. Go on from there?",
    "resume_no": "Nothing was changed: $done of $total answers are saved, and $participant can go on later.",
    "again": "$participant has already finished this study. Rate it once more, as run $run?",
    "again_no": "$participant has finished this study: the answers are saved, and nothing else is to be done.",
    "practice_progress": "Practice $number of $total",
    "practice_apart": "Practice is not counted.",
    "main_progress": "Pair $number of $total",
    "leave": "Stop here? $done of $total answers are saved, and you can go on later.",
    "saving": "Saving … the disk takes its time ($seconds s).",
    "save_failed": "$reason Press Enter to try again.",
    "questions_title": "A few questions",
    "questions_optional": "(may be left empty)",
    "questions_keys": "Up and down go from line to line, a key before an answer chooses it. Enter goes on, Esc stops.",
    "questions_done": "Thank you. Now the pairs begin.",
    "questions_left": "The pairs are done. A few questions are left.",
    "question_missing": "Please answer this question.",
    "question_no_number": "Please type a number, in digits.",
    "question_whole": "Please type a whole number.",
    "question_range": "Please type a number from $low to $high.",
    "question_low": "Please type a number that is not below $low.",
    "question_high": "Please type a number that is not above $high.",
    "question_long": "Your answer has $count characters, and there is room for $most: please make it shorter.",
    "question_choice": "“$answer” is none of the numbers from 1 to $count.",
    "withdraw": "Withdraw",
    "withdraw_key": "w",
    "withdraw_question": "Withdraw from the study? Your answers will not be used then, and you cannot go on later.",
    "withdrawn_title": "You have withdrawn",
    "withdrawn": "Your answers will not be used.",
    "thanks_title": "Thank you!",
    "thanks_saved": "$count answers were saved to",
    "thanks_end": "Enter closes this screen",
    "thanks_result": "Enter opens your result",
    "completion_code": "Your completion code: $code",
    "no_code": "A completion code is given to those who have answered everything: there is none yet.",
    "stopped_title": "Stopped",
    "stopped_saved": "$done of $total answers were saved to",
    "stopped_later": "Start the same study with the same id to go on from here.",
    "home_later": "To go on from here, choose the same on the home screen once more, with the id $participant.",
    "no_screen": "$why: if no screen appears here, press Ctrl+C and give --plain.",
    "closing": "$done of $total answers of $participant are in $path",
    "which_keys": "The keys are $low to 9, and 0 for 10.",
    "other_which_keys": "The keys are $low to $high.",
    "completed": "The pair before: your answer is $response.",
    "keys_rate": "$low … 9, 0    your rating ($low $low_label, $high $high_label; 0 is 10)",
    "other_keys_rate": "$low … $high       your rating ($low $low_label, $high $high_label)",
    "keys_back": "Backspace   go back one pair and answer it again",
    "keys_keep": "Enter       back there: keep the answer it had",
    "keys_help": "?           these keys",
    "keys_leave": "q, Ctrl+C   stop; what you have answered is saved",
    "keys_close": "Any key closes this list",
    "practice_over": "The practice is over: from now on your answers count.",
    "break": "Time for a short break: $done of $total pairs are done. What you have answered is saved.",
    "break_end": "Enter goes on",
    "too_small": "The window is too small to show the pair sharply: it needs $columns × $rows characters. "
    "Make it larger, or the letters smaller.",
    "yes": "Yes",
    "yes_key": "y",
    "no": "No",
    "no_key": "n",
    "consent_question": "Do you agree to take part?",
    "consent_keys": "$yes_key  $yes      $no_key  $no",
    "consent_declined": "You did not agree: nothing was stored.",
    "shared_saved": "$done of $total answers were saved.",
    "shared_later": "Give the same id to go on from here.",
    "kiosk_finished": "This id has finished the study. Thank you!",
    "kiosk_idle": "Nobody pressed a key for a while, so the study was closed. What was answered is saved: "
    "the same id goes on from there.",
    "host_closing": "The study closes in $seconds s. What you have answered is saved: come back later.",
    "host_full": "All places are taken at the moment: please try again in a few minutes.",
    "host_complete": "All your answers are saved. Thank you!",
    "host_unfinished": "What you have answered is saved: $done of $total. Come back with the same id to go on.",
    "host_nothing": "Nothing was answered yet. Come back with the same id to begin.",
    "host_broken": "The line to the study broke. What you have answered is saved: come back with the same id to go on.",
    "host_webgl": "This browser cannot draw the images exactly: switch on its hardware acceleration (WebGL), or take "
    "another browser.",
    "host_small": "This window is too small for the images: take a computer, or make the window larger, and load the "
    "page again.",
    "host_zoom": "At this zoom the images cannot be shown exactly: set the zoom of the page to 100 %, and load it "
    "again.",
    "host_lost": "The line to the study is lost. What you have answered is saved: this page comes back by itself.",
    "host_script": "The study needs JavaScript: switch it on for this page.",
    "host_link": "The study is opened by the link that you were given, with your id in it.",
    "host_code": "The code of the study",
    "host_wrong_code": "That is not the code of the study.",
    "host_enter": "Go on",
    "host_terminal": "The study needs a terminal of its own: connect without a command, and with ssh -t.",
    "kiosk_closed": "The study is closed for now. What was answered is saved. Please tell the person who runs it.",
    "plain_keys": "Type a number from $low ($low_label) to $high ($high_label) and press Enter. "
    "b goes back one pair, q stops; what you have answered is kept.",
    "plain_withdraw": "$withdraw_key withdraws from the study: your answers are then not used.",
    "plain_question": "Your answer (b back, q stop):",
    "plain_choice": "The number of your answer (b back, q stop):",
    "plain_answer_before": "You answered “$answer” before; Enter keeps that.",
    "plain_first_question": "This is the first question.",
    "plain_prompt": "$progress. $low $low_label … $high $high_label. Your rating (b back, q stop):",
    "plain_invalid": "“$answer” is none of the numbers from $low to $high.",
    "plain_earlier": "You answered $response before; Enter keeps that.",
    "plain_too_soon": "That came before the pair could be seen: look at it, and answer again.",
    "plain_first": "This is the first pair.",
    "plain_yes_no": "$question ($yes/$no):",
    "plain_neither": "“$answer” is neither $yes nor $no: type one of them, or $yes_key or $no_key.",
    "plain_enter": "Enter goes on:",
    "plain_break_end": "Enter goes on, q stops:",
    "plain_too_narrow": "The window is too narrow for a pair: make it $columns columns wide or wider.",
    "plain_ended": "The input ended before the first pair: no answer was stored.",
    "plain_ended_later": "The input ended before the first pair: the answers that $participant gave earlier are "
    "saved, and none was added.",
    "fault": "$reason",
    "fault_id": "“$participant” cannot be a participant id: use 1 to 32 of the letters A–Z, a–z and the digits 0–9, "
    "such as P07.",
    "fault_busy": "$participant is being rated in another window: finish or close it there, or use another id.",
    "fault_not_listed": "$participant is not on the list of participants: check the id, or ask the person who runs the "
    "study.",
    "fault_withdrawn": "$participant has withdrawn from this study: the person who runs it can tell you more.",
    "fault_full": "$path could not be written: the disk is full.",
    "fault_quota": "$path could not be written: your disk quota is used up.",
    "fault_forbidden": "$path could not be written: you may not write there.",
    "fault_in_use": "$path could not be written: another program has it open. Close it there, and try again.",
    "fault_read_only": "$path could not be written: the disk is read-only.",
    "fault_no_folder": "$path could not be written: there is no such folder.",
    "fault_name_taken": "$path could not be written: a file of that name is there already.",
    "fault_no_way": "$path could not be written: a part of the path is a file, not a folder.",
    "fault_write": "$path could not be written: $reason (error $number).",
    "fault_changed": "$path was written by somebody else meanwhile and was left alone: ask the person who runs the "
    "study.",
    "fault_link": "$path is a symbolic link, which could lead anywhere: have --sessions name the folder that is meant.",
    "fault_drop_box": "$folder belongs to somebody else and is open to all: ask its owner to make the folder of this "
    "study with: install -d -m 1733 $path",
    "fault_resume": "$path is not an interrupted run of this study, so it cannot be resumed.",
    "fault_simulated": "$path is simulated, and people and simulations do not go on with each other's runs: use "
    "another participant id.",
    "fault_person": "$path is a person's, and people and simulations do not go on with each other's runs: use another "
    "participant id.",
    "fault_plan": "$path does not follow its own plan, so it cannot be resumed: it is left as it is.",
}
"""Each with the $values that can be filled in there, which a text in its place may use or leave out.

Those that begin with other_ are for scales without a 10, whose keys are their numbers.
"""


def fill_in(template: str, values: Mapping[str, object]) -> str:
    """A sentence with its `$values` filled in, safe to put on a terminal."""
    shown = {key: printable(value, 400) for key, value in values.items()}
    return printable(Template(template).safe_substitute(shown), 600)


class ParticipantError(SimtuiError):
    """An error that a participant may meet, in English; error_sentence in rating.texts says it in the study's.

    kind: the name of its sentence in DEFAULT. values: what is filled in there.
    """

    def __init__(self, kind: str, **values: object) -> None:
        super().__init__(fill_in(DEFAULT[kind], values))
        self.kind = kind
        self.values = values

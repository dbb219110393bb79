"""`simtui guide`: what it prints in a pipe, on terminals of every kind, and for a topic that does not exist."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from simtui import guides
from simtui.guides.rendering import render
from tests.terminal_session import SIMTUI, TerminalSession

HEAVY = {"torch", "scipy", "pandas", "numpy", "textual", "PIL"}

DOCUMENT = """# A title

<!-- sshd -->
Some `code`, see [the files](files.md#the-study) and [elsewhere](https://example.org).

* an item

```sh
simtui analyze study.json sessions --exclude 'catch<0.8' --json > analysis.json
```

| Key | Meaning |
|---|---|
| `q` | leave … |
"""


def guide(*topic: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*SIMTUI, "guide", *topic], cwd=cwd, capture_output=True, text=True, check=False)


def test_every_file_is_a_topic_and_every_topic_a_file() -> None:
    files = {path.stem for path in Path(guides.__file__).parent.glob("*.md")}
    assert files == set(guides.TOPICS)
    assert all(guides.read(topic).startswith("# ") for topic in guides.TOPICS)


def test_without_a_topic_each_guide_is_one_line(tmp_path: Path) -> None:
    lines = guide(cwd=tmp_path).stdout.splitlines()
    assert [line.split(maxsplit=1) for line in lines[: len(guides.TOPICS)]] == [
        [topic, guides.title(topic)] for topic in guides.TOPICS
    ]


@pytest.mark.parametrize("topic", guides.TOPICS)
def test_in_a_pipe_a_guide_is_plain_text(topic: str, tmp_path: Path) -> None:
    done = guide(topic, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{guides.title(topic)}\n═")
    assert not re.search(r"\x1b|```|^#|<!--|\]\(", done.stdout, re.MULTILINE)


@pytest.mark.parametrize(
    ("topic", "nearest"), [("pyton", "python"), ("startt", "start"), ("1", None), ("\x1b[2J", None)]
)
def test_an_unknown_topic_is_one_sentence_with_the_nearest_name(
    topic: str, nearest: str | None, tmp_path: Path
) -> None:
    done = guide(topic, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    found = re.fullmatch(r"simtui: There is no guide “[^\x1b]+”; the nearest name is ([a-z]+)\.\n", done.stderr)
    assert found
    assert found[1] in guides.TOPICS
    assert nearest in (None, found[1])


def test_a_topic_may_be_written_large(tmp_path: Path) -> None:
    assert guide("START", cwd=tmp_path).stdout == guide("start", cwd=tmp_path).stdout


def test_no_guide_needs_what_a_rating_station_lacks(tmp_path: Path) -> None:
    code = (
        "import sys; from simtui.cli import app; app.main(['guide', 'start'], standalone_mode=False)\n"
        "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert not HEAVY & set(done.stderr.split())


@pytest.mark.parametrize("topic", guides.TOPICS)
@pytest.mark.parametrize("columns", [40, 80])
def test_a_guide_fits_into_the_width_but_for_code(topic: str, columns: int) -> None:
    lines = render(guides.read(topic), columns, color=False).split("\n")
    assert [line for line in lines if len(line) > columns and not line.startswith("    ")] == []


def test_what_is_rendered() -> None:
    assert render(DOCUMENT, 60, color=False) == (
        "A title\n═══════\n\n"
        "Some `code`, see the files (simtui guide files) and\nelsewhere (https://example.org).\n\n"
        " • an item\n\n"
        "    simtui analyze study.json sessions --exclude 'catch<0.8' --json > analysis.json\n\n"
        "Key  Meaning\n────────────\n`q`  leave …"
    )


def test_in_ascii_nothing_else_is_left() -> None:
    text = render(DOCUMENT, 60, color=False, unicode=False)
    assert text.isascii()
    assert "`q`  leave ..." in text


def test_colours_are_those_that_every_terminal_has() -> None:
    text = render("".join(guides.read(topic) for topic in guides.TOPICS), 80, color=True)
    assert set(re.findall(r"\x1b\[([0-9;]*)m", text)) <= {"0", "1", "3", "35", "1;35", "1;4"}


@pytest.mark.skipif(shutil.which("less") is None, reason="needs less, the pager")
def test_on_a_terminal_a_long_guide_is_paged_and_q_leaves(tmp_path: Path) -> None:
    with TerminalSession([*SIMTUI, "guide", "files"], cwd=tmp_path, environment={"PAGER": "less"}) as terminal:
        terminal.wait_for(guides.title("files"))
        terminal.wait_for("\n:")
        assert b"\x1b[35m" in terminal.raw
        terminal.send(" ")
        terminal.wait_for(lambda text: guides.title("files") not in text)
        terminal.send("q")
        assert terminal.exited()
        assert terminal.status == 0


def test_a_guide_that_fits_is_not_paged(tmp_path: Path) -> None:
    with TerminalSession([*SIMTUI, "guide", "participants"], cwd=tmp_path, rows=100) as terminal:
        assert terminal.exited(20)
        assert "What is recorded" in terminal.text
        assert b"\x1b[?1049h" not in terminal.raw


@pytest.mark.parametrize(
    "variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"TERM": "vt100"}, {"LC_ALL": "C", "NO_COLOR": "1"}]
)
def test_a_terminal_gets_no_more_than_it_has(variables: dict[str, str], tmp_path: Path) -> None:
    with TerminalSession(
        [*SIMTUI, "guide", "participants"], cwd=tmp_path, columns=40, environment={"PAGER": "cat", **variables}
    ) as terminal:
        assert terminal.exited(20)
        assert terminal.status == 0
        assert "What is recorded" in terminal.text
        assert b"\x1b" not in terminal.raw
        assert variables == {"NO_COLOR": "1"} or terminal.raw.isascii()

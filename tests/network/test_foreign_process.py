"""A network from the user's own code in its own process: what it prints and how it ends is its own affair."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from simtui.errors import SimtuiError
from simtui.network.factory import build
from simtui.network.foreign_process import ForeignProcess
from simtui.network.preprocess import Preprocess
from tests.builders import saved, small_study
from tests.sessions import rate

PLAIN = Preprocess(mean=(0.0,), std=(1.0,))

NOISY = """
import atexit, os, subprocess, sys, threading, time
from torch import nn

def everywhere(what):
    print(f"print {what}")
    sys.stdout.flush()
    os.write(1, f"descriptor {what}\\n".encode())
    subprocess.run(["sh", "-c", f"echo child {what}"])

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        everywhere("in the constructor")
        self.last = nn.Sequential(nn.Flatten(), nn.Linear(784, 4))
        atexit.register(everywhere, "at the end")
        threading.Thread(target=everywhere, args=("in a thread",)).start()
    def forward(self, x):
        everywhere("in forward")
        return self.last(x)

def make():
    return Net()

def segfault():
    os.kill(os.getpid(), 11)

def leaves():
    os._exit(3)

class Mute(Exception):
    def __str__(self):
        raise ValueError("no words")

def mute():
    raise Mute

def lingers():
    net = make()
    subprocess.Popen(["sleep", "60"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    class Dies(nn.Module):
        def __init__(self):
            super().__init__()
            self.last = nn.Linear(1, 1)
        def forward(self, x):
            os._exit(4)
    return Dies()
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "noisynet.py").write_text(NOISY)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def pairs() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (20, 28, 28)).astype(np.uint8), rng.integers(0, 256, (20, 28, 28)).astype(np.uint8)


def test_it_gives_what_the_same_network_gives_in_this_process(here: Path, pairs: tuple[np.ndarray, np.ndarray]) -> None:
    (here / "quietnet.py").write_text(
        "from torch import nn\ndef make(): return nn.Sequential(nn.Flatten(), nn.Linear(784, 9))\n"
    )
    seen: list[tuple[int, int]] = []
    apart = ForeignProcess("quietnet:make", None, 3)
    inside = build("quietnet:make", seed=3)
    assert (apart.sha256, apart.known, apart.homeworks) == (inside.sha256, inside.known, False)
    found = apart.similarities(*pairs, ("1",), PLAIN, lambda done, total, *_: seen.append((done, total)))
    assert found["1"].tolist() == inside.similarities(*pairs, ("1",), PLAIN)["1"].tolist()
    assert seen == [(16, 20), (20, 20)]
    with pytest.raises(SimtuiError, match="There is no layer 'nope': choose from 0, 1"):
        apart.similarities(*pairs, ("nope",), PLAIN)


@pytest.mark.parametrize(
    ("factory", "sentence"),
    [
        ("segfault", r"The code of noisynet:segfault was ended by the signal 11"),
        ("leaves", r"The code of noisynet:leaves ended itself with code 3"),
        ("mute", r"noisynet:mute failed when it was called: Mute"),
        ("nothing", r"The module noisynet has no nothing"),
    ],
)
def test_however_its_code_ends_it_is_a_sentence(here: Path, factory: str, sentence: str) -> None:
    with pytest.raises(SimtuiError, match=sentence):
        ForeignProcess(f"noisynet:{factory}", None, 0)


def test_a_process_that_ends_while_a_child_of_its_lives_on_is_not_waited_for(
    here: Path, pairs: tuple[np.ndarray, np.ndarray]
) -> None:
    network = ForeignProcess("noisynet:lingers", None, 0)
    with pytest.raises(SimtuiError, match="ended itself with code 4"):
        network.similarities(*pairs, ("last",), PLAIN)


def test_what_it_prints_garbles_no_json(here: Path) -> None:
    study = small_study()
    saved(study, here)
    for participant in ("P1", "P2", "P3"):
        rate(study, here / "sessions", participant)
    argv = [sys.executable, "-m", "simtui", "compare", "study.json", "sessions", "--json"]
    done = subprocess.run(
        [*argv, "--network", "noisynet:make", "--layer", "last"],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONWARNINGS": "error"},
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["format"] == "simtui.comparison"
    for how in ("print", "descriptor", "child"):
        for when in ("in the constructor", "in a thread", "in forward", "at the end"):
            assert f"{how} {when}" in done.stderr

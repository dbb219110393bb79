"""Checkpoints load safely or not at all, with one sentence; they are saved whole or not at all."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from simtui.errors import SimtuiError
from simtui.network import checkpoint, container
from simtui.network.net import untrained

LEGACY = {"_use_new_zipfile_serialization": False}


class RunsCode:
    """Unpickling this makes a file."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return os.mkdir, (str(self.target),)


def good() -> dict[str, Any]:
    return {"state_dict": untrained(0).state_dict(), "test_acc": 12.5}


def changed(**weights: Any) -> dict[str, Any]:
    """A good checkpoint with `fc1_bias=…` in place of its own fc1.bias; None takes it away."""
    content = good()
    for key, value in weights.items():
        content["state_dict"].pop(key.replace("_", ".", 1), None)
        if value is not None:
            content["state_dict"][key.replace("_", ".", 1)] = value
    return content


def refusal(path: Path) -> str:
    with pytest.raises(SimtuiError) as caught:
        checkpoint.load(path)
    message = str(caught.value)
    assert message.startswith(str(path)) or message.startswith(f"There is no file {path}")
    assert "\n" not in message
    assert message.endswith(".")
    return message


@pytest.mark.parametrize("options", [{}, LEGACY], ids=["zip", "legacy"])
def test_a_good_checkpoint_loads_with_what_it_says_of_itself(tmp_path: Path, options: dict[str, Any]) -> None:
    path = tmp_path / "good.pt"
    torch.save(good() | {"training": {"seed": 3, "augment": True}, "weights": torch.ones(2), 7: "x"}, path, **options)
    loaded = checkpoint.load(path)
    assert loaded.test_acc == 12.5
    assert loaded.name == "good.pt"
    assert loaded.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert loaded.info == {"training.seed": 3, "training.augment": True}
    assert not loaded.net.training
    for key, value in untrained(0).state_dict().items():
        assert torch.equal(loaded.net.state_dict()[key], value), key


@pytest.mark.parametrize(
    ("said", "understood"),
    [
        (99, 99.0),
        (torch.tensor(98.5), 98.5),
        (torch.tensor([98.5]), 98.5),
        (None, None),
        ("high", None),
        (float("nan"), None),
        (torch.ones(2), None),
        (True, None),
        (101.0, None),
    ],
)
def test_accuracy_is_a_percentage_or_unknown(tmp_path: Path, said: object, understood: float | None) -> None:
    path = tmp_path / "net.pt"
    torch.save(good() | {"test_acc": said}, path)
    assert checkpoint.load(path).test_acc == understood


def test_double_and_half_precision_weights_become_float32(tmp_path: Path) -> None:
    path = tmp_path / "net.pt"
    torch.save({"state_dict": {k: v.double() for k, v in untrained(0).state_dict().items()}}, path)
    loaded = checkpoint.load(path)
    assert loaded.net.fc1.weight.dtype == torch.float32
    assert torch.equal(loaded.net.fc1.weight, untrained(0).fc1.weight)
    assert loaded.test_acc is None


@pytest.mark.posix("named pipes")
def test_what_is_no_file(tmp_path: Path) -> None:
    assert "check the path to a checkpoint" in refusal(tmp_path / "missing.pt")
    assert "is a folder" in refusal(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert "not a regular file" in refusal(tmp_path / "pipe")
    with (tmp_path / "large.pt").open("wb") as file:
        file.truncate(container.LARGEST + 1)
    assert "has 64 MB, too much for a checkpoint" in refusal(tmp_path / "large.pt")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"these are not weights\n" * 20,
        b"\x89PNG\r\n\x1a\n" + bytes(200),
        np.random.default_rng(0).bytes(5000),
    ],
    ids=["empty", "text", "png", "noise"],
)
def test_what_is_no_checkpoint(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "net.pt"
    path.write_bytes(data)
    assert "is not a checkpoint" in refusal(path)


@pytest.mark.parametrize("options", [{}, LEGACY], ids=["zip", "legacy"])
@pytest.mark.parametrize("kept", [0.02, 0.3, 0.7, 0.999])
def test_a_truncated_checkpoint(tmp_path: Path, options: dict[str, Any], kept: float) -> None:
    path = tmp_path / "net.pt"
    torch.save(good(), path, **options)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    assert "damaged" in refusal(path) or "is not a checkpoint" in refusal(path)


def test_a_zip_of_other_things(tmp_path: Path) -> None:
    np.savez(tmp_path / "arrays.npz", a=np.ones(3))
    assert "zip file with other things" in refusal(tmp_path / "arrays.npz")


def test_a_zip_that_unpacks_to_far_more(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.pt", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({}, protocol=2))
        archive.writestr("archive/data/0", bytes(container.LARGEST + 1))
    assert "unpacks to more than" in refusal(tmp_path / "bomb.pt")


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_a_bare_pickle_is_refused_unread(tmp_path: Path, protocol: int) -> None:
    path, target = tmp_path / "net.pt", tmp_path / "made"
    path.write_bytes(pickle.dumps(RunsCode(target), protocol=protocol))
    assert "can carry code" in refusal(path)
    assert not target.exists()


@pytest.mark.parametrize("options", [{}, LEGACY, {"pickle_protocol": 4}], ids=["zip", "legacy", "protocol 4"])
def test_code_in_a_checkpoint_is_refused_and_does_not_run(tmp_path: Path, options: dict[str, Any]) -> None:
    path, target = tmp_path / "net.pt", tmp_path / "made"
    torch.save(good() | {"extra": RunsCode(target)}, path, **options)
    message = refusal(path)
    assert "carries code (it wants posix.mkdir)" in message or "may be code" in message
    assert not target.exists()


def test_a_whole_module_is_code(tmp_path: Path) -> None:
    torch.save(untrained(0), tmp_path / "net.pt")
    assert "carries code (it wants simtui.network.net.Net)" in refusal(tmp_path / "net.pt")


def test_torchscript_is_code(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "net.pt", "w") as archive:
        archive.writestr("net/code/__torch__.py", "import os")
        archive.writestr("net/data.pkl", b"")
    assert "TorchScript" in refusal(tmp_path / "net.pt")


@pytest.mark.parametrize("content", [{}, [1, 2], {"weights": {}}, {"state_dict": [1]}, untrained(0).state_dict()])
def test_no_state_dict(tmp_path: Path, content: object) -> None:
    torch.save(content, tmp_path / "net.pt")
    assert "has no `state_dict`" in refusal(tmp_path / "net.pt")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (changed(fc1_bias=None), "lacks fc1.bias"),
        (changed(fc1_bias=torch.zeros(51)), "fc1.bias of shape 51 where the homework's net has 50"),
        (changed(conv2_weight=torch.zeros(20, 10, 3, 3)), "conv2.weight of shape 20x10x3x3"),
        (changed(fc2_bias=torch.tensor(1.0)), "of shape a single number"),
        (changed(fc2_bias=[0.0] * 10), "fc2.bias is no array of weights"),
        (changed(fc2_bias=torch.zeros(10, dtype=torch.int64)), "not as floating-point numbers"),
        (changed(fc2_bias=torch.zeros(10, dtype=torch.complex64)), "not as floating-point numbers"),
        (changed(fc2_bias=torch.full((10,), torch.nan)), "fc2.bias that are not finite"),
        (changed(fc2_bias=torch.full((10,), 1e300, dtype=torch.float64)), "fc2.bias that are not finite"),
        (changed(fc2_bias=torch.zeros(10).to_sparse()), "has more than plain weights and values"),
        (changed(fc3_bias=torch.zeros(10)), "does not know: fc3.bias"),
        ({"state_dict": good()["state_dict"] | {"\x1b[2J": 1}}, "does not know: \\x1b[2J"),
    ],
)
def test_weights_that_are_not_the_nets(tmp_path: Path, content: object, says: str) -> None:
    torch.save(content, tmp_path / "net.pt")
    assert says in refusal(tmp_path / "net.pt")


def test_saved_is_loaded_again_and_the_same_net_gives_the_same_bytes(tmp_path: Path) -> None:
    net = untrained(4)
    for name in ("one.pt", "two.pt"):
        checkpoint.save(tmp_path / name, net, test_acc=99.0, training={"seed": 4, "torch": "2"})
    assert (tmp_path / "one.pt").read_bytes() == (tmp_path / "two.pt").read_bytes()
    loaded = checkpoint.load(tmp_path / "one.pt")
    assert loaded.test_acc == 99.0
    assert loaded.info == {"training.seed": 4, "training.torch": "2"}
    assert torch.equal(loaded.net.conv2.weight, net.conv2.weight)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["one.pt", "two.pt"]


def test_a_file_that_is_there_is_not_overwritten_unless_asked(tmp_path: Path) -> None:
    path = tmp_path / "net.pt"
    path.write_bytes(b"precious")
    with pytest.raises(SimtuiError, match="is there already and was left alone"):
        checkpoint.save(path, untrained(0))
    assert path.read_bytes() == b"precious"
    checkpoint.save(path, untrained(0), overwrite=True)
    assert checkpoint.load(path).sha256
    assert [p.name for p in tmp_path.iterdir()] == ["net.pt"]


def test_a_target_that_cannot_be_written_is_told_beforehand(tmp_path: Path) -> None:
    with pytest.raises(SimtuiError, match="is a folder"):
        checkpoint.check_target(tmp_path)
    with pytest.raises(SimtuiError, match="There is no folder"):
        checkpoint.check_target(tmp_path / "nowhere" / "net.pt")
    checkpoint.check_target(tmp_path / "net.pt")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal = pytest.importorskip("signal")
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(SimtuiError, match="could not be written"):
            checkpoint.save(tmp_path / "net.pt", untrained(0))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert list(tmp_path.iterdir()) == []


def test_the_files_own_warnings_do_not_reach_the_terminal(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    torch.save(good(), buffer, pickle_protocol=3)
    (tmp_path / "net.pt").write_bytes(buffer.getvalue())
    assert checkpoint.load(tmp_path / "net.pt").test_acc == 12.5  # a warning would be an error here


def test_our_own_checkpoint_is_found_and_says_how_good_it_is() -> None:
    loaded = checkpoint.load(container.default_checkpoint())
    assert loaded.name == "convnet_mnist.pt"
    assert loaded.test_acc is not None
    assert loaded.test_acc >= 99.0
    card = (loaded.path.parent / "README.md").read_text(encoding="utf-8")
    assert loaded.sha256 in card
    assert f"{loaded.test_acc:.2f}" in card
    assert str(loaded.info["training.torch"]) in card


def test_the_homeworks_own_checkpoint_loads(shared: Path) -> None:
    loaded = checkpoint.load(shared / "homework" / "convnet_mnist_pretrained.pt")
    assert loaded.test_acc == 98.71
    assert loaded.info == {}

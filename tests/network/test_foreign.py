"""Networks from a user's own code: their layers, their images, their weights, and everything that can be wrong."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from simtui.errors import SimtuiError
from simtui.network import foreign
from simtui.network.factory import build
from simtui.network.foreign import Foreign, layer_names, similarities, to_input
from simtui.network.net import to_input as own_input
from simtui.network.net import untrained
from simtui.network.preprocess import Preprocess
from simtui.network.similarity import pair_similarities

CODE = """
import torch
from torch import nn

def make():
    return nn.Sequential(nn.Conv2d(1, 4, 5), nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(2304, 6))

class Holder:
    make = staticmethod(make)

class Odd(nn.Module):
    def __init__(self):
        super().__init__()
        self.unused = nn.Linear(2, 2)
        self.both = nn.GRU(784, 3, batch_first=True)
        self.nothing = nn.Softmax(dim=0)
    def forward(self, x):
        out, state = self.both(x.flatten(1)[:, None])
        return self.nothing(out.sum())

def own():
    from simtui.network.net import untrained
    return untrained(3)

class Lonely(nn.Module):
    def forward(self, x):
        return x

class Restless(nn.Module):
    def __init__(self):
        super().__init__()
        self.last = nn.BatchNorm2d(1)
    def forward(self, x):
        self.train()
        return self.last(x)

class Noisy(nn.Module):
    def __init__(self):
        super().__init__()
        self.last = nn.Flatten()
    def forward(self, x):
        print("seen", tuple(x.shape))
        return self.last(nn.functional.dropout(x, training=True))

class Leaving(nn.Module):
    def __init__(self):
        super().__init__()
        self.last = nn.Flatten()
    def forward(self, x):
        raise SystemExit(7)

def prints():
    print("hello from the factory")
    return Noisy()
def leaves():
    raise SystemExit
def lazy():
    return nn.Sequential(nn.Flatten(), nn.LazyLinear(5))
def later():
    import besidenet
    return make()

broken = 5
def fails(): raise RuntimeError("no GPU\\nsecond line")
def text(): return "net"
"""

PLAIN = Preprocess()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    (tmp_path / "usernet.py").write_text(CODE)
    (tmp_path / "badnet.py").write_text("import no_such_thing_at_all")
    (tmp_path / "wrongnet.py").write_text("1 / 0")
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    for name in ("usernet", "badnet", "wrongnet"):
        sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def pairs() -> tuple[np.ndarray, np.ndarray]:
    images = np.random.default_rng(0).integers(0, 256, (40, 28, 28), dtype=np.uint8)
    return images[:20], images[20:]


def test_similarities_are_the_cosines_of_what_the_layers_return(
    here: Path, pairs: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreign, "PAIRS_AT_ONCE", 7)
    found = build("usernet:make", seed=4)
    left, right = pairs
    seen: list[tuple[int, int]] = []

    measured = similarities(found, left, right, ["0", "1", "3"], PLAIN, lambda a, b, *_: seen.append((a, b)))

    with torch.no_grad():
        for name, depth in {"0": 1, "1": 2, "3": 4}.items():
            a, b = (found.module[:depth](own_input(side)).flatten(1).double() for side in pairs)  # type: ignore[index]
            expected = torch.nn.functional.cosine_similarity(a, b)
            np.testing.assert_allclose(measured[name], expected.numpy(), atol=1e-6)
    # The ReLU works in place: what the convolution gave before it must be negative somewhere.
    assert abs(measured["0"] - measured["1"]).max() > 1e-3
    assert seen == [(7, 20), (14, 20), (20, 20)]
    assert not found.module.training
    assert not any(module._forward_hooks for module in found.module.modules())


def test_the_homeworks_net_gives_its_own_activations(here: Path, pairs: tuple[np.ndarray, np.ndarray]) -> None:
    found = build("usernet:own")

    assert layer_names(found.module) == ("fc", "pool2", "conv2", "conv1")
    measured = similarities(found, *pairs, ["fc", "conv1"], Preprocess(size=32))
    expected = pair_similarities(untrained(3), *pairs, ["fc", "conv1"])
    for name, values in expected.items():
        np.testing.assert_array_equal(measured[name], values)


def test_random_weights_come_from_the_seed_and_disturb_nothing(here: Path) -> None:
    torch.manual_seed(9)
    expected = torch.rand(1)
    torch.manual_seed(9)

    first, again, other = build("usernet:make"), build("usernet:Holder.make"), build("usernet:make", seed=1)

    assert torch.equal(torch.rand(1), expected)
    assert first.sha256 == again.sha256 != other.sha256


def test_weights_from_a_file(here: Path) -> None:
    other = build("usernet:make", seed=1)
    torch.save(other.module.state_dict(), here / "plain.pt")
    torch.save({"state_dict": other.module.state_dict(), "epoch": 3}, here / "nested.pt")

    assert build("usernet:make", here / "plain.pt").sha256 == other.sha256
    assert build("usernet:make", here / "nested.pt").sha256 == other.sha256


class Hostile:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (print, ("it ran",))


def test_weights_that_cannot_be_used(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.save(nn.Linear(2, 2).state_dict(), here / "other.pt")
    torch.save([1, 2], here / "list.pt")
    torch.save({"state_dict": Hostile()}, here / "hostile.pt")
    (here / "text.pt").write_text("hello")
    for name, sentence in {
        "other.pt": "do not fit usernet:make",
        "list.pt": "holds no state dict",
        "hostile.pt": "carries code",
        "text.pt": "is not a checkpoint",
        "none.pt": "There is no file",
    }.items():
        with pytest.raises(SimtuiError, match=sentence):
            build("usernet:make", here / name)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ("usernet", "is not module:factory"),
        ("usernet:", "is not module:factory"),
        ("nowhere.net:make", "There is no Python module nowhere"),
        ("badnet:make", "There is no Python module no_such_thing_at_all, which badnet:make needs"),
        ("wrongnet:make", "could not be imported: division by zero"),
        ("usernet:mk", "The module usernet has no mk"),
        ("usernet:broken", "is not a function or class"),
        ("usernet:fails", "failed when it was called: no GPU"),
        ("usernet:text", "gave str, not a torch.nn.Module"),
    ],
)
def test_specs_that_make_no_network(here: Path, spec: str, sentence: str) -> None:
    with pytest.raises(SimtuiError, match=sentence):
        build(spec)
    assert str(here) not in sys.path


def test_a_wrong_layer_lists_the_right_ones(here: Path, pairs: tuple[np.ndarray, np.ndarray]) -> None:
    with pytest.raises(SimtuiError, match="There is no layer 'relu': choose from 0, 1, 2, 3"):
        similarities(build("usernet:make"), *pairs, ["relu"], PLAIN)


@pytest.mark.parametrize(
    ("layer", "sentence"),
    [("unused", "does not run"), ("both", "does not give one row"), ("nothing", "does not give one row")],
)
def test_layers_without_one_row_an_image(
    here: Path, pairs: tuple[np.ndarray, np.ndarray], layer: str, sentence: str
) -> None:
    with pytest.raises(SimtuiError, match=sentence):
        similarities(build("usernet:Odd"), *pairs, [layer], PLAIN)


def test_a_layer_that_gives_no_numbers(pairs: tuple[np.ndarray, np.ndarray]) -> None:
    class Infinite(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.last = nn.Identity()

        def forward(self, x: Tensor) -> Tensor:
            out: Tensor = self.last(x / 0)
            return out

    with pytest.raises(SimtuiError, match="not finite"):
        similarities(Foreign("x", Infinite().eval(), None, ""), *pairs, ["last"], PLAIN)


def test_images_that_do_not_fit_are_said(here: Path, pairs: tuple[np.ndarray, np.ndarray]) -> None:
    with pytest.raises(
        SimtuiError, match=r"usernet:make failed when it was shown images of \(3, 28, 28\): .* --preprocess"
    ):
        similarities(build("usernet:make"), *pairs, ["0"], Preprocess(channels=3))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("leaves", r"usernet:leaves failed when it was called: it called sys.exit\(None\)"),
        ("lazy", "usernet:lazy cannot be made ready: "),
        ("Leaving", r"failed when it was shown images of \(1, 28, 28\): it called sys.exit\(7\)"),
        ("Restless", "goes back to training while it runs"),
    ],
)
def test_code_that_misbehaves_is_one_sentence(
    here: Path, pairs: tuple[np.ndarray, np.ndarray], name: str, sentence: str
) -> None:
    with pytest.raises(SimtuiError, match=sentence):
        similarities(build(f"usernet:{name}"), *pairs, ["last"], PLAIN)


def test_what_is_random_in_it_is_of_the_seed_and_what_it_prints_is_not_ours(
    here: Path, pairs: tuple[np.ndarray, np.ndarray], capfd: pytest.CaptureFixture[str]
) -> None:
    first, again, other = (
        similarities(build("usernet:prints", seed=seed), *pairs, ["last"], PLAIN)["last"] for seed in (1, 1, 2**64)
    )

    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    out, err = capfd.readouterr()
    assert out == ""
    assert "hello from the factory" in err


def test_a_factory_finds_what_lies_beside_it(here: Path) -> None:
    (here / "besidenet.py").write_text("")
    assert build("usernet:later").name == "usernet:later"
    assert str(here) not in sys.path


def test_an_error_inside_the_module_is_not_a_missing_factory(here: Path) -> None:
    (here / "halfnet.py").write_text("import math\nmath.nothing\ndef make(): pass")
    with pytest.raises(SimtuiError, match="halfnet could not be imported: module 'math' has no attribute"):
        build("halfnet:make")


def test_a_network_without_named_parts(here: Path, pairs: tuple[np.ndarray, np.ndarray]) -> None:
    with pytest.raises(SimtuiError, match="the network has no part with a name"):
        similarities(build("usernet:Lonely"), *pairs, ["last"], PLAIN)


def test_how_images_enter(pairs: tuple[np.ndarray, np.ndarray]) -> None:
    assert torch.allclose(to_input(pairs[0], PLAIN), own_input(pairs[0]), atol=1e-6)

    x = to_input(pairs[0], Preprocess(56, 3, (0.1, 0.2, 0.3), (1.0, 2.0, 4.0)))

    assert x.shape == (20, 3, 56, 56)
    red, green, blue = x[:, 0] + 0.1, x[:, 1] * 2 + 0.2, x[:, 2] * 4 + 0.3
    assert torch.allclose(red, green, atol=1e-5)
    assert torch.allclose(red, blue, atol=1e-5)
    assert red.mean().item() == pytest.approx(pairs[0].mean() / 255, abs=1e-3)


def test_a_torchvision_network(pairs: tuple[np.ndarray, np.ndarray]) -> None:
    pytest.importorskip("torchvision", exc_type=ImportError, reason="torchvision is not installed for this torch")
    left, right = (side[:2] for side in pairs)

    found = build("torchvision.models:resnet18")
    measured = similarities(found, left, right, ["layer1", "layer4.1.bn2", "avgpool"], Preprocess(64, 3))

    assert all(np.isfinite(values).all() and (np.abs(values) <= 1).all() for values in measured.values())
    assert similarities(build("torchvision.models:resnet18"), left, right, ["avgpool"], Preprocess(64, 3))[
        "avgpool"
    ] == pytest.approx(measured["avgpool"])

"""MNIST from any copy of its files, believed only as far as checked, and downloaded whole or not at all."""

from __future__ import annotations

import gzip
import hashlib
import http.server
import struct
import subprocess
import sys
import threading
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simtui.errors import SimtuiError
from simtui.stimuli import idx, mnist


def idx_bytes(array: np.ndarray[Any, np.dtype[np.uint8]]) -> bytes:
    return struct.pack(f">4B{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


def digits(n: int, seed: int = 0) -> tuple[bytes, bytes]:
    """An image file and a label file of n random images."""
    rng = np.random.default_rng(seed)
    return idx_bytes(rng.integers(0, 256, (n, 28, 28), dtype=np.uint8)), idx_bytes(np.arange(n, dtype=np.uint8) % 10)


def write(folder: Path, split: str = "test", *, n: int = 12, packed: bool = False) -> tuple[bytes, bytes]:
    folder.mkdir(parents=True, exist_ok=True)
    contents = digits(n)
    for name, content in zip(mnist.FILES[split], contents, strict=True):
        (folder / (f"{name}.gz" if packed else name)).write_bytes(gzip.compress(content) if packed else content)
    return contents


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("below", [".", "MNIST/raw"])
@pytest.mark.parametrize("split", ["test", "train"])
def test_plain_and_packed_files_are_read_in_either_place(tmp_path: Path, below: str, packed: bool, split: str) -> None:
    assert not mnist.available(tmp_path, split)
    images, labels = write(tmp_path / below, split, packed=packed)
    assert mnist.available(tmp_path, split)
    found = mnist.load(split, tmp_path)
    assert found.pixels.tobytes() == images[16:]
    assert found.labels == (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1)
    assert found.ids[0] == f"mnist-{split}-00000"
    assert found.ids[-1] == f"mnist-{split}-00011"
    assert (found.source.name, found.source.split) == ("mnist", split)
    assert found.source.sha256 == hashlib.sha256(images).hexdigest()
    assert found.source.labels_sha256 == hashlib.sha256(labels).hexdigest()
    assert found.source.note == f"not the original images of MNIST's {split} set"


def test_a_gz_that_a_browser_has_unpacked_is_read(tmp_path: Path) -> None:
    write(tmp_path)
    for path in tmp_path.iterdir():
        path.rename(f"{path}.gz")
    assert len(mnist.load("test", tmp_path)) == 12


def test_torchvision_reads_the_same(tmp_path: Path) -> None:
    theirs = pytest.importorskip("torchvision.datasets.mnist")
    write(tmp_path)
    found = mnist.load("test", tmp_path)
    images, labels = (tmp_path / name for name in mnist.FILES["test"])
    assert np.array_equal(found.pixels, theirs.read_image_file(str(images)).numpy())
    assert list(found.labels) == theirs.read_label_file(str(labels)).tolist()


def test_the_data_folder_is_the_option_or_the_variable_or_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mnist.data_folder().name == "simtui"
    monkeypatch.setenv("SIMTUI_DATA", str(tmp_path / "variable"))
    assert mnist.data_folder() == tmp_path / "variable"
    assert mnist.data_folder(tmp_path / "option") == tmp_path / "option"
    write(tmp_path / "variable")
    assert mnist.available()
    assert len(mnist.load()) == 12


@pytest.mark.parametrize("split", ["test", "train"])
def test_missing_files_are_named_with_where_they_may_go(tmp_path: Path, split: str) -> None:
    with pytest.raises(SimtuiError) as caught:
        mnist.load(split, tmp_path / "nowhere")
    for part in (*mnist.FILES[split], str(tmp_path / "nowhere" / "MNIST" / "raw"), "simtui download", "--data"):
        assert part in str(caught.value)


def test_there_is_no_third_split(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="extra"):
        mnist.load("extra", tmp_path)


def damaged(folder: Path) -> str:
    with pytest.raises(SimtuiError) as caught:
        mnist.load("test", folder)
    assert "simtui download" in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda data: data[:10], "not an idx file of images"),
        (lambda data: b"", "not an idx file of images"),
        (lambda data: b"<html>" + data, "not an idx file of images"),
        (lambda data: data[:3] + b"\x01" + data[4:], "not an idx file of images"),
        (lambda data: data[:-1], "less than the 12 images"),
        (lambda data: data + b"\0", "more than the 12 images"),
        (lambda data: data[:4] + struct.pack(">I", 0) + data[8:], "announces 0 images"),
        (lambda data: data[:4] + struct.pack(">I", 2**32 - 1) + data[8:], "announces 4294967295 images"),
        (lambda data: data[:8] + struct.pack(">II", 14, 56) + data[16:], "images are 14x56, not 28x28"),
    ],
)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
def test_an_image_file_that_is_not_what_it_says(tmp_path: Path, packed: bool, change: Any, says: str) -> None:
    images, _ = write(tmp_path)
    content = change(images)
    (tmp_path / mnist.FILES["test"][0]).write_bytes(gzip.compress(content) if packed else content)
    assert says in damaged(tmp_path)


@pytest.mark.parametrize("cut", [3, 30, -5])
def test_a_packed_file_cut_short(tmp_path: Path, cut: int) -> None:
    write(tmp_path, packed=True)
    path = tmp_path / f"{mnist.FILES['test'][0]}.gz"
    path.write_bytes(path.read_bytes()[:cut])
    assert "does not unpack" in damaged(tmp_path)


def test_a_packed_file_with_a_wrong_checksum(tmp_path: Path) -> None:
    write(tmp_path, packed=True)
    path = tmp_path / f"{mnist.FILES['test'][0]}.gz"
    data = bytearray(path.read_bytes())
    data[-6] ^= 1
    path.write_bytes(data)
    assert "does not unpack" in damaged(tmp_path)


def test_a_packed_file_is_never_unpacked_beyond_its_header(tmp_path: Path) -> None:
    # 1 GB of zeros in 1 MB, after a header that announces twelve images.
    images, _ = write(tmp_path, packed=True)
    path = tmp_path / f"{mnist.FILES['test'][0]}.gz"
    path.write_bytes(gzip.compress(images) + gzip.compress(bytes(2**20)) * 1024)
    code = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from simtui.stimuli import mnist\n"
        "resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))\n"
        "try: mnist.load('test', Path(sys.argv[1]))\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    run = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert run.stdout.startswith("SimtuiError ")
    assert "more than the 12 images" in run.stdout


def test_labels_must_be_one_digit_an_image(tmp_path: Path) -> None:
    write(tmp_path)
    labels = tmp_path / mnist.FILES["test"][1]
    labels.write_bytes(idx_bytes(np.arange(11, dtype=np.uint8) % 10))
    assert "12 images but" in damaged(tmp_path)
    labels.write_bytes(idx_bytes(np.full(12, 10, dtype=np.uint8)))
    assert "label 10, which is no digit" in damaged(tmp_path)


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(SimtuiError, match="could not be read"):
        idx.read(tmp_path / "loop", (28, 28), "images")
    with pytest.raises(SimtuiError, match="is a folder"):
        idx.read(tmp_path, (28, 28), "images")


def test_reading_needs_no_torch(tmp_path: Path) -> None:
    write(tmp_path)
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from simtui.stimuli import mnist\n"
        "print(len(mnist.load('test', Path(sys.argv[1]))))\n"
        "print([m for m in ('torch', 'torchvision', 'scipy', 'pandas') if m in sys.modules])\n"
    )
    run = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert run.stdout.split("\n")[:2] == ["12", "[]"]


class Mirror:
    """A real web server with four files in MNIST's place, which torchvision is told to download from."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        torchvision_mnist = pytest.importorskip("torchvision.datasets").MNIST
        self.packed: dict[str, bytes] = {}
        self.requests: list[str] = []
        for split, n in (("train", 30), ("test", 12)):
            for name, content in zip(mnist.FILES[split], digits(n), strict=True):
                self.packed[f"{name}.gz"] = gzip.compress(content)
        mirror = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_HEAD(self) -> None:
                content = mirror.packed.get(urllib.parse.urlsplit(self.path).path[1:])
                mirror.requests.append(f"{self.command} {self.path[1:]}")
                self.send_response(404 if content is None else 200)
                self.send_header("Content-Length", str(len(content or b"")))
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(content or b"")

            do_GET = do_HEAD  # noqa: N815

            def log_message(self, *args: Any) -> None:
                return

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"
        sums = [(name, hashlib.md5(content).hexdigest()) for name, content in self.packed.items()]
        monkeypatch.setattr(torchvision_mnist, "mirrors", [self.url])
        monkeypatch.setattr(torchvision_mnist, "resources", sums)
        for proxy in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.delenv(proxy, raising=False)


@pytest.fixture
def mirror(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    made = Mirror(monkeypatch)
    thread = threading.Thread(target=made.server.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def downloaded(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_download_fetches_the_four_files_with_one_progress(
    mirror: Mirror, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    seen: list[tuple[int, int, str]] = []
    data = tmp_path / "new" / "data"
    assert mnist.download(data, lambda *step: seen.append(step)) == data
    assert downloaded(data) == sorted(f"MNIST/raw/{name}" for name in mirror.packed)
    assert (len(mnist.load("train", data)), len(mnist.load("test", data))) == (30, 12)
    done = [step[0] for step in seen]
    assert done == sorted(done)
    assert len({total for _, total, _ in seen}) == 1
    assert done[-1] == seen[-1][1]
    assert {name for _, _, name in seen} == {*mirror.packed, "checked"}
    assert capfd.readouterr() == ("", "")  # torchvision's own bars are not drawn


def test_download_fetches_only_what_is_missing(mirror: Mirror, tmp_path: Path) -> None:
    write(tmp_path, "train")
    mnist.download(tmp_path)
    assert {request.split()[1] for request in mirror.requests} == {f"{name}.gz" for name in mnist.FILES["test"]}
    mirror.requests.clear()
    mnist.download(tmp_path)
    assert mirror.requests == []


def test_download_replaces_its_own_damaged_file(mirror: Mirror, tmp_path: Path) -> None:
    mnist.download(tmp_path)
    broken = tmp_path / "MNIST" / "raw" / f"{mnist.FILES['test'][0]}.gz"
    broken.write_bytes(broken.read_bytes()[:100])
    mnist.download(tmp_path)
    assert len(mnist.load("test", tmp_path)) == 12


def test_download_names_a_damaged_file_that_is_in_the_way(mirror: Mirror, tmp_path: Path) -> None:
    (tmp_path / mnist.FILES["test"][0]).write_bytes(b"mine")
    with pytest.raises(SimtuiError, match=mnist.FILES["test"][0]):
        mnist.download(tmp_path)
    assert (tmp_path / mnist.FILES["test"][0]).read_bytes() == b"mine"


def test_a_corrupt_download_leaves_no_file(mirror: Mirror, tmp_path: Path) -> None:
    mirror.packed["train-images-idx3-ubyte.gz"] += b"x"
    with pytest.raises(SimtuiError, match="could not be downloaded"):
        mnist.download(tmp_path)
    assert downloaded(tmp_path) == []
    assert list((tmp_path / "MNIST" / "raw").iterdir()) == []


def test_offline_one_sentence_names_the_four_files_and_their_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = Mirror(monkeypatch)
    closed.server.server_close()
    with pytest.raises(SimtuiError) as caught:
        mnist.download(tmp_path)
    message = str(caught.value)
    for part in (*mnist.FILES["test"], *mnist.FILES["train"], str(tmp_path / "MNIST" / "raw"), closed.url):
        assert part in message
    assert "\n" not in message


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    pytest.importorskip("torchvision")
    (tmp_path / "data").write_bytes(b"a file")
    with pytest.raises(SimtuiError, match="cannot be written to"):
        mnist.download(tmp_path / "data")


@pytest.mark.parametrize(
    ("raises", "says"),
    [
        ("RuntimeError('operator torchvision::nms does not exist')", "does not work beside this torch"),
        ("ModuleNotFoundError('no', name='torch')", "no torch here"),
    ],
)
def test_a_torchvision_that_does_not_import_is_said(tmp_path: Path, raises: str, says: str) -> None:
    (tmp_path / "torchvision").mkdir()
    (tmp_path / "torchvision" / "__init__.py").write_text(f"raise {raises}\n")
    code = (
        "import sys\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\n"
        "from simtui.stimuli import mnist\n"
        "try: mnist.download(Path(sys.argv[1]))\n"
        "except Exception as error: print(type(error).__name__, error)\n"
    )
    run = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert run.stdout.startswith("SimtuiError ")
    assert says in run.stdout


def test_the_real_mnist_is_whole_and_known(shared: Path) -> None:
    for split, n in (("test", 10_000), ("train", 60_000)):
        images = mnist.load(split, shared / "mnist")
        assert len(images) == n
        assert images.source.note is None
        assert images.source.sha256 == mnist.ORIGINAL[split]
        assert images.classes() == list(range(10))
    assert images.ids[-1] == "mnist-train-59999"

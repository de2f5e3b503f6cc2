"""watermark/checkpoints.py: only the pinned file is taken, once; what is missing is named."""

from __future__ import annotations

import hashlib
import sys
import types
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from earwitness.errors import MissingDependencyError, ModelError
from earwitness.watermark import checkpoints
from earwitness.watermark.checkpoints import Checkpoint, HubFile, cache_folder, converted, load_weights


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EARWITNESS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def official(tmp_path: Path) -> tuple[Path, Checkpoint]:
    """A checkpoint as torch writes it, and its pin."""
    torch = pytest.importorskip("torch")
    path = tmp_path / "net.pth"
    torch.save({"model": {"w": torch.arange(6.0).reshape(2, 3).T, "b": torch.ones(2)}}, path)
    return path, Checkpoint(
        "net.pth", hashlib.sha256(path.read_bytes()).hexdigest(), HubFile("a/b", "main", "EARWITNESS_NET")
    )


def test_the_cache_is_where_the_system_keeps_caches(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert cache_folder() == tmp_path / "cache"
    monkeypatch.delenv("EARWITNESS_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "earwitness"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder().name == "earwitness"


def test_a_pinned_file_is_converted_once(official: tuple[Path, Checkpoint]) -> None:
    path, checkpoint = official
    weights = load_weights(checkpoint, path, lambda t: {"x." + k: v for k, v in t.items()}, "perth")
    np.testing.assert_array_equal(weights["x.w"].numpy(), np.arange(6.0).reshape(2, 3).T)
    path.unlink()
    assert load_weights(checkpoint, path, dict, "perth").keys() == {"x.w", "x.b"}
    assert [file.suffix for file in converted(checkpoint).parent.iterdir()] == [".safetensors"]


def test_another_file_is_refused(official: tuple[Path, Checkpoint], cache: Path) -> None:
    path, checkpoint = official
    path.write_bytes(path.read_bytes() + b"!")
    with pytest.raises(ModelError, match="not the official") as refused:
        load_weights(checkpoint, path, dict, "perth")
    assert checkpoint.sha256 in str(refused.value)
    with pytest.raises(ModelError, match="cannot be read"):
        load_weights(checkpoint, path.with_name("none.pth"), dict, "perth")
    assert not list(cache.glob("*"))


def test_a_damaged_cache_is_named(official: tuple[Path, Checkpoint]) -> None:
    path, checkpoint = official
    load_weights(checkpoint, path, dict, "perth")
    converted(checkpoint).write_bytes(b"\0" * 20)
    with pytest.raises(ModelError, match="Delete this file"):
        load_weights(checkpoint, path, dict, "perth")


def test_a_cache_that_cannot_be_written_is_named(
    official: tuple[Path, Checkpoint], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, checkpoint = official
    cache.write_text("a file where the folder should be")
    with pytest.raises(ModelError, match=r"cannot be written.*EARWITNESS_CACHE"):
        load_weights(checkpoint, path, dict, "perth")
    cache.unlink()
    # What goes wrong while safetensors writes is its own error, no OSError: a folder that is gone again.
    mkdir = Path.mkdir
    monkeypatch.setattr(Path, "mkdir", lambda folder, **options: mkdir(folder, **options) or folder.rmdir())
    with pytest.raises(ModelError, match=r"cannot be written.*EARWITNESS_CACHE"):
        load_weights(checkpoint, path, dict, "perth")


def hub(download: Callable[..., str]) -> types.ModuleType:
    module = types.ModuleType("huggingface_hub")
    module.hf_hub_download = download  # type: ignore[attr-defined]
    return module


def test_the_hub_is_asked_for_the_pinned_revision(
    official: tuple[Path, Checkpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, checkpoint = official
    asked = []

    def download(*words: str, revision: str) -> str:
        asked.append((*words, revision))
        return str(path)

    monkeypatch.setitem(sys.modules, "huggingface_hub", hub(download))
    assert load_weights(checkpoint, None, dict, "audioseal").keys() == {"w", "b"}
    assert asked == [("a/b", "net.pth", "main")]


def test_a_hub_out_of_reach_says_what_to_do(
    official: tuple[Path, Checkpoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    def download(*_: str, revision: str) -> str:
        raise ConnectionError(f"no route to {revision}")

    monkeypatch.setitem(sys.modules, "huggingface_hub", hub(download))
    with pytest.raises(ModelError, match="name that folder in EARWITNESS_NET"):
        load_weights(official[1], None, dict, "audioseal")
    with pytest.raises(ModelError, match="Reinstall"):
        load_weights(Checkpoint("net.pth", "0" * 64), None, dict, "audioseal")
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(MissingDependencyError, match=r"earwitness\[audioseal\]"):
        load_weights(official[1], None, dict, "audioseal")


def test_a_missing_package_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "safetensors", None)
    monkeypatch.setitem(sys.modules, "safetensors.torch", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'earwitness\[perth\]'"):
        load_weights(Checkpoint("net.pth", "0" * 64), None, dict, "perth")
    assert checkpoints.needs("perth", ImportError("odd")).http_status == 501

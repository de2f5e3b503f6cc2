"""Blended checkpoints lie between their ends."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from earwitness.detector.training.blend import blend, main
from earwitness.detector.training.export import load_network
from earwitness.detector.training.network import NetConfig, SpectrogramNet
from earwitness.errors import UsageError


@pytest.fixture
def ends(tmp_path: Path) -> tuple[Path, Path]:
    for seed, name in enumerate(("before", "after")):
        torch.manual_seed(seed)
        net = SpectrogramNet(NetConfig(view="wideband"))
        torch.save({"average": net.state_dict(), "view": "wideband"}, tmp_path / f"{name}.pt")
    return tmp_path / "before.pt", tmp_path / "after.pt"


@pytest.mark.parametrize("share", [0.0, 0.25, 1.0])
def test_weights_lie_between_the_ends(ends: tuple[Path, Path], tmp_path: Path, share: float) -> None:
    assert main([*map(str, ends), str(tmp_path / "mixed.pt"), "--share", str(share)]) == 0
    one, other, mixed = (load_network(path) for path in (*ends, tmp_path / "mixed.pt"))
    expected = (1 - share) * one.head[0].weight + share * other.head[0].weight
    assert torch.allclose(mixed.head[0].weight, expected)
    assert mixed.config.view == "wideband"


def test_what_cannot_be_blended_is_refused(ends: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="makes no sense"):
        blend(*ends, 1.5)
    torch.save({"average": {}, "view": "phases"}, tmp_path / "p.pt")
    with pytest.raises(UsageError, match="two kinds"):
        blend(ends[0], tmp_path / "p.pt", 0.5)

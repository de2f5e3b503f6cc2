"""generators/training/runs.py: a checkpoint is whole or the old one; for runs see test_train_*.py."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from earwitness.generators.training import runs


def test_a_save_that_breaks_leaves_the_old_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "last.pt"
    runs.save({"done": 1}, target)

    def full(_: object, where: Path) -> None:
        where.write_bytes(b"half of it")
        raise OSError("no space left")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(OSError, match="no space"):
        runs.save({"done": 2}, target)
    assert torch.load(target, weights_only=True) == {"done": 1}

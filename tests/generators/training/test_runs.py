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


def test_large_weights_are_kept_in_half_the_size_and_say_the_same(tmp_path: Path) -> None:
    import numpy as np
    import onnx
    import onnxruntime

    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.Linear(64, 3)).eval()
    given = torch.randn(1, 64)
    runs.export_network(net, (given,), tmp_path / "net.onnx", {"x": {}}, {"y": {}})
    kinds = {one.data_type for one in onnx.load(tmp_path / "net.onnx").graph.initializer if len(one.dims) > 1}
    assert kinds == {onnx.TensorProto.FLOAT16, onnx.TensorProto.FLOAT}  # the small layer is left alone
    assert (tmp_path / "net.onnx").stat().st_size < 64 * 64 * 3
    session = onnxruntime.InferenceSession(str(tmp_path / "net.onnx"))
    (made,) = session.run(None, {"x": given.numpy()})
    np.testing.assert_allclose(made, net(given).detach().numpy(), atol=2e-3)

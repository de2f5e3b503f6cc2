"""ONNX Runtime as the detector's networks are run: on the CPU, and silent about how they were made."""

from __future__ import annotations

from typing import Any

__all__ = ["open_session"]


def open_session(weights: bytes, threads: int) -> Any:
    """An ``onnxruntime.InferenceSession``. threads: of one network; 0 lets ONNX Runtime choose.

    Raises whatever ONNX Runtime does about bytes that are no network: its exceptions have no common base.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])

"""A generator's network at run time: an ONNX file that takes and gives single examples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from earwitness.errors import ModelError

__all__ = ["Session"]

Float32 = npt.NDArray[np.float32]


class Session:
    """A loaded network. Raises ModelError for a file that is missing or no network."""

    def __init__(self, model: Path, threads: int = 1) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        try:
            self._session = onnxruntime.InferenceSession(str(model), options, ["CPUExecutionProvider"])
        except Exception as error:  # the runtime has a class of its own for each thing that may be wrong
            raise ModelError(
                f"it cannot be loaded as a generator's network ({type(error).__name__}).",
                subject=str(model),
                hint="Export it again with earwitness.generators.training.",
            ) from error

    def run(self, **given: Float32) -> list[Float32]:
        """All outputs for named inputs, each without the first axis, that of examples."""
        batch = {name: np.asarray(value, np.float32)[None] for name, value in given.items()}
        return [np.asarray(part, np.float32)[0] for part in self._session.run(None, batch)]

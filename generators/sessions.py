"""A generator's network at run time: an ONNX file that takes and gives single examples."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from earwitness.errors import ModelError

__all__ = ["Session"]

Float32 = npt.NDArray[np.float32]
Given = npt.NDArray[np.float32] | npt.NDArray[np.int64]


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

    def shape(self, name: str, axes: tuple[int, ...]) -> list[int]:
        """Sizes of an input's axes that do not vary; the axis of examples is not counted."""
        (found,) = (one for one in self._session.get_inputs() if one.name == name)
        return [int(found.shape[1 + axis]) for axis in axes]

    def run(self, **given: Given) -> list[Float32]:
        """All outputs for named inputs, each without the first axis, that of examples.

        Whole numbers stay what they are; everything else becomes 32-bit floats.
        """
        batch = {name: _fit(value)[None] for name, value in given.items()}
        return [np.asarray(part, np.float32)[0] for part in self._session.run(None, batch)]


def _fit(value: Given) -> Given:
    return value if value.dtype == np.int64 else np.asarray(value, np.float32)

"""NumPy files that hold a pickled dictionary of arrays, read without running anything that is in them.

A pickle can call any function. Public sets ship labels as such files all the same, so only the few names that
a dictionary of arrays needs are let through (as "Restricting Globals" in the documentation of ``pickle``).
"""

from __future__ import annotations

import importlib
import pickle
from pathlib import Path
from typing import Any

import numpy as np

from earwitness.errors import UsageError

__all__ = ["load_plain"]

_ARRAYS = ("numpy.core.multiarray", "numpy._core.multiarray")
_ALLOWED = {
    *((module, name) for module in _ARRAYS for name in ("_reconstruct", "scalar")),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("_codecs", "encode"),  # bytes that were pickled by Python 2's protocol
}


class _Plain(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """Only what arrays are made of."""
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return getattr(importlib.import_module(module.replace("numpy.core", "numpy._core")), name)


def load_plain(path: Path) -> Any:
    """The one object of an .npy file. Raises UsageError for anything but plain values and arrays."""
    try:
        with path.open("rb") as file:
            version = np.lib.format.read_magic(file)
            if version == (1, 0):
                shape, _, dtype = np.lib.format.read_array_header_1_0(file)
            else:
                shape, _, dtype = np.lib.format.read_array_header_2_0(file)
            if not dtype.hasobject or shape != ():
                raise UsageError("it holds an array, where labels by name are expected.", subject=str(path))
            return _Plain(file).load().item()
    except (OSError, ValueError, AttributeError, ImportError, EOFError, pickle.UnpicklingError) as error:
        raise UsageError(f"it cannot be read as labels: {error}.", subject=str(path)) from error

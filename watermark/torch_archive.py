"""The tensors in a file that ``torch.save`` wrote, read without torch and without running anything in it.

Such a file is a zip archive: one pickle that says how the tensors lie in the storages, and the storages as
plain bytes. A pickle can name any function of any module and have it called, so unpickling one that somebody
else made means running their code. Here every name in it leads either to one of the few harmless
functions that put a tensor together, or to an empty shell that swallows what it is given: nothing is
imported, nothing foreign runs. (``torch.load(weights_only=True)`` keeps to a list too, but refuses files
that hold anything beside tensors: the official AudioSeal checkpoints hold a configuration object.)
"""

from __future__ import annotations

import collections
import io
import pickle
import zipfile
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from earwitness.errors import ModelError

__all__ = ["Tensors", "read_tensors"]

Tensors = dict[str, npt.NDArray[Any]]
"""Name to array, shape as in torch."""

_DTYPES = {
    "DoubleStorage": "<f8",
    "FloatStorage": "<f4",
    "HalfStorage": "<f2",
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "i1",
    "ByteStorage": "u1",
    "BoolStorage": "?",
}
_PARTS = ("best_state", "model", "state_dict")  # where checkpoints keep the weights, outermost first


class _Shell:
    """Stands for everything that is not part of a tensor: takes whatever it is given and keeps nothing."""

    def __new__(cls, *_: Any, **__: Any) -> _Shell:
        return super().__new__(cls)

    def __init__(self, *_: Any, **__: Any) -> None:
        """Nothing."""

    def __setstate__(self, _: Any) -> None:
        """Nothing."""

    def __setitem__(self, _: Any, __: Any) -> None:
        """Nothing."""

    def append(self, _: Any) -> None:
        """Nothing."""

    def extend(self, _: Any) -> None:
        """Nothing."""


class _Reader(pickle.Unpickler):
    """Reads the pickle of one archive; storages become flat arrays."""

    def __init__(self, archive: zipfile.ZipFile, inside: str) -> None:
        super().__init__(io.BytesIO(archive.read(f"{inside}/data.pkl")))
        self._archive = archive
        self._inside = inside
        self._storages: dict[str, npt.NDArray[Any]] = {}

    def find_class(self, module: str, name: str) -> Any:
        """What a name in the pickle leads to; never what it says."""
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _tensor
        if (module, name) == ("torch._utils", "_rebuild_parameter"):
            return _parameter
        if module == "torch" and name in _DTYPES:
            return np.dtype(_DTYPES[name])
        return _Shell

    def persistent_load(self, pid: Any) -> npt.NDArray[Any]:
        """A storage: ("storage", type, key, place, number of values)."""
        kind, dtype, key, _, count = pid
        if kind != "storage" or not isinstance(dtype, np.dtype):
            raise ValueError("it holds values of a kind that is not known")
        if key not in self._storages:
            entry = self._archive.getinfo(f"{self._inside}/data/{key}")
            if entry.compress_type != zipfile.ZIP_STORED:
                raise ValueError("it is compressed")
            self._storages[key] = np.frombuffer(self._archive.read(entry), dtype, count)
        return self._storages[key]


def read_tensors(path: Path) -> Tensors:
    """The tensors of a checkpoint: of its model where it says which, else of its outermost table.

    Raises ModelError when the file cannot be read or is no such archive.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            inside = next((n for n in archive.namelist() if n.endswith("/data.pkl")), None)
            if inside is None:
                raise ValueError("it holds no table of tensors")
            table = _Reader(archive, inside.removesuffix("/data.pkl")).load()
    except Exception as error:  # noqa: BLE001 (a damaged pickle raises anything)
        _refuse(path, error)
    for part in _PARTS:
        if isinstance(table, dict) and isinstance(table.get(part), dict):
            table = table[part]
    found = {
        str(name): value
        for name, value in (table.items() if isinstance(table, dict) else ())
        if isinstance(value, np.ndarray)
    }
    if not found:
        _refuse(path, ValueError("it holds no tensors"))
    return found


def _refuse(path: Path, error: Exception) -> NoReturn:
    raise ModelError(
        f"this is no checkpoint that torch wrote ({error}).",
        subject=str(path),
        hint="Download it again; files older than torch 1.6 are not read.",
    ) from error


def _tensor(
    storage: npt.NDArray[Any], offset: int, size: tuple[int, ...], stride: tuple[int, ...], *_: Any
) -> npt.NDArray[Any]:
    last = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True))
    if min((offset, *size, *stride)) < 0 or (0 not in size and last >= len(storage)):
        raise ValueError("a tensor reaches beyond its values")
    if 0 in size:
        return np.zeros(size, storage.dtype)
    width = storage.dtype.itemsize
    view = np.lib.stride_tricks.as_strided(
        storage[offset:], size, tuple(step * width for step in stride), writeable=False
    )
    return np.array(view, order="C")  # safetensors writes the bytes as they lie


def _parameter(data: npt.NDArray[Any], *_: Any) -> npt.NDArray[Any]:
    return data

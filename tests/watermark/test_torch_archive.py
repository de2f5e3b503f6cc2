"""watermark/torch_archive.py: tensors come out as they went in, and nothing in the file ever runs."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from earwitness.errors import ModelError
from earwitness.watermark.torch_archive import read_tensors


def word(text: str) -> bytes:
    return pickle.BINUNICODE + len(text.encode()).to_bytes(4, "little") + text.encode()


def call(module: str, name: str, *arguments: bytes) -> bytes:
    """Opcodes of module.name(*arguments)."""
    function = pickle.GLOBAL + f"{module}\n{name}\n".encode()
    return function + pickle.MARK + b"".join(arguments) + pickle.TUPLE + pickle.REDUCE


def number(value: int) -> bytes:
    return pickle.BININT + value.to_bytes(4, "little", signed=True)


def numbers(*values: int) -> bytes:
    return pickle.MARK + b"".join(number(value) for value in values) + pickle.TUPLE


def tensor(
    kind: str, key: str, count: int, offset: int, size: tuple[int, ...], stride: tuple[int, ...]
) -> bytes:
    """As torch.save writes one."""
    storage = pickle.GLOBAL + f"torch\n{kind}\n".encode()
    pid = (
        pickle.MARK + word("storage") + storage + word(key) + word("cpu") + number(count) + pickle.TUPLE
        + pickle.BINPERSID
    )  # fmt: skip
    hooks = call("collections", "OrderedDict")
    return call(
        "torch._utils", "_rebuild_tensor_v2", pid, number(offset), numbers(*size), numbers(*stride),
        pickle.NEWFALSE, hooks,
    )  # fmt: skip


def table(**values: bytes) -> bytes:
    items = b"".join(word(name) + value + pickle.SETITEM for name, value in values.items())
    return pickle.EMPTY_DICT + items


def archive(
    path: Path, content: bytes, compression: int = zipfile.ZIP_STORED, **storages: np.ndarray
) -> Path:
    with zipfile.ZipFile(path, "w", compression) as file:
        file.writestr("archive/data.pkl", pickle.PROTO + b"\x02" + content + pickle.STOP)
        for key, values in storages.items():
            file.writestr(f"archive/data/{key}", values.tobytes())
    return path


def test_tensors_keep_type_shape_and_place(tmp_path: Path) -> None:
    values = np.arange(12, dtype=np.float32)
    content = table(
        plain=tensor("FloatStorage", "k0", 12, 0, (3, 4), (4, 1)),
        turned=tensor("FloatStorage", "k0", 12, 0, (4, 3), (1, 4)),
        part=tensor("FloatStorage", "k0", 12, 5, (2,), (3,)),
        one=tensor("LongStorage", "k1", 1, 0, (), ()),
        empty=tensor("FloatStorage", "k0", 12, 0, (0, 4), (4, 1)),
    )
    found = read_tensors(archive(tmp_path / "x.pth", content, k0=values, k1=np.array([7])))
    np.testing.assert_array_equal(found["plain"], values.reshape(3, 4))
    np.testing.assert_array_equal(found["turned"], values.reshape(3, 4).T)
    assert found["turned"].flags.c_contiguous  # safetensors writes the bytes as they lie
    np.testing.assert_array_equal(found["part"], [5, 8])
    assert found["one"].dtype == np.int64
    assert int(found["one"]) == 7
    assert found["empty"].shape == (0, 4)


def test_the_models_part_of_a_checkpoint_is_taken(tmp_path: Path) -> None:
    inner = tensor("FloatStorage", "k0", 2, 0, (2,), (1,))
    path = archive(tmp_path / "x.pth", table(step=number(3), model=table(w=inner)), k0=np.ones(2, np.float32))
    assert list(read_tensors(path)) == ["w"]


def test_what_is_beside_the_tensors_is_never_run(tmp_path: Path) -> None:
    """os.system, a builtin, a class with a state: all swallowed, none called."""
    flag = tmp_path / "ran"
    config = call("omegaconf.dictconfig", "DictConfig") + table(a=number(1)) + pickle.BUILD
    content = table(
        bad=call("os", "system", word(f"touch {flag}")),
        worse=call("builtins", "eval", word(f"open({str(flag)!r}, 'w')")),
        config=config,
        model=table(w=tensor("FloatStorage", "k0", 2, 0, (2,), (1,))),
    )
    assert list(read_tensors(archive(tmp_path / "x.pth", content, k0=np.ones(2, np.float32)))) == ["w"]
    assert not flag.exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (table(w=tensor("FloatStorage", "k0", 2, 0, (3,), (1,))), "beyond"),
        (table(w=tensor("FloatStorage", "k0", 2, -1, (1,), (1,))), "beyond"),
        (table(w=tensor("FloatStorage", "k0", 2, 0, (2,), (-1,))), "beyond"),
        (table(w=tensor("FloatStorage", "none", 2, 0, (2,), (1,))), "none"),
        (table(w=tensor("QuantumStorage", "k0", 2, 0, (2,), (1,))), "kind"),
        (table(w=number(1)), "no tensors"),
        (b"nonsense", "no checkpoint"),
    ],
)
def test_what_is_damaged_is_refused_by_name(content: bytes, says: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=says) as refused:
        read_tensors(archive(tmp_path / "x.pth", content, k0=np.ones(2, np.float32)))
    assert "x.pth" in str(refused.value)


def test_compressed_and_other_files_are_refused(tmp_path: Path) -> None:
    content = table(w=tensor("FloatStorage", "k0", 2, 0, (2,), (1,)))
    with pytest.raises(ModelError, match="compressed"):
        read_tensors(archive(tmp_path / "x.pth", content, zipfile.ZIP_DEFLATED, k0=np.ones(2, np.float32)))
    (tmp_path / "y.pth").write_bytes(b"RIFF")
    with pytest.raises(ModelError, match=r"y\.pth"):
        read_tensors(tmp_path / "y.pth")
    with pytest.raises(ModelError, match="no checkpoint"):
        read_tensors(tmp_path / "missing.pth")

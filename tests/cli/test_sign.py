"""cli/sign.py: signing from the shell."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def plain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, speech_like: Callable[..., np.ndarray],
    write_wav: Callable[..., Path], earwitness: Call,
) -> Path:  # fmt: skip
    monkeypatch.setenv("EARWITNESS_KEYS", str(tmp_path / "settings" / "keys.json"))
    monkeypatch.delenv("EARWITNESS_TSA", raising=False)
    earwitness("keys", "certificate", "create", "studio", "--organization", "Demo Lab", "--trust")
    return write_wav(speech_like(4.0, level=0.3), name="plain.wav")


def test_sign_then_read(earwitness: Call, plain: Path, tmp_path: Path) -> None:
    out = tmp_path / "signed.wav"
    code, said, err = earwitness("sign", plain, out, "--source-type", "generated", "--agent", "Piper 1.2")
    assert code == 0
    assert "signed" in said
    assert "no time stamp" in err
    assert earwitness("credentials", "-q", out)[0] == 1


def test_json_and_quiet(earwitness: Call, plain: Path, tmp_path: Path) -> None:
    words = ("sign", plain, tmp_path / "signed.wav", "--source-type", "digitalCapture", "--title", "Talk")
    told = json.loads(earwitness(*words, "--json")[1])
    assert (told["state"], told["title"], told["digital_sources"]) == ("trusted", "Talk", ["digitalCapture"])
    assert told["sidecar"] is None
    assert told["warnings"]
    assert earwitness(*words, "-q") == (0, "", "")


@pytest.mark.usefixtures("fake_scheme")
def test_marks_are_bound(earwitness: Call, plain: Path, tmp_path: Path) -> None:
    from earwitness.soft_bindings import unbind

    earwitness("keys", "create", "voice")
    marked, signed = tmp_path / "marked.wav", tmp_path / "signed.wav"
    words = ("--source-type", "generated", "--bind-marks")
    code, _, err = earwitness("sign", plain, signed, *words)
    assert code == 2
    assert "Mark it first" in err
    assert earwitness("mark", plain, marked, "--key", "voice", "--id", "7")[0] == 0
    assert earwitness("sign", marked, signed, *words)[0] == 0
    from earwitness.credentials import load_credentials

    (binding,) = load_credentials().read(signed).soft_bindings
    own = unbind(binding)
    assert own is not None
    assert own[2] == 7


def test_errors_are_one_line_and_code_2(earwitness: Call, plain: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.wav"
    for words, said in (
        ((plain, out, "--source-type", "wrong"), "says nothing that is known"),
        ((plain, tmp_path / "out.mp3", "--source-type", "captured"), "converts nothing"),
        ((plain, out, "--source-type", "captured", "--certificate", "nobody"), "Known: studio"),
        ((plain, out, "--source-type", "captured", "--tsa", "http://127.0.0.1:9/"), "no time stamp came"),
        ((tmp_path / "none.wav", out, "--source-type", "captured"), "no such file"),
    ):
        code, shown, err = earwitness("sign", *words)
        assert (code, shown) == (2, "")
        assert said in err
        assert err.count("\n") == 1
    assert not out.exists()


def test_the_source_type_is_never_assumed(earwitness: Call, plain: Path, tmp_path: Path) -> None:
    code, _, err = earwitness("sign", plain, tmp_path / "out.wav")
    assert code == 2
    assert "--source-type" in err

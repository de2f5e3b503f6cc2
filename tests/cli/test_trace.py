"""cli/trace.py and trace_view.py: the story, its JSON, the manifest on disk, and the exit codes."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

import earwitness
from earwitness.provenance.identities import Identities
from earwitness.provenance.keys import KeyRing

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def place(tmp_path: Path, speech_like: Callable[..., np.ndarray], monkeypatch: pytest.MonkeyPatch) -> Path:
    """out.wav: marked, signed, recorded. copy.wav: its sound alone. plain.wav: nothing at all."""
    monkeypatch.setenv("EARWITNESS_KEYS", str(tmp_path / "settings" / "keys.json"))
    monkeypatch.setenv("EARWITNESS_REGISTRY", str(tmp_path / "settings" / "registry.db"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "settings" / "data"))
    KeyRing().create("studio")
    Identities().create("studio", organization="Demo Lab", days=99)
    soundfile.write(tmp_path / "in.wav", speech_like(8.0, seed=2), 16_000)
    earwitness.publish(tmp_path / "in.wav", tmp_path / "out.wav", key="studio")
    soundfile.write(tmp_path / "copy.wav", 0.7 * soundfile.read(tmp_path / "out.wav")[0], 16_000)
    soundfile.write(tmp_path / "plain.wav", np.random.default_rng(1).normal(0, 0.1, 48_000), 16_000)
    return tmp_path


def test_the_story_of_a_stripped_copy(earwitness: Call, place: Path) -> None:
    code, out, _ = earwitness("trace", place / "copy.wav", "--save-manifest", place / "restored.c2pa")
    assert code == 1
    assert "re-encoded, cut or edited since" in out
    assert "no authority you trust vouches" in out  # the studio's root is on nobody's list
    assert "Missing: The file holds no credentials, though it once had some" in out
    code, out, _ = earwitness(
        "credentials", place / "out.wav", "--sidecar", place / "restored.c2pa", "--json"
    )
    assert (
        json.loads(out)["manifest_id"]
        == json.loads(earwitness("credentials", place / "out.wav", "--json")[1])["manifest_id"]
    )


def test_json_is_the_whole_story(earwitness: Call, place: Path) -> None:
    code, out, _ = earwitness("trace", place / "out.wav", "--json")
    assert code == 1
    told = json.loads(out)
    assert told["schema"] == "earwitness.trace/1"
    assert told["origins"][0]["comparison"] == "same"


def test_nothing_known(earwitness: Call, place: Path) -> None:
    code, out, _ = earwitness("trace", place / "plain.wav")
    assert code == 0
    assert "Nothing here says where this recording comes from" in out
    code, _, err = earwitness("trace", place / "plain.wav", "--save-manifest", place / "x.c2pa")
    assert code == 2
    assert "no record with credentials" in err
    assert not (place / "x.c2pa").exists()


def test_a_mark_without_its_record_settles_nothing(earwitness: Call, place: Path) -> None:
    empty = place / "empty.db"
    code, out, _ = earwitness("trace", place / "copy.wav", "--registry", empty)
    assert code == 2
    from earwitness.records import load_registry

    with load_registry(str(empty)):
        pass
    code, out, _ = earwitness("trace", place / "copy.wav", "--registry", empty)
    assert code == 3
    assert "The registry has no record" in out


@pytest.mark.parametrize(
    ("out", "said"),
    [
        ("copy.wav", "does not end in .c2pa"),
        ("plain.wav", "does not end in .c2pa"),
        ("tone.c2pa", "would be overwritten"),
        ("beside.c2pa", "this is the file that is read"),
        ("nowhere/x.c2pa", "its folder does not exist"),
    ],
)
def test_a_manifest_is_never_saved_over_what_is_there(
    earwitness: Call, place: Path, out: str, said: str
) -> None:
    (place / "tone.c2pa").write_bytes((place / "plain.wav").read_bytes())
    (place / "beside.c2pa").write_bytes(b"credentials")
    before = {path: path.read_bytes() for path in place.glob("*.*")}
    code, _, err = earwitness(
        "trace", place / "copy.wav", "--sidecar", place / "beside.c2pa", "--save-manifest", place / out
    )
    assert code == 2
    assert said in err
    assert {path: path.read_bytes() for path in place.glob("*.*")} == before


@pytest.mark.skipif(os.name == "nt", reason="named pipes of POSIX")
def test_a_named_pipe_tells_what_the_file_tells(earwitness: Call, place: Path) -> None:
    os.mkfifo(place / "pipe.wav")
    data = (place / "out.wav").read_bytes()
    threading.Thread(target=(place / "pipe.wav").write_bytes, args=[data], daemon=True).start()
    code, out, _ = earwitness("trace", place / "pipe.wav", "--json")
    assert code == 1
    assert json.loads(out)["origins"][0]["comparison"] == "same"

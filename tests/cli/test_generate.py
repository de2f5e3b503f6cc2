"""cli/generate.py: from the shell to marked files, streams and folders; what fails leaves nothing."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from fake_terminal import interruptible

Call = Callable[..., tuple[int, str, str]]
TEXT = "Good morning to all of you, and welcome to the museum."
MAKE = ("generate", "--generator", "fake")
pytestmark = pytest.mark.usefixtures("fake_scheme", "fake_generators")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, speech_like: Callable[..., np.ndarray]) -> Path:
    """The current folder: a recording, texts, a ring without private keys."""
    monkeypatch.setenv("EARWITNESS_KEYS", str(tmp_path / "settings" / "keys.json"))
    monkeypatch.setenv("EARWITNESS_REGISTRY", str(tmp_path / "settings" / "registry.db"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "settings" / "data"))
    place = tmp_path / "here"
    place.mkdir()
    monkeypatch.chdir(place)
    soundfile.write("call.wav", speech_like(5.0, level=0.3), 16_000)
    Path("text.txt").write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    Path("lines.txt").write_text(f"{TEXT}\n\n  The second line of the text is here.\n{TEXT}\n")
    return place


def names(place: Path) -> list[str]:
    return sorted(path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())


def test_a_text_with_a_picture(earwitness: Call, folder: Path) -> None:
    code, out, err = earwitness(*MAKE, "--text", TEXT, "a.wav", "--voice", "Bert", "--plot", "a.png")
    assert (code, err) == (0, "")
    assert "a.wav: 4.3 s of speech by fake 7, voice Bert, seed 0\n   marked with signpost" in out
    assert "recorded as" in out
    assert (folder / "a.png").read_bytes().startswith(b"\x89PNG")
    code, out, _ = earwitness("verify", "a.wav", "--json")
    assert json.loads(out)["marked"]


@pytest.mark.usefixtures("folder")
def test_a_file_the_private_key_and_json(earwitness: Call) -> None:
    earwitness("keys", "create", "studio")
    code, out, err = earwitness(*MAKE, "--file", "text.txt", "a.flac", "--json")
    assert (code, err) == (0, "")
    record = json.loads(out)
    assert record["schema"] == "earwitness.generated/1"
    assert [made["key"] for made in record["marks"]] == ["signpost", "studio"]
    assert record["making"]["characters"] == len(TEXT)  # the byte order mark is none of them
    out = earwitness(*MAKE, "--text", TEXT, "b.wav", "--no-key", "--no-record", "--json")[1]
    assert [made["key"] for made in json.loads(out)["marks"]] == ["signpost"]
    assert json.loads(out)["record_id"] is None
    assert earwitness(*MAKE, "--text", TEXT, "c.wav", "-q") == (0, "", "")


def test_a_stream_is_the_file_and_nothing_else(folder: Path) -> None:
    done = process(folder, *MAKE, "--file", "-", "-", "--format", "flac", input_=TEXT.encode())
    assert done.returncode == 0
    (folder / "s.flac").write_bytes(done.stdout)
    assert soundfile.info(folder / "s.flac").format == "FLAC"
    assert b"marked with signpost" in done.stderr
    assert process(folder, "verify", "s.flac").returncode == 3 or b"marked" in done.stderr
    done = process(folder, *MAKE, "--text", TEXT, "-", "--json")
    assert json.loads(done.stderr)["schema"] == "earwitness.generated/1"
    with soundfile.SoundFile(io.BytesIO(done.stdout)) as file:
        assert (file.format, file.samplerate) == ("WAV", 16_000)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full of Linux")
def test_a_stream_that_cannot_be_written_is_an_error(folder: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*command(), *MAKE, "--text", TEXT, "-"],
            cwd=folder, stdout=full, stderr=subprocess.PIPE, check=False, env=environment(folder),
        )  # fmt: skip
    assert done.returncode == 2
    assert b"standard output: cannot be written: No space left on device." in done.stderr
    assert b"Traceback" not in done.stderr


def test_recordings_other_voices_and_samples(earwitness: Call, folder: Path) -> None:
    assert "remade.mp3: 5.0 s of speech" in earwitness(*MAKE, "--from", "call.wav", "remade.mp3")[1]
    out = earwitness(*MAKE, "--from", "call.wav", "other.wav", "--to-voice", "Bert")[1]
    assert "voice Bert" in out
    code, out, _ = earwitness(*MAKE, "--sample", "4", "--count", "3", "samples", "--seed", "5")
    assert code == 0
    assert "3 made, 0 made before, 0 failed" in out
    records = [json.loads(line) for line in (folder / "samples" / "generated.jsonl").read_text().splitlines()]
    assert [entry["order"]["seed"] for entry in records] == [5, 6, 7]


def test_a_person_s_voice_only_with_consent(earwitness: Call, folder: Path) -> None:
    to = (*MAKE, "--from", "call.wav", "other.wav", "--to-voice", "call.wav")
    code, _, err = earwitness(*to)
    assert code == 2
    assert "only with their consent" in err
    signed = ("consent", "create", "call.wav", "--speaker", "Ada", "--purpose", "marked_speech", "ada.json")
    assert earwitness(*signed, "--i-am-the-speaker")[0] == 0
    code, out, _ = earwitness(*to, "--consent", "ada.json")
    assert code == 0
    assert "in the voice of Ada, with their consent" in out
    unmarked = (*MAKE, "--from", "call.wav", "unmarked", "--attack", "--to-voice", "call.wav")
    code, _, err = earwitness(*unmarked, "--consent", "ada.json")
    assert code == 2
    assert "not for attack_training" in err
    assert names(folder / "unmarked") == ["ATTACK_MATERIAL.md", "manifest.jsonl"]


def test_a_file_a_line_and_on_again(earwitness: Call, folder: Path) -> None:
    again = (*MAKE, "--file", "lines.txt", "--lines", "out", "--format", "flac")
    code, out, err = earwitness(*again)
    assert code == 0
    assert "3 made, 0 made before, 0 failed. Records: out/generated.jsonl" in out
    assert "2 of 3: line 3" in err
    assert names(folder / "out") == ["0001.flac", "0003.flac", "0004.flac", "generated.jsonl"]
    (folder / "out" / "0003.flac").unlink()
    assert "1 made, 2 made before, 0 failed" in earwitness(*again)[1]
    assert "0 made, 3 made before, 0 failed" in earwitness(*again)[1]
    assert "3 made, 0 made before, 0 failed" in earwitness(*again, "--restart")[1]
    assert "3 made, 0 made before, 0 failed" in earwitness(*again, "--voice", "Bert")[1]
    assert "3 made, 0 made before" in earwitness(*again, "--voice", "Bert", "--strength", "strong")[1]
    (folder / "lines.txt").write_text(f"{TEXT}\n\nAnother second line of the text is here.\n{TEXT}\n")
    assert "1 made, 2 made before" in earwitness(*again, "--voice", "Bert", "--strength", "strong")[1]


def test_a_bad_line_stops_nobody_else(earwitness: Call, folder: Path) -> None:
    (folder / "lines.txt").write_text(f"{TEXT}\n😀\nHi\n{TEXT}\n")
    code, out, err = earwitness(*MAKE, "--file", "lines.txt", "--lines", "out")
    assert code == 2
    assert "3 made, 0 made before, 1 failed" in out or "2 made, 0 made before, 2 failed" in out
    assert "line 2: there is nothing in it that can be said" in err
    objects = earwitness(*MAKE, "--file", "lines.txt", "--lines", "out2", "--json")[1].splitlines()
    assert any("error" in json.loads(line) for line in objects)


def test_a_folder_of_recordings(earwitness: Call, folder: Path) -> None:
    (folder / "in" / "deep").mkdir(parents=True)
    for name in ("a.wav", "deep/b.wav"):
        (folder / "in" / name).write_bytes((folder / "call.wav").read_bytes())
    (folder / "in" / "notes.txt").write_text("no sound")
    assert "2 made" in earwitness(*MAKE, "--from", "in", "out", "--format", "flac")[1]
    assert names(folder / "out") == ["a.wav.flac", "deep/b.wav.flac", "generated.jsonl"]
    code, _, err = earwitness(*MAKE, "--from", "in", "in/out")
    assert code == 2
    assert "lies in the folder that is read" in err


def test_attack_material(earwitness: Call, folder: Path) -> None:
    again = (*MAKE, "--file", "lines.txt", "--lines", "--attack", "material")
    code, out, _ = earwitness(*again)
    assert code == 0
    assert "unmarked" in out
    assert "3 made, 0 made before, 0 failed. Unmarked, for training detectors only" in out
    assert "0 made, 3 made before" in earwitness(*again)[1]
    assert earwitness(*again, "--voice", "Bert", "-q") == (0, "", "")
    assert "1 made" in earwitness(*MAKE, "--text", TEXT, "--attack", "material", "--format", "flac")[1]
    found = names(folder / "material")
    assert found[:2] == ["ATTACK_MATERIAL.md", "fake-Bert/0001.wav"]
    lines = (folder / "material" / "manifest.jsonl").read_text().splitlines()
    assert {json.loads(line)["file"] for line in lines} == set(found) - {
        "ATTACK_MATERIAL.md",
        "manifest.jsonl",
    }
    assert earwitness("verify", "material/fake/0001.wav")[0] == 0  # no mark
    # Marked speech would be lost among it.
    assert "unmarked attack material" in earwitness(*MAKE, "--file", "lines.txt", "--lines", "material")[2]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--text", TEXT, "--attack", "a.wav"), "goes into a folder only"),
        (("--text", TEXT, "--attack", "-"), "into a folder, not into a stream"),
        (("--text", TEXT, "--attack", "m", "--key", "studio"), "carries no mark"),
        (("--text", TEXT, "--attack", "m", "--record"), "carries no mark"),
        (("--text", TEXT, "--attack", "m", "--format", "mp3"), "kept without loss"),
        (("--text", TEXT, "--attack", "."), "holds other things"),
        (("--file", "lines.txt", "--lines", "-"), "several files go into a folder"),
        (("--file", "lines.txt", "--lines", "o", "--plot", "p.png"), "a picture is of one file"),
        (("--text", TEXT, "a.wav", "--plot", "p.jpg"), "written as PNG"),
        (("--text", TEXT, "a.xyz"), "not known"),
        (("--text", TEXT, "a.wav", "--format", "mp3"), "tells the format already"),
        (("--text", TEXT, "-", "--format", "mp9"), "'mp9' is not known"),
        (("--text", "", "a.wav"), "it is empty"),
        (("--text", "😀", "a.wav"), "nothing in it that can be said"),
        (("--text", "x" * 20_001, "a.wav"), "at most 20,000"),
        (("--text", TEXT, "--file", "text.txt", "a.wav"), "--text and --file was given"),
        (("a.wav",), "nothing was given"),
        (("--text", TEXT, "--lines", "a"), "needs --file"),
        (("--text", TEXT, "--count", "2", "a"), "goes with --sample only"),
        (("--text", TEXT, "--to-voice", "Bert", "a.wav"), "needs --from"),
        (("--from", "call.wav", "--voice", "Bert", "a.wav"), "is for texts"),
        (("--from", "call.wav", "--language", "de", "a.wav"), "is for texts"),
        (("--from", "call.wav", "--to-voice", "Bert", "--consent", "x", "a.wav"), "no recording that lends"),
        (("--from", "call.wav", "--to-voice", "none.wav", "a.wav"), "no such recording"),
        (("--from", "none.wav", "a.wav"), "no such file"),
        (("--from", "call.wav", "call.wav"), "the file that is read"),
        (("--file", "none.txt", "a.wav"), "no such file"),
        (("--file", "call.wav", "a.wav"), "no text in UTF-8"),
        (("--text", TEXT, "--voice", "Zoë", "a.wav"), "no voice \"Zoë\""),
        (("--text", TEXT, "--language", "fr", "a.wav"), "does not speak"),
        (("--text", TEXT, "--generator", "absent", "a.wav"), "weights are missing"),
        (("--text", TEXT, "--generator", "nobody", "a.wav"), "no installed package"),
        (("--text", TEXT, "--generator", "vocoder", "a.wav"), "does not offer to synthesize"),
        (("--text", TEXT, "--key", "studio", "--no-key", "a.wav"), "contradict"),
        (("--text", TEXT, "--key", "studio", "a.wav"), "no key of this name"),
        (("--text", TEXT), "OUT is needed"),
        (("--sample", "9999", "a.wav"), "between 0.5 and 600"),
    ],
)  # fmt: skip
def test_errors_leave_nothing(earwitness: Call, folder: Path, arguments: tuple[str, ...], said: str) -> None:
    before = names(folder)
    code, out, err = earwitness(*MAKE, *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert names(folder) == before


def test_list(earwitness: Call) -> None:
    code, out, _ = earwitness("generate", "--list")
    assert code == 0
    assert "absent: not here." in out
    assert "Ada, Bert, de-Carla" in out
    found = {entry["name"]: entry for entry in json.loads(earwitness("generate", "--list", "--json")[1])}
    assert found["absent"]["available"] is False
    assert "weights are missing" in found["absent"]["why_not"]
    assert found["vocoder"]["offers"] == ["resynthesize"]
    assert found["fake"]["voices"] == ["Ada", "Bert", "de-Carla"]


def process(folder: Path, *arguments: str, input_: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own, with the fakes."""
    return subprocess.run(
        [*command(), *arguments],
        cwd=folder,
        input=input_,
        capture_output=True,
        check=False,
        env=environment(folder),
    )


def command() -> list[str]:
    fakes = str(Path(__file__).resolve().parents[1] / "fakes")
    return [
        sys.executable, "-c",
        f"import sys; sys.path[:0] = [{fakes!r}]; import fake_generators; fake_generators.main()",
    ]  # fmt: skip


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "EARWITNESS_KEYS": str(folder.parent / "settings" / "keys.json")}


def test_an_interrupted_folder_goes_on(folder: Path) -> None:
    (folder / "many.txt").write_text("".join(f"{TEXT} This is number {n}.\n" for n in range(60)))
    arguments = [*MAKE, "--file", "many.txt", "--lines", "out"]
    running = subprocess.Popen(
        [*command(), *arguments], cwd=folder, preexec_fn=interruptible, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, env=environment(folder),
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while len(list(folder.glob("out/*.wav"))) < 2:
        assert running.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    running.send_signal(signal.SIGTERM)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert err.endswith(b"earwitness: interrupted; the same command goes on from there\n")
    done = len(list(folder.glob("out/*.wav")))
    assert 2 <= done < 60
    assert not [name for name in names(folder / "out") if name.startswith(".")]
    lines = (folder / "many.txt").read_text().splitlines(keepends=True)
    (folder / "many.txt").write_text("".join(lines[: done + 1]))
    again = process(folder, *arguments)
    assert again.returncode == 0
    assert f"1 made, {done} made before".encode() in again.stdout or b"2 made" in again.stdout

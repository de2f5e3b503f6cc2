"""From pairs to a localiser beside the weights: labels where they belong, stretches that can be learnt."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
import torch

from earwitness.api.cards import read_cards
from earwitness.detector.card import card_of, weights_folder
from earwitness.detector.localiser import Localiser
from earwitness.detector.training import localise, splices
from earwitness.detector.training.listening import CONDITIONS
from earwitness.detector.training.localise import (
    CROP,
    Example,
    batch,
    example,
    fit,
    gather,
    load,
    loss_of,
    main,
)
from earwitness.detector.training.partial_set import Recording
from earwitness.errors import UsageError

Float32 = npt.NDArray[np.float32]
RATE = 16_000
STEP = 0.08


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what ships, without a localiser."""
    folder = tmp_path_factory.mktemp("weights")
    for name in ("spectro.json", "spectro.onnx"):
        shutil.copy(str(weights_folder().joinpath(name)), folder)
    table = json.loads((folder / "spectro.json").read_text(encoding="utf-8"))
    table.pop("localiser", None)
    (folder / "spectro.json").write_text(json.dumps(table), encoding="utf-8")
    return folder


def recording(sound: Float32, truth: tuple[tuple[float, float], ...] = ((1.0, 2.0),)) -> Recording:
    return Recording("a", "partial", sound, truth, "engine", "somebody", "corpus", "en")


def test_an_example_is_what_the_localiser_will_be_shown(weights: Path, speech: Float32) -> None:
    sound = np.concatenate([np.tile(speech, 2), np.zeros(2 * RATE, np.float32)])
    one = example(load(weights), recording(sound), "clean", 0)
    steps = len(one.labels)
    assert steps == pytest.approx(8 / STEP, abs=2)
    assert one.vectors.shape == (steps, 256)
    assert np.flatnonzero(one.labels).tolist() == [k for k in range(steps) if 1.0 <= (k + 0.5) * STEP < 2.0]
    assert one.heard[-15:].sum() == 0, "nobody speaks at the end"
    assert one.heard[:60].sum() > 10


def test_what_was_heard_is_not_heard_again(weights: Path, speech: Float32, tmp_path: Path) -> None:
    recordings = [recording(np.tile(speech, 2)), recording(np.tile(speech, 3), ())]
    first = gather(load(weights), recordings, tmp_path / "work")
    (tmp_path / "work" / "00001.npz").unlink()
    nothing = [recording(np.zeros(0, np.float32)), recordings[1]]
    again = gather(load(weights), nothing, tmp_path / "work")
    for one, other in zip(first, again, strict=True):
        assert np.array_equal(one.vectors, other.vectors)
        assert np.array_equal(one.labels, other.labels)


def test_vectors_of_other_recordings_are_refused(weights: Path, speech: Float32, tmp_path: Path) -> None:
    gather(load(weights), [recording(speech)], tmp_path)
    with pytest.raises(UsageError, match="other recordings"):
        gather(load(weights), [recording(speech, ())], tmp_path)
    with pytest.raises(UsageError, match="other recordings"):
        gather(load(weights), [recording(speech)], tmp_path, seed=1)


def made(count: int, seed: int = 0, size: int = 6) -> list[Example]:
    """Every recording has a level of its own; in a third of the time something is added to it."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        labels = np.zeros(120, np.float32)
        begin = int(rng.integers(10, 80))
        labels[begin : begin + 30] = 1
        vectors = rng.normal(size=(120, size)) + 5 * rng.normal(size=size)
        vectors[:, 0] += 2 * labels
        heard = (rng.random(120) > 0.1).astype(np.float32)
        found.append(Example(vectors.astype(np.float32), heard, labels))
    return found


def test_a_batch_is_crops_and_nothing_beyond_their_ends() -> None:
    vectors, heard, labels = batch(made(3), np.random.default_rng(0))
    assert vectors.shape == (localise.BATCH, CROP, 6)
    assert heard[:, 120:].abs().sum() == 0
    assert labels.sum(1).tolist() == [30] * localise.BATCH


def test_the_loss_knows_where_and_whether() -> None:
    heard, labels = torch.ones(1, 40), torch.zeros(1, 40)
    labels[:, 10:20] = 1
    right = (labels * 2 - 1) * 6
    assert loss_of(right, heard, labels) < 0.1 < loss_of(-right, heard, labels)
    nothing = torch.zeros(1, 40)
    peak = torch.full((1, 40), -6.0)
    peak[:, 10:20] = 6
    assert loss_of(peak, heard, nothing) > loss_of(-heard * 6, heard, nothing) + 1
    muted = heard.clone()
    muted[:, 10:20] = 0
    assert loss_of(peak, muted, nothing) < 0.2, "what is not heard is no mistake"


def test_stretches_are_learnt_though_recordings_differ_more_than_they() -> None:
    net = fit(made(60), 150)
    hits, misses = [], []
    for one in made(20, seed=1):
        with torch.no_grad():
            scores = net(torch.from_numpy(one.vectors)[None], torch.from_numpy(one.heard)[None])[0].numpy()
        hits.append(scores[one.labels > 0].mean())
        misses.append(scores[one.labels == 0].mean())
    assert min(hits) > max(misses)


def test_the_same_seed_gives_the_same_network() -> None:
    examples = made(8)
    first, second, other = (fit(examples, 3, seed).state_dict() for seed in (0, 0, 1))
    assert all(torch.equal(first[key], second[key]) for key in first)
    assert not all(torch.equal(first[key], other[key]) for key in first)


def test_a_localiser_is_put_beside_the_weights(
    weights: Path, speech: Float32, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(0)
    pairs, partial = tmp_path / "pairs", tmp_path / "partial"
    pairs.mkdir()
    partial.mkdir()
    lines = []
    for k in range(8):
        human = np.roll(speech, 6_000 * k)
        both = np.stack([human, human + 0.02 * rng.standard_normal(len(human)).astype(np.float32)])
        soundfile.write(pairs / f"{k}.flac", both.T, RATE)
        about = {"speaker": "a", "corpus": "c", "language": "en", "method": "own_gan", "path": f"{k}.flac"}
        lines.append(json.dumps(about))
    (pairs / "pairs-0.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "real.tsv").write_text(
        "path\tspeaker\tlabel\tcorpus\tlicence\nr.flac\tb\thuman\tc\tCC0\n", encoding="utf-8"
    )
    rows = ["path\tlabel\tfamily\tstretches", "h.flac\thuman\thuman\t", "p.flac\tsynthetic\tpartial\t1.0-3.0"]
    for name in ("h", "p"):
        soundfile.write(partial / f"{name}.flac", np.tile(speech, 2), RATE)
    (partial / "manifest.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    few = {name: CONDITIONS[name] for name in ("clean", "g711")}
    monkeypatch.setattr(splices, "CONDITIONS", few)
    monkeypatch.setattr(localise, "CONDITIONS", few)
    before = card_of(json.loads((weights / "spectro.json").read_text(encoding="utf-8")))
    command = [str(weights), "--pairs", str(pairs), "--real", str(tmp_path / "real.tsv"), "--steps", "2"]
    command += ["--partial", str(partial / "manifest.tsv"), "--work", str(tmp_path / "work")]
    command += ["--partial-recordings", "2", "--human-recordings", "1", "--synthetic-recordings", "1"]
    assert main(command) == 0
    card = card_of(json.loads((weights / "spectro.json").read_text(encoding="utf-8")))
    data = (weights / "spectro_local.onnx").read_bytes()
    assert card.localiser is not None
    assert card.localiser.sha256 == hashlib.sha256(data).hexdigest()
    localiser = Localiser(data, card.localiser.share)
    assert localiser.look(np.zeros((5, 2, 128), np.float32), np.ones(5, np.float32)).shape == (5,)
    assert card.local != before.local, "steps are read anew"
    table = json.loads((weights / "spectro.json").read_text(encoding="utf-8"))
    source = {"name": "c", "licence": "CC0", "pairs": 8, "speakers": 1, "hours": round(8 * 3 / 3600, 3)}
    assert table["localiser_data"] == [source]
    (listed,) = read_cards(weights)
    assert (listed.file, listed.problem) == ("spectro.onnx, spectro_local.onnx", None)
    assert card.thresholds == before.thresholds, "whole recordings are judged as before"


def test_pairs_that_are_not_there(weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = [str(weights), "--pairs", str(tmp_path / "no"), "--real", str(tmp_path / "real.tsv")]
    assert main([*command, "--partial", "p.tsv", "--work", str(tmp_path)]) != 0
    assert "no pairs are logged" in capsys.readouterr().err

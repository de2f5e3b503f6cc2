"""Training: losses, and that a run taken up again ends where an uninterrupted one does."""

import argparse
import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
import torch

from earwitness.detector.training import train
from earwitness.detector.training.data import BatchPlan
from earwitness.detector.training.network import NetConfig, SpectrogramNet
from earwitness.detector.training.train import loss_of, main

Float32 = npt.NDArray[np.float32]
RATE = 16_000
TINY = NetConfig(widths=(4, 4, 8, 8), stem=4, frame_dim=6)


def test_the_loss_falls_when_both_classes_and_pairs_are_told_apart() -> None:
    labels = torch.tensor([0.0, 1.0, 0.0, 1.0, 1.0, 0.0])
    right = torch.tensor([-3.0, 3.0, -3.0, 3.0, 3.0, -3.0])
    assert loss_of(right, labels, 2) < loss_of(torch.zeros(6), labels, 2) < loss_of(-right, labels, 2)
    assert loss_of(right, labels, 2) > loss_of(right, labels, 0), "the ranking loss comes on top"


def test_pairs_that_lie_aside_together_cost_though_they_are_in_order() -> None:
    labels = torch.tensor([0.0, 1.0])
    middle, aside = torch.tensor([-2.0, 2.0]), torch.tensor([1.0, 5.0])
    assert loss_of(middle, labels, 1) < loss_of(aside, labels, 1)
    extra = (loss_of(aside, labels, 1) - loss_of(aside, labels, 0)) - (
        loss_of(middle, labels, 1) - loss_of(middle, labels, 0)
    )
    assert float(extra) == pytest.approx(train.MIDDLE * 3.0**2, abs=1e-4), "same gap, other middle"


def test_the_ranking_loss_looks_inside_pairs_only() -> None:
    labels = torch.tensor([0.0, 1.0, 0.0, 1.0])
    one, other = torch.tensor([-2.0, -1.0, 1.0, 2.0]), torch.tensor([-2.0, 2.0, 1.0, -1.0])
    plain = loss_of(one, labels, 0) - loss_of(other, labels, 0)
    assert float(plain) == pytest.approx(0, abs=1e-6), "the same logits in each class"
    assert loss_of(one, labels, 2) < loss_of(other, labels, 2)


def test_what_has_no_label_counts_nothing_but_in_its_pair() -> None:
    labels = torch.tensor([0.0, 1.0, 0.0, float("nan")])
    one, other = torch.tensor([-2.0, 2.0, -1.0, 9.0]), torch.tensor([-2.0, 2.0, -1.0, -9.0])
    assert float(loss_of(one, labels, 1)) == float(loss_of(other, labels, 1))
    assert float(loss_of(one, labels, 0)) == pytest.approx(float(loss_of(one[:3], labels[:3], 0)))


def test_where_nothing_has_a_label_the_loss_is_zero_and_can_be_learnt_from() -> None:
    logits = torch.zeros(3, requires_grad=True)
    loss = train._known(logits, torch.full((3,), float("nan")))
    loss.backward()
    assert float(loss.detach()) == 0.0
    assert torch.equal(logits.grad, torch.zeros(3))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, speech: Float32) -> Path:
    """Three pairs, two recordings, one synthetic clip and a validation set of four."""
    base = tmp_path_factory.mktemp("train")
    rng = np.random.default_rng(0)
    (base / "pairs").mkdir()
    (base / "tts").mkdir()
    log = []
    for k in range(3):
        human = np.roll(speech, 9_000 * k)[:32_000]
        both = np.stack([human, human + 0.05 * rng.standard_normal(32_000)], axis=1)
        soundfile.write(base / "pairs" / f"{k}.flac", both, RATE)
        log.append(json.dumps({"id": str(k), "path": f"{k}.flac", "method": "hifigan_lj"}))
    (base / "pairs" / "pairs-0.jsonl").write_text("\n".join(log) + "\n", encoding="utf-8")
    table, clips = ["path\trole\tlabel\tsystem\tcorpus"], ["file\tlabel\tfamily"]
    for k in range(4):
        sound = np.roll(speech, 4_000 * k)[: 20_000 + 8_000 * k]
        soundfile.write(base / f"{k}.flac", sound, RATE)
        table.append(f"{k}.flac\t{'train' if k < 2 else 'dev'}\thuman\thuman\tc")
        clips.append(f"{k}.flac\t" + ("human\thuman" if k < 2 else f"synthetic\t{'ab'[k % 2]}"))
    soundfile.write(base / "tts" / "loud_0001.flac", speech[::-1].copy(), RATE)
    (base / "real.tsv").write_text("\n".join(table) + "\n", encoding="utf-8")
    (base / "clips.tsv").write_text("\n".join(clips) + "\n", encoding="utf-8")
    return base


@pytest.fixture
def _tiny(monkeypatch: pytest.MonkeyPatch) -> Any:
    shape = {"widths": TINY.widths, "stem": TINY.stem, "frame_dim": TINY.frame_dim}
    monkeypatch.setattr(train, "NetConfig", partial(NetConfig, **shape))
    monkeypatch.setattr(train, "BatchPlan", partial(BatchPlan, pairs=2, splices=1, synthetic=1, human=1))
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)


def run(folder: Path, out: Path, *more: str) -> dict[str, Any]:
    arguments = [str(out), "--pairs", str(folder / "pairs"), "--real", str(folder / "real.tsv")]
    arguments += ["--synthetic", str(folder / "tts"), "--steps", "4", "--every", "2", "--seed", "5"]
    assert main([*arguments, "--workers", "0", "--threads", "1", *more]) == 0
    state: dict[str, Any] = torch.load(out / "last.pt", weights_only=True)
    return state


def weights_of(state: dict[str, Any]) -> dict[str, torch.Tensor]:
    found = {f"{part}.{k}": v for part in ("net", "average") for k, v in state[part].items()}
    moments = state["optimizer"]["state"].items()
    return found | {f"optimizer.{k}.{name}": v for k, table in moments for name, v in table.items()}


class StoppedError(Exception):
    """Stands for a machine that goes down."""


@pytest.mark.usefixtures("_tiny")
def test_a_run_taken_up_again_ends_where_an_uninterrupted_one_does(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    validate = ("--validate", str(folder / "clips.tsv"), "--dropout", "0.5")
    whole = run(folder, tmp_path / "whole", *validate)
    calls = []

    def stops_in_the_third_step(*arguments: Any) -> Any:
        calls.append(1)
        if len(calls) == 3:
            raise StoppedError
        return loss_of(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(train, "loss_of", stops_in_the_third_step)
        with pytest.raises(StoppedError):
            run(folder, tmp_path / "part", *validate)
    assert torch.load(tmp_path / "part" / "last.pt", weights_only=True)["step"] == 2
    resumed = run(folder, tmp_path / "part", *validate)
    assert resumed["step"] == whole["step"] == 4
    assert resumed["best"] == whole["best"]
    one, other = weights_of(whole), weights_of(resumed)
    assert one.keys() == other.keys()
    assert [name for name in one if not torch.equal(one[name], other[name])] == []


@pytest.mark.usefixtures("_tiny")
def test_a_run_learns_logs_and_keeps_its_best(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    state = run(folder, out, "--validate", str(folder / "clips.tsv"))
    log = [json.loads(line) for line in (out / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [entry["step"] for entry in log] == [2, 4]
    assert all(set(entry["families"]) == {"a", "b"} for entry in log)
    best = torch.load(out / "best.pt", weights_only=True)
    assert best["eer"] == state["best"] == min(entry["eer"] for entry in log)
    torch.manual_seed(5)
    fresh = SpectrogramNet(TINY).state_dict()
    assert any(not torch.equal(fresh[k], v) for k, v in state["net"].items())
    assert any(not torch.equal(state["average"][k], v) for k, v in state["net"].items())
    assert not list(out.glob("*.tmp"))


@pytest.mark.usefixtures("_tiny")
def test_a_finished_run_does_nothing_more(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    run(folder, out)
    before = (out / "last.pt").read_bytes()
    for steps in ("4", "2"):
        run(folder, out, "--steps", steps)
    assert (out / "last.pt").read_bytes() == before


def arguments(**more: Any) -> Any:
    plain = {"dropout": 0.0, "view": "features", "init": None, "lr": 1e-2, "weight_decay": 0.0, "steps": 1000}
    return argparse.Namespace(**{**plain, "bfloat16": False, **more})


def batch(local: list[list[float]]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """A pair and a splice; steps (4, 12) all have the labels that ``local`` gives to each row's halves."""
    torch.manual_seed(0)
    nan = float("nan")
    labels, kinds = torch.tensor([0.0, 1.0, 0.0, nan]), torch.tensor([-1, 0, -1, -1])
    return torch.randn(4, 256, 96), labels, kinds, torch.tensor(local).repeat_interleave(6, dim=1)


@pytest.mark.usefixtures("_tiny")
def test_single_steps_are_learnt_beside_whole_crops() -> None:
    learner = train._Learner(arguments(), 1)
    features, labels, kinds, local = batch([[0, 0], [1, 1], [0, 0], [0, 1]])
    features[3, :, 48:] += 3.0
    features[1] += 3.0
    before = learner.net.local.weight.clone()
    losses = [learner.learn(features, labels, kinds, local, 1) for _ in range(60)]
    assert losses[-1] < 0.7 * losses[0]
    assert not torch.equal(before, learner.net.local.weight)
    learner.net.eval()
    with torch.no_grad():
        steps = learner.net.steps(learner.net.trunk(features))
    assert steps.shape == (4, 12)
    assert steps[3, 8:].mean() > steps[3, :4].mean() + 1.0, "half of the splice"
    assert steps[1].mean() > steps[0].mean() + 1.0


@pytest.mark.usefixtures("_tiny")
def test_steps_without_labels_teach_nothing() -> None:
    learner = train._Learner(arguments(), 1)
    nan = float("nan")
    before = learner.net.local.weight.clone()
    assert np.isfinite(learner.learn(*batch([[nan, nan]] * 4), 1))
    assert torch.equal(before, learner.net.local.weight)
    learner.learn(*batch([[nan, nan]] * 3 + [[nan, 1.0]]), 1)
    assert not torch.equal(before, learner.net.local.weight)


@pytest.mark.usefixtures("_tiny")
def test_the_loss_told_is_that_of_whole_crops_alone() -> None:
    told = []
    for value in (0.0, 1.0):
        torch.manual_seed(3)
        told.append(train._Learner(arguments(), 1).learn(*batch([[value, value]] * 4), 1))
    assert told[0] == told[1]


@pytest.mark.usefixtures("_tiny")
def test_a_run_begins_with_a_network_of_fewer_channels(folder: Path, tmp_path: Path) -> None:
    """Without scores of steps, too: new channels count nothing at first, so the score is what it was."""
    torch.manual_seed(1)
    old = SpectrogramNet(NetConfig(TINY.widths, TINY.stem, TINY.frame_dim, view="phases")).eval()
    weights = {k: v for k, v in old.state_dict().items() if not k.startswith("local.")}
    torch.save({"average": weights}, tmp_path / "old.pt")
    learner = train._Learner(arguments(view="full", init=tmp_path / "old.pt"), 1)
    x = torch.randn(2, 9, 256, 96)
    with torch.no_grad():
        assert torch.allclose(learner.net.eval()(x), old(x[:, :5]), atol=1e-5)
    assert torch.equal(learner.average.stem[0].weight, learner.net.stem[0].weight)
    begin = ("--view", "full", "--init", str(tmp_path / "old.pt"))
    state = run(folder, tmp_path / "run", *begin, "--steps", "1")
    assert state["view"] == "full"
    assert state["net"]["stem.0.weight"].shape[1] == 9
    assert state["net"]["stem.0.weight"][:, 5:].any(), "new channels are learnt"
    assert load_tiny(tmp_path / "run" / "best.pt").learnt_steps


def load_tiny(path: Path) -> SpectrogramNet:
    net = SpectrogramNet(NetConfig(TINY.widths, TINY.stem, TINY.frame_dim, view="full"))
    net.load(torch.load(path, weights_only=True)["average"])
    return net

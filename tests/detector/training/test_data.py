"""Batches: what is in them, that halves of a pair share all but the synthesis, and that steps stand alone."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
import torch

from earwitness.detector.frontend import BINS, VIEWS, frames_in
from earwitness.detector.training import data
from earwitness.detector.training.data import (
    CROP_SECONDS,
    Batches,
    BatchPlan,
    Store,
    by_group,
    crop,
    load_store,
    mask_bands,
    scaled_crop,
)

Float32 = npt.NDArray[np.float32]
RATE = 16_000
PLAN = BatchPlan(pairs=2, splices=1, synthetic=1, human=1)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory, speech: Float32) -> Path:
    """Pairs whose copy is a whisper-like remake, recordings of two roles, synthetic clips and a noise."""
    base = tmp_path_factory.mktemp("store")
    rng = np.random.default_rng(0)
    for name in ("pairs", "tts/engine", "noise", "corpus"):
        (base / name).mkdir(parents=True)
    logs: dict[int, list[str]] = {0: [], 1: []}
    for k, method in enumerate(["hifigan_lj", "hifigan_lj", "hifigan_lj", "hifigan_lj", "world"]):
        human = np.roll(speech, 3_000 * k)
        copy = human + 0.02 * rng.standard_normal(len(human))
        soundfile.write(base / "pairs" / f"{k}.flac", np.stack([human, copy], axis=1), RATE)
        logs[k % 2].append(json.dumps({"id": str(k), "path": f"{k}.flac", "method": method}))
    for worker, lines in logs.items():
        (base / "pairs" / f"pairs-{worker}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    table = ["path\trole\tlabel\tsystem\tcorpus"]
    roles = ["train", "dev", "train", "heldout", "train", "heldout"]
    for k, (role, label) in enumerate(zip(roles, ["human"] * 4 + ["synthetic"] * 2, strict=True)):
        soundfile.write(base / "corpus" / f"{k}.flac", np.roll(speech, 1_000 * k)[:20_000], RATE)
        table.append(f"corpus/{k}.flac\t{role}\t{label}\tSome engine\tcorpus {k % 4}")
    (base / "real.tsv").write_text("\n".join(table) + "\n", encoding="utf-8")
    soundfile.write(base / "tts" / "engine" / "loud_0001.flac", speech[::-1].copy(), RATE)
    soundfile.write(base / "noise" / "hum.flac", 0.1 * np.sin(np.arange(RATE) / 20), RATE)
    return base


@pytest.fixture(scope="session")
def store(folder: Path) -> Store:
    return load_store([folder / "pairs"], folder / "real.tsv", folder / "tts", folder / "noise")


def test_a_store_is_what_the_logs_and_the_manifest_say(folder: Path, store: Store) -> None:
    assert sorted(pair["id"] for pair in store.pairs) == list("01234")
    assert all(pair["path"].is_file() for pair in store.pairs)
    assert store.human == [
        (folder / "corpus" / "0.flac", "corpus 0"),
        (folder / "corpus" / "2.flac", "corpus 2"),
    ], "role train alone"
    assert store.synthetic == [
        (folder / "corpus" / "4.flac", "Some engine"),
        (folder / "tts" / "engine" / "loud_0001.flac", "loud"),
    ]
    assert store.kinds() == ["Some engine", "hifigan_lj", "loud", "world"]
    assert [len(noise) for noise in store.noises] == [RATE]


def test_clips_and_noises_are_optional(folder: Path) -> None:
    for nothing in (None, folder / "not there"):
        bare = load_store([folder / "pairs"], folder / "real.tsv", nothing, nothing)
        assert (bare.synthetic, bare.noises) == ([(folder / "corpus" / "4.flac", "Some engine")], [])
        batch = Batches(replace(bare, synthetic=[]), PLAN, 1, 0)[0]
        assert [len(part) for part in batch] == [7] * 4


def test_methods_count_by_the_square_root_of_their_number_and_easy_ones_a_fifth(store: Store) -> None:
    weights = store.pair_weights()
    by = {method: weights[[p["method"] == method for p in store.pairs]] for method in ("hifigan_lj", "world")}
    assert weights.sum() == pytest.approx(1)
    assert by["world"].sum() / by["hifigan_lj"].sum() == pytest.approx(0.2 * 1 / (4 / 2))


@pytest.mark.parametrize("have", [1, 900, 999, 1_000, 1_001, 5_000])
def test_crops_have_the_length_asked_for(have: int) -> None:
    x = np.arange(1, have + 1, dtype=np.float32)
    for seed in range(5):
        part = crop(x, 1_000, np.random.default_rng(seed))
        assert part.shape == (1_000,)
        assert np.array_equal(np.diff(part)[: min(have, 1_000) - 1], np.ones(min(have, 1_000) - 1))
    both = crop(np.stack([x, -x]), 1_000, np.random.default_rng(0))
    assert np.array_equal(both[0], -both[1]), "channels are cut at the same place"


def test_crops_reach_both_ends() -> None:
    x = np.arange(12, dtype=np.float32)
    starts = {int(crop(x, 10, np.random.default_rng(seed))[0]) for seed in range(40)}
    assert starts == {0, 1, 2}


def test_every_other_crop_is_played_at_another_speed_and_both_halves_at_the_same() -> None:
    seconds = np.arange(3 * RATE) / RATE
    tone = np.sin(2 * np.pi * 1_000 * seconds).astype(np.float32)
    heard = []
    for seed in range(60):
        sides = scaled_crop(np.stack([tone, -tone]), RATE, np.random.default_rng(seed))
        assert sides.shape == (2, RATE)
        np.testing.assert_allclose(sides[0], -sides[1], atol=1e-5)
        heard.append(float(np.abs(np.fft.rfft(sides[0] * np.hanning(RATE))).argmax()))  # one hertz a bin
    pitches = np.array(heard)
    assert 15 <= (np.abs(pitches - 1_000) > 2).sum() <= 45
    low, high = (1_000 * scale for scale in data.SCALES)
    assert low - 2 <= pitches.min() < 920
    assert 1_080 < pitches.max() <= high + 2


@pytest.mark.parametrize("have", [500, 15_000, 60_000])
def test_a_crop_at_another_speed_has_the_length_asked_for(have: int) -> None:
    x = np.ones(have, dtype=np.float32)
    lengths = {scaled_crop(x, RATE, np.random.default_rng(seed)).shape for seed in range(8)}
    assert lengths == {(RATE,)}


def test_masks_blank_whole_bands_of_both_halves() -> None:
    features = np.random.default_rng(0).standard_normal((2, BINS, 30)).astype(np.float32)
    before = features.copy()
    widths = []
    for seed in range(60):
        masked = mask_bands(features, np.random.default_rng(seed))
        changed = (masked != features).any(axis=2)
        assert np.array_equal(changed[0], changed[1])
        widths.append(int(changed[0].sum()))
    assert np.array_equal(features, before)
    assert 0 in widths
    assert sum(widths) / len(widths) < BINS / 5
    assert BINS / 4 < max(widths) < BINS / 2 + 48, "now and then half of everything"


def test_groups_count_by_the_square_root_of_their_size() -> None:
    weights = by_group(["a"] * 9 + ["b"] * 4 + ["c"])
    assert weights.sum() == pytest.approx(1)
    assert [weights[:9].sum(), weights[9:13].sum(), weights[13]] == pytest.approx([3 / 6, 2 / 6, 1 / 6])
    assert np.ptp(weights[:9]) == 0
    assert len(by_group([])) == 0


def test_engines_and_corpora_are_drawn_by_the_square_root_of_their_size(store: Store) -> None:
    one, other = store.synthetic
    many = replace(store, synthetic=[one] * 9 + [other], human=[store.human[0]] * 16 + [store.human[1]])
    batches = Batches(many, PLAN, 1, seed=0)
    assert [batches.engines[:9].sum(), batches.engines[9]] == pytest.approx([3 / 4, 1 / 4])
    assert [batches.corpora[:16].sum(), batches.corpora[16]] == pytest.approx([4 / 5, 1 / 5])


def test_a_batch_holds_pairs_then_splices_then_synthetic_then_human(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "SHAKEN", 0.0)
    seen = set()
    for features, labels, kinds, local in (Batches(store, PLAN, 6, seed=0)[k] for k in range(6)):
        assert features.dtype == local.dtype == torch.float32
        assert [None if np.isnan(x) else x for x in labels.tolist()] == [0, 1, 0, 1, 0, None, 1, 0]
        assert (kinds >= 0).tolist() == (labels > 0).tolist(), "a splice names no generator"
        assert store.kinds()[int(kinds[6])] in ("Some engine", "loud")
        assert features.shape[:2] == (8, BINS)
        assert torch.isfinite(features).all()
        assert local.shape == (8, -(-features.shape[2] // 8)), "as many as the network has vectors"
        seen.add(features.shape[2])
    assert seen <= {frames_in(int(seconds * RATE)) for seconds in CROP_SECONDS}
    assert len(seen) > 1


def test_steps_are_labelled_as_they_sound(store: Store) -> None:
    both = 0
    for k in range(8):
        _, labels, _, local = Batches(store, PLAN, 8, seed=1)[k]
        known = [set(row[~row.isnan()].tolist()) for row in local]
        for row, label in zip(known, labels.tolist(), strict=True):
            if not np.isnan(label):
                assert row == {label}
        assert known[4] == {0.0}, "the human half of a splice"
        assert known[5] <= {0.0, 1.0}
        both += known[5] == {0.0, 1.0}
        assert torch.equal(local[4].isnan() & local[5].isnan(), local[4].isnan()), "pauses have no label"
        assert local.isnan().any()
    assert both >= 6


def test_a_splice_is_the_recording_but_for_what_was_replaced(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through no channel, frames of steps that are human are those of the recording."""
    plan = BatchPlan(pairs=0, splices=3, synthetic=0, human=0, strength=0.0)
    monkeypatch.setattr(data, "mask_bands", lambda features, _: features)
    rough = Batches(
        store, plan, 4, seed=2, front_end=lambda x: np.abs(x[: len(x) // 1280 * 1280]).reshape(-1, 1280)
    )
    for k in range(4):
        features, labels, _, local = rough[k]
        assert labels.isnan().tolist() == [False, True] * 3
        for i in range(3):
            human, spliced, marks = features[2 * i], features[2 * i + 1], local[2 * i + 1]
            same = (human - spliced).abs().amax(dim=1) < 1e-3
            for step, mark in zip(same.tolist(), marks.tolist(), strict=False):
                assert np.isnan(mark) or step == (mark == 0.0) or (step is False and mark == 0.0)
            assert not same.all()
            assert same.any()


def test_now_and_then_a_copy_has_a_band_of_the_recording(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def mixed(human: Float32, copy: Float32, _: np.random.Generator) -> Float32:
        calls.append(human.shape == copy.shape)
        return copy

    monkeypatch.setattr(data, "mix_bands", mixed)
    plan = BatchPlan(pairs=8, splices=2, synthetic=0, human=0, strength=0.0)
    for k in range(12):
        Batches(store, plan, 12, seed=0)[k]
    assert all(calls)
    assert len(calls) / (12 * 8) == pytest.approx(data.MIXED, abs=0.08)


def test_some_copies_are_the_recording_with_errors_of_no_engine(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    shaken: list[Float32] = []

    def upside_down(recording: Float32, _: np.random.Generator) -> Float32:
        shaken.append(recording)
        return np.asarray(-recording, np.float32)

    monkeypatch.setattr(data, "shake", upside_down)
    monkeypatch.setattr(data, "MIXED", 0.0)
    monkeypatch.setattr(data, "mask_bands", lambda features, _: features)
    plan = BatchPlan(pairs=8, splices=0, synthetic=0, human=0, strength=0.0)
    unnamed = 0
    for k in range(36):
        rows, labels, kinds, _ = Batches(store, plan, 36, seed=0, front_end=lambda x: x[None, :1600])[k]
        assert labels.tolist() == [0.0, 1.0] * 8
        for recording, copy, kind in zip(rows[0::2], rows[1::2], kinds[1::2].tolist(), strict=True):
            assert torch.equal(copy, -recording) == (kind == -1)
            unnamed += kind == -1
    assert unnamed == len(shaken)
    assert unnamed / (36 * 8) == pytest.approx(data.SHAKEN, abs=0.1)


def test_without_recordings_no_pair_is_shaken(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data, "SHAKEN", 1.0)
    lonely = Store(store.pairs, [], store.synthetic, store.noises)
    plan = BatchPlan(pairs=4, splices=0, synthetic=0, human=0, strength=0.0)
    assert (Batches(lonely, plan, 1, seed=0)[0][2][1::2] >= 0).all()
    assert (Batches(store, plan, 1, seed=0)[0][2][1::2] == -1).all()


@pytest.mark.parametrize(("view", "channels"), [("full", 9), ("phases", 5)])
def test_every_view_can_be_drawn(store: Store, view: str, channels: int) -> None:
    features, _, _, local = Batches(store, PLAN, 1, seed=0, front_end=VIEWS[view])[0]
    assert features.shape[:3] == (8, channels, BINS)
    assert local.shape[1] == -(-features.shape[3] // 8)


def test_a_step_is_the_same_in_a_run_that_resumes(store: Store) -> None:
    whole = Batches(store, PLAN, 5, seed=3)
    resumed = Batches(store, PLAN, 5, seed=3, first=3)
    assert (len(whole), len(resumed)) == (5, 2)
    for index in range(2):
        for one, other in zip(whole[3 + index], resumed[index], strict=True):
            assert np.array_equal(one.numpy(), other.numpy(), equal_nan=True)
    assert not torch.equal(whole[0][0][0, :, :50], whole[1][0][0, :, :50])
    assert not torch.equal(Batches(store, PLAN, 5, seed=4)[0][0][0, :, :50], whole[0][0][0, :, :50])


def test_a_finished_run_has_no_batches_left(store: Store) -> None:
    assert len(Batches(store, PLAN, 5, seed=0, first=5)) == 0
    assert len(Batches(store, PLAN, 5, seed=0, first=9)) == 0


def test_a_copy_that_is_the_original_gets_the_same_features(
    tmp_path: Path, store: Store, speech: Float32
) -> None:
    """Crop, level, channel and mask are those of the pair: nothing but synthesis tells the halves apart."""
    soundfile.write(tmp_path / "same.flac", np.stack([speech, speech], axis=1), RATE)
    same = Store([{"path": tmp_path / "same.flac", "method": "none"}], [], [], store.noises)
    # Of a splice or a mix of bands the copy is the original only nearly: both are sums of it.
    batches = Batches(same, BatchPlan(pairs=4, splices=0, strength=2.0), 3, seed=0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(data, "MIXED", 0.0)
        patch.setattr(data, "SHAKEN", 0.0)
        for features, _, _, local in (batches[k] for k in range(3)):
            assert torch.equal(features[0::2], features[1::2])
            assert torch.equal(local[0::2].isnan(), local[1::2].isnan())

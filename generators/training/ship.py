"""Turn checkpoints into what ships: ONNX files, the voices, and a card for each family.

    python -m earwitness.generators.training.ship generators/weights --gan GAN/last.pt --vae VAE/last.pt \\
        --conversion CONVERSION/last.pt --teacher TEACHER --transformer TEXT/last.pt --aligned TEXT/aligned \\
        --autoregressive AR/last.pt --data data.json

Families that are not named stay as they are. ``--data`` is the account of what was learnt from
(``generators.training.data_account``). Measured numbers are written into the cards afterwards by
``earwitness.eval.card``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch

from earwitness.generators.autoregressive import FRAMES
from earwitness.generators.autoregressive import STEP as STEP_OF_SAMPLES
from earwitness.generators.chain import GAN
from earwitness.generators.gan import PITCH_SUFFIX, GanVocoder
from earwitness.generators.mel import log_mel
from earwitness.generators.portrait import portrayed
from earwitness.generators.training import (
    export_autoregressive,
    export_conversion,
    export_gan,
    export_transformer,
    export_vae,
)
from earwitness.generators.training.aligned import Aligned
from earwitness.generators.training.teacher import ALIGNED
from earwitness.generators.transformer import BOOK, CONTEXT, LATENT, READER, STEP
from earwitness.generators.vae import BOOKS, CONVERTER, DECODER, ENCODER, LISTENER
from earwitness.generators.voices import HEARD, VOICES

__all__ = ["main", "write_card"]

_ABOUT: dict[str, dict[str, str]] = {
    "gan": {
        "family": "GAN vocoder",
        "architecture": "ConvNeXt at the frame rate, filters on given pulses and noise, inverse STFT; "
        "trained against multi-period and multi-resolution critics",
        "trained_by": "python -m earwitness.generators.training.train_gan",
    },
    "vae": {
        "family": "VAE and neural codec",
        "architecture": "ConvNeXt encoder and decoder, 32 latents at 20 Hz, eight residual books of 1,024 "
        "codes (1.6 kbit/s; 1.88 with the pitch), one vector for the voice",
        "trained_by": "python -m earwitness.generators.training.train_vae",
    },
    "conversion": {
        "family": "VAE, voice conversion",
        "architecture": "a second decoder of the VAE, on the first six code books, and who speaks as one "
        "vector; learnt from recordings whose frequencies were moved",
        "trained_by": "python -m earwitness.generators.training.train_conversion",
    },
    "autoregressive": {
        "family": "autoregressive vocoder",
        "architecture": "gated recurrent cells that draw 40 samples from the samples before them, pulses and "
        "noise; a network at the frame rate says what is wanted",
        "trained_by": "python -m earwitness.generators.training.train_autoregressive",
    },
    "transformer": {
        "family": "transformer, text to latents",
        "architecture": "encoder with learnt durations, causal decoder with cached keys and values, one code "
        "and one regressed latent every 50 ms; distances by slopes (ALiBi)",
        "trained_by": "python -m earwitness.generators.training.train_transformer",
    },
}


def write_card(folder: Path, name: str, files: Sequence[str], checkpoint: Path, data: dict[str, Any]) -> None:
    """``NAME.json`` beside the files: what they are, from which run, on what they learnt, their hashes."""
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)
    digests = {file: hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in files}
    whole = hashlib.sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest()
    log = checkpoint.parent / "log.jsonl"
    curve = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    card = {
        "name": name,
        "version": "1",
        "kind": "generator",
        **_ABOUT[name],
        "licence": "Apache-2.0",
        "files": digests,
        "bytes": sum((folder / file).stat().st_size for file in files),
        "sha256": whole,
        "parameters": sum(int(np.prod(value.shape)) for value in state["average"].values()),
        "config": state["config"],
        "plan": state["plan"],
        "steps": state["done"],
        "learning_curve": [[entry["step"], entry["held_out"]] for entry in curve],
        "data": data,
    }
    path = folder / f"{name}.json"
    path.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _ship_gan(folder: Path, checkpoint: Path) -> list[str]:
    export_gan.export(export_gan.load_network(checkpoint), folder / GAN)
    return [GAN, str(Path(GAN).with_suffix(PITCH_SUFFIX))]


def _ship_vae(folder: Path, checkpoint: Path) -> list[str]:
    export_vae.export(export_vae.load_network(checkpoint), folder)
    return [ENCODER, DECODER, BOOKS]


def _ship_autoregressive(folder: Path, checkpoint: Path) -> list[str]:
    export_autoregressive.export(export_autoregressive.load_network(checkpoint), folder)
    return [FRAMES, STEP_OF_SAMPLES]


def _ship_conversion(folder: Path, checkpoint: Path, teacher: Path, each: int = 20) -> list[str]:
    """The second decoder, and portraits of the teacher's voices: means of some recordings of each.

    The GAN, which reads their pitch, lies in ``folder`` already.
    """
    net = export_conversion.load_network(checkpoint)
    export_conversion.export(net, folder)
    vocoder = GanVocoder(folder / GAN)
    found: dict[str, list[np.ndarray[Any, Any]]] = {}
    for line in (teacher / ALIGNED).read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if "path" in entry and len(portraits := found.setdefault(entry["voice"], [])) < each:
            mel = log_mel(soundfile.read(teacher / entry["path"], dtype="float32")[0])
            with torch.no_grad():
                heard = net.voice(torch.from_numpy(mel)[None])[0].numpy()
            portraits.append(portrayed(mel, vocoder.pitch(mel), heard).packed())
    _save_voices(folder / HEARD, {name: np.mean(portraits, 0) for name, portraits in found.items()})
    return [LISTENER, CONVERTER, HEARD]


def _save_voices(path: Path, voices: dict[str, Any]) -> None:
    """The teacher's own voice first: it is the default."""
    order = sorted(voices, key=lambda name: (name != "heart", name))
    np.savez(path, **{name: voices[name].astype(np.float32) for name in order})


def _ship_transformer(folder: Path, checkpoint: Path, aligned: Path) -> list[str]:
    net, book = export_transformer.load_network(checkpoint)
    export_transformer.export(net, book, folder)
    _save_voices(folder / VOICES, Aligned(aligned).voices)
    return [READER, CONTEXT, STEP, LATENT, BOOK, VOICES]


def main(words: Sequence[str] | None = None) -> int:
    """Command-line entry; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="earwitness.generators.training.ship",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--gan", type=Path)
    parser.add_argument("--vae", type=Path)
    parser.add_argument("--autoregressive", type=Path)
    parser.add_argument("--conversion", type=Path)
    parser.add_argument("--teacher", type=Path, help="folder of the teacher, whose voices ship")
    parser.add_argument("--transformer", type=Path)
    parser.add_argument("--aligned", type=Path, help="folder aligned of the transformer's run")
    parser.add_argument("--data", type=Path, required=True)
    arguments = parser.parse_args(words)
    if (arguments.conversion is None) != (arguments.teacher is None):
        parser.error("--conversion and --teacher go together")
    if (arguments.transformer is None) != (arguments.aligned is None):
        parser.error("--transformer and --aligned go together")
    arguments.folder.mkdir(parents=True, exist_ok=True)
    data = json.loads(arguments.data.read_text(encoding="utf-8"))
    if arguments.gan:
        files = _ship_gan(arguments.folder, arguments.gan)
        write_card(arguments.folder, "gan", files, arguments.gan, data["gan"])
    if arguments.vae:
        files = _ship_vae(arguments.folder, arguments.vae)
        write_card(arguments.folder, "vae", files, arguments.vae, data["vae"])
    if arguments.conversion:
        files = _ship_conversion(arguments.folder, arguments.conversion, arguments.teacher)
        write_card(arguments.folder, "conversion", files, arguments.conversion, data["conversion"])
    if arguments.autoregressive:
        files = _ship_autoregressive(arguments.folder, arguments.autoregressive)
        write_card(
            arguments.folder, "autoregressive", files, arguments.autoregressive, data["autoregressive"]
        )
    if arguments.transformer:
        files = _ship_transformer(arguments.folder, arguments.transformer, arguments.aligned)
        write_card(arguments.folder, "transformer", files, arguments.transformer, data["transformer"])
    return 0


if __name__ == "__main__":
    sys.exit(main())

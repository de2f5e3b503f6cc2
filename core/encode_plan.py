"""How marked sound is written: as the file was, where that can be written, else as its new ending says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from earwitness.audio import SoundForm
from earwitness.errors import TargetError

__all__ = ["ENDINGS", "Recipe", "plan"]

_SIGNED = "pcm_s16le pcm_s24le pcm_s32le pcm_f32le pcm_f64le"
_LINEAR = f"pcm_u8 {_SIGNED}"
_LINEAR_BIG = "pcm_s16be pcm_s24be pcm_s32be pcm_f32be pcm_f64be"
_LOG = "pcm_alaw pcm_mulaw"
_MOV = "aac alac ac3 eac3 mp3"
_MP4 = f"{_MOV} opus flac"
_MATROSKA = f"aac alac ac3 eac3 mp3 mp2 opus vorbis flac {_LINEAR}"


@dataclass(frozen=True, slots=True)
class _Container:
    """muxer: FFmpeg's name. fallback: codec for sound that this container cannot hold as it was.

    holds: codecs that stay what they were. only_there: those among them that stay only where they came in
    this very container: who asks for it wants what every program reads.
    """

    muxer: str
    fallback: str
    holds: str
    only_there: str = ""


# By the endings of file names.
_CONTAINERS: dict[str, _Container] = {
    ".wav .wave": _Container(
        "wav", "pcm_s16le", f"{_LINEAR} {_LOG} adpcm_ms adpcm_ima_wav gsm_ms mp3 mp2 ac3", "mp3 mp2 ac3"
    ),
    ".w64": _Container("w64", "pcm_s16le", f"{_LINEAR} {_LOG}"),
    ".flac": _Container("flac", "flac", "flac"),
    ".mp3": _Container("mp3", "mp3", "mp3"),
    ".mp2": _Container("mp2", "mp2", "mp2"),
    ".m4a .m4b": _Container("ipod", "aac", "aac alac ac3"),
    ".mp4 .m4v": _Container("mp4", "aac", _MP4),
    ".mov": _Container("mov", "aac", f"{_MOV} {_LINEAR} {_LINEAR_BIG} {_LOG}"),
    ".3gp": _Container("3gp", "aac", "aac amr_nb"),
    ".aac": _Container("adts", "aac", "aac"),
    ".ogg .oga": _Container("ogg", "opus", "opus vorbis flac"),
    ".opus": _Container("ogg", "opus", "opus"),
    ".webm": _Container("webm", "opus", "opus vorbis"),
    ".mka .mkv": _Container("matroska", "opus", _MATROSKA),
    ".aif .aiff .aifc": _Container("aiff", "pcm_s16be", f"{_LINEAR_BIG} {_LOG}"),
    ".caf": _Container("caf", "pcm_s16le", f"{_SIGNED} {_LINEAR_BIG} {_LOG}"),
    ".au .snd": _Container("au", "pcm_s16be", f"{_LINEAR_BIG} {_LOG}"),
    ".wma": _Container("asf", "wmav2", "wmav2"),
    ".amr": _Container("amr", "amr_nb", "amr_nb"),
    ".ac3": _Container("ac3", "ac3", "ac3"),
    ".wv": _Container("wv", "wavpack", "wavpack"),
    ".tta": _Container("tta", "tta", "tta"),
    ".avi": _Container("avi", "mp3", f"mp3 mp2 ac3 {_LINEAR}"),
}
_BY_ENDING = {ending: found for endings, found in _CONTAINERS.items() for ending in endings.split()}
ENDINGS = frozenset(_BY_ENDING)
"""Of the file names that can be written, in lower case with their dot."""
# Encoders whose name is not their codec's.
_ENCODERS = {"mp3": "libmp3lame", "opus": "libopus", "amr_nb": "libopencore_amrnb"}
# Codecs without a good encoder in PyAV's FFmpeg; libsndfile has one: (format, subtype).
_SNDFILE = {"vorbis": ("OGG", "VORBIS"), "gsm_ms": ("WAV", "GSM610")}
_WITH_BIT_RATE = frozenset({"mp3", "mp2", "aac", "opus", "vorbis", "ac3", "eac3", "wmav2", "amr_nb"})
_LOSSY = _WITH_BIT_RATE | {"gsm_ms", "adpcm_ms", "adpcm_ima_wav", "pcm_alaw", "pcm_mulaw"}
_RATES = {
    "mp3": (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000),
    "mp2": (16000, 22050, 24000, 32000, 44100, 48000),
    "aac": (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 64000, 88200, 96000),
    "opus": (48000,),
    "ac3": (32000, 44100, 48000),
    "eac3": (32000, 44100, 48000),
    "wmav2": (8000, 11025, 16000, 22050, 32000, 44100, 48000),
    "amr_nb": (8000,),
    "gsm_ms": (8000,),
}
_CHANNELS = {
    "mp3": 2,
    "mp2": 2,
    "wmav2": 2,
    "amr_nb": 1,
    "gsm_ms": 1,
    "adpcm_ms": 2,
    "adpcm_ima_wav": 2,
    "ac3": 6,
    "eac3": 6,
    "aac": 8,
    "opus": 8,
}
# FFmpeg's choice for sound whose channels have no names.
_USUAL_LAYOUTS = {1: "mono", 2: "stereo", 3: "2.1", 4: "4.0", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}
_AMR_RATES = (4750, 5150, 5900, 6700, 7400, 7950, 10200, 12200)
_GOOD_BIT_RATE = 96_000  # a channel, for sound that was stored without loss and so had none


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to write sound.

    muxer, codec, encoder, layout, sample_format: FFmpeg's names. sndfile: (format, subtype) where
    libsndfile encodes instead. rate: Hz, other than the sound's own where the codec cannot have that.
    bits: of an integer sample that count. bit_rate: bits/s, None where the codec has none to choose.
    """

    muxer: str
    codec: str
    encoder: str
    sndfile: tuple[str, str] | None
    rate: int
    channels: int
    layout: str
    sample_format: str
    bits: int
    bit_rate: int | None


def plan(form: SoundForm, target: Path) -> Recipe:
    """The recipe for a file named ``target`` with sound that was stored as ``form``.

    Raises TargetError when the ending is unknown or its codec cannot hold the sound.
    """
    container = _BY_ENDING.get(target.suffix.lower())
    if container is None:
        raise TargetError(
            f"the ending tells what to write, and {target.suffix or 'none'!r} is not known.",
            subject=str(target),
            hint=f"Known: {' '.join(sorted(_BY_ENDING))}",
        )
    codec = form.codec if _stays(container, form) else _fallback(container, form)
    most = _CHANNELS.get(codec, 255)
    if form.channels > most:
        raise TargetError(
            f"{codec} holds at most {most} channels, and this sound has {form.channels}.",
            subject=str(target),
            hint="Choose .wav or .flac.",
        )
    return Recipe(
        muxer=container.muxer,
        codec=codec,
        encoder=_ENCODERS.get(codec, codec),
        sndfile=_SNDFILE.get(codec),
        rate=_nearest_rate(codec, form.rate),
        channels=form.channels,
        layout=_layout(codec, form),
        sample_format=_sample_format(codec, form),
        bits=_bits(codec, form),
        bit_rate=_bit_rate(codec, form),
    )


def _stays(container: _Container, form: SoundForm) -> bool:
    """True for a codec that the file may keep."""
    own = form.container == container.muxer or form.codec not in container.only_there.split()
    return own and form.codec in container.holds.split()


def _fine(form: SoundForm) -> bool:
    """True for sound with more than 16 bits to keep."""
    return form.codec not in _LOSSY and form.sample_format.rstrip("p") in ("s32", "flt", "dbl")


def _fallback(container: _Container, form: SoundForm) -> str:
    """The container's own codec; linear PCM as fine as the sound was."""
    return container.fallback.replace("pcm_s16", "pcm_s24") if _fine(form) else container.fallback


def _nearest_rate(codec: str, rate: int) -> int:
    """The lowest rate of the codec that keeps everything, else its highest."""
    rates = _RATES.get(codec, (rate,))
    return min((r for r in rates if r >= rate), default=max(rates))


def _layout(codec: str, form: SoundForm) -> str:
    """The channels' places. Encoders want them named where a WAV file only counts ("2 channels")."""
    layout = form.layout
    if layout == f"{form.channels} channels" and (form.channels <= 2 or not codec.startswith("pcm_")):
        layout = _USUAL_LAYOUTS.get(form.channels, layout)
    # AAC and Opus know 5.1 in only one of its two spellings.
    return "5.1" if layout == "5.1(side)" and codec in ("aac", "opus") else layout


def _sample_format(codec: str, form: SoundForm) -> str:
    wide = "s32" if _fine(form) else "s16"
    by_codec = {
        "flac": wide, "alac": f"{wide}p", "wavpack": f"{wide}p", "tta": wide, "opus": "flt",
        "mp3": "fltp", "aac": "fltp", "ac3": "fltp", "eac3": "fltp", "wmav2": "fltp", "adpcm_ima_wav": "s16p",
    }  # fmt: skip
    by_kind = {"pcm_f32": "flt", "pcm_f64": "dbl", "pcm_s24": "s32", "pcm_s32": "s32", "pcm_u8": "u8"}
    return by_codec.get(codec) or by_kind.get(codec[:7].removesuffix("l").removesuffix("b"), "s16")


def _bits(codec: str, form: SoundForm) -> int:
    if codec.startswith("pcm_s32"):
        return 32
    wide = codec.startswith("pcm_s24") or (codec in ("flac", "alac", "wavpack", "tta") and _fine(form))
    return 24 if wide else 16


def _bit_rate(codec: str, form: SoundForm) -> int | None:
    if codec not in _WITH_BIT_RATE:
        return None
    own = form.bit_rate
    if own is None or form.codec not in _WITH_BIT_RATE:
        own = _GOOD_BIT_RATE * min(form.channels, 2)
    return min(_AMR_RATES, key=lambda rate: abs(rate - own)) if codec == "amr_nb" else own

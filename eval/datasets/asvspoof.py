"""The ASVspoof challenges: 2019 LA (Wang et al. 2020, arXiv 1911.01601), 2021 LA and DF (Liu et al. 2023,
arXiv 2210.02437), and 5 (Wang et al. 2026, arXiv 2502.08857)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from earwitness.eval.datasets.base import Dataset, audio_folder, rows_of, the_file
from earwitness.eval.protocols import Clip

__all__ = ["ASVSPOOF_5", "ASVSPOOF_2019_LA", "ASVSPOOF_2021_DF", "ASVSPOOF_2021_LA"]

BONA_FIDE = "bonafide"
# What makes the waveform, after table 1 of the paper on the 2019 database.
_KINDS_2019 = {
    "autoregressive": ("A01", "A10", "A12", "A15"),
    "neural source-filter": ("A08",),
    "parametric": ("A02", "A03", "A05", "A07", "A09", "A14", "A18"),
    "spectral filtering": ("A06", "A13", "A17", "A19"),
    "concatenative": ("A04", "A16"),
    "Griffin-Lim": ("A11",),
}
KIND_OF = {attack: kind for kind, attacks in _KINDS_2019.items() for attack in attacks}


def _clip(path: Path, corpus: str, speaker: str, attack: str, key: str, family: str) -> Clip:
    human = key == BONA_FIDE
    return Clip(
        path=path,
        synthetic=not human,
        corpus=corpus,
        family="human" if human else family,
        system="human" if human else attack,
        speaker=f"{corpus}/{speaker}",
        language="en",
    )


def _read_2019(folder: Path, split: str) -> Iterator[Clip]:
    suffix = "trn" if split == "train" else "trl"
    protocol = the_file(folder, f"ASVspoof2019.LA.cm.{split}.{suffix}.txt")
    audio = audio_folder(folder, f"ASVspoof2019_LA_{split}/flac")
    for speaker, name, _, attack, key, *_ in rows_of(protocol, 5):
        kind = KIND_OF.get(attack, attack)
        yield _clip(audio / f"{name}.flac", "asvspoof2019-la", speaker, attack, key, kind)


def _read_2021(folder: Path, split: str, track: str) -> Iterator[Clip]:
    """Keys: speaker, name, codec, transmission or source, attack, key, trimming, phase, kind of vocoder (DF).

    Both tracks' key files are called the same, so the folder that names the track is asked first.
    """
    keys = audio_folder(folder, f"{track}/CM")
    audio = audio_folder(folder, f"ASVspoof2021_{track}_eval/flac")
    for words in rows_of(keys / "trial_metadata.txt", 8):
        speaker, name, _, _, attack, key, _, phase, *more = words
        if phase == split:
            family = more[0] if track == "DF" and more else KIND_OF.get(attack, attack)
            corpus = f"asvspoof2021-{track.lower()}"
            yield _clip(audio / f"{name}.flac", corpus, speaker, attack, key, family)


def _read_5(folder: Path, split: str) -> Iterator[Clip]:
    """Protocols: speaker, name, gender, codec, its quality, seed, attack tag, attack, key; separated by
    spaces, whatever the ending says."""
    names = {
        "train": ("ASVspoof5.train.tsv", ("flac_T",)),
        "dev": ("ASVspoof5.dev.track_1.tsv", ("flac_D",)),
        "eval": ("ASVspoof5.eval.track_1.tsv", ("flac_E_eval", "flac_E")),
    }
    protocol, folders = names[split]
    audio = audio_folder(folder, *folders)
    for words in rows_of(the_file(folder, protocol), 9):
        yield _clip(audio / f"{words[1]}.flac", "asvspoof5", words[0], words[7], words[8], words[7])


ASVSPOOF_2019_LA = Dataset(
    "asvspoof2019-la",
    "ASVspoof 2019, logical access",
    ("eval", "dev", "train"),
    "ODC-BY 1.0",
    "LA/ASVspoof2019_LA_cm_protocols/ASVspoof2019.LA.cm.eval.trl.txt and LA/ASVspoof2019_LA_eval/flac/*.flac",
    _read_2019,
)
ASVSPOOF_2021_LA = Dataset(
    "asvspoof2021-la",
    "ASVspoof 2021, logical access (through telephone lines)",
    ("eval", "progress", "hidden"),
    "ODC-BY 1.0",
    "keys/LA/CM/trial_metadata.txt and ASVspoof2021_LA_eval/flac/*.flac",
    partial(_read_2021, track="LA"),
)
ASVSPOOF_2021_DF = Dataset(
    "asvspoof2021-df",
    "ASVspoof 2021, deepfake (through media codecs)",
    ("eval", "progress", "hidden"),
    "ODC-BY 1.0",
    "keys/DF/CM/trial_metadata.txt and ASVspoof2021_DF_eval/flac/*.flac",
    partial(_read_2021, track="DF"),
)
ASVSPOOF_5 = Dataset(
    "asvspoof5",
    "ASVspoof 5, track 1",
    ("eval", "dev", "train"),
    "ODC-BY 1.0",
    "ASVspoof5.eval.track_1.tsv and flac_E_eval/*.flac",
    _read_5,
)

"""samples/: every recording is in the list that `make bench` and `earwitness eval` read, and nothing else."""

from __future__ import annotations

from pathlib import Path

from earwitness.eval.protocols import read_manifest

SAMPLES = Path(__file__).parents[2] / "samples"


def test_the_list_names_every_recording_once() -> None:
    clips = read_manifest(SAMPLES / "manifest.tsv")
    listed = sorted(clip.path.name for clip in clips)
    there = sorted(path.name for path in SAMPLES.iterdir() if path.suffix not in (".md", ".tsv"))
    assert listed == there
    assert all(clip.synthetic == clip.path.name.startswith(("synthetic", "partly")) for clip in clips)

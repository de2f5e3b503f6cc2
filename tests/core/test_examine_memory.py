"""What a check holds in memory does not grow with the length of the recording."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from earwitness.samples import Float32

Maker = Callable[..., Float32]

MEASURE = """
import resource, sys
from types import SimpleNamespace
import numpy, av, onnxruntime, soxr
from earwitness import plugins
from earwitness.examine import examine
from earwitness.report import ModelInfo, Report
stream = SimpleNamespace(push=lambda s, p: [], finish=lambda: [], total_llr=lambda: None,
                         traces=lambda: None, steps=lambda: None, shares=lambda: None)
detector = SimpleNamespace(sample_rate=16000, start=lambda: stream,
                           info=ModelInfo(name="none", version="0", kind="detector"))
def judge(facts, quality, warnings, scores, models, prior, marks, credentials, origins):
    return Report(file=facts, verdict="inconclusive", reason="test", quality=quality)
original = plugins.load
def load(group, name="default"):
    if group in (plugins.KEYRINGS, plugins.WATERMARKS):
        return original(group, name)
    return judge if group == plugins.JUDGES else lambda: detector
plugins.load = load
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(examine(sys.argv[1]).file.duration_s)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_memory_stays_bounded(tmp_path: Path, noise: Maker) -> None:
    """Five minutes of 48-kHz stereo are 115 MB as floats; what is held does not grow with the length."""
    import soundfile

    path = tmp_path / "long.wav"
    minute = np.stack([noise(60.0, 48000, seed=1), noise(60.0, 48000, seed=2)]).T
    with soundfile.SoundFile(path, "w", 48000, 2, subtype="PCM_16") as file:
        for _ in range(5):
            file.write(minute)
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True
    )
    seconds, megabytes = done.stdout.split()
    assert float(seconds) == 300.0
    assert int(megabytes) < 150

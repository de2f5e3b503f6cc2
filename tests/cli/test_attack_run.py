"""cli/attack_run.py: real worker processes; one or two of them make the same folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from fake_attack_pool import processes

from earwitness.cli.attack_run import Wish, find_reals, make
from earwitness.cli.exit_codes import ExitCode


@pytest.mark.usefixtures("fake_generators")
def test_two_processes_make_what_one_makes(tmp_path: Path, speech_like: Callable[..., np.ndarray]) -> None:
    real = tmp_path / "real"
    real.mkdir()
    for number in range(4):
        soundfile.write(real / f"{number}.wav", speech_like(2.5, seed=number), 16_000)
    made = []
    for jobs in (1, 2):
        out = tmp_path / f"out{jobs}"
        wish = Wish(real=str(real), out=str(out), jobs=jobs, quiet=True, channels="phone")
        assert make(wish, processes) is ExitCode.NOTHING_FOUND
        made.append({p.relative_to(out): p.read_bytes() for p in out.rglob("*") if p.is_file()})
    assert made[0] == made[1]
    assert len(made[0]) == 8 + 4


def test_names_do_not_depend_on_where_the_folder_lies(
    tmp_path: Path, speech_like: Callable[..., np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    soundfile.write(tmp_path / "a/b/c.wav", speech_like(2.0), 16_000)
    monkeypatch.chdir(tmp_path)
    for place in ("a", "./a/", str(tmp_path / "a")):
        assert [(one.name, one.licence) for one in find_reals(place, "CC0")] == [("b/c.wav", "CC0")]
    [single] = find_reals("a/b/c.wav", None)
    assert (single.name, single.licence) == ("c.wav", "unknown")

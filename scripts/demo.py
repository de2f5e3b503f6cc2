"""What ``make demo`` runs: judge every recording in samples/, show it, and write a report page each.

The verdicts do not change how this script ends; only an error (exit code 2 of ``earwitness check``) does.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AUDIO = {".flac", ".m4a", ".mp3", ".ogg", ".opus", ".wav"}
ERROR = 2


def main() -> int:
    recordings = sorted(path for path in (ROOT / "samples").iterdir() if path.suffix in AUDIO)
    if not recordings:
        print("samples/ holds no recording", file=sys.stderr)
        return 1
    pages = ROOT / "demo-report"
    pages.mkdir(exist_ok=True)
    program = Path(sys.executable).with_name("earwitness")
    command = [
        str(program),
        "check",
        "--html",
        str(pages),
        *(str(path.relative_to(ROOT)) for path in recordings),
    ]
    print(f"$ earwitness check {' '.join(command[4:])}\n", flush=True)
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    if code == ERROR or code < 0:
        print(f"earwitness check ended with exit code {code}", file=sys.stderr)
        return 1
    print("\nReports with waveform, spectrogram and time line, for a browser:")
    for page in sorted(pages.glob("*.html")):
        print(f"  {page.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

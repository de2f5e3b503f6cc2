"""Install the base package into a new environment and weigh its site-packages.

    python3 scripts/measure_install.py [--limit-mb 350]

Counts what EarWitness brings: everything in site-packages but pip and setuptools, which belong to
the environment. 1 MB = 1,000,000 bytes of file content, compiled .pyc files included.
Ends with 1 when the limit is passed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import venv
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT_ITSELF = ("pip", "setuptools", "pkg_resources", "_distutils_hack", "distutils-precedence")
MB = 1_000_000


def weigh(site_packages: Path) -> Counter[str]:
    """Bytes per top-level entry of site-packages."""
    sizes: Counter[str] = Counter()
    for path in site_packages.rglob("*"):
        top = path.relative_to(site_packages).parts[0]
        if path.is_file() and not path.is_symlink() and not top.startswith(ENVIRONMENT_ITSELF):
            sizes[top] += path.stat().st_size
    return sizes


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--limit-mb", type=float, default=350.0)
    limit: float = parser.parse_args().limit_mb
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder, "bin", "python")
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(ROOT)], check=True
        )
        (site_packages,) = Path(folder).glob("lib/python*/site-packages")
        sizes = weigh(site_packages)
    for name, size in sizes.most_common(12):
        print(f"{size / MB:8.1f} MB  {name}")
    total = sum(sizes.values()) / MB
    print(f"{total:8.1f} MB  total (limit {limit:.0f} MB)")
    return int(total > limit)


if __name__ == "__main__":
    sys.exit(main())

"""``python -m earwitness``: the same program as ``earwitness``, for where its folder is not on the PATH."""

from __future__ import annotations

from importlib.metadata import distribution

__all__: list[str] = []


def _run() -> None:
    # By the entry point: core knows nothing of what stands above it.
    [program] = distribution("earwitness").entry_points.select(group="console_scripts", name="earwitness")
    program.load()()


if __name__ == "__main__":
    _run()

"""The walk, run ahead in a thread: totals for the time left, in bounded memory."""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Iterable
from dataclasses import astuple

from earwitness.cli.scan_walk import Candidate

__all__ = ["Plan"]


class Plan:
    """Candidates in the order of the walk, spooled to a temporary file until they are taken.

    The walk is fast and the checks are slow, so the whole list of a large folder is known long
    before the scan ends; a million names would not fit well in memory. Use as a context manager.
    """

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        self._candidates = candidates
        self._spool = tempfile.TemporaryFile("w+b")  # noqa: SIM115 (closed in __exit__)
        self._changed = threading.Condition()
        self._read_at = self._written = 0
        self._files = self._bytes = 0
        self._complete = self._stopped = False
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._fill, name="earwitness-walk", daemon=True)
        self._thread.start()

    def __enter__(self) -> Plan:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped = True
        self._thread.join()
        self._spool.close()

    @property
    def files(self) -> int:
        """Candidates found so far."""
        return self._files

    @property
    def total_bytes(self) -> int:
        """Their sizes together, bytes."""
        return self._bytes

    @property
    def complete(self) -> bool:
        """True once the walk has ended: the totals are final."""
        return self._complete

    def next(self, wait_s: float = 0.0) -> Candidate | None:
        """The next candidate; None if there is none within ``wait_s`` or, when ``complete``, none left.

        Raises what the walk raised.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._read_at < self._written or self._complete, wait_s)
            if self._failure is not None:
                raise self._failure
            if self._read_at >= self._written:
                return None
            self._spool.seek(self._read_at)
            line = self._spool.readline()
            self._read_at += len(line)
        return Candidate(*json.loads(line))

    def _fill(self) -> None:
        try:
            for candidate in self._candidates:
                if self._stopped:
                    break
                line = json.dumps(astuple(candidate)).encode() + b"\n"
                with self._changed:
                    self._spool.seek(self._written)
                    self._spool.write(line)
                    self._written += len(line)
                    self._files += 1
                    self._bytes += candidate.size
                    self._changed.notify_all()
        except BaseException as error:  # noqa: BLE001 (handed to the thread that asks for the next one)
            self._failure = error
        with self._changed:
            self._complete = True
            self._changed.notify_all()

"""Settings of the API, from the environment: this class is also their documentation."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from earwitness.errors import UsageError
from earwitness.spoken_text import MAX_CHARACTERS
from earwitness.workers import cpu_count

__all__ = ["PREFIX", "Settings", "names_in"]

PREFIX = "EARWITNESS_"


def names_in(text: str) -> tuple[str, ...]:
    """Names separated by commas, each once, in their order."""
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


class Settings(BaseModel):
    """Each field is read from ``EARWITNESS_<FIELD>``, e.g. ``EARWITNESS_MAX_UPLOAD_BYTES``."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    jobs: int = Field(default_factory=cpu_count, ge=1)
    """Checks that run at once, each in a process of its own. Default: the CPUs of this machine."""
    queue: int = Field(default=16, ge=0)
    """Requests that may wait for a free process; one more is answered 503 with Retry-After."""
    max_upload_bytes: int = Field(default=512 * 1024 * 1024, ge=1)
    """Largest file that is taken, bytes; more is answered 413."""
    max_seconds: float | None = Field(default=None, gt=0)
    """Longest recording that is judged, seconds. Default: the limit of ``earwitness check``."""
    upload_timeout_s: float = Field(default=300.0, gt=0)
    """An upload that takes longer is answered 408: a stalled client must not hold a place."""
    check_timeout_s: float = Field(default=300.0, gt=0)
    """A check that takes longer is stopped, its process with it."""
    mark_keys: str = ""
    """Names of the private keys that requests may mark with, separated by commas. Default: none, because
    whoever reaches the server could mark in your name; the published signpost is always there."""
    mark_record: bool = False
    """Keep a record in the registry of everything that is marked. Default: no."""
    mark_credentials: bool = False
    """Sign everything that is marked with the only certificate of the user the server runs as. Formats that
    cannot hold Content Credentials are answered without; a record keeps them. Default: no."""
    read_keys: Literal["signposts", "all"] | None = None
    """Keys whose marks checks and verifications read: signposts (the published ones) or all (this user's
    private keys too). Default: all under ``earwitness serve`` on this machine's own address, otherwise
    signposts, because whoever may ask without end whether a private mark is still there learns to remove it.
    A key in ``mark_keys`` tells those who mark with it that its mark is there already."""
    schemes: str = "default"
    """Names of the watermark schemes that requests may ask for, separated by commas. Default: our own alone,
    because the schemes of others load networks of a gigabyte of memory into each process."""
    generations: bool | None = None
    """Answer POST /v1/generations, which speaks texts. Default: yes under ``earwitness serve`` on this
    machine's own address, otherwise no, because a long text keeps a process busy for minutes."""
    generate_with: str = "transformer"
    """Names of the speech generators that requests may ask for, separated by commas; the first is the
    default."""
    max_text: int = Field(default=2_000, ge=1, le=MAX_CHARACTERS)
    """Longest text that is spoken, characters (about two minutes of speech)."""
    registry: str | None = None
    """The registry that ``mark_record`` adds to and the two settings below publish from: a file, or a
    postgresql:// address. Default: that of the user the server runs as."""
    resolver: bool = False
    """Answer the C2PA Soft Binding Resolution API under /v1/c2pa. Default: no, because it gives the Content
    Credentials that the registry keeps to whoever asks."""
    records: Literal["off", "public", "all"] = "off"
    """What GET /v1/records/{id} tells: nothing (off); what was made, when, with what and signed by whom
    (public); also marks and labels, which may name persons (all)."""
    temp_dir: Path | None = None
    """Where uploads lie while they are checked. Default: the system's folder for temporary files."""

    @property
    def signposts_only(self) -> bool:
        """True unless private keys were asked for."""
        return self.read_keys != "all"

    @property
    def offered_keys(self) -> frozenset[str]:
        """The names in ``mark_keys``."""
        return frozenset(names_in(self.mark_keys))

    @property
    def offered_schemes(self) -> tuple[str, ...]:
        """The names in ``schemes``."""
        return names_in(self.schemes)

    @property
    def offered_generators(self) -> tuple[str, ...]:
        """The names in ``generate_with``."""
        return names_in(self.generate_with)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """Read the settings; empty variables count as not set.

        Raises UsageError that names the variable when a value makes no sense.
        """
        environment = os.environ if environment is None else environment
        values = {
            field: environment[PREFIX + field.upper()]
            for field in cls.model_fields
            if environment.get(PREFIX + field.upper())
        }
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            first = error.errors()[0]
            raise UsageError(
                f"{first['msg']} (it is {first['input']!r}).", subject=PREFIX + str(first["loc"][0]).upper()
            ) from None

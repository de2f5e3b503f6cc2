"""``earwitness attack``: training material for detectors, made from recordings of people."""

from __future__ import annotations

from typing import Annotated

import typer

from earwitness.cli.options import Quiet
from earwitness.errors import UsageError

__all__ = ["attack"]

FORMATS = ("flac", "wav")


def attack(
    real: Annotated[
        str,
        typer.Argument(
            metavar="REAL",
            help="A folder of recordings of people, or a table of them (.tsv: path, corpus, speaker, "
            "language, licence).",
        ),
    ],
    out: Annotated[str, typer.Option("--out", metavar="FOLDER", help="Where the attacks go.")],
    licence: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="Licence of the recordings, where the table names none."),
    ] = None,
    hours: Annotated[
        float | None,
        typer.Option(metavar="H", min=0.0, help="Stop after so many hours of real speech. Default: all."),
    ] = None,
    families: Annotated[
        str | None,
        typer.Option(metavar="LIST", help="Only generators of these families, e.g. gan,vae. Default: all."),
    ] = None,
    engines: Annotated[
        str | None,
        typer.Option(metavar="LIST", help="Only these generators (`earwitness generate --list`)."),
    ] = None,
    partial: Annotated[
        float,
        typer.Option(
            metavar="SHARE", min=0.0, max=1.0, help="Share of recordings that are replaced in parts only."
        ),
    ] = 0.3,
    channels: Annotated[
        str,
        typer.Option(metavar="none|light|phone|all", help="What happens to attack and twin on their way."),
    ] = "all",
    noises: Annotated[
        str | None,
        typer.Option(metavar="FOLDER", help="Recorded noises for the channels. Default: made ones only."),
    ] = None,
    consent: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER",
            help="Recordings of people with their consent files: attacks in their voices too.",
        ),
    ] = None,
    ending: Annotated[str, typer.Option("--format", metavar="flac|wav", help="Of the files.")] = "flac",
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", metavar="N", min=0, help="Processes. Default (0): one a core.")
    ] = 0,
    seed: Annotated[
        int, typer.Option(metavar="N", min=0, help="The same seed makes the same folder again.")
    ] = 0,
    restart: Annotated[
        bool, typer.Option("--restart", help="Remove what was made before and begin anew.")
    ] = False,
    parquet: Annotated[
        bool, typer.Option("--parquet", help="The manifest as a Parquet file too (needs pyarrow).")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Make attacks on detectors out of real speech, each beside its untouched twin.

    For each recording (long ones in stretches of up to 20 s) a family and one of its generators are drawn,
    and what it does: remake the recording, turn it into another voice, or speak another text; for the whole,
    or for parts of it with exact times. Attack and twin then get the same channel, level, length and
    bandwidth. All of it follows from the seed and the names of the recordings: the number of processes and
    interruptions change nothing, and the same command goes on where it stopped.

    The attacks are unmarked, because detectors must learn from unmarked speech: they stay in a folder that
    says what it is. `manifest.jsonl` names every file, `audit.json` says whether trivial features tell the
    classes apart. Other people's recorded voices are used only with their consent.

    Examples:

    - `earwitness attack recordings/ --out attacks/ --licence "CC BY 4.0"`
    - `earwitness attack corpus.tsv --out attacks/ --hours 20 --channels phone`
    - `earwitness attack recordings/ --out attacks/ --families gan,vae --partial 0.5 --jobs 2`

    Exit codes: 0 made, 2 an error (of any recording).
    """
    from earwitness.cli.attack_run import Wish, make
    from earwitness.generators.attacks.channel_plan import Channels

    if ending not in FORMATS:
        raise UsageError("attack material is kept without loss.", subject="--format", hint="flac or wav.")
    if channels not in {one.value for one in Channels}:
        raise UsageError(
            f"{channels!r} is not known.", subject="--channels", hint="none, light, phone or all."
        )
    wish = Wish(
        real=real, out=out, licence=licence, hours=hours, families=_list(families), engines=_list(engines),
        partial=partial, channels=channels, noises=noises, consent=consent, ending=ending, jobs=jobs,
        seed=seed, restart=restart, parquet=parquet, quiet=quiet,
    )  # fmt: skip
    raise typer.Exit(make(wish))


def _list(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())

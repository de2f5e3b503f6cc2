"""``earwitness generate``: speech from texts and recordings, always marked, but for attack material."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from earwitness.cli.options import Quiet
from earwitness.errors import UsageError

__all__ = ["generate"]


def generate(
    out: Annotated[
        str,
        typer.Argument(
            metavar="OUT", help="The file to make; - for standard output; a folder for several files."
        ),
    ] = "",
    text: Annotated[str | None, typer.Option(metavar="TEXT", help="Speak this text.")] = None,
    file: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Speak the text of this file (UTF-8); - for standard input."),
    ] = None,
    lines: Annotated[
        bool, typer.Option("--lines", help="With --file: a file a line, into the folder OUT.")
    ] = False,
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="REC", help="Remake this recording, or each one of this folder."),
    ] = None,
    to_voice: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|REF",
            help="With --from: into this voice; a recording of a person needs --consent.",
        ),
    ] = None,
    consent: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="The speaker's consent, see `earwitness consent --help`."),
    ] = None,
    sample: Annotated[
        float | None, typer.Option(metavar="SECONDS", help="Speech-like sound of nobody, about this long.")
    ] = None,
    count: Annotated[
        int, typer.Option(metavar="N", help="With --sample: so many, with one seed after the other.")
    ] = 1,
    generator: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Which generator (see --list). Default: transformer for texts and samples, gan for "
            "recordings, vae for other voices.",
        ),
    ] = None,
    voice: Annotated[
        str | None, typer.Option(metavar="NAME", help="One of the generator's voices. Default: its first.")
    ] = None,
    language: Annotated[
        str | None,
        typer.Option(
            metavar="CODE", help="Language of the text, e.g. en or de: picks a voice that speaks it."
        ),
    ] = None,
    vocoder: Annotated[
        str | None, typer.Option(metavar="gan|autoregressive", help="Where the generator has the choice.")
    ] = None,
    seed: Annotated[
        int, typer.Option(metavar="N", min=0, help="The same seed gives the same sound again.")
    ] = 0,
    ending: Annotated[
        str | None,
        typer.Option(
            "--format", metavar="ENDING", help="wav, flac, mp3, …: for - and for folders. Default: wav."
        ),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Also mark with this private key. Default: your only one, if there is just one.",
        ),
    ] = None,
    no_key: Annotated[bool, typer.Option("--no-key", help="Mark with the published signpost alone.")] = False,
    strength: Annotated[
        str, typer.Option(metavar="S", help="Of the mark: soft, default or strong.")
    ] = "default",
    require: Annotated[
        bool, typer.Option("--require", help="Refuse what could carry a weak mark only.")
    ] = False,
    record: Annotated[
        bool | None,
        typer.Option(
            "--record/--no-record", help="Keep a record in the registry. Default: if it can be done."
        ),
    ] = None,
    registry: Annotated[
        str | None, typer.Option(metavar="PLACE", help="A registry: a file or a postgresql:// address.")
    ] = None,
    credentials: Annotated[
        bool | None,
        typer.Option(
            "--credentials/--no-credentials",
            help="Sign with Content Credentials. Default: if there is one certificate.",
        ),
    ] = None,
    certificate: Annotated[
        str | None, typer.Option(metavar="NAME", help="Sign with this certificate.")
    ] = None,
    tsa: Annotated[
        str | None,
        typer.Option(
            metavar="URL", envvar="EARWITNESS_TSA", help="Time-stamp authority (RFC 3161) for the signature."
        ),
    ] = None,
    label: Annotated[
        list[str] | None,
        typer.Option(
            "--label",
            metavar="REGIME",
            help="Write metadata labels for eu, california or china; may be repeated. Needs --producer.",
        ),
    ] = None,
    producer: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who made it, as labels say (China: the code).")
    ] = None,
    disclose: Annotated[
        str | None,
        typer.Option(
            metavar="tone|FILE",
            help='Begin with an audible notice: the rhythm "AI" in Morse code, or a sound file.',
        ),
    ] = None,
    attack: Annotated[
        bool,
        typer.Option(
            "--attack",
            help="Unmarked speech to train detectors with, into a folder OUT that says what it is.",
        ),
    ] = False,
    plot: Annotated[
        Path | None, typer.Option(metavar="PICTURE", help="Also draw its spectrogram into this .png file.")
    ] = None,
    list_: Annotated[
        bool,
        typer.Option("--list", help="Show the generators: what they do, voices, licence, or why not here."),
    ] = False,
    json: Annotated[
        bool, typer.Option("--json", help="The record as one JSON object a file, a line each.")
    ] = False,
    restart: Annotated[
        bool, typer.Option("--restart", help="A folder: make also what was made before.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Make speech. All of it carries the published mark that says "AI-generated" to all with EarWitness.

    Beside it: the mark of your private key if there is one, and with the extra `provenance` a record in your
    registry and signed Content Credentials, as `earwitness mark` has them. OUT is whole, its marks were read
    back from it, or it is not touched at all. Speech too short to hold a mark (under about half a second) is
    refused. In a folder, what was made before is skipped, so the same command goes on after an interruption;
    `generated.jsonl` in it holds what was done.

    With `--attack` the speech is unmarked, because detectors must learn from unmarked speech: only into a
    folder of its own, with a notice and a manifest of every file, in WAV or FLAC.

    Examples:

    - `earwitness generate --text "Good morning." morning.wav`
    - `earwitness generate --file chapter.txt chapter.mp3 --voice NAME --plot chapter.png`
    - `earwitness generate --file prompts.txt --lines prompts/ --format flac`
    - `echo "Hello there, how are you?" | earwitness generate --file - - | aplay`
    - `earwitness generate --from call.wav remade.wav --generator gan`
    - `earwitness generate --from call.wav other.wav --to-voice ref.wav --consent ada.json`
    - `earwitness generate --file prompts.txt --lines --attack material/ --generator transformer`
    - `earwitness generate --list`

    Exit codes: 0 made and read back, 2 an error (of any file).
    """
    if list_:
        from earwitness.cli.generators_table import show_generators

        show_generators(as_json=json)
        return
    if not out:
        raise UsageError("OUT is needed.", hint="See earwitness generate --help.")
    if key is not None and no_key:
        raise UsageError("--key and --no-key contradict each other.", subject="--no-key")
    from earwitness.cli.generate_jobs import Wish
    from earwitness.cli.generate_run import GenerateRun, thread_count
    from earwitness.cli.generate_show import GenerateShow
    from earwitness.cli.stdin import STDIN
    from earwitness.labels import Regime
    from earwitness.publish_steps import Steps

    wish = Wish(
        text=text, file=file, lines=lines, source=source, to_voice=to_voice, consent=consent, sample=sample,
        count=count, generator=generator, voice=voice, language=language, vocoder=vocoder, seed=seed,
        ending=_ending(ending, out, attack=attack), attack=attack,
    )  # fmt: skip
    steps = Steps(
        record=record, registry=registry, credentials=credentials, certificate=certificate, time_stamps=tsa,
        labels=tuple(dict.fromkeys(Regime.parse(one) for one in label or ())), producer=producer,
        disclose=disclose,
    )  # fmt: skip
    if attack:
        _refuse_marking(steps, key)
    run = GenerateRun(
        steps=steps, key=False if no_key else key, strength=strength, require=require, plot=plot,
        threads=thread_count(), restart=restart,
        show=GenerateShow(json=json, quiet=quiet, streaming=out == STDIN),
    )  # fmt: skip
    raise typer.Exit(run.run(wish, out))


def _ending(given: str | None, out: str, *, attack: bool) -> str:
    """The ending of files whose name is not OUT, without its dot. Raises UsageError."""
    from earwitness.encode_plan import ENDINGS

    ending = "wav" if given is None else given.lower().lstrip(".")
    if f".{ending}" not in ENDINGS:
        known = " ".join(sorted(one.lstrip(".") for one in ENDINGS))
        raise UsageError(f"{ending!r} is not known.", subject="--format", hint=f"Known: {known}")
    if attack:
        from earwitness.attack_material import FORMATS

        if ending not in FORMATS:
            raise UsageError(
                "attack material is kept without loss.",
                subject="--format",
                hint=f"Choose {' or '.join(FORMATS)}.",
            )
    suffix = Path(out).suffix.lower().lstrip(".")
    if given is not None and not attack and f".{suffix}" in ENDINGS and suffix != ending:
        raise UsageError(
            f"OUT ends in .{suffix}, which tells the format already.",
            subject="--format",
            hint="Leave it out.",
        )
    return ending


def _refuse_marking(steps: object, key: str | None) -> None:
    from earwitness.cli.mark_run import told
    from earwitness.publish_steps import Steps

    assert isinstance(steps, Steps)
    asked = [
        name for name, value in told(steps).items() if value not in (None, False) and name != "time_stamps"
    ]
    if asked or key is not None:
        raise UsageError(
            "attack material carries no mark, record, credentials or label.",
            subject="--attack",
            hint="Leave those options out, or leave --attack out.",
        )

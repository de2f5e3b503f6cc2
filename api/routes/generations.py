"""``POST /v1/generations``: a text in, marked speech out. There is no way to ask for unmarked speech."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from starlette.concurrency import run_in_threadpool

from earwitness.api.bodies import media_kind, receive_small
from earwitness.api.intake import refuse_query
from earwitness.api.marked_file import MarkedFile, answer_of, marked_answer
from earwitness.api.problems import (
    BadFieldError,
    BadUploadError,
    GeneratorNotOfferedError,
    KeyNotOfferedError,
    NotReadyError,
    UnsupportedMediaTypeError,
    UploadTimeoutError,
    responses,
)
from earwitness.api.runner import CheckRunner
from earwitness.api.settings import Settings
from earwitness.encode_plan import ENDINGS
from earwitness.errors import (
    CannotHoldMarkError,
    CertificateExpiredError,
    DecodeTimeoutError,
    InputTooLargeError,
    KeyFileError,
    KeyNotFoundError,
    KeyRevokedError,
    MarkNotReadBackError,
    MissingDependencyError,
    ModelError,
    NotOfferedError,
    PluginError,
    RecordConflictError,
    RegistryBusyError,
    ServerBusyError,
    TextError,
    VoiceError,
    WorkerDiedError,
)
from earwitness.generate_tasks import GenerateTask
from earwitness.marks import Strength

__all__ = ["Generation", "router"]

router = APIRouter(prefix="/v1", tags=["generations"])

_ROOM = 8192  # bytes of the body beside the text
_BYTES_A_CHARACTER = 12  # the longest JSON has: two escaped surrogates
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class Generation(BaseModel):
    """What is to be spoken, and how."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    text: str = Field(examples=["Good morning, and welcome to the museum."])
    """What to speak: plain text, in a language of the generator."""
    generator: Name | None = Field(default=None, examples=["transformer"])
    """One of those that this server offers (EARWITNESS_GENERATE_WITH). Default: the first of them."""
    voice: Name | None = None
    """One of the generator's voices. Default: its first."""
    language: Name | None = Field(default=None, examples=["en"])
    """Language of the text: refuses a generator that does not speak it, and picks a voice that does."""
    vocoder: Name | None = Field(default=None, examples=["gan"])
    """"gan" or "autoregressive", where the generator has the choice."""
    seed: int = Field(default=0, ge=0, lt=2**53)
    """The same request with the same seed gives the same sound again (the mark differs)."""
    format: Annotated[str, StringConstraints(pattern=r"^\.?[A-Za-z0-9]{1,5}$")] = Field(
        default="wav", examples=["mp3"]
    )
    """Ending of a file name that tells the format: wav, flac, mp3, m4a, ogg, opus, …"""
    key: Name | None = None
    """A private key that this server offers (EARWITNESS_MARK_KEYS), to mark with beside the signpost."""
    strength: Strength = Strength.DEFAULT
    """Of the mark."""
    require: bool = False
    """Refuse speech that could carry a weak mark only (under about 3 s)."""


_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": Generation.model_json_schema(),
                "examples": {
                    "short": {
                        "summary": "A text",
                        "value": {"text": "Good morning, and welcome to the museum."},
                    },
                    "long": {
                        "summary": "With everything chosen",
                        "value": {
                            "text": "Good morning, and welcome to the museum.",
                            "generator": "transformer",
                            "vocoder": "gan",
                            "seed": 7,
                            "format": "mp3",
                            "strength": "strong",
                        },
                    },
                },
            }
        },
    }
}
_ANSWER = answer_of("earwitness.generated/1", "how it was made, keys, record id, p-values, warnings")
_ERRORS = responses(
    BadUploadError,
    UploadTimeoutError,
    InputTooLargeError,
    UnsupportedMediaTypeError,
    BadFieldError,
    DecodeTimeoutError,
    WorkerDiedError,
    ServerBusyError,
    NotReadyError,
    TextError,
    VoiceError,
    NotOfferedError,
    GeneratorNotOfferedError,
    KeyNotOfferedError,
    KeyNotFoundError,
    KeyRevokedError,
    KeyFileError,
    MissingDependencyError,
    ModelError,
    PluginError,
    CannotHoldMarkError,
    MarkNotReadBackError,
    CertificateExpiredError,
    RecordConflictError,
    RegistryBusyError,
)


@router.post(
    "/generations",
    summary="Speak a text",
    response_class=MarkedFile,
    responses={200: _ANSWER, **_ERRORS},
    openapi_extra=_BODY,
)
async def create_generation(request: Request) -> MarkedFile:
    """Speech from a text, always with the published mark that says "AI-generated" to everybody.

    The file is answered once its marks were read back from it. Text too short for a mark that can be read
    (under about half a second of speech) is refused. The text is kept only while it is spoken; the record has
    its SHA-256.
    """
    runner: CheckRunner = request.app.state.runner
    settings: Settings = request.app.state.settings
    # A page in a browser can send other types across origins without asking first, this one not.
    if media_kind(request) != "application/json":
        raise UnsupportedMediaTypeError("Send a JSON object.", hint="Content-Type: application/json")
    refuse_query(request)
    runner.models()
    with runner.place():
        asked = await _asked(request, settings)
        folder = Path(await run_in_threadpool(tempfile.mkdtemp, prefix="speech-", dir=runner.folder))
        try:
            task = _task(asked, folder, settings)
            record = json.loads(await runner.generate(task))
            # Out of this request's folder, which goes away here, into the server's.
            kept = runner.folder / f"{folder.name}-{task.name}"
            await run_in_threadpool(Path(task.target).replace, kept)
        finally:
            await run_in_threadpool(shutil.rmtree, folder, ignore_errors=True)
    return marked_answer(kept, task.name, record)


async def _asked(request: Request, settings: Settings) -> Generation:
    body = await receive_small(
        request,
        max_bytes=_BYTES_A_CHARACTER * settings.max_text + _ROOM,
        timeout_s=settings.upload_timeout_s,
    )
    try:
        return Generation.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "the body"
        raise BadFieldError(f"{place}: {first['msg']}.") from None


def _task(asked: Generation, folder: Path, settings: Settings) -> GenerateTask:
    """Raises the errors for what this server does not offer."""
    offered = settings.offered_generators
    generator = asked.generator or next(iter(offered), "")
    if generator not in offered:
        raise GeneratorNotOfferedError(
            f"This server does not offer a generator {generator!r}.",
            hint="Its administrator names the generators in EARWITNESS_GENERATE_WITH.",
        )
    if asked.key is not None and asked.key not in settings.offered_keys:
        raise KeyNotOfferedError(
            f"This server does not mark with a key {asked.key!r}.",
            hint="Its administrator names the keys in EARWITNESS_MARK_KEYS.",
        )
    ending = "." + asked.format.lower().lstrip(".")
    if ending not in ENDINGS:
        raise BadFieldError(f"format: {asked.format!r} is not known; e.g. wav, flac, mp3, m4a, opus.")
    return GenerateTask(
        text=asked.text,
        target=str(folder / f"speech{ending}"),
        name=f"speech{ending}",
        generator=generator,
        voice=asked.voice,
        vocoder=asked.vocoder,
        language=asked.language,
        seed=asked.seed,
        key=asked.key,
        strength=str(asked.strength),
        require=asked.require,
        limit=settings.max_text,
        record=settings.mark_record,
        registry=settings.registry,
        credentials=settings.mark_credentials,
    )

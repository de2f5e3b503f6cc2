"""``/v1/c2pa``: the C2PA Soft Binding Resolution API, version 1.1.0, over this server's registry.

Names of paths, parameters and fields are the specification's. ``/matches/byReference``, which is optional
there, is left out: a server that fetches what strangers name can be sent anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field, ValidationError
from starlette.concurrency import run_in_threadpool

from earwitness.api.bodies import receive_file, receive_small
from earwitness.api.intake import UPLOAD_ERRORS
from earwitness.api.problems import QueryTooLongError, responses
from earwitness.api.runner import CheckRunner
from earwitness.api.settings import Settings
from earwitness.credentials import SoftBinding
from earwitness.errors import (
    InputTooLargeError,
    MissingDependencyError,
    RecordNotFoundError,
    RegistryBusyError,
    RegistryError,
    UsageError,
)
from earwitness.manifest_store import MEDIA_TYPE, active_manifest
from earwitness.resolve_task import ResolveTask, matches_dict

__all__ = ["PREFIX", "router"]

PREFIX = "/v1/c2pa"
MAX_QUERY_VALUE = 2048
MAX_BODY_BYTES = 128 * 1024
MAX_RESULTS = 100
_NO_STORE = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_ERRORS = responses(UsageError, RegistryError, RegistryBusyError, MissingDependencyError)


class Match(BaseModel):
    """Credentials that match."""

    manifestId: str  # noqa: N815 (the specification's name)
    """Of the active manifest; GET /manifests/{manifestId} gives it."""
    similarityScore: int | None = Field(default=None, ge=0, le=100)  # noqa: N815
    """How strong the match is. 100: the very soft binding or file; to 99: -10 times the decimal logarithm of
    the probability that other sound is as alike; 0: the mark leads there, but the sound is another one's.
    Absent where nothing could be compared."""


class QueryResult(BaseModel):
    """c2pa.softBindingQueryResult of the specification."""

    matches: list[Match]


class BindingQuery(BaseModel):
    """c2pa.softBindingQuery of the specification."""

    alg: str = Field(max_length=255)
    value: str


class Algorithm(BaseModel):
    """A soft binding algorithm."""

    alg: str = Field(examples=["org.earwitness.patchwork.1"])


class AlgorithmList(BaseModel):
    """c2pa.softBindingAlgList of the specification."""

    watermarks: list[Algorithm]
    fingerprints: list[Algorithm]


class _Route(APIRoute):
    """Answers queries that make no sense with 400, as the specification has it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        original = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                return await original(request)
            except RequestValidationError as error:
                first = error.errors()[0]
                raise UsageError(f"{first['msg']}.", subject=str(first["loc"][-1])) from None

        return handler


router = APIRouter(prefix=PREFIX, tags=["c2pa"], route_class=_Route)

Results = Annotated[
    int, Query(alias="maxResults", ge=1, description=f"Manifests to tell at most; {MAX_RESULTS} is the end.")
]
Alg = Annotated[str, Query(max_length=255, description="Name and version of the soft binding algorithm.")]
OptionalAlg = Annotated[str | None, Query(max_length=255, description="Look by this algorithm only.")]


@router.get(
    "/matches/byBinding",
    summary="Find credentials by a soft binding",
    response_model=QueryResult,
    response_model_exclude_none=True,
    responses={**responses(QueryTooLongError), **_ERRORS},
)
def query_by_binding(
    request: Request,
    alg: Alg,
    value: Annotated[str, Query(description="Base64: for our watermarks key id and payload, 8 bytes.")],
    most: Results = 10,
) -> dict[str, Any]:
    """Ids of the manifests whose record has this mark."""
    if len(value) > MAX_QUERY_VALUE:
        raise QueryTooLongError(f"value has more than {MAX_QUERY_VALUE} characters.", hint="Use POST.")
    return _by_binding(request, alg, value, most)


@router.post(
    "/matches/byBinding",
    summary="Find credentials by a large soft binding",
    response_model=QueryResult,
    response_model_exclude_none=True,
    responses={**responses(InputTooLargeError), **_ERRORS},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": BindingQuery.model_json_schema()}},
        }
    },
)
async def query_by_large_binding(request: Request, most: Results = 10) -> dict[str, Any]:
    """As GET, with `alg` and `value` in a JSON body."""
    settings: Settings = request.app.state.settings
    body = await receive_small(request, max_bytes=MAX_BODY_BYTES, timeout_s=settings.upload_timeout_s)
    try:
        query = BindingQuery.model_validate_json(body)
    except ValidationError as error:
        raise UsageError(f"{error.errors()[0]['msg']}.", subject="body") from None
    return await run_in_threadpool(_by_binding, request, query.alg, query.value, most)


@router.post(
    "/matches/byContent",
    summary="Find credentials by a recording",
    response_model=QueryResult,
    responses={**_ERRORS, **responses(*UPLOAD_ERRORS, UsageError)},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                kind: {"schema": {"type": "string", "format": "binary"}}
                for kind in ("audio/*", "video/*", "application/*")
            },
        }
    },
)
async def upload_file(
    request: Request,
    alg: OptionalAlg = None,
    most: Results = 10,
    hint_alg: Annotated[str | None, Query(alias="hintAlg", max_length=255)] = None,
    hint_value: Annotated[str | None, Query(alias="hintValue", max_length=MAX_QUERY_VALUE)] = None,
) -> Response:
    """The marks in the recording are read, and its sound is compared with that of the records.

    The body is the recording itself, no form. It is kept only while it is read. `hintAlg` and `hintValue`: a
    soft binding that you have read in it. Marks of private keys are read only where the server's
    administrator allows it (EARWITNESS_READ_KEYS).
    """
    runner: CheckRunner = request.app.state.runner
    settings: Settings = request.app.state.settings
    hint = _hint(hint_alg, hint_value)
    schemes, fingerprint = await run_in_threadpool(_chosen, alg, settings)
    runner.models()
    with runner.place():
        async with receive_file(
            request,
            max_bytes=settings.max_upload_bytes,
            timeout_s=settings.upload_timeout_s,
            folder=runner.folder,
        ) as path:
            task = ResolveTask(
                path=str(path),
                name="the recording",
                most=min(most, MAX_RESULTS),
                registry=settings.registry,
                schemes=schemes,
                fingerprint=fingerprint,
                hint=hint,
                signposts_only=settings.signposts_only,
                max_seconds=settings.max_seconds,
            )
            found = await runner.resolve(task)
    return Response(found, media_type="application/json", headers=_NO_STORE)


@router.get(
    "/manifests/{manifestId}",
    summary="Content Credentials by the id of their manifest",
    response_class=Response,
    responses={
        200: {"content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}},
        **_ERRORS,
        **responses(RecordNotFoundError),
    },
)
def get_manifest_by_id(
    request: Request,
    manifestId: str,  # noqa: N803 (the specification's name)
    only_active: Annotated[
        bool, Query(alias="returnActiveManifest", description="Leave the manifests of ingredients out.")
    ] = False,
) -> Response:
    """The whole manifest store whose active manifest has this id, as it was signed."""
    from earwitness.resolving import entry_of_manifest

    entry = entry_of_manifest(request.app.state.settings.registry, manifestId)
    if entry is None or entry.record.manifest is None:
        raise RecordNotFoundError("there is no manifest of this id here.", subject=manifestId[:80])
    store = active_manifest(entry.record.manifest) if only_active else entry.record.manifest
    return Response(store, media_type=MEDIA_TYPE, headers=_NO_STORE)


@router.get(
    "/services/supportedAlgorithms",
    summary="Which soft bindings can be asked about",
    response_model=AlgorithmList,
    responses=responses(MissingDependencyError),
)
def get_supported_bindings(request: Request) -> dict[str, Any]:
    """Watermarks by their value or in a recording, fingerprints of a recording."""
    from earwitness.resolving import supported

    found = supported(request.app.state.settings.offered_schemes)
    return {
        "watermarks": [{"alg": name} for name in found.watermarks],
        "fingerprints": [{"alg": name} for name in found.fingerprints],
    }


def _by_binding(request: Request, alg: str, value: str, most: int) -> dict[str, Any]:
    from earwitness.resolving import by_binding, parse_binding

    found = by_binding(request.app.state.settings.registry, parse_binding(alg, value))
    return matches_dict([(one.manifest_id, one.score) for one in found[: min(most, MAX_RESULTS)]])


def _hint(alg: str | None, value: str | None) -> SoftBinding | None:
    from earwitness.resolving import parse_binding

    if alg is None and value is None:
        return None
    if alg is None or value is None:
        raise UsageError("hintAlg and hintValue need each other.")
    return parse_binding(alg, value)


def _chosen(alg: str | None, settings: Settings) -> tuple[tuple[str, ...], bool]:
    """Schemes to read, and whether to look for the sound itself. Raises UsageError."""
    from earwitness.resolving import supported

    if alg is None:
        return settings.offered_schemes, True
    known = supported(settings.offered_schemes)
    if alg in known.fingerprints:
        return (), True
    schemes = tuple(one for one in settings.offered_schemes if alg in supported([one]).watermarks)
    if not schemes:
        names = ", ".join((*known.watermarks, *known.fingerprints))
        raise UsageError("this algorithm is not known here.", subject=alg, hint=f"Known: {names}.")
    return schemes, False

"""One error tree: every failure EarWitness can name, with its exit code and its HTTP status.

Callers print ``str(error)``: it names the file, says what is wrong and what to do about it.
The API turns the same object into ``application/problem+json`` (RFC 9457) through
``slug``, ``title`` and ``http_status``.
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "AudioDecodeError", "AudioError", "CannotHoldMarkError", "CertificateError",
    "CertificateExpiredError", "CertificateNotFoundError", "ConsentError", "CredentialError",
    "DecodeTimeoutError", "EarWitnessError", "EmptyAudioError", "EncryptedAudioError",
    "InputTooLargeError", "InputTooLongError", "KeyFileError", "KeyNotFoundError", "KeyRevokedError",
    "LabelError", "MarkKeyError", "MarkNotReadBackError", "MissingDependencyError", "ModelError",
    "NotAudioError", "NotOfferedError", "PluginError", "RecordConflictError", "RecordNotFoundError",
    "RegistryAbsentError", "RegistryBusyError", "RegistryError", "ServerBusyError", "SourceNotFoundError",
    "SourceUnreadableError", "TargetError", "TextError", "TimeStampError", "TrustListError", "UsageError",
    "VoiceError", "WorkerDiedError",
]  # fmt: skip


class EarWitnessError(Exception):
    """Base of all errors raised on purpose. ``subject`` is the file (or option) it is about."""

    exit_code: ClassVar[int] = 2
    http_status: ClassVar[int] = 500
    slug: ClassVar[str] = "error"
    title: ClassVar[str] = "EarWitness could not finish"

    def __init__(self, message: str, *, subject: str | None = None, hint: str | None = None) -> None:
        self.message = message
        self.subject = subject
        self.hint = hint
        super().__init__(self.__str__())

    def __str__(self) -> str:
        text = f"{self.subject}: {self.message}" if self.subject else self.message
        return f"{text} {self.hint}" if self.hint else text


class UsageError(EarWitnessError):
    """The command or request itself makes no sense (bad option, a URL where a file is wanted)."""

    http_status = 400
    slug = "usage"
    title = "The request cannot be understood"


class TextError(EarWitnessError):
    """A text that cannot be spoken: empty, too long, in an unknown language."""

    http_status = 422
    slug = "text"
    title = "The text cannot be spoken"


class VoiceError(EarWitnessError):
    """A voice that the generator does not have, or a reference recording that no voice can be taken from."""

    http_status = 422
    slug = "voice"
    title = "There is no such voice"


class NotOfferedError(EarWitnessError):
    """The generator cannot do what is asked: a vocoder asked to read a text."""

    http_status = 422
    slug = "not-offered"
    title = "The generator does not offer this"


class ConsentError(EarWitnessError):
    """A voice of a person may not be used: their consent is absent, expired, forged or for something else."""

    http_status = 403
    slug = "consent"
    title = "The speaker's consent is missing"


class SourceNotFoundError(EarWitnessError):
    """The path names nothing."""

    http_status = 404
    slug = "not-found"
    title = "No such file"


class SourceUnreadableError(EarWitnessError):
    """The path exists but cannot be read (permissions, a directory, an I/O error)."""

    http_status = 400
    slug = "unreadable"
    title = "The file cannot be read"


class AudioError(EarWitnessError):
    """Base of everything that can be wrong with a recording."""

    http_status = 422
    slug = "audio"
    title = "The audio cannot be judged"


class NotAudioError(AudioError):
    """The bytes are no audio or video format that is known."""

    http_status = 415
    slug = "not-audio"
    title = "This is not an audio file"


class EmptyAudioError(AudioError):
    """A file of zero bytes, or a container without a single sample of sound."""

    slug = "empty-audio"
    title = "There is no sound in the file"


class EncryptedAudioError(AudioError):
    """The stream is protected (DRM) and cannot be decoded."""

    slug = "encrypted-audio"
    title = "The audio is encrypted"


class AudioDecodeError(AudioError):
    """A known format whose content is broken before the first sample."""

    slug = "undecodable"
    title = "The audio cannot be decoded"


class InputTooLongError(AudioError):
    """The recording is longer than the limit in force."""

    slug = "too-long"
    title = "The recording is too long"


class InputTooLargeError(EarWitnessError):
    """The upload has more bytes than the limit in force."""

    http_status = 413
    slug = "too-large"
    title = "The upload is too large"


class DecodeTimeoutError(AudioError):
    """Decoding and judging took longer than the limit in force."""

    slug = "timeout"
    title = "The check took too long"


class CannotHoldMarkError(AudioError):
    """The audio is too short, too quiet or too narrow to carry a mark that can be read again."""

    slug = "cannot-hold-mark"
    title = "The audio cannot hold a mark"


class MarkNotReadBackError(AudioError):
    """The mark that was just put in could not be read back; nothing was handed out."""

    slug = "mark-not-read-back"
    title = "The mark could not be read back"


class MarkKeyError(EarWitnessError):
    """A mark key has a name or a form that cannot be used, or exists already."""

    http_status = 422
    slug = "mark-key"
    title = "The mark key cannot be used"


class KeyNotFoundError(MarkKeyError):
    """The key ring has no key of that name."""

    http_status = 404
    slug = "no-such-key"
    title = "There is no such mark key"


class KeyRevokedError(MarkKeyError):
    """The key was revoked: its marks can still be read, but it makes no new ones."""

    http_status = 409
    slug = "key-revoked"
    title = "The mark key was revoked"


class KeyFileError(MarkKeyError):
    """The key file is open to others, damaged, or cannot be read or written."""

    http_status = 500
    slug = "key-file"
    title = "The key file cannot be used"


class CertificateError(EarWitnessError):
    """A signing certificate, its chain or its private key has a form that cannot be used."""

    http_status = 422
    slug = "certificate"
    title = "The signing certificate cannot be used"


class CertificateNotFoundError(CertificateError):
    """There is no signing certificate of that name."""

    http_status = 404
    slug = "no-such-certificate"
    title = "There is no such signing certificate"


class CertificateExpiredError(CertificateError):
    """The chain is out of date (or not valid yet): it reads old signatures, but makes no new ones."""

    http_status = 409
    slug = "certificate-expired"
    title = "The signing certificate is out of date"


class CredentialError(EarWitnessError):
    """Content Credentials could not be made, or did not read back."""

    http_status = 422
    slug = "credentials"
    title = "The Content Credentials cannot be made"


class TimeStampError(CredentialError):
    """The time-stamp authority did not answer, or not with a time stamp."""

    http_status = 502
    slug = "time-stamp"
    title = "The time stamp could not be had"


class TrustListError(EarWitnessError):
    """A file holds no authorities that can be trusted, or the trust list has no such entry."""

    http_status = 422
    slug = "trust-list"
    title = "The trust list cannot be used"


class LabelError(EarWitnessError):
    """A label cannot be put into this file, or did not read back."""

    http_status = 422
    slug = "label"
    title = "The label cannot be written"


class RegistryError(EarWitnessError):
    """The registry is damaged, of a newer version, or no registry at all."""

    slug = "registry"
    title = "The registry cannot be used"


class RegistryAbsentError(RegistryError):
    """There is no registry at this place yet."""

    http_status = 404
    slug = "no-registry"
    title = "There is no registry yet"


class RegistryBusyError(RegistryError):
    """The registry's database does not answer, or others held it for too long."""

    http_status = 503
    slug = "registry-busy"
    title = "The registry does not answer"


class RecordNotFoundError(RegistryError):
    """The registry has no such record."""

    http_status = 404
    slug = "no-such-record"
    title = "There is no such record"


class RecordConflictError(RegistryError):
    """The registry has another record under this id, or for this mark."""

    http_status = 409
    slug = "record-conflict"
    title = "The record contradicts one that is there"


class TargetError(EarWitnessError):
    """The output cannot be written: its place, its format, or a full disk."""

    http_status = 400
    slug = "target"
    title = "The output cannot be written"


class ModelError(EarWitnessError):
    """Weights are missing, damaged or of another version than the code."""

    slug = "model"
    title = "A model cannot be used"


class PluginError(EarWitnessError):
    """An unknown or broken plug-in name."""

    slug = "plugin"
    title = "A plug-in cannot be used"


class MissingDependencyError(EarWitnessError):
    """An optional package is needed for what was asked."""

    http_status = 501
    slug = "missing-dependency"
    title = "An optional package is missing"


class WorkerDiedError(EarWitnessError):
    """The process that worked on the file was killed or crashed (out of memory, a decoder fault)."""

    slug = "worker-died"
    title = "The check crashed"


class ServerBusyError(EarWitnessError):
    """Every worker is busy and the queue is full."""

    http_status = 503
    slug = "busy"
    title = "The server is busy"

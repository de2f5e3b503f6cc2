"""core/errors.py: every class is exported, has its own slug, and says what it is about."""

from __future__ import annotations

import inspect
import pickle

import pytest

from earwitness import errors
from earwitness.errors import AudioError, EarWitnessError, NotAudioError

CLASSES = [
    cls
    for _, cls in inspect.getmembers(errors, inspect.isclass)
    if issubclass(cls, EarWitnessError) and cls.__module__ == errors.__name__
]


def test_every_class_is_exported_and_nothing_else() -> None:
    assert sorted(cls.__name__ for cls in CLASSES) == sorted(errors.__all__)


def test_slugs_and_titles_are_unique() -> None:
    assert len({cls.slug for cls in CLASSES}) == len(CLASSES)
    assert len({cls.title for cls in CLASSES}) == len(CLASSES)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_class_is_documented_and_its_codes_are_legal(cls: type[EarWitnessError]) -> None:
    assert cls.__doc__
    assert cls.exit_code == 2
    assert 400 <= cls.http_status <= 599
    assert cls.slug == cls.slug.lower()
    assert " " not in cls.slug


def test_message_names_the_subject_and_ends_with_the_hint() -> None:
    error = NotAudioError("this is a PDF.", subject="a.pdf", hint="Give a recording.")
    assert str(error) == "a.pdf: this is a PDF. Give a recording."
    assert (error.message, error.subject, error.hint) == ("this is a PDF.", "a.pdf", "Give a recording.")


def test_message_stands_alone_without_subject_and_hint() -> None:
    assert str(AudioError("nothing to hear")) == "nothing to hear"


def test_recording_errors_are_caught_by_one_class() -> None:
    with pytest.raises(AudioError):
        raise NotAudioError("no", subject="x")


def test_errors_survive_the_way_between_processes() -> None:
    """`earwitness scan --jobs` sends them back from its workers."""
    error = NotAudioError("this is a PDF.", subject="a.pdf", hint="Give a recording.")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is NotAudioError
    assert str(again) == str(error)
    assert (again.subject, again.hint) == ("a.pdf", "Give a recording.")

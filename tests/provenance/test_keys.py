"""provenance/keys.py: names to keys over their whole life, and no secret anywhere but in the file."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earwitness.errors import KeyFileError, KeyNotFoundError, KeyRevokedError, MarkKeyError
from earwitness.key_rings import KeyState, load_ring
from earwitness.provenance.keys import KeyRing, open_ring
from earwitness.provenance.signpost import SIGNPOST, key_id_of


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path / "config" / "keys.json", {})


def stored_secrets(ring: KeyRing) -> list[str]:
    return [entry["secret"] for entry in json.loads(ring.path.read_text())["keys"]]


def test_a_new_key_marks_and_reads(ring: KeyRing) -> None:
    info = ring.create("studio")
    key = ring.get("studio")
    assert (key.name, key.key_id, key.signpost) == ("studio", info.key_id, False)
    assert len(key.secret) == 32
    assert key.key_id == key_id_of(key.secret)
    assert key in ring.keys_for_reading()
    assert ring.info(info.key_id) == info
    assert info.proves


def test_two_keys_differ(ring: KeyRing) -> None:
    ring.create("one")
    ring.create("two")
    assert ring.get("one").secret != ring.get("two").secret


def test_file_and_folder_are_the_owners_alone(ring: KeyRing) -> None:
    ring.create("studio")
    assert ring.path.stat().st_mode & 0o777 == 0o600
    assert ring.path.parent.stat().st_mode & 0o777 == 0o700
    assert not [p for p in ring.path.parent.iterdir() if p.name.endswith(".part")]


def test_a_taken_name_is_refused(ring: KeyRing) -> None:
    ring.create("studio")
    before = ring.path.read_bytes()
    with pytest.raises(MarkKeyError, match="keys rotate studio"):
        ring.create("studio")
    assert ring.path.read_bytes() == before


@pytest.mark.parametrize("name", ["", "Studio", "a b", "../x", "-x", "x" * 65, "é", "signpost"])
def test_bad_names_are_refused(ring: KeyRing, name: str) -> None:
    with pytest.raises(MarkKeyError):
        ring.create(name)
    assert not ring.path.exists()


def test_rotating_keeps_the_old_key_for_reading(ring: KeyRing) -> None:
    old = ring.create("studio")
    new = ring.rotate("studio")
    assert ring.get("studio").key_id == new.key_id != old.key_id
    assert {key.key_id for key in ring.keys_for_reading("studio")} == {old.key_id, new.key_id}
    retired = ring.info(old.key_id)
    assert retired.state is KeyState.RETIRED
    assert retired.ended
    assert retired.proves


def test_revoking_keeps_reading_and_stops_marking(ring: KeyRing) -> None:
    old, new = ring.create("studio"), ring.rotate("studio")
    revoked = ring.revoke("studio", "laptop stolen")
    assert {info.key_id for info in revoked} == {old.key_id, new.key_id}
    with pytest.raises(KeyRevokedError, match="laptop stolen"):
        ring.get("studio")
    assert len(ring.keys_for_reading("studio")) == 2
    assert ring.info(new.key_id).state is KeyState.REVOKED
    assert not ring.info(new.key_id).proves
    assert ring.revoke("studio") == ()
    fresh = ring.rotate("studio")
    assert ring.get("studio").key_id == fresh.key_id
    assert ring.info(new.key_id).state is KeyState.REVOKED


def test_one_of_several_keys_can_be_revoked(ring: KeyRing) -> None:
    old, new = ring.create("studio"), ring.rotate("studio")
    ring.revoke("studio", key_id=old.key_id)
    assert ring.get("studio").key_id == new.key_id
    with pytest.raises(KeyNotFoundError, match="00000000"):
        ring.revoke("studio", key_id="00000000")


def test_unknown_names_are_told_with_the_known_ones(ring: KeyRing) -> None:
    ring.create("studio")
    for ask in (ring.get, ring.keys_for_reading, ring.rotate, ring.revoke, ring.export_public):
        with pytest.raises(KeyNotFoundError, match="Known: signpost, studio"):
            ask("stduio")
    with pytest.raises(KeyNotFoundError):
        ring.info("00000000")


def test_the_signpost_is_always_there_and_fixed(ring: KeyRing) -> None:
    assert ring.get("signpost") == SIGNPOST
    assert ring.keys_for_reading() == (SIGNPOST,)
    assert ring.info(SIGNPOST.key_id).state is KeyState.PUBLISHED
    assert not ring.info(SIGNPOST.key_id).proves
    for change in (ring.create, ring.rotate, ring.revoke):
        with pytest.raises(MarkKeyError):
            change("signpost")
    # Published marks must stay readable for ever: this id never changes.
    assert SIGNPOST.key_id == key_id_of(SIGNPOST.secret) == "193ff2e5"


def test_an_own_signpost_never_proves_anything_not_even_retired(ring: KeyRing) -> None:
    first = ring.create("our-sign", signpost=True)
    second = ring.rotate("our-sign")
    assert ring.get("our-sign").key_id == second.key_id
    assert ring.get("our-sign").signpost
    assert ring.info(first.key_id).state is KeyState.RETIRED
    assert not any(ring.info(key_id).proves for key_id in (first.key_id, second.key_id))


def test_public_descriptions_hold_no_secret_of_a_private_key(ring: KeyRing) -> None:
    ring.create("studio")
    ring.rotate("studio")
    ring.create("our-sign", signpost=True)
    shown = json.dumps(ring.export_public("studio")) + repr(ring.list()) + repr(ring.get("studio"))
    assert not any(secret in shown for secret in stored_secrets(ring))
    assert not any(repr(key.secret) in shown for key in ring.keys_for_reading("studio"))
    published = ring.export_public("our-sign")["keys"][0]
    assert published["secret"] == ring.get("our-sign").secret.hex()


def test_keys_from_the_environment(tmp_path: Path) -> None:
    ring = KeyRing(tmp_path / "keys.json", {"EARWITNESS_KEY_NIGHT_SHIFT": "ab" * 32 + "\n"})
    key = ring.get("night-shift")
    assert key.secret == bytes.fromhex("ab" * 32)
    assert ring.info(key.key_id).source == "environment"
    with pytest.raises(MarkKeyError, match="EARWITNESS_KEY_NIGHT_SHIFT"):
        ring.rotate("night-shift")
    with pytest.raises(MarkKeyError, match="already"):
        ring.create("night-shift")
    assert not (tmp_path / "keys.json").exists()


@pytest.mark.parametrize("value", ["xyz", "ab" * 15, "ab" * 16 + "a"])
def test_a_bad_variable_is_named_and_not_quoted(tmp_path: Path, value: str) -> None:
    with pytest.raises(MarkKeyError, match="EARWITNESS_KEY_STUDIO") as caught:
        KeyRing(tmp_path / "keys.json", {"EARWITNESS_KEY_STUDIO": value}).list()
    assert value not in str(caught.value)


def test_the_environment_goes_before_the_file(ring: KeyRing) -> None:
    in_file = ring.create("studio")
    both = KeyRing(ring.path, {"EARWITNESS_KEY_STUDIO": "cd" * 32})
    assert both.get("studio").secret == bytes.fromhex("cd" * 32)
    assert both.info(in_file.key_id).state is KeyState.RETIRED
    assert len(both.keys_for_reading("studio")) == 2


@pytest.mark.parametrize(
    "damage",
    [
        {"secret": "zz"},
        {"secret": 5},
        {"secret": "ab" * 8},
        {"key_id": "00000000"},
        {"state": "?"},
        {"name": 3},
    ],
)
def test_a_damaged_entry_is_named_without_its_secret(ring: KeyRing, damage: dict[str, object]) -> None:
    ring.create("studio")
    content = json.loads(ring.path.read_text())
    secret = content["keys"][0]["secret"]
    content["keys"][0] |= damage
    ring.path.write_text(json.dumps(content))
    with pytest.raises(KeyFileError, match="damaged") as caught:
        ring.list()
    assert secret not in str(caught.value)
    assert caught.value.__cause__ is None


def test_infos_have_times_and_no_secret_field(ring: KeyRing) -> None:
    info = ring.create("studio")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", info.created or "")
    assert "secret" not in {field.name for field in dataclasses.fields(info)}


def test_the_ring_is_found_by_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EARWITNESS_KEYS", str(tmp_path / "mine.json"))
    open_ring().create("studio")
    assert load_ring().get("studio").name == "studio"
    assert (tmp_path / "mine.json").exists()


@settings(max_examples=25)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["create", "rotate", "revoke"]), st.sampled_from("abc")), max_size=8
    )
)
def test_a_key_ring_after_any_life(
    steps: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever was done: ids are unique, a new ring reads the same, revoked keys never mark again."""
    path = tmp_path_factory.mktemp("ring") / "keys.json"
    ring = KeyRing(path, {})
    for what, name in steps:
        with contextlib.suppress(MarkKeyError):  # its kinds: taken, unknown, revoked
            getattr(ring, what)(name)
    known = [info for info in ring.list() if not info.signpost]
    assert len({info.key_id for info in known}) == len(known)
    assert KeyRing(path, {}).list() == ring.list()
    readable = {key.key_id for key in ring.keys_for_reading()}
    for info in known:
        assert info.key_id in readable  # also revoked ones: their marks are shown as such
    for name in {info.name for info in known}:
        try:
            key = ring.get(name)
        except MarkKeyError:
            continue
        assert ring.info(key.key_id).state is KeyState.ACTIVE

"""Sources of recordings: the list itself, and unpacking from a git repository and from a folder."""

import csv
import shutil
import subprocess
import tomllib
from collections.abc import Callable
from dataclasses import replace
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
import soundfile

from earwitness.detector.training.channels import trim
from earwitness.errors import SourceNotFoundError
from earwitness.eval.corpora import FAMILIES, MANIFEST_FIELDS, RATE, Corpus, corpora, main, unpack
from earwitness.eval.origins import open_origin, speakers
from earwitness.samples import Float32

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 123456\n"
MAY_NOT_TRAIN = ("NC", "ND", "none stated", "research", "video site")


def test_every_source_says_where_from_under_what_licence_and_on_which_side() -> None:
    table = tomllib.loads(resources.files("earwitness.eval").joinpath("corpora.toml").read_text("utf-8"))
    assert len(table) > 10
    for name, corpus in corpora().items():
        kind, _, rest = corpus.origin.partition(":")
        assert kind in ("github", "deb"), name
        assert rest, name
        assert corpus.role in ("train", "dev", "heldout", "noise"), name
        assert corpus.licence.strip(), name
        assert corpus.languages, name
        assert corpus.take > 0, name


def test_only_what_its_licence_allows_is_trained_on() -> None:
    training = [c for c in corpora().values() if c.role in ("train", "noise")]
    assert training
    assert [c.name for c in training if any(word in c.licence for word in MAY_NOT_TRAIN)] == []


def test_no_source_is_on_two_sides() -> None:
    sides: dict[str, set[str]] = {}
    for corpus in corpora().values():
        sides.setdefault(corpus.origin.partition("@")[0].lower(), set()).add(corpus.role)
    assert {origin: roles for origin, roles in sides.items() if len(roles) > 1} == {}


def test_every_expression_has_the_group_it_is_read_by() -> None:
    import re

    for corpus in corpora().values():
        re.compile(corpus.include)
        for expression in (corpus.speaker, corpus.language):
            assert expression is None or re.compile(expression).groups == 1, corpus.name


def corpus(**changes: object) -> Corpus:
    fields: dict[str, object] = {
        "name": "small", "origin": "github:somebody/voices", "include": r"^wav/.*\.wav$", "languages": ["xx"],
        "licence": "CC0", "role": "train", "take": 100, "speaker": r"wav/(\w+)-\d+\.wav$",
    }  # fmt: skip
    return Corpus(**{**fields, **changes})  # type: ignore[arg-type]


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=Nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false"]
    command = ["git", "-C", str(folder), *who, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def fill(folder: Path, speech_like: Callable[..., Float32]) -> None:
    """Ten good recordings of two speakers, four bad ones, and what does not belong."""
    (folder / "wav").mkdir(parents=True)
    for k in range(10):
        speaker = "anna" if k < 6 else "bert"
        sound = np.pad(speech_like(1.9, seed=k), 8_000)
        soundfile.write(folder / "wav" / f"{speaker}-{k}.wav", sound, RATE)
    (folder / "wav" / "anna-90.wav").write_text(POINTER, encoding="utf-8")
    (folder / "wav" / "anna-91.wav").write_bytes((folder / "wav" / "anna-0.wav").read_bytes()[:60])
    soundfile.write(folder / "wav" / "anna-92.wav", speech_like(0.5), RATE)
    soundfile.write(folder / "wav" / "anna-93.wav", np.zeros(40_000), RATE)
    (folder / "wav" / "anna-94.wav").write_bytes(b"")
    (folder / "README.md").write_text("wav/\n", encoding="utf-8")


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, speech_like: Callable[..., Float32]) -> Path:
    """A repository ``somebody+voices`` with one commit, and the same files as package ``voices``."""
    base = tmp_path_factory.mktemp("prepared") / "sources"
    clone = base / "somebody+voices"
    fill(clone, speech_like)
    git(clone, "init", "--quiet")
    git(clone, "add", ".")
    git(clone, "commit", "--quiet", "-m", "voices")
    fill(base / "voices", speech_like)
    return base


@pytest.fixture
def sources(prepared: Path, tmp_path: Path) -> Path:
    """A copy of ``prepared`` that a test may change."""
    return shutil.copytree(prepared, tmp_path / "sources")


def wav(sources: Path, origin: str = "github:somebody/voices") -> list[str]:
    return open_origin(origin, sources).paths(r"^wav/.*\.wav$")


KINDS = ("github:somebody/voices", "deb:voices")


@pytest.mark.parametrize("origin", KINDS)
def test_what_is_good_is_unpacked_and_what_is_damaged_is_left_out(
    sources: Path, tmp_path: Path, origin: str
) -> None:
    rows = unpack(corpus(origin=origin), sources, tmp_path / "out", seed=0)
    assert sorted(row["source_id"] for row in rows) == [
        *(f"wav/anna-{k}.wav" for k in range(6)),
        *(f"wav/bert-{k}.wav" for k in range(6, 10)),
    ]
    for row in rows:
        assert tuple(row) == MANIFEST_FIELDS
        assert row["speaker"] == "small/" + row["source_id"][4:8]
        assert (row["licence"], row["role"], row["language"]) == ("CC0", "train", "xx")
        sound, rate = soundfile.read(tmp_path / "out" / row["path"])
        assert rate == RATE
        assert 1.6 <= len(sound) / RATE <= 2.0, "the pauses at both ends are cut"


@pytest.mark.parametrize("origin", KINDS)
def test_choice_and_order_follow_from_the_seed(sources: Path, tmp_path: Path, origin: str) -> None:
    small = corpus(origin=origin, take=5)
    orders = [
        [row["source_id"] for row in unpack(small, sources, tmp_path / str(k), seed)]
        for k, seed in enumerate([0, 0, 1])
    ]
    assert len(orders[0]) == 5
    assert orders[0] == orders[1] != orders[2]


def test_no_speaker_gives_more_than_asked_for(sources: Path, tmp_path: Path) -> None:
    rows = unpack(corpus(per_speaker=2), sources, tmp_path / "out", seed=0)
    assert sorted(row["speaker"] for row in rows) == ["small/anna"] * 2 + ["small/bert"] * 2
    assert [row["path"] for row in rows] == [f"small/{k:05d}.flac" for k in range(4)]


def test_the_same_recording_twice_comes_once(sources: Path) -> None:
    clone = sources / "somebody+voices"
    (clone / "wav" / "copy-1.wav").write_bytes((clone / "wav" / "bert-9.wav").read_bytes())
    git(clone, "add", ".")
    git(clone, "commit", "--quiet", "-m", "copy")
    paths = wav(sources)
    assert len(paths) == 15
    assert len([path for path in paths if path in ("wav/copy-1.wav", "wav/bert-9.wav")]) == 1


def test_files_whose_content_is_absent_are_passed_over(sources: Path) -> None:
    """A partial mirror lists them all the same."""
    clone = sources / "somebody+voices"
    blob = git(clone, "rev-parse", "HEAD:wav/anna-0.wav")
    (clone / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    paths = wav(sources)
    assert len(paths) == 14
    assert "wav/anna-0.wav" not in paths


def test_a_revision_of_the_past_can_be_asked_for(sources: Path) -> None:
    clone = sources / "somebody+voices"
    before = git(clone, "rev-parse", "HEAD")
    git(clone, "rm", "--quiet", "-r", "wav")
    git(clone, "commit", "--quiet", "-m", "gone")
    assert wav(sources) == []
    assert len(wav(sources, f"github:somebody/voices@{before}")) == 15


@pytest.mark.parametrize("layout", ["repo/.git", "repo", ""])
def test_mirrors_of_every_layout_are_found(sources: Path, tmp_path: Path, layout: str) -> None:
    target = tmp_path / "mirrors" / "somebody+voices" / layout
    target.parent.mkdir(parents=True)
    (sources / "somebody+voices" / ".git").rename(target)
    assert len(wav(tmp_path / "mirrors")) == 15


@pytest.mark.parametrize("origin", ["github:nobody/nothing", "deb:nothing"])
def test_what_was_not_fetched_is_named(sources: Path, origin: str) -> None:
    with pytest.raises(SourceNotFoundError, match="nothing"):
        open_origin(origin, sources)


def test_expressions_look_inside_the_origin_only(tmp_path: Path, speech_like: Callable[..., Float32]) -> None:
    fill(tmp_path / "wav" / "voices", speech_like)
    (tmp_path / "wav" / "voices" / "other").mkdir()
    (tmp_path / "wav" / "voices" / "other" / "x.wav").write_bytes(b"")
    paths = open_origin("deb:voices", tmp_path / "wav").paths(r"wav/.*\.wav$")
    assert len(paths) == 15
    assert "other/x.wav" not in paths


def test_speakers_and_languages_are_read_from_paths() -> None:
    named = corpus(speaker=None, speaker_name="june", language="^([a-z]+)/")
    assert named.speaker_of("fr/1.wav") == "small/june"
    assert named.language_of("fr/1.wav") == "fr"
    assert named.language_of("1.wav") == "xx"
    assert corpus().speaker_of("elsewhere.wav") == "small/unknown"


def test_sex_is_what_the_path_says_and_else_unknown() -> None:
    named = corpus(women="/SF", men="/SM")
    assert [named.sex_of(path) for path in ("a/SF1.wav", "a/SM1.wav", "a/X1.wav")] == ["f", "m", ""]
    assert corpus().sex_of("a/SF1.wav") == ""


def test_speech_of_an_engine_is_entered_as_synthetic(sources: Path, tmp_path: Path) -> None:
    made = corpus(label="synthetic", system="Vendor neural", take=2)
    rows = unpack(made, sources, tmp_path / "out", seed=0)
    assert {(row["label"], row["family"], row["system"]) for row in rows} == {
        ("synthetic", "commercial", "Vendor neural")
    }
    known = unpack(replace(made, family="AR"), sources, tmp_path / "known", seed=0)
    assert {row["family"] for row in known} == {"AR"}


def test_speech_of_people_has_no_family_of_engines(sources: Path, tmp_path: Path) -> None:
    rows = unpack(corpus(take=2), sources, tmp_path / "out", seed=0)
    assert {(row["label"], row["family"], row["system"]) for row in rows} == {("human", "human", "human")}


def test_every_engine_is_named_and_its_family_is_one_of_the_list() -> None:
    for each in corpora().values():
        assert each.family in FAMILIES, each.name
        assert (each.system == "human") == (each.label == "human"), each.name


def test_what_may_be_used_to_judge_alone_is_in_no_training() -> None:
    for each in corpora().values():
        assert "evaluation only" not in each.licence or each.role == "heldout", each.name


TABLE = 'client_id\tpath\tsentence\n{0}\tanna-0.wav\t"open\n{1}\tclips/anna-1.wav\tclosed"\n'


@pytest.mark.parametrize("origin", KINDS)
def test_a_table_says_who_speaks_where_the_path_does_not(sources: Path, tmp_path: Path, origin: str) -> None:
    folder = sources / ("somebody+voices" if origin.startswith("github") else "voices")
    (folder / "tables").mkdir()
    (folder / "tables" / "valid.tsv").write_text(TABLE.format("c" * 128, "d" * 128), encoding="utf-8")
    (folder / "tables" / "lengths.tsv").write_text("clip\tms\nanna-2.wav\t9\n", encoding="utf-8")
    (folder / "tables" / "pointer.tsv").write_text(POINTER, encoding="utf-8")
    (folder / "other.tsv").write_text("client_id\tpath\nwrong\tbert-9.wav\n", encoding="utf-8")
    if origin.startswith("github"):
        git(folder, "add", ".")
        git(folder, "commit", "--quiet", "-m", "tables")
    assert speakers(open_origin(origin, sources), r"^tables/.*\.tsv$") == {
        "anna-0.wav": "c" * 16,
        "anna-1.wav": "d" * 16,
    }
    told = corpus(origin=origin, speaker=None, speaker_table=r"^tables/.*\.tsv$", per_speaker=1)
    rows = unpack(told, sources, tmp_path / "out", seed=0)
    # The two of the table, and one of all the others, whom nobody names.
    assert sorted(row["speaker"] for row in rows) == [
        f"small/{'c' * 16}",
        f"small/{'d' * 16}",
        "small/unknown",
    ]


@pytest.mark.parametrize("n", [0, 1, 319, 320, 1_000])
def test_trim_of_silence_and_of_very_short_clips(n: int) -> None:
    assert len(trim(np.zeros(n, np.float32))) == (n if n < 320 else n // 320 * 320)


def test_trim_cuts_both_ends_and_no_pause_between(noise: Callable[..., Float32]) -> None:
    voiced, pause = noise(0.2, level=0.2), np.zeros(6_400, np.float32)
    trimmed = trim(np.concatenate([pause, voiced, pause, voiced, pause]))
    assert np.array_equal(trimmed, np.concatenate([voiced, pause, voiced]))


def test_the_command_writes_one_manifest_and_names_what_is_missing(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = {
        "voices": corpus(name="voices", take=3),
        "packaged": corpus(name="packaged", origin="deb:voices", take=2, role="dev"),
        "absent": corpus(name="absent", origin="deb:absent"),
    }
    monkeypatch.setattr("earwitness.eval.corpora.corpora", lambda: listed)
    out = tmp_path / "out"
    assert main([str(out), "--sources", str(tmp_path / "elsewhere"), "--sources", str(sources)]) == 0
    with (out / "real.tsv").open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t"))
    assert [row["corpus"] for row in rows] == ["voices"] * 3 + ["packaged"] * 2
    assert [row["role"] for row in rows] == ["train"] * 3 + ["dev"] * 2
    assert all((out / row["path"]).is_file() for row in rows)
    assert "absent: skipped" in capsys.readouterr().err
    assert main([str(out), "--sources", str(sources), "--only", "packaged"]) == 0
    assert len((out / "real.tsv").read_text(encoding="utf-8").splitlines()) == 3

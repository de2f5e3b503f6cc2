"""Festival: joined diphones and units, and hidden Markov models, by the programs ``festival``, ``text2wave``.

Nothing is left to chance, so that the seed changes nothing.
"""

from __future__ import annotations

import re

from earwitness.errors import MissingDependencyError
from earwitness.generators.base import Family, Speech
from earwitness.generators.engines.base import Reader, reader_info
from earwitness.generators.engines.letters import in_letters
from earwitness.generators.engines.programs import Program, find_program
from earwitness.generators.engines.voices import Voice

__all__ = ["Festival", "open_festival"]

NAME = "festival"
_INSTALL = "Debian and Ubuntu: apt install festival festvox-kallpc16k"
_LICENCE = (
    "BSD-like, of the University of Edinburgh (program); voices: BSD-like, LGPL or GPL, a few for research "
    "only: see the package of each"
)
# Language and alphabet of voices whose names do not tell them.
_KNOWN = {
    "kal_diphone": ("en-us", "ascii"),
    "ked_diphone": ("en-us", "ascii"),
    "rab_diphone": ("en-gb", "ascii"),
    "don_diphone": ("en-gb", "ascii"),
    "el_diphone": ("es", "iso-8859-1"),
    "lp_diphone": ("it", "iso-8859-1"),
    "pc_diphone": ("it", "iso-8859-1"),
    "czech_ph": ("cs", "iso-8859-2"),
    "czech_dita": ("cs", "iso-8859-2"),
    "czech_krb": ("cs", "iso-8859-2"),
    "czech_machac": ("cs", "iso-8859-2"),
    "suo_fi_lj_diphone": ("fi", "iso-8859-1"),
    "hy_fi_mv_diphone": ("fi", "iso-8859-1"),
    "hindi_NSK_diphone": ("hi", "utf-8"),
    "marathi_NSK_diphone": ("mr", "utf-8"),
    "telugu_NSK_diphone": ("te", "utf-8"),
    "msu_ru_nsh_clunits": ("ru", "utf-8"),
    "upc_ca_ona_hts": ("ca", "iso-8859-15"),
}
_AMERICAN = re.compile(r"(?:cmu|nitech)_us_\w+")
_RATES = {"cmu_us_slt_arctic_hts": 32_000}
_FIRST = ("kal_diphone", "ked_diphone")


class Festival(Reader):
    """The engine. names: of its voices, as Festival has them, the default first."""

    def __init__(self, asked: Program, program: Program, names: list[str]) -> None:
        voices = [Voice(f"{_facts(one)[0]}-{one}", one, _facts(one)[0], _family(one)) for one in names]
        told = re.search(r"System: ([^:\s]+)", asked.ask("--version"))
        info = reader_info(
            NAME,
            voices,
            family=_family(names[0]),
            rate=_RATES.get(names[0], 16_000),
            licence=_LICENCE,
            version=told[1] if told else "",
        )
        super().__init__(info, voices)
        self._program = program

    def _speak(self, text: str, voice: Voice, seed: int) -> Speech:  # noqa: ARG002
        encoding = _facts(voice.own)[1]
        return self._program.speak(
            in_letters(text, encoding, NAME),
            lambda said, made: ["-eval", f"(voice_{voice.own})", "-o", made, said],
            encoding,
        )


def open_festival(*, vocoder: str | None = None, threads: int = 1) -> Festival:  # noqa: ARG001
    """See ``GeneratorFactory``. Offered are the installed voices whose language is known here."""
    asked = find_program(NAME, "festival", _INSTALL)
    program = find_program(NAME, "text2wave", _INSTALL)
    told = re.search(r"\(([\w\s]*)\)", asked.ask("--batch", '(format t "%l\\n" (voice.list))'))
    found = [one for one in sorted(told[1].split() if told else ()) if _is_known(one)]
    if not found:
        raise MissingDependencyError("it has no voice.", subject=NAME, hint=_INSTALL)
    known = [one for one in _FIRST if one in found]
    english = sorted(set(found) - set(known), key=lambda one: (not _facts(one)[0].startswith("en"), one))
    return Festival(asked, program, known + english)


def _is_known(voice: str) -> bool:
    return voice in _KNOWN or _AMERICAN.fullmatch(voice) is not None


def _facts(voice: str) -> tuple[str, str]:
    """Language and alphabet."""
    return _KNOWN.get(voice, ("en-us", "ascii"))


def _family(voice: str) -> Family:
    return Family.PARAMETRIC if voice.endswith(("_hts", "_cg")) else Family.CONCATENATIVE

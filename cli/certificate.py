"""``earwitness keys certificate ...``: the certificates that sign Content Credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from earwitness.provenance.identities import Identity

__all__ = ["certificate"]

HELP = """Make, import and renew the certificates that Content Credentials are signed with.

Examples:

- `earwitness keys certificate create studio --organization "Demo Lab" --trust`
- `earwitness keys certificate import press chain.pem key.pem`
- `earwitness keys certificate list`
- `earwitness keys certificate renew studio`
"""
EPILOG = """
A chain made here is for trying things out and for use inside a house: only those who add its root to their
trust list (`earwitness trust add`) see "trusted". For the public, get a certificate for C2PA claim signing
from an authority on the C2PA trust list and import it.

Each certificate lies with its private key in a file that only you can read, in the folder `certificates`
beside the key file (`EARWITNESS_KEYS`). Private keys are never printed.

**Exit codes**: 0 done, 2 an error.
"""

certificate = typer.Typer(
    no_args_is_help=True, rich_markup_mode="markdown", add_completion=False, epilog=EPILOG, help=HELP
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Lower-case letters, digits, dots, dashes.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of text.")]
Days = Annotated[int, typer.Option(metavar="N", help="Days that it is valid, 1 to 3650.")]


@certificate.command()
def create(
    name: Name,
    organization: Annotated[
        str, typer.Option(metavar="TEXT", help="Who signs: the organization in the certificate.")
    ],
    signer: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The signer's name in it. Default: NAME.")
    ] = None,
    days: Days = 365,
    trust: Annotated[bool, typer.Option("--trust", help="Also put its root on your own trust list.")] = False,
    json: AsJson = False,
) -> None:
    """Make a root, an issuer and a signing certificate with everything that C2PA asks for.

    Example: `earwitness keys certificate create studio --organization "Demo Lab" --trust`
    """
    from earwitness.provenance.identities import open_identities

    store = open_identities()
    made = store.create(name, signer=signer, organization=organization, days=days)
    if trust:
        _trust(made)
    told = "its root is on your trust list" if trust else f"its root: earwitness keys certificate root {name}"
    _done(made, f"Certificate {name} is valid until {made.info.ends[:10]}; {told}.", json)


@certificate.command("import")
def import_(
    name: Name,
    chain: Annotated[
        str,
        typer.Argument(metavar="CHAIN", help="PEM file: the signer's certificate first, then its issuers."),
    ],
    key: Annotated[str, typer.Argument(metavar="KEY", help="PEM file with its private key.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Take the place of the certificate of this name.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Keep a certificate chain and its key from elsewhere, if C2PA would take them.

    Example: `earwitness keys certificate import press chain.pem key.pem`
    """
    from earwitness.provenance.identities import open_identities, read_pem

    kept = open_identities().add(
        name, read_pem(chain), read_pem(key), chain_name=chain, key_name=key, replace=replace
    )
    _done(kept, f"Certificate {name} is valid until {kept.info.ends[:10]}. You may delete {key} now.", json)


@certificate.command()
def renew(name: Name, days: Days = 365, json: AsJson = False) -> None:
    """Make a new key and certificate below the same root, so that those who trust it go on doing so.

    Example: `earwitness keys certificate renew studio`
    """
    from earwitness.provenance.identities import open_identities

    fresh = open_identities().renew(name, days=days)
    _done(fresh, f"Certificate {name} is now valid until {fresh.info.ends[:10]}.", json)


@certificate.command("list")
def list_(json: AsJson = False) -> None:
    """List the certificates: whose, by whom, until when. Warns 30 days before one expires.

    Example: `earwitness keys certificate list --json | jq '.[].ends'`
    """
    from earwitness.cli.console import PatientConsole, write_json
    from earwitness.provenance.identities import open_identities

    found = open_identities().list()
    if json:
        write_json([_as_json(identity) for identity in found])
        return
    from rich.table import Table
    from rich.text import Text

    from earwitness.wording import clean

    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("Name", "Signer", "Organization", "Issued by", "Until"):
        table.add_column(heading)
    for identity in found:
        info = identity.info
        row = (identity.name, info.name, info.organization or "", info.issuer, info.ends[:10])
        table.add_row(*(Text(clean(value)) for value in row))
    PatientConsole().print(table)
    for identity in found:
        if warning := _warning(identity):
            PatientConsole(stderr=True).print(Text(clean(warning)), soft_wrap=True)


@certificate.command()
def root(name: Name) -> None:
    """Print the root of a chain as PEM: what others put on their trust list.

    Example: `earwitness keys certificate root studio > studio-root.pem`
    """
    from earwitness.provenance.identities import open_identities

    typer.echo(_root_pem(open_identities().get(name)), nl=False)


def _root_pem(identity: Identity) -> str:
    from earwitness.errors import CertificateError
    from earwitness.provenance.extra import needed

    with needed():
        from earwitness.provenance.certificates import to_pem
    if identity.root is None:
        raise CertificateError(
            "the root was not in the chain that was imported.",
            subject=identity.name,
            hint="Get it from its authority.",
        )
    return to_pem([identity.root])


def _trust(identity: Identity) -> None:
    from earwitness.provenance.trust import open_trust_list

    open_trust_list().add(identity.name, _root_pem(identity).encode("ascii"))


def _warning(identity: Identity) -> str | None:
    from earwitness.provenance.certificates import expiry_warning

    return expiry_warning(identity.chain, identity.remedy)


def _as_json(identity: Identity) -> dict[str, Any]:
    from dataclasses import asdict

    facts = {**asdict(identity.info), "signer": identity.info.name, "own": identity.own}
    return {**facts, "name": identity.name, "warning": _warning(identity)}


def _done(identity: Identity, sentence: str, as_json: bool) -> None:
    from earwitness.cli.console import write_json

    if as_json:
        write_json(_as_json(identity))
    else:
        typer.echo(sentence)

"""Documents for verifiers: those we issue, of every kind, and the published ones of others."""

from openedx_verifiable_credentials.core import status_list
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.status_list import ListForm
from tests import awards
from tests import signed

SIGNER = signed.signer()
OB30 = "vectors/ob30-1edtech-validator"
BLOCKCERTS = "vectors/blockcerts-v3"


def status_entries(count=1):
    """As every credential that we issue carries them: one, or two where it can be suspended."""
    forms = (ListForm.REVOCATION, ListForm.SUSPENSION)[:count]
    urls = {form: status_list.list_url("https://credentials.example.org", "6f2c1e0a", form) for form in forms}
    return [status_list.compose_entry(urls[form], 94567, form) for form in forms]


def ours():
    """Signed credentials, by name: each profile, each kind of award, with one status entry or two."""
    found = {}
    for profile in awards.PROFILES:
        for kind, make in (
            ("course", awards.full_award),
            ("program", awards.program_award),
            ("bare", awards.bare_award),
        ):
            count = 2 if kind == "program" else 1
            unsigned = signed.unsigned(make(), profile, SIGNER.method.controller, status=status_entries(count))
            found[f"{profile.id}-{kind}"] = signed.sign(unsigned, profile, SIGNER)
    return found


def without_proof(document):
    """What a proof covers."""
    return {name: value for name, value in document.items() if name != "proof"}


def presentation(*credentials, contexts=(v.CREDENTIALS_V2,)):
    """An unsigned presentation of ``credentials``."""
    return {
        "@context": list(contexts),
        "type": ["VerifiablePresentation"],
        "holder": "did:example:holder",
        "verifiableCredential": list(credentials),
    }

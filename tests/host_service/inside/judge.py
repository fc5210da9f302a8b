"""What DIDKit, and a second pipeline without it, say of obv3-vc1 credentials; ``given``: credentials."""
# ruff: noqa: F821  (given and result are put here by service.py)

import json

from openedx_verifiable_credentials.adapters import didkit
from openedx_verifiable_credentials.core import self_check
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.data import VerificationMethod
from openedx_verifiable_credentials.exceptions import SigningError


def judge(credential):
    did = credential["issuer"]["id"]
    key = did.removeprefix("did:key:")
    unsigned = {name: value for name, value in credential.items() if name != "proof"}
    method = VerificationMethod(f"{did}#{key}", did, key)
    try:
        self_check.require_good_release(
            json.dumps(credential).encode(), unsigned=unsigned, profile=OBV3_VC1, method=method
        )
        second = True
    except SigningError:
        second = False
    return [not didkit.verify(credential), second]


result([judge(credential) for credential in given["credentials"]])

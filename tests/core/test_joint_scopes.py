"""Objects of several types, each with a context of its own: their members have the meaning that every type gives."""

from __future__ import annotations

import itertools
import json
import time

import pytest

from openedx_verifiable_credentials.core import canonical
from openedx_verifiable_credentials.core import covered
from openedx_verifiable_credentials.exceptions import DocumentError
from tests import awards
from tests import signed
from tests import trees

ACHIEVEMENT = ("credentialSubject", "achievement")


@pytest.fixture(name="document", params=awards.PROFILES, ids=lambda profile: profile.id)
def make_document(request):
    """Without its proof."""
    document = json.loads(signed.released(awards.full_award(), request.param, signed.signer()))
    del document["proof"]
    return document


@pytest.mark.parametrize("types", list(itertools.permutations(["Achievement", "Profile", "Related"])))
@pytest.mark.parametrize("place", [ACHIEVEMENT, ("issuer",)])
def test_the_form_is_the_one_that_was_signed(document, types, place):
    document = trees.changed(document, (*place, "type"), list(types))
    assert covered.canonicalize_covered(document) == canonical.canonicalize(document)


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ((*ACHIEVEMENT, "neverDefined"), "x", "undefined_term"),
        ((*ACHIEVEMENT, "type"), ["Achievement", "Profile", "NeverDefined"], "undefined_term"),
        ((*ACHIEVEMENT, "id"), "relative", "relative_iri"),
        ((*ACHIEVEMENT, "name"), None, "uncovered_member"),
    ],
)
def test_what_is_not_covered_is_refused_all_the_same(document, path, value, code):
    document = trees.changed(document, (*ACHIEVEMENT, "type"), ["Achievement", "Profile"])
    covered.canonicalize_covered(document)
    with pytest.raises(DocumentError) as caught:
        covered.canonicalize_covered(trees.changed(document, path, value))
    assert caught.value.code == code


def test_they_must_be_small(document):
    """What reads them is slow; the bound is generous to a busy machine."""
    document = trees.changed(document, (*ACHIEVEMENT, "type"), ["Achievement", "Profile"])
    document = trees.changed(document, (*ACHIEVEMENT, "description"), "x" * 13_000)
    since = time.process_time()
    with pytest.raises(DocumentError) as caught:
        covered.canonicalize_covered(document)
    assert caught.value.code == "too_large"
    assert time.process_time() - since < 1

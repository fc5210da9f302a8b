"""``vc_update_issuer`` and ``vc_explain_issuer``: what an issuer is used for, and who signs for a certificate."""

import uuid

import pytest

from openedx_verifiable_credentials.api import issuers
from openedx_verifiable_credentials.models import Event
from openedx_verifiable_credentials.models import Issuer
from tests import rows
from tests import seed
from tests.commands.run import fails
from tests.commands.run import run

pytestmark = pytest.mark.django_db
NAME = "vc_update_issuer"
KEPT = ("slug", "did", "base_url", "organization_key", "site_id", "created")


@pytest.fixture
def academy(issuer):
    """AcademyX, beside the default."""
    run("vc_create_issuer", "--name", "The Academy", "--slug", "academy", "--organization", "AcademyX")
    return Issuer.objects.get(slug="academy")


def test_texts_change_and_identity_does_not(academy):
    before = {name: getattr(academy, name) for name in KEPT}
    said = run(
        NAME, "academy", "--name", "Academy of X", "--url", "https://x.example", "--image-url", "https://x.example/i.png",
        "--official", "Dean", "--contact", "x@x.example",
    )  # fmt: skip
    academy.refresh_from_db()
    assert {name: getattr(academy, name) for name in KEPT} == before
    profile = academy.profile
    assert (profile.name, profile.url, profile.official) == ("Academy of X", "https://x.example", "Dean")
    assert (profile.image_url, profile.contact) == ("https://x.example/i.png", "x@x.example")
    assert "the certificates of AcademyX on every site" in said
    assert Event.objects.latest("pk").kind == "issuer.changed"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--name", " "], "name"),
        (["--url", "javascript:alert(1)"], "web address"),
        (["--image-url", "nowhere"], "web address"),
        (["--contact", "not an address"], "--contact"),
        (["--default"], "sign for others"),
        ([], "Nothing to change"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_changes(academy, options, message):
    before = rows.snapshot()
    assert message in fails(NAME, "academy", *options)[1]
    assert rows.changed(before) == []


def test_an_unknown_issuer_is_told_from_the_known_ones(academy):
    assert "known: academy, default" in fails(NAME, "nobody", "--name", "N")[1]


def test_a_dry_run_stores_nothing(academy):
    before = rows.snapshot()
    assert "nothing was stored" in run(NAME, "academy", "--name", "Other", "--dry-run")
    assert rows.changed(before) == []


def test_a_place_is_given_up_taken_back_and_taken_over(academy):
    assert "issues nothing new" in run(NAME, "academy", "--out-of-use")
    run("vc_create_issuer", "--name", "New", "--slug", "new", "--organization", "AcademyX")
    assert "'new' has that place" in fails(NAME, "academy", "--in-use")[1]
    run(NAME, "academy", "--in-use", "--replace")
    assert {row.slug: row.scope_key for row in Issuer.objects.exclude(slug="default")} == {
        "academy": "AcademyX@*",
        "new": None,
    }


def test_a_place_that_is_taken_is_not_taken_by_chance(academy):
    arguments = ("vc_create_issuer", "--name", "New", "--slug", "new", "--organization", "AcademyX")
    assert "'academy' has that place" in fails(*arguments)[1]
    run(*arguments, "--replace")
    academy.refresh_from_db()
    assert academy.scope_key is None


def test_the_default_moves(academy):
    run("vc_create_issuer", "--name", "Third", "--slug", "third", "--not-default")
    run(NAME, "third", "--default")
    assert Issuer.objects.get(is_default=True).slug == "third"
    run(NAME, "third", "--out-of-use")
    assert not Issuer.objects.filter(is_default=True).exists()


@pytest.mark.parametrize("by", ["domain", "number"])
def test_an_issuer_of_a_site_is_found_by_domain_or_number(issuer, site, by):
    run(
        "vc_create_issuer",
        "--name",
        "Site",
        "--slug",
        "site",
        "--site",
        site.domain if by == "domain" else str(site.pk),
    )
    own = Issuer.objects.get(slug="site")
    assert (own.site_id, own.scope_key, own.is_default) == (site.pk, f"@{site.pk}", None)


def test_an_unknown_site_is_refused(issuer, site):
    assert "testserver" in fails("vc_create_issuer", "--name", "S", "--slug", "s", "--site", "nowhere.example")[1]


def test_who_signs_is_explained(academy, ready, ada):
    own = seed.award(ada, seed.make_course(ready, seed.CourseOptions(organization="AcademyX")))
    other = seed.award(ada, seed.make_course(ready, seed.CourseOptions(organization="OtherX")))
    assert run("vc_explain_issuer", str(own.uuid)).strip() == f"academy ({academy.did}) for AcademyX: organization"
    assert run("vc_explain_issuer", str(other.uuid)).strip().endswith("for OtherX: default")
    issuers.update_issuer("default", issuers.IssuerChanges(in_use=False))
    assert "no_issuer" in fails("vc_explain_issuer", str(other.uuid))[1]
    assert "unknown_certificate" in fails("vc_explain_issuer", str(uuid.uuid4()))[1]

"""Who signs for a certificate: organisation, site, default, with the reason."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openedx_verifiable_credentials.core.issuing import IssuerScope
from openedx_verifiable_credentials.core.issuing import Issuing
from openedx_verifiable_credentials.core.issuing import Joint
from openedx_verifiable_credentials.core.issuing import Reason
from openedx_verifiable_credentials.core.issuing import resolve
from openedx_verifiable_credentials.exceptions import SigningError

DEFAULT = IssuerScope(1, is_default=True)
SITE = IssuerScope(2, site_id=7)
ACADEMY = IssuerScope(3, "AcademyX")
ACADEMY_HERE = IssuerScope(4, "AcademyX", site_id=7)
COLLEGE = IssuerScope(5, "CollegeX")
ALL = (DEFAULT, SITE, ACADEMY, ACADEMY_HERE, COLLEGE)


@pytest.mark.parametrize(
    ("scopes", "organization", "site", "issuer", "reason"),
    [
        (ALL, "AcademyX", 7, 4, Reason.ORGANIZATION_ON_SITE),
        (ALL, "AcademyX", 8, 3, Reason.ORGANIZATION),
        (ALL, "CollegeX", 7, 5, Reason.ORGANIZATION),
        (ALL, "OtherX", 7, 2, Reason.SITE),
        (ALL, "OtherX", 8, 1, Reason.DEFAULT),
        ((DEFAULT, ACADEMY_HERE), "AcademyX", 8, 1, Reason.DEFAULT),
        ((DEFAULT, ACADEMY), "academyx", 7, 1, Reason.DEFAULT),
    ],
)
def test_the_nearest_issuer_is_chosen_and_says_why(scopes, organization, site, issuer, reason):
    assert resolve(scopes, organizations=[organization], site_id=site) == [Issuing(issuer, organization, reason)]


def test_a_certificate_without_an_organisation_is_the_sites_or_the_defaults():
    assert resolve(ALL, organizations=[], site_id=7) == [Issuing(2, "", Reason.SITE)]
    assert resolve(ALL, organizations=[], site_id=8) == [Issuing(1, "", Reason.DEFAULT)]


@pytest.mark.parametrize("joint", Joint)
def test_nobody_signs_where_nobody_is_set_up(joint):
    with pytest.raises(SigningError) as raised:
        resolve((ACADEMY, COLLEGE), organizations=["OtherX"], site_id=7, joint=joint)
    assert raised.value.code == "no_issuer"


@pytest.mark.parametrize(
    ("joint", "expected"),
    [
        (Joint.LEAD, [Issuing(5, "CollegeX", Reason.ORGANIZATION)]),
        (Joint.SITE, [Issuing(2, "CollegeX", Reason.SITE)]),
        (
            Joint.EACH,
            [
                Issuing(5, "CollegeX", Reason.ORGANIZATION),
                Issuing(2, "OtherX", Reason.SITE),
                Issuing(4, "AcademyX", Reason.ORGANIZATION_ON_SITE),
            ],
        ),
    ],
)
def test_what_several_organisations_award_is_issued_as_the_site_says(joint, expected):
    organizations = ["CollegeX", "OtherX", "AcademyX", "ThirdX"]
    assert resolve(ALL, organizations=organizations, site_id=7, joint=joint) == expected


def test_the_sites_rule_for_several_changes_nothing_for_one():
    for joint in Joint:
        assert [i.issuer_id for i in resolve(ALL, organizations=["CollegeX"], site_id=7, joint=joint)] == [5]


keys = st.sampled_from(["", "AcademyX", "CollegeX", "OtherX", "academyx"])
scopes = st.lists(
    st.builds(
        IssuerScope,
        issuer_id=st.integers(1, 40),
        organization_key=keys,
        site_id=st.sampled_from([None, 1, 2]),
        is_default=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda scope: scope.issuer_id,
)


@given(scopes, st.lists(keys.filter(bool), max_size=4, unique=True), st.sampled_from([1, 2, 3]), st.sampled_from(Joint))
def test_an_organisation_never_signs_for_another_nor_on_another_site(issuers, organizations, site, joint):
    by_id = {scope.issuer_id: scope for scope in issuers}
    try:
        chosen = resolve(issuers, organizations=organizations, site_id=site, joint=joint)
    except SigningError:
        return
    assert len({one.issuer_id for one in chosen}) == len(chosen) >= 1
    for one in chosen:
        scope = by_id[one.issuer_id]
        assert scope.organization_key in ("", one.organization_key)
        assert one.organization_key in (organizations or [""])
        assert scope.site_id in (None, site) or (scope.is_default and one.reason is Reason.DEFAULT)
    assert joint is Joint.EACH or len(chosen) == 1

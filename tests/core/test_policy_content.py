"""Keys of policies have one form for each scope; texts that could be taken for markup are told apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import policy_content
from openedx_verifiable_credentials.core.policies import Scope
from tests import awards

PROGRAM = "6f2c1e0a-3c3d-4a51-9d5e-0b6ad2a7f1c4"


@pytest.mark.parametrize(
    ("scope", "given_key", "key"),
    [
        (Scope.SITE, "1", "1"),
        (Scope.SITE, "007", "7"),
        (Scope.ORGANIZATION, " Example.X-1_é ", "Example.X-1_é"),
        (Scope.PROGRAM_TYPE, "MicroMasters", "micromasters"),
        (Scope.PROGRAM, PROGRAM.upper(), PROGRAM),
        (Scope.PROGRAM, PROGRAM.replace("-", ""), PROGRAM),
        (Scope.COURSE, "ExampleX+CS101", "ExampleX+CS101"),
        (Scope.COURSE_RUN, "course-v1:Ünï+Числа.1+2026-T1", "course-v1:Ünï+Числа.1+2026-T1"),
        (Scope.COURSE_RUN, "edX/DemoX/Demo_Course", "edX/DemoX/Demo_Course"),
        (Scope.COURSE_RUN, "ccx-v1:ExampleX+CS101+2026+ccx@7", "ccx-v1:ExampleX+CS101+2026+ccx@7"),
    ],
)
def test_a_key_is_read(scope, given_key, key):
    assert policy_content.read_key(scope, given_key) == key
    assert policy_content.read_key(scope, key) == key


@pytest.mark.parametrize(
    ("scope", "key"),
    [
        (Scope.SITE, "0"),
        (Scope.SITE, "-1"),
        (Scope.SITE, "²"),
        (Scope.SITE, "example.com"),
        (Scope.ORGANIZATION, "Example X"),
        (Scope.ORGANIZATION, "A+B"),
        (Scope.PROGRAM_TYPE, "micro masters"),
        (Scope.PROGRAM, PROGRAM[:-1]),
        (Scope.COURSE, "course-v1:ExampleX+CS101"),
        (Scope.COURSE, "ExampleX+CS101+2026"),
        (Scope.COURSE, "+CS101"),
        (Scope.COURSE_RUN, "ExampleX+CS101"),
        (Scope.COURSE_RUN, "course-v1:ExampleX+CS101"),
        *((scope, key) for scope in Scope for key in ("", " ", "<b>", "a\u202eb", "a\x00b", "a\nb", "x" * 256, "a b")),
    ],
)
def test_what_is_no_key_is_refused(scope, key):
    assert policy_content.read_key(scope, key) is None


@given(awards.course_awards)
def test_the_keys_that_certificates_have_are_keys(award):
    case = award.policy_case
    assert policy_content.read_key(Scope.COURSE_RUN, case.course_run) == case.course_run
    for organization in case.organizations:
        assert policy_content.read_key(Scope.ORGANIZATION, organization) == organization


@given(awards.program_awards)
def test_so_are_those_of_programs(award):
    assert policy_content.read_key(Scope.PROGRAM, str(award.policy_case.program)) == str(award.policy_case.program)


@given(st.sampled_from(Scope), st.text(max_size=40))
def test_a_key_that_is_read_stays_as_it_is(scope, text):
    key = policy_content.read_key(scope, text)
    assert key is None or policy_content.read_key(scope, key) == key


@pytest.mark.parametrize("text", ["<b>", "a</p>", "<!--", "<?xml", "<svg", "&lt;b", "&#60;", "&#x3C;script", "a&amp;b"])
def test_markup_is_found(text):
    assert policy_content.has_markup(text)


@pytest.mark.parametrize("text", ["a < b", "R&D; more", "AT&T", "<3", "1<2", "C&A", "a > b", "& x;", "<", "&"])
def test_other_text_is_not_taken_for_it(text):
    assert not policy_content.has_markup(text)


@pytest.mark.parametrize(
    ("word", "is_own"),
    [("ext:Workshop", True), ("ext:a.b-c_1", True), ("Workshop", False), ("ext:", False), ("ext:a b", False),
     ("ext:<b>", False), ("EXT:a", False), ("ext:" + "x" * 201, False), ("ext:é", False)],
)  # fmt: skip
def test_own_words_begin_with_ext(word, is_own):
    assert policy_content.is_own_word(word) == is_own


def test_each_part_has_its_share_and_all_of_them_fit_into_a_credential():
    assert sum(policy_content.MAX_BYTES.values()) <= 32 * 1024
    assert not policy_content.is_too_large("tags", ["x" * (3 * 1024 - 4)])
    assert policy_content.is_too_large("tags", ["x" * (3 * 1024 - 3)])
    assert policy_content.is_too_large("criteria", "<" * 5000), "as it is written, each takes six bytes"

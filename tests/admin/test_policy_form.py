"""What is wrong in a claim policy is told at its field, and nothing of it is saved; what is odd is cleaned."""

import json
import uuid

import pytest

from openedx_verifiable_credentials.core import policies
from openedx_verifiable_credentials.data import Alignment
from openedx_verifiable_credentials.models import ClaimPolicy
from tests import forms
from tests import rows

ADDRESS = "/admin/openedx_verifiable_credentials/claimpolicy/add/"
EVERYTHING = ("view_claimpolicy", "add_claimpolicy", "change_claimpolicy", "delete_claimpolicy", "govern_claimpolicy")
COURSE = {"scope": "course", "key": "ExampleX+CS101"}
PROGRAM = {"scope": "program", "key": str(uuid.uuid4())}


@pytest.fixture(name="governor")
def make_governor(ready):
    """Who may edit every policy; no superuser."""
    return forms.editor(*EVERYTHING)[0]


def send(browser, **changes):
    """The answer to a new policy."""
    return forms.send(browser, ADDRESS, **changes)


def saved(browser, **changes):
    """The policy that was saved."""
    page = send(browser, **changes)
    assert page.status == 302, page.errors
    return ClaimPolicy.objects.get()


def row(number=0, **parts):
    """The controls of one alignment."""
    return {f"aligned_with-{number}-{part}": value for part, value in parts.items()}


BAD = [
    ("key", {"scope": "course", "key": ""}),
    ("key", {"scope": "course", "key": "course-v1:ExampleX+CS101+2026"}),
    ("key", {"scope": "course", "key": "ExampleX"}),
    ("key", {"scope": "course", "key": "ExampleX+CS101 <script>alert(1)</script>"}),
    ("key", {"scope": "course_run", "key": "ExampleX+CS101"}),
    ("key", {"scope": "course_run", "key": "course-v1:ExampleX+CS 101+2026"}),
    ("key", {"scope": "program", "key": "not-a-uuid"}),
    ("key", {"scope": "program", "key": "6f2c1e0a3c3d4a519d5e0b6ad2a7f1c"}),
    ("key", {"scope": "organization", "key": "Example X"}),
    ("key", {"scope": "organization", "key": "ExampleX\u202e"}),
    ("key", {"scope": "organization", "key": "Exa\x00mple"}),
    ("key", {"scope": "organization", "key": "x" * 256}),
    ("key", {"scope": "program_type", "key": "Micro Masters!"}),
    ("key", {"scope": "site", "key": "1", "site": "FIRST"}),
    ("site", {"scope": "site", "key": "1"}),
    ("site", {"scope": "site", "site": "999999"}),
    ("site", {**COURSE, "site": "FIRST"}),
    ("scope", {"scope": "planet", "key": "Earth"}),
    ("scope", {"scope": "", "key": "ExampleX"}),
    ("issuing", {**COURSE, "issuing": "perhaps"}),
    ("on_award", {**COURSE, "on_award": "always"}),
    ("name", {**COURSE, "name": "True"}),
    ("profiles", {**COURSE, "profiles_said": "only"}),
    ("profiles", {**COURSE, "profiles_ids": ["obv3-vc1"]}),
    ("profiles", {**COURSE, "profiles_said": "only", "profiles_ids": ["obv3-vc9"]}),
    ("wallets", {**COURSE, "wallets_said": "only"}),
    ("wallets", {**COURSE, "wallets_said": "only", "wallets_ids": ["../../etc/passwd"]}),
    (
        "wallets",
        {
            **COURSE,
            "profiles_said": "only",
            "profiles_ids": ["obv3-vc2"],
            "wallets_said": "only",
            "wallets_ids": ["download", "lc_wallet"],
        },
    ),
    ("speaks_for_courses", {**COURSE, "speaks_for_courses": "on"}),
    ("speaks_for_courses", {"scope": "organization", "key": "ExampleX", "speaks_for_courses": "on"}),
    ("validity_days", {**COURSE, "validity_days": "0"}),
    ("validity_days", {**COURSE, "validity_days": "-1"}),
    ("validity_days", {**COURSE, "validity_days": "1e9"}),
    ("validity_days", {**COURSE, "validity_days": "99999999999999999999"}),
    ("criteria", {**COURSE, "criteria": "Pass.<script>alert(1)</script>"}),
    ("criteria", {**COURSE, "criteria": "<img src=x onerror=alert(1)>"}),
    ("criteria", {**COURSE, "criteria": "<!-- nothing -->"}),
    ("criteria", {**COURSE, "criteria": "![a picture](https://example.org/x.png)"}),
    ("criteria", {**COURSE, "criteria": "[here](javascript:alert(1))"}),
    ("criteria", {**COURSE, "criteria": "[here](JaVaScRiPt:alert(1))"}),
    ("criteria", {**COURSE, "criteria": "[here](&#106;avascript:alert(1))"}),
    ("criteria", {**COURSE, "criteria": "<javascript:alert(1)>"}),
    ("criteria", {**COURSE, "criteria": "[here][1]\n\n[1]: data:text/html,hello"}),
    ("criteria", {**COURSE, "criteria": "[here](//evil.example/)"}),
    ("criteria", {**COURSE, "criteria": "[here](https://user:secret@example.org/)"}),
    ("criteria", {**COURSE, "criteria": "Pass\x00it."}),
    ("criteria", {**COURSE, "criteria": "x" * 5001}),
    ("criteria", {**COURSE, "criteria": "[" * 400_000}),
    ("criteria", {**COURSE, "criteria": "\U0001f393" * 5000}),
    ("criteria", {**COURSE, "criteria": "&" * 5000}),
    ("description", {**COURSE, "description": "A <b>bold</b> course."}),
    ("description", {**COURSE, "description": "&lt;script&gt;"}),
    ("description", {**COURSE, "description": "x" * 1001}),
    ("description", {**COURSE, "description": "\x00"}),
    ("description", {**COURSE, "description": "\U0001f393" * 1000}),
    ("image", {**COURSE, "image": "4711"}),
    ("tags", {**COURSE, "tags": "one, <script>"}),
    ("tags", {**COURSE, "tags": ",".join(f"tag{number}" for number in range(51))}),
    ("tags", {**COURSE, "tags": "\n".join(f"tag{number}" for number in range(5000))}),
    ("tags", {**COURSE, "tags": "x" * 65}),
    ("tags", {**COURSE, "tags": "one\x00two"}),
    ("tags", {**COURSE, "tags": "\U0001f393 degrees, \uff01 attention"}),
    ("tags", {**COURSE, "tags": "\n".join(f"{number}" + "\U0001f393" * 60 for number in range(30))}),
    ("achievement_type", {**COURSE, "achievement_type": "Nobility"}),
    ("other_achievement_type", {**COURSE, "achievement_type": "other"}),
    ("other_achievement_type", {**COURSE, "achievement_type": "other", "other_achievement_type": "Workshop"}),
    ("other_achievement_type", {**COURSE, "achievement_type": "other", "other_achievement_type": "ext:<b>"}),
    ("other_achievement_type", {**COURSE, "other_achievement_type": "ext:Workshop"}),
    ("field_of_study", {**COURSE, "field_of_study": "<i>Law</i>"}),
    ("field_of_study", {**COURSE, "field_of_study": "x" * 256}),
    ("language", {**COURSE, "language": "English"}),
    ("language", {**COURSE, "language": "en-GB-oed"}),
    ("language", {**COURSE, "language": "<b>"}),
    ("credits", {**COURSE, "credits": "-1"}),
    ("credits", {**COURSE, "credits": "NaN"}),
    ("credits", {**COURSE, "credits": "Infinity"}),
    ("credits", {**COURSE, "credits": "1e400"}),
    ("credits", {**COURSE, "credits": "1.234"}),
    ("aligned_with", {**COURSE, **row(url="javascript:alert(1)", name="X")}),
    ("aligned_with", {**COURSE, **row(url="JAVASCRIPT:alert(1)", name="X")}),
    ("aligned_with", {**COURSE, **row(url="data:text/html,<script>alert(1)</script>", name="X")}),
    ("aligned_with", {**COURSE, **row(url="https://user:secret@example.org/", name="X")}),
    ("aligned_with", {**COURSE, **row(url="https://example.org/\u202e", name="X")}),
    ("aligned_with", {**COURSE, **row(url="//example.org/", name="X")}),
    ("aligned_with", {**COURSE, **row(url="https://example.org/" + "x" * 1024, name="X")}),
    ("aligned_with", {**COURSE, **row(url="", name="X")}),
    ("aligned_with", {**COURSE, **row(url="https://example.org/", name="")}),
    ("aligned_with", {**COURSE, **row(url="https://example.org/", name="<b>X</b>")}),
    ("aligned_with", {**COURSE, **row(url="https://example.org/", name="X\x00")}),
    ("aligned_with", {**COURSE, **row(url="https://example.org/", name="x" * 256)}),
    ("change_reason", {**COURSE, "change_reason": "x" * 101}),
    ("change_reason", {**COURSE, "change_reason": "<script>"}),
]


def told(page, field):
    """It is told at ``field`` alone, in a sentence, and tied to the control for who cannot see the page."""
    assert page.status == 200, page.status
    assert page.errors.keys() == {field}, page.errors
    assert all(len(message) > 10 for message in page.errors[field]), page.errors
    assert "<script>alert" not in page.text
    tied = [ids.split() for ids in page.described.values()]
    assert any(f"id_{field}_error" in ids for ids in tied), page.described


def test_a_mistake_is_told_at_its_field_and_nothing_is_saved(governor, site):
    before = rows.snapshot()
    form = forms.get(governor, ADDRESS)
    for field, changes in BAD:
        sent = {name: str(site.pk) if value == "FIRST" else value for name, value in changes.items()}
        told(forms.post(governor, form, **sent), field)
    assert rows.changed(before) == []


@pytest.mark.parametrize("button", ["_preview", "_rows", "_continue", "_addanother"])
def test_so_it_is_whichever_button_is_pressed(governor, button):
    before = rows.snapshot()
    told(send(governor, button=button, **COURSE, criteria="<script>alert(1)</script>"), "criteria")
    assert rows.changed(before) == []


def test_more_controls_than_a_form_has_are_refused(governor):
    before = rows.snapshot()
    page = governor.post(ADDRESS, {**COURSE, **{f"aligned_with-{number}-name": "X" for number in range(5000)}})
    assert page.status_code == 400
    many = {
        key: value for number in range(21) for key, value in row(number, url="https://a.example/", name="X").items()
    }
    told(forms.post(governor, forms.get(governor, ADDRESS), **COURSE, **many), "aligned_with")
    assert rows.changed(before) == []


def test_every_mistake_in_alignments_is_told_with_its_row(governor):
    page = send(
        governor, **COURSE, **row(0, url="https://a.example/", name="A"), **row(1, url="javascript:x", name="<b>")
    )
    first, second = page.errors["aligned_with"]
    assert first.startswith("Alignment 2: Address: ")
    assert second.startswith("Alignment 2: Name: ")
    assert page.fields["aligned_with-0-name"] == ["A"]
    assert page.fields["aligned_with-1-url"] == ["javascript:x"], "what was typed is still there"
    assert "aligned_with-4-url" in page.fields


def test_a_second_policy_for_the_same_is_refused_letter_by_letter(governor):
    assert send(governor, **COURSE).status == 302
    told(send(governor, **COURSE), "key")
    assert send(governor, scope="course", key="exampleX+CS101").status == 302, "capital letters count"
    assert send(governor, scope="organization", key="ExampleX").status == 302, "another scope is another policy"


def test_a_second_policy_for_the_same_site_or_program_is_refused(governor, site):
    assert send(governor, scope="site", site=str(site.pk)).status == 302
    told(send(governor, scope="site", site=str(site.pk)), "site")
    assert send(governor, **PROGRAM).status == 302
    told(send(governor, scope="program", key=PROGRAM["key"].replace("-", "").upper()), "key")


@pytest.mark.parametrize(
    ("scope", "key", "kept"),
    [
        ("program", "6F2C1E0A3C3D4A519D5E0B6AD2A7F1C4", "6f2c1e0a-3c3d-4a51-9d5e-0b6ad2a7f1c4"),
        ("program", " 6f2c1e0a-3c3d-4a51-9d5e-0b6ad2a7f1c4 ", "6f2c1e0a-3c3d-4a51-9d5e-0b6ad2a7f1c4"),
        ("program_type", "MicroMasters", "micromasters"),
        ("organization", "école_1", "école_1"),
        ("course", "ExampleX+CS101", "ExampleX+CS101"),
        ("course_run", "course-v1:ExampleX+CS101+2026", "course-v1:ExampleX+CS101+2026"),
        ("course_run", "edX/DemoX/Demo_Course", "edX/DemoX/Demo_Course"),
    ],
)
def test_keys_are_kept_as_rules_have_them(governor, scope, key, kept):
    assert saved(governor, scope=scope, key=key).key == kept


def test_what_is_invisible_is_cleaned_away(governor):
    policy = saved(
        governor,
        **COURSE,
        criteria="Earn\u202e it.\r\n\r\n- one\r\n  - two\u200f\x07\r\n",
        description="A\u2066 course\r\non everything.",
        tags=" logic, , sets\u202e;logic\nproofs ",
        field_of_study="Computer\tscience\ufeff",
        language="pt-br",
        **row(1, url=" https://example.org/skill ", name="Logic\u200f", framework="ESCO"),
        change_reason="Asked\u202e for",
    )
    assert policy.criteria == "Earn it.\n\n- one\n  - two"
    assert policy.description == "A course\non everything."
    assert policy.tags == ["logic", "sets", "proofs"]
    assert (policy.field_of_study, policy.language) == ("Computer science", "pt-BR")
    assert policy.aligned_with == [{"framework": "ESCO", "url": "https://example.org/skill", "name": "Logic"}]
    assert policy.history.get().history_change_reason == "Asked for"


def test_everything_that_a_form_says_is_in_the_rule_and_can_be_taken_back(governor):
    claims = dict.fromkeys(policies.CLAIMS, "no")
    policy = saved(
        governor,
        **PROGRAM,
        **claims,
        issuing="yes",
        on_award="no",
        final="on",
        speaks_for_courses="on",
        profiles_said="only",
        profiles_ids=["obv3-vc2"],
        wallets_said="only",
        wallets_ids=["download"],
        validity_days="365",
        criteria="Pass [the exam](https://example.org/exam).",
        description="All of it.",
        tags="a, b",
        achievement_type="other",
        other_achievement_type="ext:Workshop",
        field_of_study="Law",
        language="en",
        credits="2.5",
        **row(url="https://example.org/x", name="X", code="S1", framework="CASE"),
    )
    rule = policy.rule
    assert rule.final
    assert rule.speaks_for_courses
    assert rule.says.keys() == {*policies.DEFAULTS, policies.PROFILE, policies.WALLET} - {"image_path"}
    assert rule.says[policies.WALLET] == {"download"}
    assert rule.says["achievement_type"] == "ext:Workshop"
    assert rule.says["aligned_with"] == (Alignment("https://example.org/x", "X", "CASE", "S1"),)
    assert not any(rule.says[name] for name in policies.CLAIMS)
    address = ADDRESS.replace("add/", f"{policy.pk}/change/")
    unchanged = forms.send(governor, address)
    assert unchanged.status == 302, unchanged.errors
    policy.refresh_from_db()
    assert policy.rule.says == rule.says, "the form shows what is there"
    page = forms.get(governor, address)
    ticked = {name: [] for name in ("profiles_ids", "wallets_ids", "final", "speaks_for_courses")}
    spare = {name: "" for name in page.fields if name not in ("csrfmiddlewaretoken", "seen_version")}
    assert forms.post(governor, page, **{**spare, **ticked}).status == 302
    policy.refresh_from_db()
    assert policy.rule.says == {}


def test_a_credential_with_all_that_policies_can_say_can_be_signed(governor, course_certificate):
    """In each alphabet, whose letters take one to four bytes."""
    course = course_certificate.credential.course_run.course.key
    for letter in ("x", "é", "字", "🎓", "&", '"'):
        fits = {"criteria": 12_000, "description": 3_000, "tags": 2_900, "name": 11_000}
        size = len(json.dumps(letter, ensure_ascii=False).replace("&", "123456").encode()) - 2
        changes = {
            "scope": "course",
            "key": course,
            "criteria": letter * min(5000, fits["criteria"] // size),
            "description": letter * min(1000, fits["description"] // size),
            "tags": ",".join(f"{number}{letter * min(60, fits['tags'] // 45 // size)}" for number in range(40)),
            "field_of_study": letter * 255,
        }
        for number in range(20):
            name = letter * min(255, fits["name"] // 20 // size - 10)
            changes |= row(number, url=f"https://example.org/{number}", name=name, code="C")
        more = forms.post(governor, forms.get(governor, ADDRESS), button="_preview", **changes)
        assert more.errors == {}
        assert "too_large" not in more.text
        assert more.text.count("<summary>Example of") == 2
        assert "https://example.org/19" in more.text

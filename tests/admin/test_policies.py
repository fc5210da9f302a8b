"""Course admins, none of them a superuser, decide what may be claimed: they look, preview, save, delete and search."""

import json
import re
import uuid

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from openedx_verifiable_credentials.models import BadgeImage
from openedx_verifiable_credentials.models import ClaimPolicy
from tests import asking
from tests import badges
from tests import forms
from tests import rows
from tests import seed

LIST = "/admin/openedx_verifiable_credentials/claimpolicy/"
ADD = f"{LIST}add/"
EDITS = ("view_claimpolicy", "add_claimpolicy", "change_claimpolicy", "delete_claimpolicy")
HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7|add:7 }}{% now 'Y' %}"


@pytest.fixture(name="admin")
def make_admin(ready):
    """Who may edit policies of courses and programs."""
    return forms.editor(*EDITS)[0]


@pytest.fixture(name="governor")
def make_governor(ready):
    """Who may edit them all."""
    return forms.editor(*EDITS, "govern_claimpolicy", name="governor")[0]


@pytest.fixture(name="course_key")
def find_course_key(course_certificate):
    """The course of Ada's certificate."""
    return course_certificate.credential.course_run.course.key


def make_policy(scope="course", key="ExampleX+CS101", **more):
    return ClaimPolicy.objects.create(scope=scope, key=key, **more)


def address(policy, action="change"):
    return f"{LIST}{policy.pk}/{action}/"


def test_a_preview_tells_what_would_change_and_changes_nothing(
    admin, course_key, make_offer, course_certificate, wallet
):
    assert make_offer(course_certificate).claim(wallet).status_code == 201
    before = rows.snapshot()
    page = forms.send(admin, ADD, "_preview", scope="course", key=course_key, name="no", grade="yes")
    assert (page.status, page.errors) == (200, {})
    text = re.sub(r"\s+", " ", page.text)
    assert "Preview: nothing is saved yet" in text
    assert "One certificate would change." in text
    assert "One credential that is issued for them stays as it is." in text
    assert "Introduction to Everything" in text
    assert "Learner&#x27;s name: allowed → withheld" in text
    examples = re.findall(r"<pre[^>]*>(.*?)</pre>", page.text, re.DOTALL)
    assert len(examples) == 4
    now, then = examples[:2]
    assert "Example Learner" in now and "Percent" not in now
    assert "Example Learner" not in then and "Percent" in then
    assert "Lovelace" not in page.text and wallet.did not in page.text
    assert (page.fields["name"], page.fields["grade"]) == (["no"], ["yes"]), "what was chosen is still chosen"
    assert rows.changed(before) == []


def test_a_preview_counts_every_certificate(admin, ready, course_certificate, course_key):
    for number in range(4):
        seed.award(seed.make_learner(f"learner{number}"), course_certificate.credential)
    page = forms.send(admin, ADD, "_preview", scope="course", key=course_key, issuing="no")
    assert "5 certificates would change." in page.text
    assert "Issuing: on → off" in page.text
    assert "Issuing is off." in page.text
    nothing = forms.send(admin, ADD, "_preview", scope="course", key=course_key, name="yes")
    assert "0 certificates would change." in nothing.text


def test_a_preview_of_a_change_compares_with_what_is_saved(admin, course_certificate, course_key):
    policy = make_policy(key=course_key, name=False)
    before = rows.snapshot()
    page = forms.send(admin, address(policy), "_preview", name="", validity_days="30")
    assert "Learner&#x27;s name: withheld → allowed" in page.text
    assert rows.changed(before) == []


def test_what_cannot_be_previewed_keeps_the_form(admin, settings, course_certificate, course_key):
    settings.OPENEDX_VC_CERTIFICATE_SOURCE = "no.such.module.Source"
    page = forms.send(admin, ADD, "_preview", scope="course", key=course_key, criteria="Kept.")
    assert "What would change cannot be told" in page.text
    assert page.fields["criteria"] == ["Kept."]


@pytest.mark.parametrize(("withheld", "leaves"), [("no", False), ("yes", True)])
def test_the_next_claim_honours_what_was_saved(
    admin, make_offer, course_certificate, course_key, wallet, withheld, leaves
):
    saved = forms.send(
        admin, ADD, scope="course", key=course_key, name=withheld, criteria="Pass **it**.", language="pt-br"
    )
    assert (saved.status, saved.response["Location"]) == (302, LIST)
    credential = make_offer(course_certificate).claim(wallet)
    assert credential.status_code == 201
    said = (
        credential.json()["verifiableCredential"] if "verifiableCredential" in credential.json() else credential.json()
    )
    assert ("Ada Lovelace" in json.dumps(said)) == leaves
    assert "Pass **it**." in json.dumps(said)


def test_more_rows_are_a_button_away_and_save_nothing(admin):
    before = rows.snapshot()
    more = {f"aligned_with-{number}-name": f"Skill {number}" for number in range(3)}
    page = forms.send(admin, ADD, "_rows", **more, **{f"aligned_with-{n}-url": "https://a.example/" for n in range(3)},
                      scope="course", key="ExampleX+CS101")  # fmt: skip
    assert page.fields["aligned_with-2-name"] == ["Skill 2"]
    assert page.fields["aligned_with-5-name"] == [""]
    assert "Preview: nothing is saved yet" not in page.text
    assert rows.changed(before) == []


def test_enter_in_a_line_of_text_saves_nothing(admin):
    assert forms.get(admin, ADD).enter == "_preview"
    assert forms.get(admin, address(make_policy())).enter == "_preview"


def test_what_concerns_nothing_is_saved_with_a_warning(admin):
    page = forms.send(admin, ADD, scope="course", key="Nobody+Nothing")
    assert page.status == 302
    text = admin.get(LIST).content.decode()
    assert "The service has no certificate that this policy speaks about." in text
    assert "This policy says nothing yet." in text


def test_a_policy_keeps_what_it_speaks_about(admin, course_key):
    policy = make_policy(key=course_key)
    page = forms.get(admin, address(policy))
    assert not {"scope", "key", "site"} & page.fields.keys()
    assert forms.post(admin, page, scope="site", key="1", name="no").status == 302
    policy.refresh_from_db()
    assert (policy.scope, policy.key, policy.name) == ("course", course_key, False)


def test_who_was_overtaken_by_another_is_told(admin):
    policy = make_policy()
    old = forms.get(admin, address(policy))
    assert forms.send(admin, address(policy), name="no").status == 302
    late = forms.post(admin, old, name="yes")
    assert late.status == 200
    assert "Somebody else has changed this policy since you opened it." in late.text
    policy.refresh_from_db()
    assert policy.name is False


def test_who_cannot_choose_a_site_is_not_asked_for_one(admin, governor, ready):
    assert "site" not in forms.get(admin, ADD).choices
    assert "site" in forms.get(governor, ADD).choices
    assert forms.send(admin, ADD, scope="course", key="ExampleX+CS101", issuing="no").status == 302
    forged = forms.post(admin, forms.get(admin, ADD), scope="site", site=str(ready.pk), issuing="no")
    assert forged.errors.keys() == {"scope"}
    assert ClaimPolicy.objects.get().scope == "course"


def test_another_sites_form_saves_nothing(ready):
    browser, _ = forms.editor(*EDITS, csrf=True)
    before = rows.snapshot()
    assert browser.post(ADD, {"scope": "course", "key": "ExampleX+CS101"}).status_code == 403
    assert rows.changed(before) == []
    assert forms.send(browser, ADD, scope="course", key="ExampleX+CS101").status == 302


def make_image(**more):
    return BadgeImage.objects.create(
        sha256="ab" * 32, media_type="image/svg+xml", data=b"<svg/>", created="2026-01-01T00:00:00Z", **more
    )


def test_a_picture_is_chosen_among_those_that_are_there(admin, course_certificate, course_key):
    image = make_image()
    page = forms.send(admin, ADD, "_preview", scope="course", key=course_key, image=str(image.pk))
    assert "picture" not in page.files, "uploading needs the permission to add pictures"
    assert f"{image.path}&quot;" in page.text
    assert forms.post(admin, page, image=str(image.pk)).status == 302
    assert ClaimPolicy.objects.get().rule.says["image_path"] == image.path


def picture(raw):
    """A file to upload; each can be sent once."""
    return SimpleUploadedFile("badge.svg", raw, "image/svg+xml")


def test_a_picture_is_uploaded_with_the_policy(ready, course_certificate, course_key):
    browser, _ = forms.editor(*EDITS, "add_badgeimage")
    before = rows.snapshot()
    page = forms.send(browser, ADD, "_preview", scope="course", key=course_key, picture=picture(badges.svg()))
    assert "choose the file again" in page.text
    assert rows.changed(before) == []
    assert forms.post(browser, page, picture=picture(badges.svg())).status == 302
    policy = ClaimPolicy.objects.get()
    assert policy.image == BadgeImage.objects.get()
    assert f"{policy.image.path}&quot;" in page.text, "the preview named it already"
    both = forms.send(browser, address(policy), picture=picture(badges.svg()), image=str(policy.image.pk))
    assert (both.status, both.errors.keys()) == (200, {"picture"})


def test_a_dangerous_picture_is_refused_at_its_field(ready):
    browser, _ = forms.editor(*EDITS, "add_badgeimage")
    script = picture(badges.svg("<script>alert(1)</script>"))
    page = forms.send(browser, ADD, scope="course", key="ExampleX+CS101", picture=script)
    assert (page.status, page.errors.keys()) == (200, {"picture"})
    assert not BadgeImage.objects.exists()


# Who may what


NOBODYS = [
    ("anonymous", (), 302),
    ("learner", (), 302),
    ("staff", (), 403),
    ("staff", ("view_credential", "change_credential"), 403),
]


@pytest.mark.parametrize(("who", "permissions", "status"), NOBODYS)
def test_nobody_else_gets_in(ready, ada, who, permissions, status):
    policy = make_policy()
    browser = Client()
    if who == "learner":
        browser.force_login(ada)
    elif who == "staff":
        browser, _ = forms.editor(*permissions)
    before = rows.snapshot()
    for page in (LIST, ADD, f"{LIST}deleted/", *(address(policy, one) for one in ("change", "history", "delete"))):
        assert browser.get(page).status_code == status, page
        assert browser.post(page, {"post": "yes", "scope": "course", "key": "X+Y"}).status_code == status, page
    assert rows.changed(before) == []


def may(browser, policy):
    """What a browser may do with a policy: look, change, delete; told by trying."""
    page = forms.get(browser, address(policy))
    form = {"name": "no", "seen_version": policy.version}
    changed = browser.post(address(policy), {**form, "_preview": "1"}).status_code
    deletion = browser.get(address(policy, "delete")).status_code
    return (page.status == 200, "_save" in page.buttons and changed == 200, deletion == 200)


PLACES = [
    ("site", "1", False),
    ("organization", "ExampleX", False),
    ("program_type", "micromasters", False),
    ("program", str(uuid.UUID(int=7)), True),
    ("course", "ExampleX+CS101", True),
    ("course_run", "course-v1:ExampleX+CS101+2026", True),
]


@pytest.mark.parametrize(("scope", "key", "is_lower"), PLACES)
def test_without_the_permission_to_govern_wider_and_final_policies_are_read_only(
    admin, governor, site, scope, key, is_lower
):
    key = str(site.pk) if scope == "site" else key
    policy = make_policy(scope, key, name=True, criteria="Look at me.")
    assert may(governor, policy) == (True, True, True)
    assert may(admin, policy) == (True, is_lower, is_lower)
    policy.final = True
    policy.save()
    assert may(governor, policy) == (True, True, True)
    assert may(admin, policy) == (True, False, False)
    assert "Look at me." in forms.get(admin, address(policy)).text
    before = rows.snapshot()
    for action in ("change", "delete"):
        assert admin.post(address(policy, action), {"post": "yes", "name": "no"}).status_code == 403
    assert rows.changed(before) == []


@pytest.mark.parametrize(("scope", "key", "is_lower"), PLACES)
def test_without_it_wider_scopes_are_not_offered_and_refused_when_sent(admin, site, scope, key, is_lower):
    page = forms.get(admin, ADD)
    assert set(page.choices["scope"]) == {"course", "course_run", "program"}
    assert "final" not in page.choices
    place = {"site": str(site.pk)} if scope == "site" else {"key": key}
    answer = forms.post(admin, page, scope=scope, **place)
    assert answer.status == (302 if is_lower else 200)
    assert answer.errors.keys() == (set() if is_lower else {"scope"})
    assert ClaimPolicy.objects.exists() == is_lower


def test_without_it_final_is_refused_when_sent(admin):
    answer = forms.post(admin, forms.get(admin, ADD), scope="course", key="ExampleX+CS101", final="on")
    assert answer.status == 200
    assert "Your account may not mark policies final." in answer.text
    assert not ClaimPolicy.objects.exists()


SINGLE = [
    (("view_claimpolicy",), (True, False, False)),
    (("view_claimpolicy", "change_claimpolicy"), (True, True, False)),
    (("change_claimpolicy",), (True, True, False)),
    (("view_claimpolicy", "delete_claimpolicy"), (True, False, True)),
    (("view_claimpolicy", "govern_claimpolicy"), (True, False, False)),
]


@pytest.mark.parametrize(("permissions", "expected"), SINGLE)
def test_each_permission_lets_do_one_thing(ready, permissions, expected):
    browser, _ = forms.editor(*permissions)
    assert may(browser, make_policy()) == expected
    assert browser.get(ADD).status_code == 403
    assert browser.get(LIST).status_code == 200


def test_who_may_only_add_can_preview(ready, course_certificate, course_key):
    browser, _ = forms.editor("add_claimpolicy")
    page = forms.send(browser, ADD, "_preview", scope="course", key=course_key, issuing="no")
    assert "One certificate would change." in page.text
    assert forms.post(browser, page).status == 302
    assert ClaimPolicy.objects.get().issuing is False


def test_permissions_of_the_table_are_those(db):
    found = Permission.objects.filter(content_type__model="claimpolicy").values_list("codename", flat=True)
    assert set(found) == {*EDITS, "govern_claimpolicy"}


# Deleting


def test_deleting_shows_what_would_change_and_asks(admin, course_certificate, course_key):
    policy = make_policy(key=course_key, issuing=False)
    before = rows.snapshot()
    page = forms.get(admin, address(policy, "delete"))
    assert "One certificate would change." in page.text
    assert "Issuing: off → on" in page.text
    assert rows.changed(before) == []
    answer = admin.post(address(policy, "delete"), {"post": "yes", "change_reason": "Over\u202e and\x00 done"})
    assert (answer.status_code, ClaimPolicy.objects.exists()) == (302, False)
    assert ClaimPolicy.history.latest().history_change_reason == "Over and done"


def test_several_at_once_cannot_be_deleted_unseen(governor):
    policies = [make_policy(key=f"ExampleX+CS{number}") for number in range(3)]
    chosen = [policy.pk for policy in policies]
    governor.post(LIST, {"action": "delete_selected", "_selected_action": chosen, "post": "yes"})
    assert ClaimPolicy.objects.count() == 3


# The list


def listed(browser, **query):
    """The keys of the policies in the list."""
    page = browser.get(LIST, query)
    assert page.status_code == 200
    return re.findall(r'class="field-which">(?:<a[^>]*>)?([^<]+)<', page.content.decode())


def test_the_list_tells_what_each_says_in_short(admin, site):
    make_policy("site", str(site.pk), name=False, final=True)
    make_policy(criteria="Long. " * 500, issuing=True, wallets=["download"], validity_days=30)
    text = admin.get(LIST).content.decode()
    assert f"{site.pk} – testserver" in text
    assert "Learner&#x27;s name: withhold" in text
    assert "Issuing: on; Wallets: download or other wallet; Valid for days: 30; Criteria" in text
    assert "Long. Long." not in text


def test_the_list_is_narrowed_by_scope_final_and_issuing(governor):
    make_policy("organization", "A", final=True, issuing=True)
    make_policy("course", "B+C", issuing=False)
    make_policy("course", "D+E")
    assert set(listed(governor)) == {"A", "B+C", "D+E"}
    assert listed(governor, scope__exact="organization") == ["A"]
    assert listed(governor, final__exact="1") == ["A"]
    assert [listed(governor, issuing=one) for one in ("on", "off", "none")] == [["A"], ["B+C"], ["D+E"]]


def test_policies_are_found_by_their_key_and_its_beginning(governor):
    program = uuid.uuid4()
    make_policy("program", str(program))
    make_policy("course", "ExampleX+CS101")
    make_policy("course_run", "course-v1:ExampleX+CS101+2026")
    for term in (str(program), program.hex, program.hex.upper(), str(program)[:13], f" {program} "):
        assert listed(governor, q=term) == [str(program)], term
    assert listed(governor, q="ExampleX+CS") == ["ExampleX+CS101"]
    assert listed(governor, q="course-v1:ExampleX+CS101+2026") == ["course-v1:ExampleX+CS101+2026"]
    for term in ("nothing", "%", "_", "'", '"', "\\", "\u202e", "x" * 32, "x" * 10_000):
        assert listed(governor, q=term) == [], term
    assert len(listed(governor, q=" ")) == 3


def test_a_long_list_takes_as_few_queries_as_a_short_one(governor, site):
    image = make_image()

    def count():
        with asking.capture() as captured:
            assert governor.get(LIST).status_code == 200
        return len(captured)

    make_policy("site", str(site.pk), image=image)
    make_policy("course", "A+B", image=image)
    count()
    few = count()
    for number in range(60):
        make_policy("course", f"A+B{number}", image=image, tags=["a"])
        make_policy("site", str(1000 + number))
    assert count() == few


def test_hostile_texts_are_text_wherever_they_are_shown(governor, ready, ada):
    """Whatever way they came into the database: the form would have refused them."""
    configuration = seed.make_course(ready, seed.CourseOptions(title=HOSTILE, run_title=HOSTILE))
    seed.award(ada, configuration)
    course = configuration.course_run.course
    policy = make_policy(
        key=course.key, criteria=HOSTILE, description=HOSTILE, tags=[HOSTILE], field_of_study=HOSTILE,
        achievement_type="ext:" + HOSTILE, aligned_with=[{"url": "javascript:alert(1)", "name": HOSTILE}],
        wallets=[HOSTILE], profiles=[HOSTILE],
    )  # fmt: skip
    strange = make_policy("course", HOSTILE)
    pages = [forms.get(governor, page).text for page in (LIST, f"{LIST}?q={HOSTILE}")]
    for one in (policy, strange):
        pages += [forms.get(governor, address(one, action)).text for action in ("change", "history", "delete")]
    pages.append(forms.send(governor, address(strange), "_preview", name="no").text)
    cured = {"criteria": "", "description": "", "tags": "", "field_of_study": "", "other_achievement_type": ""}
    gone = {"achievement_type": "", "aligned_with-0-url": "", "aligned_with-0-name": "", "wallets_said": ""}
    preview = forms.send(governor, address(policy), "_preview", **cured, **gone, profiles_said="")
    assert (preview.errors, "would change" in preview.text) == ({}, True)
    looker, _ = forms.editor("view_claimpolicy", name="looker")
    pages += [preview.text, forms.get(looker, address(policy)).text]
    for text in pages:
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert 'href="javascript:' not in text
        assert "alert(1)&lt;/script&gt;" in text

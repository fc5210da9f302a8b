"""The admin, as a course admin without superuser rights uses it: by keyboard, by eye, by ear."""

from __future__ import annotations

import itertools
import re

import pytest

from tests import badges
from tests.browser.visits import STANDARD

ADMIN = "/admin/openedx_verifiable_credentials/"
# What can be pressed or typed into and is smaller than WCAG 2.2 asks for, in pixels.
_SMALL = """
() => [...document.querySelectorAll('#content :is(button, input:not([type=hidden]), select, textarea, summary)')]
  .filter((each) => each.checkVisibility() && !each.closest('[aria-hidden=true]') && each.tabIndex >= 0)
  .map((each) => each.type === 'checkbox' && each.labels.length ? each.labels[0] : each)
  .filter((each) => Math.min(each.getBoundingClientRect().height, each.getBoundingClientRect().width) < 24)
  .map((each) => each.outerHTML.slice(0, 90))
"""


@pytest.fixture
def admin(service, visit):
    """A visit that has signed in by the service's own form."""
    return sign_in(service, visit, "course_admin")


def sign_in(service, visit, who):
    """As ``who`` of the service."""
    who = service[who]
    visit.page.goto(service["login_url"])
    visit.page.fill("input[name=username]", who["username"])
    visit.page.fill("input[name=password]", who["password"])
    visit.page.press("input[name=password]", "Enter")
    visit.page.wait_for_load_state()
    visit.address = lambda path: f"{service['base_url']}{ADMIN}{path}"
    return visit


def require_clear(visit, name):
    """axe finds nothing, at two widths; a picture for those who look."""
    for width in (1000, 320):
        visit.page.set_viewport_size({"width": width, "height": 900})
        visit.picture(f"admin-{name}-{width}")
        assert visit.axe(tags=STANDARD) == [], (name, width)
        assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)
    visit.page.set_viewport_size({"width": 1000, "height": 900})


def shown(visit, selector="#content"):
    return " ".join(visit.page.inner_text(selector).split())


def press(visit, name):
    """By keyboard."""
    visit.page.focus(f"input[name={name}]")
    with visit.page.expect_navigation():
        visit.page.keyboard.press("Enter")


def test_a_course_admin_edits_a_policy_sees_what_would_change_and_saves(admin):
    page = admin.page
    page.goto(admin.address("claimpolicy/"))
    # Lists are Django's own, filters and all; what is asked of them is that they can be used.
    admin.picture("admin-policies")
    page.goto(admin.address("claimpolicy/add/"))
    require_clear(admin, "policy-add")
    assert page.locator("#id_scope option").all_inner_texts() == ["Program", "Course, all its runs", "Course run"]
    page.select_option("#id_scope", "course")
    page.fill("#id_key", "ExampleX+C3")
    page.select_option("#id_grade", "yes")
    page.fill("#id_criteria", "Pass the **final** exam.")
    press(admin, "_preview")
    assert re.search(r"[1-9][0-9]* certificates? would change", shown(admin))
    assert "Preview: nothing is saved yet" in shown(admin)
    page.click("summary >> nth=0")
    assert "Example Learner" in shown(admin)
    assert "Ada" not in shown(admin)
    assert page.input_value("#id_criteria") == "Pass the **final** exam."
    require_clear(admin, "policy-preview")
    assert "ExampleX+C3" not in page.context.request.get(admin.address("claimpolicy/")).text()
    page.fill("#id_change_reason", "The dean asked for it")
    press(admin, "_save")
    assert "was added successfully" in shown(admin, "#container")
    page.click("#result_list >> text=ExampleX+C3")
    require_clear(admin, "policy-change")
    page.click("text=History")
    assert "The dean asked for it" in shown(admin)
    require_clear(admin, "policy-history")
    admin.settle()


def test_mistakes_are_told_at_their_fields(admin):
    page = admin.page
    page.goto(admin.address("claimpolicy/add/"))
    page.select_option("#id_scope", "program")
    page.fill("#id_key", "not a uuid")
    page.fill("#id_criteria", "<img src=x onerror=alert(1)> [click](javascript:alert(2))")
    press(admin, "_save")
    for field in ("key", "criteria"):
        box = page.locator(f"#id_{field}")
        described = box.get_attribute("aria-describedby") or ""
        errors = [f"#{name}" for name in described.split() if name.endswith("_error")]
        assert box.get_attribute("aria-invalid") == "true", field
        assert errors and page.inner_text(errors[0]).strip(), field
    require_clear(admin, "policy-mistakes")
    admin.settle()


def test_a_course_admin_revokes_with_a_reason(admin, world):
    page = admin.page
    page.goto(admin.address(f"credential/?q={world['spare']['uuid']}"))
    admin.picture("admin-credentials")
    assert "1 credential" in shown(admin)
    page.check("input[name=_selected_action]")
    page.select_option("select[name=action]", "revoke")
    with page.expect_navigation():
        page.keyboard.press("Tab")
        page.locator("button[name=index]").press("Enter")
    assert "revoked for ever" in shown(admin)
    require_clear(admin, "revoke")
    page.select_option("select[name=reason]", "staff")
    with page.expect_navigation():
        page.locator("#content input[type=submit]").first.press("Enter")
    assert "1 credential was revoked" in shown(admin, "#container")
    page.goto(admin.address(f"credential/?q={world['spare']['uuid'].replace('-', '')}"))
    page.locator("#result_list th a").first.click()
    assert "evoked" in shown(admin)
    assert "Lovelace" not in page.content()
    require_clear(admin, "credential")
    admin.settle()


@pytest.fixture
def governor(service, visit):
    """The same of a superuser."""
    return sign_in(service, visit, "staff")


def fits(visit):
    """Our own controls can be hit (WCAG 2.2, 2.5.8), and headings go down one step at a time."""
    assert visit.page.evaluate(_SMALL) == []
    levels = visit.page.evaluate(
        "[...document.querySelectorAll('#content :is(h1, h2, h3, h4)')]"
        ".filter((each) => each.checkVisibility()).map((each) => Number(each.tagName[1]))"
    )
    assert levels[:1] == [1] and all(after <= before + 1 for before, after in itertools.pairwise(levels)), levels


def test_every_form_and_question_of_a_superuser_can_be_used(governor, world, tmp_path):
    page = governor.page
    page.goto(governor.address("issuer/"))
    page.click("#result_list tbody th a >> nth=0")
    require_clear(governor, "issuer")
    page.fill("#id_url", "no address")
    press(governor, "_save")
    assert page.get_attribute("#id_url", "aria-invalid") == "true"
    require_clear(governor, "issuer-mistake")
    page.goto(governor.address("badgeimage/add/"))
    require_clear(governor, "badge-image-add")
    drawing = tmp_path / "badge.svg"
    drawing.write_bytes(badges.svg("<script>alert(1)</script>"))
    page.set_input_files("#id_picture", str(drawing))
    press(governor, "_save")
    require_clear(governor, "badge-image-mistake")
    drawing.write_bytes(badges.svg())
    page.set_input_files("#id_picture", str(drawing))
    press(governor, "_save")
    page.click("#result_list tbody th a >> nth=0")
    require_clear(governor, "badge-image")
    page.goto(governor.address("statuslist/health/"))
    require_clear(governor, "health")
    page.goto(governor.address("statuslist/"))
    page.click("#result_list tbody th a >> nth=0")
    require_clear(governor, "status-list")
    governor.settle()


@pytest.mark.parametrize("action", ["suspend", "reissue", "erase"])
def test_every_question_is_asked_so_that_it_can_be_answered(governor, world, action):
    page = governor.page
    page.goto(governor.address(f"credential/?q={world['valid']['uuid']}"))
    page.check("input[name=_selected_action]")
    page.select_option("select[name=action]", action)
    with page.expect_navigation():
        page.locator("button[name=index]").press("Enter")
    require_clear(governor, action)
    fits(governor)
    if page.locator("#content input[type=submit]").count():
        # Without an answer: what is missing is told at the control, and nothing is done.
        with page.expect_navigation():
            page.locator("#content input[type=submit]").first.press("Enter")
        assert page.locator("#content [aria-invalid=true]").count() == 1
        require_clear(governor, f"{action}-unanswered")
    governor.settle()


def test_deleting_a_policy_shows_what_would_change(governor):
    page = governor.page
    page.goto(governor.address("claimpolicy/"))
    page.click('#result_list tbody a:has-text("AcademyX")')
    page.wait_for_selector("#claimpolicy_form")
    fits(governor)
    require_clear(governor, "policy-of-an-organisation")
    page.click("text=Delete")
    assert "What would change" in shown(governor)
    fits(governor)
    require_clear(governor, "policy-delete")
    page.fill("#change_reason", "No longer true")
    with page.expect_navigation():
        page.locator("#content form input[type=submit]").press("Enter")
    page.click("text=Deleted policies")
    assert "No longer true" in shown(governor)
    require_clear(governor, "policies-deleted")
    governor.settle()

"""
What a course admin does in the service's own admin, and what the next claim makes of it.

``scenario.while_on`` calls these, ``write`` before the first claim.
"""

import hashlib
import html
import urllib.parse

from forms import send_form
from steps import expect

ADMIN = "/admin/openedx_verifiable_credentials/claimpolicy/"
API = "/verifiable_credentials/api/v1/"
FORM = "claimpolicy_form"
COURSE_ADMIN = "course_admin"
CRITERIA = "Pass the **final** exam of the Academy."


def write(service, steps, seeded):
    """A policy for the course run: previewed, which saves nothing, and then saved."""
    expect(service.inside("course_admin", username=COURSE_ADMIN)["permissions"] == 3, "permissions are missing")
    admin = service.signed_in(COURSE_ADMIN)
    said = {
        "scope": "course_run",
        "key": seeded["course_run"],
        "email": "yes",
        "criteria": CRITERIA,
        "tags": "engines, computing",
        "validity_days": "3650",
    }
    seen = send_form(admin, f"{ADMIN}add/", FORM, "_preview", **said)
    expect(seen.status == 200 and "certificates would change" in _plain(seen), f"the preview: {seen!r}")
    expect("Lovelace" not in seen.text and "ada@" not in seen.text, "the preview names a learner")
    expect(service.manage("vc_policy", "list").count(seeded["course_run"]) == 0, "a preview saved the policy")
    steps.done("a course admin previews a policy in the service's admin; nothing is saved")
    refused = send_form(admin, f"{ADMIN}add/", FORM, "_save", **{**said, "criteria": "<script>alert(1)</script>"})
    expect(refused.status == 200 and "errorlist" in refused.text, f"a policy with a script: {refused!r}")
    expect("<script>alert" not in refused.text, "the refused script stands in the page")
    saved = send_form(admin, f"{ADMIN}add/", FORM, "_save", **said)
    expect(saved.status == 302, f"saving a policy: {saved!r}")
    steps.done("what is refused is told at its field; a policy is saved")
    site = send_form(admin, f"{ADMIN}add/", FORM, "_save", **{**said, "scope": "organization", "key": "Academy"})
    expect(site.status == 200 and "errorlist" in site.text, f"a course admin's policy for an organisation: {site!r}")
    steps.done("a policy for an organisation needs another permission")


def honoured(service, steps, seeded, credentials):
    """What was claimed says what the policy allows, and nobody else's does."""
    course, program = credentials
    entries = {entry["identityType"]: entry for entry in course["credentialSubject"]["identifier"]}
    salted = f"ada@academy.example{entries['emailAddress']['salt']}".encode()
    expect(entries["emailAddress"]["identityHash"] == f"sha256${hashlib.sha256(salted).hexdigest()}", f"{entries}")
    achievement = course["credentialSubject"]["achievement"]
    expect(achievement["criteria"]["narrative"] == CRITERIA, f"{achievement}")
    expect(achievement["tag"] == ["engines", "computing"], f"{achievement}")
    expect("expirationDate" in course and "expirationDate" not in program, "the validity is not the policy's")
    served = service.anonymous().get(urllib.parse.urlsplit(achievement["id"]).path)
    expect(served.json()["criteria"]["narrative"] == CRITERIA, f"the published achievement: {served!r}")
    kinds = [entry["identityType"] for entry in program["credentialSubject"]["identifier"]]
    expect(kinds == ["name"], f"the program's credential tells more than its learner's name: {kinds}")
    steps.done("the next claim says what the policy allows, the program's says no more than before")
    said = service.manage("vc_policy", "explain", seeded["ada_course"])
    expect(seeded["course_run"] in said, f"vc_policy explain said: {said}")
    expect("Lovelace" not in said and "ada@" not in said, "vc_policy explain names the learner")
    steps.done("vc_policy explain names the rule")


def issuing_off_and_on(service, steps, seeded):
    """Edited again: nothing new of this course is offered, until it is."""
    admin, learner = service.signed_in(COURSE_ADMIN), service.signed_in("grace")
    listed = _plain(admin.get(ADMIN))
    expect(seeded["course_run"] in listed, "the list of policies lacks the new one")
    change = f"{ADMIN}{_number(admin.get(ADMIN).text)}/change/"
    edited = send_form(admin, change, FORM, "_save", issuing="no", change_reason="The exam is being graded anew")
    expect(edited.status == 302, f"changing a policy: {edited!r}")
    wanted = {"credential_uuid": seeded["grace_course"], "storage_id": "lc_wallet"}
    answer = learner.post(f"{API}credentials/init/", wanted)
    expect(
        answer.status == 403 and answer.json()["code"] == "issuing_off", f"an offer while issuing is off: {answer!r}"
    )
    expect(learner.get(f"{API}credentials/").json()["course_credentials"] == [], "it is listed while issuing is off")
    edited = send_form(admin, change, FORM, "_save", issuing="")
    expect(edited.status == 302, f"changing a policy back: {edited!r}")
    expect(learner.post(f"{API}credentials/init/", wanted).status == 200, "it is not offered again")
    history = _plain(admin.get(change.replace("/change/", "/history/")))
    expect("graded anew" in history and COURSE_ADMIN in history, "the history lacks who and why")
    steps.done("issuing off and on again: offers follow at once, the history tells who and why")


def _plain(answer):
    return html.unescape(answer.text)


def _number(page):
    """The primary key of the first policy in the list."""
    links = [part.split("/")[0] for part in page.split(f'href="{ADMIN}')[1:]]
    return next(link for link in links if link.isdecimal())

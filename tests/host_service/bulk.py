"""
What an operator does for a cohort that finished on one day, and what one of its learners finds. ``run.py`` calls this
with the switch on, after the scenario: what is issued here counts in none of its figures.
"""

import json
import re

from steps import StepError
from steps import expect

API = "/verifiable_credentials/api/v1/"
COUNT = 1_000
COMMAND = ("vc_issue", "--all", "--processes", "2", "--yes")
_ISSUED = re.compile(r"(\d+) of (\d+) certificates: (\d+) credentials issued, (\d+) had theirs already, (\d+) refused")


def issued_at_once(service, steps):
    """A thousand certificates: each gets its credential, once, and its learner can have it."""
    crowd = service.inside("crowd", count=COUNT)
    expect(crowd["made"] == COUNT, f"seeded: {crowd}")
    steps.done(f"{COUNT} certificates of people who finished on one day")
    looked_at, of, issued, held, refused = _issue(service)
    # The learners of the scenario are asked about, too.
    expect(looked_at == of == crowd["awarded"], f"{looked_at} of {of} looked at, of {crowd['awarded']}")
    expect(issued >= COUNT and issued + held + refused == of, f"{issued} issued, {held} held, {refused} refused")
    found = _found(service, crowd)
    steps.done(f"{' '.join(COMMAND)}: one live credential for each, no place of a status list twice")
    again = _issue(service)
    expect(again == (of, of, 0, issued + held, refused), f"vc_issue once more: {again}")
    expect(_found(service, crowd) == found, "issued once more, there are others")
    steps.done("issued once more: none is new")
    _downloaded(service, steps, crowd)


def _issue(service):
    """The figures of the summary."""
    said = service.manage(*COMMAND)
    summary = _ISSUED.search(said)
    expect(summary is not None, f"vc_issue said: {said}")
    return tuple(map(int, summary.groups()))


def _found(service, crowd):
    found = service.inside("crowd_credentials", courses=crowd["courses"])
    expected = {"all": COUNT, "live": COUNT, "places": COUNT, "missing": 0}
    expect(found == expected, f"credentials of the crowd: {found} instead of {expected}")
    return found


def _downloaded(service, steps, crowd):
    learner = crowd["learner"]
    by_session = service.signed_in(learner["username"])
    listed = by_session.get(f"{API}issued/")
    expect(listed.status == 200, f"the learner's credentials: {listed!r}")
    rows = listed.json()["credentials"]
    expect(len(rows) == len(crowd["courses"]), f"the learner's credentials: {rows}")
    address = rows[0]["files"]["json"]
    answer = by_session.get(address)
    expect(answer.status == 200, f"the learner's credential: {answer!r}")
    document = answer.json()
    expect(" ".join(learner["full_name"].split()) in json.dumps(document, ensure_ascii=False), f"the name: {document}")
    expect(document["credentialSubject"]["id"].startswith("urn:uuid:"), f"the subject: {document}")
    expect(service.signed_in("grace").get(address).status == 404, "Grace gets what is another learner's")
    expect(service.anonymous().get(address).status in (401, 403), "anybody gets what is a learner's")
    steps.done("one of them is downloaded by its learner, and by nobody else")
    _verified(service, answer.body, document)
    steps.done("vc_verify finds it valid, and a changed copy invalid")


def _verified(service, body, document):
    good, changed = service.folder / "of-the-crowd.json", service.folder / "of-the-crowd-changed.json"
    good.write_bytes(body)
    document["credentialSubject"]["achievement"]["name"] += "!"
    changed.write_text(json.dumps(document), encoding="utf-8")
    service.manage("vc_verify", str(good))
    try:
        service.manage("vc_verify", str(changed))
    except StepError as refused:
        expect("(exit status 1)" in str(refused), f"vc_verify of a changed credential: {refused}")
    else:
        raise StepError("vc_verify finds a changed credential valid")

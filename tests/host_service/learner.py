"""
What a learner does on their page, as the service serves it: see what would be shared, claim without a wallet, take
every file, revoke. ``scenario.while_on`` calls this; what it claims is over afterwards.
"""

import json
import re
import urllib.parse

from steps import expect

PAGE = "/verifiable_credentials/"
API = f"{PAGE}api/v1/"
# What each form of a file begins with, and how it says what it is.
FILES = {
    "json": (b"{", "application/vc"),
    "png": (b"\x89PNG\r\n\x1a\n", "image/png"),
    "svg": (b"<", "image/svg+xml"),
    "pdf": (b"%PDF-", "application/pdf"),
}


def visit(service, steps, seeded, by_session):
    """The page, its script, and what the script asks for."""
    _page(service, steps, seeded, by_session)
    wanted = {"credential_uuids": [seeded["ada_course"]], "storage_id": "download", "leave_out": ["name"]}
    _preview(steps, by_session, wanted)
    credential = _claim(steps, by_session, wanted)
    _files(service, steps, by_session, credential)
    _revoke(service, steps, by_session, credential)


def _page(service, steps, seeded, by_session):
    answer = service.anonymous().get(PAGE)
    there = urllib.parse.urlsplit(answer.headers.get("Location", ""))
    expect(answer.status == 302 and there.query.startswith("next="), f"the page without a session: {answer!r}")
    page = by_session.get(PAGE)
    expect(page.status == 200 and "<openedx-vc-claim" in page.text, f"the learner's page: {page!r}")
    expect(seeded["ada_course"].replace("-", "") in page.text, "Ada's page lacks her certificate")
    policy = page.headers["Content-Security-Policy"]
    expect("default-src 'none'" in policy and "unsafe" not in policy, f"the page's policy: {policy}")
    expect("no-store" in page.headers["Cache-Control"], f"the page may be kept: {page.headers}")
    for kind in ("js", "css"):
        [address] = re.findall(rf'(?:src|href)="([^"]*/claim\.[^"]*{kind})"', page.text)
        expect(service.anonymous().get(address).status == 200, f"{address} is not served")
    steps.done("the learner's page has the element, its script and its style")
    other = service.signed_in("grace").get(PAGE)
    expect(seeded["ada_course"].replace("-", "") not in other.text, "Grace's page has a certificate of Ada's")
    steps.done("the learner's page shows nobody else's certificates")
    for language, direction in (("ar", "rtl"), ("es-419", "ltr")):
        page = by_session.get(PAGE, Accept_Language=language)
        expect(f'<html lang="{language}" dir="{direction}">' in page.text, f"the page in {language}: {page!r}")
        expect("Ready to claim" not in page.text, f"the page in {language} has English texts")
    steps.done("the learner's page in Arabic and in Spanish, from the wheel's catalogues")
    certificate = seeded["ada_course"].replace("-", "")
    offered = _send(by_session, f"{PAGE}offers/", certificate=certificate, wallet="download", asked="name")
    expect(offered.status == 302 and "/offers/" in offered.headers["Location"], f"the page's form: {offered!r}")
    steps.done("the page's form works without the script")


def _send(client, action, **values):
    """What the form of the learner's page sends to ``action``."""
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get(PAGE).text)[1]
    body = urllib.parse.urlencode({**values, "csrfmiddlewaretoken": token}).encode()
    headers = {"Content_Type": "application/x-www-form-urlencoded", "Referer": client.base_url + PAGE}
    return client.request("POST", action, body, headers)


def _preview(steps, by_session, wanted):
    answer = by_session.post(f"{API}certificates/preview/", {**wanted, "leave_out": []})
    expect(answer.status == 200 and "Ada Lovelace" in answer.text, f"what would be shared: {answer!r}")
    answer = by_session.post(f"{API}certificates/preview/", wanted)
    expect(answer.status == 200 and "Lovelace" not in answer.text, f"what would be shared without a name: {answer!r}")
    steps.done("the learner sees what would be shared, with her name and without")


def _claim(steps, by_session, wanted):
    made = by_session.post(f"{API}credentials/init/", wanted)
    expect(made.status == 200, f"an offer without a name: {made!r}")
    way = f"{API}offers/{made.json()['offer']}/"
    given = [by_session.post(f"{way}download/") for _ in range(2)]
    expect([answer.status for answer in given] == [201, 201], f"a claim without a wallet: {given}")
    expect(given[0].json() == given[1].json(), f"claimed twice, it is not the same: {given}")
    expect(by_session.get(way).json()["state"] == "claimed", "the offer does not say that it was claimed")
    steps.done("claimed without a wallet, once")
    return given[0].json()["credentials"][0]


def _files(service, steps, by_session, credential):
    listed = by_session.get(f"{API}issued/").json()["credentials"]
    [found] = [one for one in listed if one["uuid"] == credential]
    files = {}
    for form, (start, media) in FILES.items():
        answer = by_session.get(found["files"][form])
        expect(answer.status == 200 and answer.body.startswith(start), f"the {form}: {answer!r}")
        expect(answer.headers["Content-Type"].startswith(media), f"the {form}: {answer.headers['Content-Type']}")
        expect("attachment" in answer.headers["Content-Disposition"], f"the {form} is shown, not saved")
        expect(service.signed_in("grace").get(found["files"][form]).status == 404, f"Grace gets Ada's {form}")
        files[form] = answer.body
    document = json.loads(files["json"])
    expect("Lovelace" not in json.dumps(document), "the name that she left out is in the credential")
    expect(files["json"] in files["png"], "the baked PNG does not have the credential")
    steps.done("every form of file is had by its learner, and by nobody else")


def _revoke(service, steps, by_session, credential):
    way = f"{API}issued/{credential}/revoke/"
    expect(service.signed_in("grace").post(way).status == 404, "Grace revokes what is Ada's")
    given = [by_session.post(way) for _ in range(2)]
    expect([answer.status for answer in given] == [200, 200], f"a learner's revocation: {given}")
    expect(given[1].json()["state"] == "revoked", f"a learner's revocation: {given[1]!r}")
    steps.done("the learner revokes it, once")

"""
What a learner, a wallet and a verifier do with the plugin in the service.

``run.py`` calls these functions in the order they stand here, each once, with a Service and the identifiers that
``inside/seed.py`` returned. A function prints its steps through ``steps.done`` and fails with ``expect``.
"""

import json

from steps import expect

# What the plugin is configured with, beside the service's own settings. Read before the first migration.
SETTINGS = {}

LEARNER_ENDPOINTS = (
    "/verifiable_credentials/api/v1/credentials/",
    "/verifiable_credentials/api/v1/storages/",
)


def prepare(service, steps, seeded):
    """With the plugin migrated and its switch off: what an operator does once. Settings, key and issuer."""
    said = service.manage("vc_generate_kek")
    setting = "OPENEDX_VC_KEY_ENCRYPTION_KEYS"
    keys = next(line for line in said.splitlines() if line.startswith(setting)).partition(":")[2]
    service.configure(**{setting: json.loads(keys), "OPENEDX_VC_PUBLIC_BASE_URL": service.base_url})
    steps.done("vc_generate_kek")
    said = service.manage("vc_create_issuer", "--name", "The Academy", "--allow-http")
    expect("did:key:" in said, f"vc_create_issuer said: {said}")
    steps.done("vc_create_issuer")


def while_off(service, steps, seeded):
    """The learners' endpoints answer 404, signed in or not."""
    for client in (service.anonymous(), service.signed_in("ada")):
        for path in LEARNER_ENDPOINTS:
            answer = client.get(path)
            expect(answer.status == 404, f"{path} with the switch off: {answer!r}")
    steps.done("switch off: the learners' endpoints answer 404")


def while_on(service, steps, seeded):
    """The claim flow."""
    for path in LEARNER_ENDPOINTS:
        answer = service.anonymous().get(path)
        expect(answer.status in (401, 403), f"{path} without a session: {answer!r}")
    steps.done("switch on: the learners' endpoints ask for a session")

    by_session = service.signed_in("ada")
    by_token = service.with_jwt("ada", 101, email="ada@academy.example")
    by_cookies = service.as_frontend("ada", 101, email="ada@academy.example")
    for client in (by_session, by_token, by_cookies):
        for path in LEARNER_ENDPOINTS:
            answer = client.get(path)
            expect(answer.status == 200, f"{path}: {answer!r}")
    steps.done("switch on: they answer a session, a token and a token in cookies")

    # The claim, the wallet's part, status, verification and revocation come here.


def while_off_again(service, steps, seeded):
    """What was issued keeps being served; nothing new is issued."""
    while_off(service, steps, seeded)

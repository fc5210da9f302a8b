"""The stand-in service keeps to the facts of contract.json."""

import importlib

import pytest
from django.conf import settings
from django.urls import reverse

from . import contract

CONTRACT = contract.CONTRACT


@pytest.mark.parametrize("label", CONTRACT["models"])
def test_model(label):
    assert contract.model_differences(label) == []


@pytest.mark.parametrize("path", CONTRACT["functions"])
def test_function(path):
    assert contract.function_differences(path) == []


@pytest.mark.parametrize(("path", "value"), CONTRACT["constants"].items())
def test_constant(path, value):
    assert contract.constant(path) == value


@pytest.mark.parametrize(("name", "address"), CONTRACT["urls"].items())
def test_url(name, address):
    arguments, path = address
    assert reverse(name, kwargs=arguments) == path


@pytest.mark.parametrize(("name", "address"), CONTRACT["in_tree_urls"].items())
def test_url_of_the_in_tree_app(name, address):
    arguments, path = address
    views = "credentials.apps.verifiable_credentials.urls"
    namespaces, _, rest = name.partition(":")
    assert namespaces == "verifiable_credentials"
    assert "/verifiable_credentials" + reverse(rest, urlconf=views, kwargs=arguments) == path


def test_the_in_tree_app_has_no_address_until_it_is_enabled():
    assert settings.ENABLE_VERIFIABLE_CREDENTIALS is False
    urlpatterns = importlib.import_module("credentials.urls").urlpatterns
    assert not [entry for entry in urlpatterns if str(entry.pattern).startswith("verifiable_credentials")]


def test_settings():
    assert contract.settings_differences(settings) == []


def test_plugins_come_after_every_app_of_the_service():
    apps = settings.INSTALLED_APPS
    last_of_the_service = apps.index("credentials.apps.verifiable_credentials")
    assert all(name.startswith("openedx_verifiable_credentials") for name in apps[last_of_the_service + 1 :])


def test_a_renamed_field_is_noticed(monkeypatch):
    fields = CONTRACT["models"]["credentials.UserCredential"]["fields"]
    renamed = {("user" if name == "username" else name): facts for name, facts in fields.items()}
    monkeypatch.setitem(CONTRACT["models"]["credentials.UserCredential"], "fields", renamed)
    assert contract.model_differences("credentials.UserCredential") == [
        "field user: missing",
        "field username: the service has none",
    ]

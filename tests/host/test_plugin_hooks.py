"""The stand-in calls plugins where and when the service does: seen with a plugin made for the occasion."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

STANDIN = Path(__file__).resolve().parents[1] / "credentials_service"

APPS = """
from django.apps import AppConfig

class ProbeConfig(AppConfig):
    name = "probe_plugin"
    plugin_app = {
        "settings_config": {
            "credentials.djangoapp": {
                kind: {"relative_path": kind} for kind in ("base", "production", "devstack", "test")
            }
        },
        "url_config": {"credentials.djangoapp": {"namespace": "probe", "regex": "^probe/"}},
        "signals_config": {
            "credentials.djangoapp": {
                "relative_path": "receivers",
                "receivers": [
                    {
                        "receiver_func_name": "saved",
                        "signal_path": "django.db.models.signals.post_save",
                        "sender_path": "credentials.apps.credentials.models.UserCredential",
                        "dispatch_uid": "probe receiver",
                    }
                ],
            }
        },
    }
"""
HOOK = """
def plugin_settings(settings):
    calls = getattr(settings, "PROBE_CALLS", [])
    settings.PROBE_CALLS = calls + ["{kind}"]
    settings.PROBE_REPLACED = {{"kept": True}}
    settings.EVENT_BUS_TOPIC_PREFIX = "probe"
"""
URLS = "from django.urls import path\nurlpatterns = [path('hello/', lambda request: None, name='hello')]\n"
RECEIVERS = "def saved(**kwargs):\n    pass\n"
REPORT = """
import json, django
from django.conf import settings
django.setup()
from django.db.models.signals import post_save
from django.urls import reverse
from credentials import urls
from edx_django_utils.plugins import get_plugin_url_patterns
places = [str(entry.pattern) for entry in urls.urlpatterns]
print(json.dumps({
    "calls": settings.PROBE_CALLS,
    "last_app": settings.INSTALLED_APPS[-1],
    "prefix": settings.EVENT_BUS_TOPIC_PREFIX,
    "replaced": settings.PROBE_REPLACED,
    "jwt": [settings.JWT_AUTH.get("JWT_AUDIENCE"), settings.JWT_AUTH["JWT_ALGORITHM"]],
    "url": reverse("probe:hello"),
    "place": places.index("^probe/"),
    "plugin_urls": len(get_plugin_url_patterns("credentials.djangoapp")),
    "urls": len(places),
    "receivers": len([key for key, *_ in post_save.receivers if "probe receiver" in str(key)]),
}))
"""


@pytest.fixture(name="plugins", scope="module")
def make_plugin(tmp_path_factory):
    """A folder that holds an installed plugin."""
    folder = tmp_path_factory.mktemp("plugins")
    files = {
        "probe_plugin/__init__.py": "",
        "probe_plugin/apps.py": APPS,
        "probe_plugin/urls.py": URLS,
        "probe_plugin/receivers.py": RECEIVERS,
        "probe_plugin-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: probe-plugin\nVersion: 1.0\n",
        "probe_plugin-1.0.dist-info/entry_points.txt": "[credentials.djangoapp]\np = probe_plugin.apps:ProbeConfig\n",
        "config.yml": "PROBE_REPLACED: {from: yaml}\nJWT_AUTH: {JWT_AUDIENCE: from-yaml}\nDATABASES:\n"
        "  default: {ENGINE: django.db.backends.sqlite3, NAME: ':memory:'}\n",
    }
    files.update(
        {f"probe_plugin/{kind}.py": HOOK.format(kind=kind) for kind in ("base", "production", "devstack", "test")}
    )
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def report(plugins, settings_module):
    """What the service says of the plugin, loaded with these settings in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DB_")}
    environment.update(
        DJANGO_SETTINGS_MODULE=settings_module,
        PYTHONPATH=os.pathsep.join([str(plugins), str(STANDIN)]),
        CREDENTIALS_CFG=str(plugins / "config.yml"),
        DB_ENGINE="django.db.backends.sqlite3",
        DB_NAME=":memory:",
        PYTHONDONTWRITEBYTECODE="1",
    )
    done = subprocess.run([sys.executable, "-c", REPORT], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    ("module", "calls"),
    [
        ("test", ["base", "test", "test"]),
        ("production", ["base", "production"]),
        ("devstack", ["base", "devstack"]),
        ("sandbox", ["base", "production"]),
    ],
)
def test_hooks_are_called_in_order(plugins, module, calls):
    assert report(plugins, f"credentials.settings.{module}")["calls"] == calls


def test_what_a_plugin_may_expect_in_production(plugins):
    found = report(plugins, "credentials.settings.production")
    assert found["prefix"] == "probe", "assigned by the service between the base and the production hook"
    assert found["replaced"] == {"from": "yaml"}, "the file replaces whole settings"
    assert found["jwt"] == ["from-yaml", "HS256"], "and merges this one"
    assert found["url"] == "/probe/hello/"
    assert found["place"] >= found["urls"] - found["plugin_urls"], "after all addresses of the service"
    assert found["last_app"].startswith(("probe_plugin", "openedx_verifiable_credentials"))
    assert found["receivers"] == 1

"""``vc_generate_kek``: one line for the settings, and nothing kept."""

import base64
import io

import pytest
import yaml
from django.core.management import call_command

from openedx_verifiable_credentials.api.means import get_key_encryption_keys
from tests import rows


def generate():
    """What goes to standard output, and to standard error."""
    out, err = io.StringIO(), io.StringIO()
    call_command("vc_generate_kek", stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_it_is_a_line_of_yaml_that_the_settings_take(settings):
    line, advice = generate()
    assert line.count("\n") == 1
    [(name, value)] = yaml.safe_load(line)["OPENEDX_VC_KEY_ENCRYPTION_KEYS"].items()
    assert len(base64.b64decode(value, validate=True)) == 32
    settings.OPENEDX_VC_KEY_ENCRYPTION_KEYS = {name: value}
    assert get_key_encryption_keys().current == name
    assert "backup" in advice
    assert value not in advice


def test_it_is_another_one_each_time():
    assert len({generate()[0] for _ in range(5)}) == 5


@pytest.mark.django_db
def test_it_stores_nothing():
    before = rows.snapshot()
    generate()
    assert rows.changed(before) == []

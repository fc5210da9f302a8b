"""
Settings from the YAML file that CREDENTIALS_CFG names.

Plugins are called before the file is read, so the file has the last word and plugins cannot see it.
"""

from edx_django_utils.plugins import add_plugins

from credentials.apps.plugins.constants import PROJECT_TYPE
from credentials.apps.plugins.constants import SettingsType
from credentials.settings.base import *
from credentials.settings.utils import apply_yaml
from credentials.settings.utils import get_env_setting

DEBUG = False
ALLOWED_HOSTS = ["*"]

add_plugins(__name__, PROJECT_TYPE, SettingsType.PRODUCTION)

apply_yaml(vars(), get_env_setting("CREDENTIALS_CFG"))

INSTALLED_APPS += EXTRA_APPS

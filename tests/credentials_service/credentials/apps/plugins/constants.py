"""The names under which the service looks for plugins."""

PROJECT_TYPE = "credentials.djangoapp"


class SettingsType:
    """The settings files a plugin may extend."""

    BASE = "base"
    DEVSTACK = "devstack"
    PRODUCTION = "production"
    TEST = "test"

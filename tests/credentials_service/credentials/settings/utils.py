"""Helpers of the settings modules."""

import os

import yaml
from django.core.exceptions import ImproperlyConfigured

MERGED_KEYS = ("JWT_AUTH",)


def get_env_setting(name):
    """The environment variable; raises ImproperlyConfigured when it is missing."""
    if name not in os.environ:
        raise ImproperlyConfigured(f"Set the environment variable {name}.")
    return os.environ[name]


def apply_yaml(namespace, path):
    """Let a YAML file replace whole top-level settings; only the keys of MERGED_KEYS are merged."""
    with open(path, encoding="utf-8") as stream:
        values = yaml.safe_load(stream) or {}
    for key in MERGED_KEYS:
        namespace[key].update(values.pop(key, None) or {})
    namespace.update(values)


def database_from_environment(engine="django.db.backends.sqlite3", name=":memory:"):
    """
    The default database, by the variables DB_ENGINE, DB_NAME, DB_USER, DB_PASSWORD, DB_HOST and DB_PORT.

    A MySQL or MariaDB connection speaks utf8mb4 in strict mode, and a test database is created that way.
    """
    database = {
        "ENGINE": os.environ.get("DB_ENGINE", engine),
        "NAME": os.environ.get("DB_NAME", name),
        "USER": os.environ.get("DB_USER", ""),
        "PASSWORD": os.environ.get("DB_PASSWORD", ""),
        "HOST": os.environ.get("DB_HOST", ""),
        "PORT": os.environ.get("DB_PORT", ""),
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": int(os.environ.get("CONN_MAX_AGE", "0")),
    }
    if database["ENGINE"].endswith("mysql"):
        database["OPTIONS"] = {"charset": "utf8mb4", "init_command": "SET sql_mode='STRICT_TRANS_TABLES'"}
        database["TEST"] = {"CHARSET": "utf8mb4", "COLLATION": "utf8mb4_unicode_ci"}
    return database

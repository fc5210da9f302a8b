"""A MariaDB or MySQL database that lives as long as the run; spoken to through the service's own driver."""

import json
import os
import secrets

from steps import run

EXECUTE = """
import json, sys
import MySQLdb
given = json.load(sys.stdin)
connection = MySQLdb.connect(**given["server"])
cursor = connection.cursor()
for statement in given["statements"]:
    cursor.execute(statement)
    print(json.dumps(cursor.fetchall(), default=str))
"""


class ThrowawayDatabase:
    """Server by DB_HOST, DB_PORT, DB_USER and DB_PASSWORD; by default root on this machine without a password."""

    def __init__(self, venv):
        self.name = f"host_test_{os.getpid()}_{secrets.token_hex(4)}"
        self.server = {
            "host": os.environ.get("DB_HOST", "127.0.0.1"),
            "port": int(os.environ.get("DB_PORT", "3306")),
            "user": os.environ.get("DB_USER", "root"),
            "password": os.environ.get("DB_PASSWORD", ""),
        }
        self._venv = venv

    def create(self):
        """Create it; returns the server's version."""
        return self._execute(
            f"CREATE DATABASE {self.name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci", "SELECT VERSION()"
        )[-1][0][0]

    def drop(self):
        """Remove it with all it holds."""
        self._execute(f"DROP DATABASE IF EXISTS {self.name}")

    def settings(self):
        """DATABASES, in the shape that Tutor's settings have."""
        return {
            "default": {
                "ENGINE": "django.db.backends.mysql",
                "NAME": self.name,
                "USER": self.server["user"],
                "PASSWORD": self.server["password"],
                "HOST": self.server["host"],
                "PORT": str(self.server["port"]),
                "OPTIONS": {"init_command": "SET sql_mode='STRICT_TRANS_TABLES'"},
            }
        }

    def _execute(self, *statements):
        given = json.dumps({"server": self.server, "statements": statements})
        said = run([self._venv.python, "-c", EXECUTE], stdin=given, fails_with="database server", **self._venv.where)
        return [json.loads(line) for line in said.splitlines()]

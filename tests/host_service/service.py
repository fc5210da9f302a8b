"""The Credentials service of this run: its configuration, its commands, its server and its clients."""

import json
import re
from pathlib import Path

from http_client import HttpClient
from http_client import mint_jwt
from steps import StepError
from steps import run
from uwsgi_server import UwsgiServer

INSIDE = Path(__file__).parent / "inside"
MARK = "RESULT "
JWT_SECRET = "a-secret-that-the-lms-and-this-service-share-0123456789"
ISSUER = {"ISSUER": "https://lms.academy.example/oauth2", "AUDIENCE": "openedx", "SECRET_KEY": JWT_SECRET}


class Service:
    """Everything a scenario needs; ``folder`` holds what the run writes."""

    def __init__(self, root, venv, database, folder):
        self.root = root
        self.venv = venv
        self.folder = folder
        self.config = folder / "credentials.yml"
        self.settings = self._base_settings(database)
        self.environment = {
            **venv.environment,
            "CREDENTIALS_CFG": str(self.config),
            "DJANGO_SETTINGS_MODULE": "credentials.settings.production",
            "PYTHONWARNINGS": "ignore::UserWarning",
            # stevedore keeps entry points here.
            "XDG_CACHE_HOME": str(folder / "cache"),
        }
        self.server = UwsgiServer(venv.python, root, self.environment, folder / "static", folder / "server.log")

    @property
    def base_url(self):
        """Where the server listens."""
        return self.server.base_url

    def configure(self, **settings):
        """Add settings and write the file that CREDENTIALS_CFG names; JSON is YAML."""
        self.settings.update(settings)
        self.config.write_text(json.dumps(self.settings, indent=1), encoding="utf-8")

    def manage(self, *arguments):
        """A management command; returns its output."""
        command = [self.venv.python, "manage.py", *arguments]
        return run(command, cwd=self.root, env=self.environment, fails_with=f"manage.py {' '.join(arguments)}")

    def inside(self, script, **given):
        """Run inside/<script>.py in ``manage.py shell`` with the variable ``given``; returns its result()."""
        text = (INSIDE / f"{script}.py").read_text(encoding="utf-8")
        prelude = (
            "import json\n"
            f"given = json.loads({json.dumps(given)!r})\n"
            f"def result(value): print({MARK!r} + json.dumps(value, default=str))\n"
        )
        said = run(
            [self.venv.python, "manage.py", "shell", "--verbosity=0"],
            stdin=prelude + text,
            cwd=self.root,
            env=self.environment,
            fails_with=f"inside the service: {script}",
        )
        for line in said.splitlines():
            if line.startswith(MARK):
                return json.loads(line.removeprefix(MARK))
        raise StepError(f"inside the service, {script} gave no result\n{said}")

    def anonymous(self):
        """A client without a session."""
        return HttpClient(self.base_url)

    def signed_in(self, username):
        """A client with a session of that user, made in the database."""
        return HttpClient(self.base_url, session=self.inside("sign_in", username=username)["session"])

    def with_jwt(self, username, user_id, **claims):
        """A client that sends a token as the LMS mints them, in a header."""
        return HttpClient(self.base_url, jwt=self._mint(username, user_id, claims))

    def as_frontend(self, username, user_id, **claims):
        """A client that sends such a token as the micro-frontends do: two cookies and a header."""
        return HttpClient(self.base_url, jwt_cookies=self._mint(username, user_id, claims))

    def _mint(self, username, user_id, claims):
        return mint_jwt(self.settings["JWT_AUTH"], username, user_id=user_id, **claims)

    def _base_settings(self, database):
        stats = self._write_empty_bundles()
        translations = self.folder / "static-translations"
        translations.mkdir()
        return {
            "SECRET_KEY": "a-key-for-one-run-that-is-longer-than-fifty-characters",
            "DATABASES": database.settings(),
            "JWT_AUTH": {
                "JWT_ISSUER": ISSUER["ISSUER"],
                "JWT_AUDIENCE": ISSUER["AUDIENCE"],
                "JWT_SECRET_KEY": JWT_SECRET,
                "JWT_ISSUERS": [ISSUER],
            },
            "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
            "MEDIA_ROOT": str(self.folder / "media"),
            "STATIC_ROOT": str(self.folder / "static"),
            # The service's translations for scripts are made at build time, into its checkout unless told otherwise.
            "STATICI18N_ROOT": str(translations),
            "STATICFILES_DIRS": [str(self.root / "credentials" / "static"), str(translations)],
            "WEBPACK_LOADER": {"DEFAULT": {"BUNDLE_DIR_NAME": "bundles/", "STATS_FILE": str(stats), "TIMEOUT": 5}},
        }

    def _write_empty_bundles(self):
        """In place of scripts and styles that npm would build: every bundle the service's pages name, empty."""
        names = set()
        for page in (self.root / "credentials").rglob("*.html"):
            names.update(re.findall(r"render_bundle ['\"]([^'\"]+)", page.read_text(encoding="utf-8")))
        path = self.folder / "webpack-stats.json"
        chunks = {name: [] for name in sorted(names)}
        path.write_text(json.dumps({"status": "done", "chunks": chunks, "assets": {}}), encoding="utf-8")
        return path

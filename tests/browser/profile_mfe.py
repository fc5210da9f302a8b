"""
A page as the profile MFE has it, built from the lines that docs/how-tos/profile-mfe.rst tells operators to write, and a
server on loopback that has the page, its theme, and what the MFE asks of the LMS: cookies with a JWT.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import http.server
import json
import re
import subprocess
import sys
import tarfile
import textwrap
import threading
import time
import types
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from unittest import mock

import jwt

ROOT = Path(__file__).resolve().parents[2]
WIDGET = ROOT / "frontend" / "mfe"
PACKAGE = "openedx-verifiable-credentials-mfe"
HOW_TO = ROOT / "docs" / "how-tos" / "profile-mfe.rst"
BUILD = Path(__file__).parent / "profile" / "build.mjs"
PARAGON = Path(__file__).parent / "node_modules" / "@openedx" / "paragon" / "dist"
THEME = ("core.min.css", "light.min.css")
USER_COOKIE = "lms_user"
LOGIN_URL = "http://lms.localhost/login"
LANGUAGE_COOKIE = "openedx-language-preference"
# As credentials.settings.sandbox has it.
_JWT = {"iss": "http://localhost:18000/oauth2", "aud": "lms-key"}
_JWT_SECRET = "lms-secret"
_HTML = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Profile | Example</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><div id="root"></div><script src="/env.js"></script><script src="/page.js"></script></body></html>"""


def blocks(language: str) -> list[str]:
    """The code of that language in the how-to."""
    found = re.findall(
        rf"^\.\. code-block:: {language}\n\n((?:    .*\n|\n)+)", HOW_TO.read_text(encoding="utf-8"), re.MULTILINE
    )
    return [textwrap.dedent(block).strip() + "\n" for block in found]


def build_as_documented(folder: Path) -> Path:
    """The page with the how-to's ``env.config.jsx``, and the widget as npm packs it."""
    packed = subprocess.run(
        ["npm", "pack", "--silent", "--pack-destination", str(folder), str(WIDGET)],
        cwd=folder, capture_output=True, text=True, check=True,
    )  # fmt: skip
    with tarfile.open(folder / packed.stdout.split()[-1]) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    (folder / "node_modules").mkdir()
    (folder / "unpacked" / "package").rename(folder / "node_modules" / PACKAGE)
    [config] = blocks("jsx")
    return _build(folder, config)


def build_as_with_tutor(folder: Path, content: dict[str, str] | None = None) -> Path:
    """The page as Tutor would have it built with the how-to's plugin; ``content``: what its widget is given."""
    patches, slots = _run_tutor_plugin(folder)
    [(app, slot, widget)] = slots
    if content:
        given = f"RenderWidget: VerifiableCredentials, content: {json.dumps(content)},"
        widget = widget.replace("RenderWidget: VerifiableCredentials,", given)
    command = patches["mfe-dockerfile-post-npm-install-profile"].removeprefix("RUN ")
    subprocess.run(["sh", "-ec", command], cwd=folder, check=True)
    # What tutor-mfe writes, as far as one plugin goes.
    config = f"""
async function setConfig() {{
  const config = {{pluginSlots: {{}}}};
  const {{DIRECT_PLUGIN, PLUGIN_OPERATIONS}} = await import('@openedx/frontend-plugin-framework');
  if (process.env.APP_ID == '{app}') {{
    {patches["mfe-env-config-runtime-definitions-profile"]}
    config.pluginSlots['{slot}'] = {{keepDefault: true, plugins: [{widget}]}};
  }}
  return config;
}}
export default setConfig;
"""
    return _build(folder, config)


def _run_tutor_plugin(folder: Path) -> tuple[dict[str, str], list[tuple[str, str, str]]]:
    """What the plugin adds to Tutor's filters: patches by name, and slots."""
    patches: list[tuple[str, str]] = []
    slots: list[tuple[str, str, str]] = []
    env_patches = types.SimpleNamespace(add_items=patches.extend)
    hooks = types.SimpleNamespace(Filters=types.SimpleNamespace(ENV_PATCHES=env_patches))
    modules: dict[str, Any] = {
        "tutor": types.SimpleNamespace(hooks=hooks),
        "tutormfe": types.SimpleNamespace(),
        "tutormfe.hooks": types.SimpleNamespace(PLUGIN_SLOTS=types.SimpleNamespace(add_item=slots.append)),
    }
    [plugin] = [block for block in blocks("python") if "tutor" in block]
    file = folder / "openedx_vc_profile.py"
    file.with_suffix(".js").write_bytes((WIDGET / "index.js").read_bytes())
    with mock.patch.dict(sys.modules, modules):
        exec(compile(plugin, str(file), "exec"), {"__file__": str(file)})
    return dict(patches), slots


def _build(folder: Path, config: str) -> Path:
    (folder / "env.config.jsx").write_text(config, encoding="utf-8")
    built = subprocess.run(
        ["node", str(BUILD), str(folder / "env.config.jsx"), str(folder / "page.js"), str(folder / "node_modules")],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr[-3000:]
    return folder / "page.js"


@dataclasses.dataclass
class ProfileSite:
    """
    Where the page is; ``script`` (its bundle), ``credentials`` (our service, as its environment has it)
    and ``allowed`` (whose scripts it runs) may change between two visits.
    """

    origin: str
    script: Path | None = None
    credentials: str = ""
    allowed: str = ""

    def profile(self, username: str) -> str:
        """Somebody's."""
        return f"{self.origin}/profile/u/{username}"

    def policy(self) -> str:
        """The Content-Security-Policy of the how-to, and what the page itself needs."""
        [documented] = [block for block in blocks("text") if "script-src" in block]
        lines = documented.replace("https://credentials.example.edu", self.allowed).splitlines()
        own = [f"{line.split()[0]} 'self' {' '.join(line.split()[1:])}" for line in lines]
        return "; ".join(["default-src 'self'", *own])

    def environment(self) -> str:
        """What webpack would have put in place of ``process.env``."""
        styles = {name: {"url": f"{self.origin}/{file}"} for name, file in zip(("core", "light"), THEME, strict=True)}
        theme = {"core": styles["core"], "defaults": {"light": "light"}, "variants": {"light": styles["light"]}}
        variables = {
            "ACCESS_TOKEN_COOKIE_NAME": "edx-jwt-cookie-header-payload",
            "APP_ID": "profile",
            "BASE_URL": self.origin,
            "CREDENTIALS_BASE_URL": self.credentials,
            "CSRF_TOKEN_API_PATH": "/csrf/api/v1/token",
            "LANGUAGE_PREFERENCE_COOKIE_NAME": LANGUAGE_COOKIE,
            "LMS_BASE_URL": self.origin,
            "LOGIN_URL": LOGIN_URL,
            "LOGOUT_URL": "http://lms.localhost/logout",
            "PARAGON_THEME_URLS": json.dumps(theme),
            "PUBLIC_PATH": "/profile/",
            "REFRESH_ACCESS_TOKEN_ENDPOINT": f"{self.origin}/login_refresh",
            "USER_INFO_COOKIE_NAME": "edx-user-info",
        }
        return f"globalThis.MFE_ENV = {json.dumps(variables)};"

    def cookies(self, username: str) -> list[str]:
        """As the LMS sets them: the part that scripts may read, and the signature."""
        claims = {
            **_JWT,
            "iat": int(time.time()),
            "exp": int(time.time()) + 3600,
            "preferred_username": username,
            "email": f"{username}@learners.example.edu",
            "user_id": 7,
            "name": username.title(),
            "scopes": ["user_id", "email", "profile"],
            "version": "1.2.0",
        }
        payload, _, signature = jwt.encode(claims, _JWT_SECRET, algorithm="HS256").rpartition(".")
        return [
            f"edx-jwt-cookie-header-payload={payload}; Path=/",
            f"edx-jwt-cookie-signature={signature}; Path=/; HttpOnly",
        ]


@contextlib.contextmanager
def serving() -> Iterator[ProfileSite]:
    """A site that ends with the block; its page is to be named."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), http.server.BaseHTTPRequestHandler)
    site = ProfileSite(origin=f"http://localhost:{server.server_port}")
    server.RequestHandlerClass = functools.partial(_Handler, site)  # type: ignore[assignment]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(http.server.BaseHTTPRequestHandler):
    def __init__(self, site: ProfileSite, *arguments: Any):
        self.site = site
        super().__init__(*arguments)

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        files: dict[str, Callable[[], bytes]] = {
            "/env.js": lambda: self.site.environment().encode(),
            "/page.js": (self.site.script or BUILD).read_bytes,
            **{f"/{name}": (PARAGON / name).read_bytes for name in THEME},
        }
        if path in files:
            self._answer(200, files[path](), "text/css" if path.endswith("css") else "text/javascript")
        else:
            headers = [("Content-Security-Policy", self.site.policy())]
            self._answer(200, _HTML.encode(), "text/html; charset=utf-8", headers)

    def do_POST(self) -> None:
        """``/login_refresh``: for who is logged in to the LMS."""
        user = SimpleCookie(self.headers.get("Cookie", "")).get(USER_COOKIE)
        cookies = self.site.cookies(user.value) if user else []
        headers = [("Set-Cookie", cookie) for cookie in cookies]
        self._answer(200 if user else 401, b"{}", "application/json", headers)

    def _answer(self, status: int, body: bytes, content_type: str, headers: Iterable[tuple[str, str]] = ()) -> None:
        self.send_response(status)
        for name, value in [("Content-Type", content_type), ("Content-Length", str(len(body))), *headers]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing."""

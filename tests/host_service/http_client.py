"""A learner's browser, or a wallet, on urllib: cookies, CSRF, and JSON Web Tokens as the LMS mints them."""

import base64
import hashlib
import hmac
import http.client
import http.cookiejar
import json
import time
import urllib.error
import urllib.parse
import urllib.request

from steps import StepError

SESSION_COOKIE = "credentials_sessionid"
# The LMS splits its token over two cookies; the service joins them when the header asks for it.
JWT_COOKIES = ("edx-jwt-cookie-header-payload", "edx-jwt-cookie-signature")


class Answer:
    """Status, headers and body of a response, whatever the status."""

    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def text(self):
        """The body as text."""
        return self.body.decode("utf-8", errors="replace")

    def json(self):
        """The body as JSON."""
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.headers.get('Content-Type')}: {self.text[:2000]}"


class HttpClient:
    """Keeps cookies; without a session it is anonymous, as a wallet is."""

    def __init__(self, base_url, session=None, jwt=None, jwt_cookies=None):
        self.base_url = base_url
        self.jar = http.cookiejar.CookieJar()
        self._headers = {"Authorization": f"JWT {jwt}"} if jwt else {}
        self._has_cookie_session = bool(session or jwt_cookies)
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.jar), _KeepRedirects()
        )
        if session:
            self.set_cookie(SESSION_COOKIE, session)
        if jwt_cookies:
            self._headers["USE-JWT-COOKIE"] = "true"
            signed, _, signature = jwt_cookies.rpartition(".")
            for name, value in zip(JWT_COOKIES, (signed, signature), strict=True):
                self.set_cookie(name, value)

    def set_cookie(self, name, value):
        """Put a cookie for the server into the jar."""
        host = urllib.parse.urlsplit(self.base_url).hostname
        self.jar.set_cookie(
            http.cookiejar.Cookie(
                0, name, value, None, False, host, True, False, "/", True, False, None, False, None, None, {}
            )
        )

    def get(self, path, **headers):
        """GET; a header's underscores become dashes."""
        return self.request("GET", path, None, headers)

    def post(self, path, data=None, **headers):
        """POST a JSON body."""
        return self.send("POST", path, data, **headers)

    def send(self, method, path, data=None, **headers):
        """A JSON body by any method that changes something, with the CSRF token when cookies sign us in."""
        if self._has_cookie_session:
            headers.setdefault("X_CSRFToken", self.get("/csrf/api/v1/token").json()["csrfToken"])
            headers.setdefault("Referer", self.base_url + "/")
        headers.setdefault("Content_Type", "application/json")
        return self.request(method, path, json.dumps({} if data is None else data).encode(), headers)

    def request(self, method, path, body=None, headers=()):
        """Any request; ``path`` may be a whole address. Raises StepError when there is no answer at all."""
        address = urllib.parse.urljoin(self.base_url, path)
        names = {name.replace("_", "-"): value for name, value in dict(headers).items()}
        asked = urllib.request.Request(address, data=body, method=method, headers={**self._headers, **names})
        try:
            with self._opener.open(asked, timeout=60) as response:
                return Answer(response)
        except urllib.error.HTTPError as response:
            with response:
                return Answer(response)
        except (OSError, http.client.HTTPException) as error:
            raise StepError(f"{method} {address}: {error!r}") from error


class _KeepRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer, not something to follow."""

    def redirect_request(self, *_args, **_kwargs):
        return None


def mint_jwt(settings, username, *, user_id, email="", staff=False, seconds=3600):
    """An HS256 token with the claims the LMS puts into one; ``settings`` is JWT_AUTH of the run."""
    now = int(time.time())
    issuer = settings["JWT_ISSUERS"][0]
    claims = {
        "aud": issuer["AUDIENCE"],
        "iss": issuer["ISSUER"],
        "sub": hashlib.md5(username.encode(), usedforsecurity=False).hexdigest(),
        "iat": now,
        "exp": now + seconds,
        "grant_type": "password",
        "version": "1.2.0",
        "scopes": ["user_id", "email", "profile"],
        "filters": ["user:me"],
        "is_restricted": False,
        "email_verified": True,
        "preferred_username": username,
        "user_id": user_id,
        "email": email,
        "administrator": staff,
        "superuser": False,
    }
    signed = b".".join(_base64url(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    proof = hmac.new(issuer["SECRET_KEY"].encode(), signed, hashlib.sha256).digest()
    return (signed + b"." + _base64url(proof)).decode()


def _base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")

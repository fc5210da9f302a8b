"""A page's form, filled in and sent the way a browser does it: what is not touched goes along as it stands."""

from html.parser import HTMLParser
from urllib.parse import urlencode


class _Reader(HTMLParser):
    """The values of one form's controls, and the token that sending it needs."""

    def __init__(self, form_id):
        super().__init__()
        self.values = {}
        self._form_id, self._inside = form_id, False
        self._select = self._area = None

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self._inside = given.get("id") == self._form_id
        if not self._inside:
            return
        if tag == "input":
            self._input(given)
        elif tag == "select":
            self._select = given["name"]
        elif tag == "option" and self._select and "selected" in given:
            self.values.setdefault(self._select, []).append(given.get("value", ""))
        elif tag == "textarea":
            self._area = given["name"]
            self.values[self._area] = [""]

    def _input(self, given):
        kind, name = given.get("type", "text"), given.get("name")
        is_off = kind in ("checkbox", "radio") and "checked" not in given
        if name and not is_off and kind not in ("submit", "file", "button"):
            self.values.setdefault(name, []).append(given.get("value", "on" if kind == "checkbox" else ""))

    def handle_data(self, data):
        if self._area:
            self.values[self._area][0] += data.removeprefix("\n") if not self.values[self._area][0] else data

    def handle_endtag(self, tag):
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None


def send_form(client, path, form_id, button, **changes):
    """The answer to the form of a page with ``changes``, sent by the button called ``button``."""
    reader = _Reader(form_id)
    reader.feed(client.get(path).text)
    values = {**reader.values, **{name: [value] for name, value in changes.items()}, button: ["1"]}
    body = urlencode(values, doseq=True).encode()
    headers = {"Content_Type": "application/x-www-form-urlencoded", "Referer": client.base_url + path}
    return client.request("POST", path, body, headers)

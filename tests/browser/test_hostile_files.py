"""Sixty files that would like to run a script or to call home: they are told about, and nothing else happens."""

import json

import pytest

from tests.browser import files

CANARY = "globalThis.canary=1"
HOME = "https://home.example/"
# What a text may hold: in a title, a name, a file's name, a text chunk of a picture.
TEXTS = [
    f"<script>{CANARY}</script>",
    f"</script><script>{CANARY}</script>",
    f'"><script>{CANARY}</script>',
    f"'><img src=x onerror={CANARY}>",
    f'<img src="{HOME}x.png" onload="{CANARY}">',
    f"<svg onload={CANARY}>",
    f"<svg><script>{CANARY}</script></svg>",
    f"<iframe srcdoc='<script>parent.{CANARY}</script>'></iframe>",
    f'<iframe src="javascript:parent.{CANARY}"></iframe>',
    f'<a href="javascript:{CANARY}">x</a>',
    f"javascript:{CANARY}",
    f"<body onload={CANARY}>",
    f"<details open ontoggle={CANARY}>",
    f"<input autofocus onfocus={CANARY}>",
    f"<style>@import '{HOME}x.css';</style>",
    f'<link rel="stylesheet" href="{HOME}x.css">',
    f'<meta http-equiv="refresh" content="0;url={HOME}">',
    f'<base href="{HOME}">',
    f'<form action="{HOME}"><button autofocus>x</button></form>',
    f'<object data="{HOME}x.svg"></object>',
    f"--><!--<script>{CANARY}</script>",
    f"]]><script>{CANARY}</script>",
    f"{{{{constructor.constructor('{CANARY}')()}}}}",
    f"${{{CANARY}}}`${{{CANARY}}}`",
]
# What a drawing may hold beside a good credential, and on its first element.
DRAWN = [
    f"<script>{CANARY}</script>",
    f'<script xlink:href="{HOME}x.js"/>',
    f'<script type="module">{CANARY}</script>',
    f'<image href="{HOME}x.png" onerror="{CANARY}"/>',
    f'<image xlink:href="{HOME}x.png"/>',
    f'<image href="data:image/svg+xml,%3Csvg onload=%22{CANARY}%22/%3E"/>',
    f'<foreignObject><img xmlns="http://www.w3.org/1999/xhtml" src="x" onerror="{CANARY}"/></foreignObject>',
    f'<foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="{HOME}"/></foreignObject>',
    f'<a xlink:href="javascript:{CANARY}"><text>x</text></a>',
    f'<animate onbegin="{CANARY}" attributeName="x" dur="1s"/>',
    f'<set attributeName="onmouseover" to="{CANARY}"/>',
    f'<set attributeName="href" to="javascript:{CANARY}"/>',
    f'<use href="{HOME}x.svg#a"/>',
    f"<style>@import url({HOME}x.css); rect {{ fill: url({HOME}x.svg#a) }}</style>",
    f'<rect style="fill:url({HOME}x.svg)" width="1" height="1"/>',
    f'<filter id="f"><feImage href="{HOME}x.png"/></filter>',
    f'<handler xmlns:ev="http://www.w3.org/2001/xml-events" ev:event="load">{CANARY}</handler>',
    f'<video xmlns="http://www.w3.org/1999/xhtml" src="{HOME}x" autoplay="" onerror="{CANARY}"/>',
    f"<![CDATA[<script>{CANARY}</script>]]>",
    f"<!--><script>{CANARY}</script>-->",
    f'<?xml-stylesheet href="{HOME}x.xsl"?>',
    f'<metadata><x:script xmlns:x="http://www.w3.org/1999/xhtml">{CANARY}</x:script></metadata>',
]
ON_ROOT = [
    f'onload="{CANARY}"',
    f'onfocus="{CANARY}" autofocus="" tabindex="0"',
    f'xml:base="{HOME}"',
    f'style="background:url({HOME}x.png)"',
]
# What stands before a drawing, and in a picture's texts.
PROLOGUES = [
    f'<!DOCTYPE svg [<!ENTITY e SYSTEM "{HOME}x">]>',
    f'<!DOCTYPE svg SYSTEM "{HOME}x.dtd">',
    '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    f'<?xml-stylesheet type="text/xsl" href="{HOME}x.xsl"?>',
]
CHUNKS = ["Description", "XML:com.adobe.xmp", "Comment", "Software", "URL", "Title"]


def hostile():
    """Name, type and bytes of each."""
    good = files.credential()
    signed_titles = [text for text in TEXTS if len(text) < 200]
    for number, text in enumerate(signed_titles):
        if number % 2:
            yield f"title {number}", ("a.json", "application/json", files.credential(title=text)), text
        else:
            yield f"name {number}", ("a.json", "application/json", files.credential(name=text)), text
    for number, inside in enumerate(DRAWN):
        yield f"drawn {number}", ("a.svg", "image/svg+xml", files.svg(good, inside)), None
    for number, attributes in enumerate(ON_ROOT):
        yield f"on root {number}", ("a.svg", "image/svg+xml", files.svg(good, attributes=attributes)), None
    for number, prologue in enumerate(PROLOGUES):
        yield f"before {number}", ("a.svg", "image/svg+xml", prologue.encode() + files.svg(good)), None
    for number, key in enumerate(CHUNKS):
        picture = files.png(good, **{key: TEXTS[number]})
        yield f"chunk {number}", (f"{TEXTS[number].replace('/', '_')}.png", "image/png", picture), None


HOW_MANY, AT_ONCE = 60, 6


@pytest.fixture(scope="module", name="sixty")
def make_sixty():
    """All of them, made once."""
    return list(hostile())


# The elements that the page itself has made of what it was given, and no other.
ELEMENTS = """
() => [...new Set([...document.querySelectorAll('#ovc-results *')].map((each) => each.localName))].sort()
"""
MADE = {
    "article", "bdi", "button", "code", "dd", "details", "div", "dl", "dt", "h2", "h3", "li", "ol", "p", "pre", "span",
    "strong", "summary", "time",
}  # fmt: skip


def test_there_are_sixty_of_them(sixty):
    assert len(sixty) == len({name for name, _, _ in sixty}) == HOW_MANY


@pytest.mark.parametrize("start", range(0, HOW_MANY, AT_ONCE))
def test_no_script_of_a_file_runs(verify_page, sixty, start):
    before = len(verify_page.requests)
    for name, file, shown in sixty[start : start + AT_ONCE]:
        verify_page.choose(file)
        assert verify_page.state in ("valid", "invalid", "could_not_be_checked", "refused"), name
        if shown is not None:
            # Told as text, to the letter.
            assert verify_page.state == "valid", (name, verify_page.codes)
            assert " ".join(shown.split()) in verify_page.text, name
        assert verify_page.page.evaluate("globalThis.canary") is None, name
        assert set(verify_page.page.evaluate(ELEMENTS)) <= MADE, name
        handlers = (
            "[...document.querySelectorAll('*')].filter((e) => [...e.attributes].some(({name}) => /^on/.test(name)))"
        )
        assert verify_page.page.evaluate(f"{handlers}.length") == 0, name
    verify_page.page.mouse.move(300, 300)
    assert [request.url for request in verify_page.requests[before:] if request.url.startswith("http")] == []
    assert verify_page.page.evaluate("globalThis.canary") is None


def test_good_credentials_in_active_drawings_are_still_good(verify_page):
    verify_page.choose(("a.svg", "image/svg+xml", files.svg(files.credential(), DRAWN[0], ON_ROOT[0])))
    assert verify_page.state == "valid"


@pytest.mark.parametrize("prologue", PROLOGUES[:3])
def test_document_types_are_refused(verify_page, prologue):
    verify_page.choose(("a.svg", "image/svg+xml", prologue.encode() + files.svg(files.credential())))
    assert verify_page.state in ("invalid", "refused")


def test_pictures_that_a_credential_names_are_not_fetched(verify_page):
    raw = files.credential()
    assert "image" in json.loads(raw)["issuer"]
    before = len(verify_page.requests)
    verify_page.choose(("a.json", "application/json", raw))
    assert verify_page.state == "valid"
    assert [request.url for request in verify_page.requests[before:]] == []

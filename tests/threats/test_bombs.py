"""Documents that are made to cost more than they weigh: each is refused at once, and memory stays flat."""

from __future__ import annotations

import resource
import zlib

import pytest

from openedx_verifiable_credentials.core import formats
from openedx_verifiable_credentials.core import json_text
from openedx_verifiable_credentials.core.suites import vc_jwt
from tests import pictures
from tests import tokens
from tests.threats import costs

MIB = 1 << 20
JSON_LIMIT = 512 * 1024
ELEMENT = "<openbadges:credential>{}</openbadges:credential>".format


def packed(size: int = 1 << 28) -> bytes:
    """Zlib of ``size`` zeros, made without having them."""
    packer = zlib.compressobj(9)
    block = bytes(MIB)
    return b"".join(packer.compress(block) for _ in range(size // MIB)) + packer.flush()


def filled(start: bytes, part: bytes, end: bytes = b"", size: int = JSON_LIMIT) -> bytes:
    """``part`` as often as there is room between ``start`` and ``end``."""
    return start + part * ((size - len(start) - len(end)) // len(part)) + end


def laughs() -> str:
    """Ten to the ninth of them, in ``j``."""
    more = (f'<!ENTITY {chr(98 + level)} "{f"&{chr(97 + level)};" * 10}">' for level in range(9))
    return '<!ENTITY a "ha">' + "".join(more)


JSON_BOMBS = {
    "arrays": (filled(b'{"a":', b"["), "too_deep"),
    "objects": (filled(b"", b'{"a":'), "too_deep"),
    "both": (filled(b"", b'{"a":[') + b"]}", "too_deep"),
    "closed": (b'{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}", "too_deep"),
    "a little too deep": (b'{"a":' + b"[" * 24 + b"]" * 24 + b"}", "too_deep"),
    "closings": (filled(b"", b"]"), "malformed_json"),
    "twice": (b'{"a":1,"a":1}', "duplicate_key"),
    "twice, spelt otherwise": (rb'{"a":1,"\u0061":1}', "duplicate_key"),
    "twice, inside": (b'{"b":[{"a":1,"a":1}]}', "duplicate_key"),
    "the same many times": (filled(b"{", b'"a":1,', b'"a":1}'), "too_large"),
    "the same rather often": (filled(b"{", b'"a":1,', b'"a":1}', 100_000), "duplicate_key"),
    "names": (b"{" + b",".join(b'"%x":1' % number for number in range(45_000)) + b"}", "too_large"),
    "numbers": (filled(b'{"a":[', b"1,", b"1]}"), "too_large"),
    "empty objects": (filled(b'{"a":[', b"{},", b"{}]}"), "too_large"),
    "empty arrays": (filled(b'{"a":[', b"[],", b"[]]}"), "too_large"),
    "small objects": (filled(b'{"a":[', b'{"":0},', b"0]}"), "too_large"),
    "a long number": (filled(b'{"a":', b"9", b"}"), "malformed_json"),
    "a long exponent": (filled(b'{"a":1e', b"9", b"}"), "malformed_json"),
    "a long negative exponent": (filled(b'{"a":[1e-', b"9", b"],}"), "malformed_json"),
    "not a number": (b'{"a":NaN}', "malformed_json"),
    "infinity": (b'{"a":-Infinity}', "malformed_json"),
    "surrogates": (filled(b'{"a":"', b"\\ud800", b'"}'), "malformed_json"),
    "escapes": (filled(b'{"a":"', b"\\\\", b"}"), "malformed_json"),
    "quotes": (filled(b'{"a":"', b'\\"'), "malformed_json"),
    "an open string": (filled(b'{"a":"', b"[{"), "malformed_json"),
    "many open strings": (filled(b"{", b'"'), "malformed_json"),
    "spaces": (filled(b"", b" "), "malformed_json"),
    "nothing": (bytes(JSON_LIMIT), "malformed_json"),
    "a byte too many": (b'{"a":"' + b" " * JSON_LIMIT + b'"}', "too_large"),
}


@pytest.mark.parametrize("name", JSON_BOMBS)
def test_json(name):
    raw, code = JSON_BOMBS[name]
    assert costs.refuse(lambda text: json_text.read_object(text, max_bytes=JSON_LIMIT), raw, memory=32 * MIB) == code


@pytest.mark.parametrize("name", JSON_BOMBS)
def test_json_in_a_token(name):
    raw, code = JSON_BOMBS[name]
    token = tokens.put_together({"alg": "EdDSA"}, raw)
    expected = "too_large" if code in ("too_deep", "too_large") else "not_json"
    assert costs.refuse(vc_jwt.read, token, memory=32 * MIB) == expected


@pytest.mark.parametrize("name", JSON_BOMBS)
def test_json_in_the_header_of_a_token(name):
    raw, _ = JSON_BOMBS[name]
    assert costs.refuse(vc_jwt.read, tokens.put_together(raw, b"{}"), memory=8 * MIB) in (
        "malformed_proof",
        "too_large",
    )


@pytest.mark.parametrize(
    "token",
    ["A" * 10 * MIB, "." * 10 * MIB, "A." * 5 * MIB, "a.b." + "A" * 600_000, "é" * MIB, "A" * 600_000 + ".e30.AAAA"],
    ids=["long", "dots", "parts", "signature", "accents", "header"],
)
def test_tokens(token):
    assert costs.refuse(vc_jwt.read, token, memory=8 * MIB) in ("too_large", "malformed_proof")


PNG_BOMBS = {
    "packed text": (pictures.png(pictures.chunk(b"zTXt", b"openbadgecredential\0\0" + packed())), "malformed_image"),
    "packed itxt": (pictures.png(pictures.itxt(packed(), flags=b"\1\0")), "malformed_image"),
    "packed text of another": (pictures.png(pictures.chunk(b"zTXt", b"a\0\0" + packed())), "not_a_credential"),
    "packed profile": (pictures.png(pictures.chunk(b"iCCP", b"a\0\0" + packed())), "not_a_credential"),
    "packed pixels": (pictures.png(pictures.chunk(b"IDAT", packed())), "not_a_credential"),
    "wide": (pictures.png(first=pictures.header(2**31 - 1, 1)), "too_large"),
    "high": (pictures.png(first=pictures.header(1, 2**31 - 1)), "too_large"),
    "chunks": (pictures.png(pictures.chunk(b"abcd") * 300_000), "too_large"),
    "chunks of text": (pictures.png(pictures.chunk(b"iTXt", b"a" * 3_000) * 1_300), "too_large"),
    "large chunks of text": (pictures.png(pictures.chunk(b"iTXt", b"a" * 4_000) * 990), "not_a_credential"),
    "one large text": (pictures.png(pictures.chunk(b"tEXt", bytes(4 * MIB - 100))), "not_a_credential"),
    "a large credential": (pictures.png(pictures.itxt(b"x" * (4 * MIB - 150))), "too_large"),
    "nulls": (pictures.png(pictures.itxt(bytes(4 * MIB - 150))), "too_large"),
    "a length": (pictures.png(b"\xff\xff\xff\xffiTXt"), "malformed_image"),
    "too many bytes": (pictures.png() + bytes(4 * MIB), "too_large"),
}  # fmt: skip


@pytest.mark.parametrize("name", PNG_BOMBS)
def test_png(name):
    raw, code = PNG_BOMBS[name]
    assert costs.refuse(formats.read_credential, raw, memory=20 * MIB) == code


def svg_of(part: str, before: str = "", inside: bool = False) -> bytes:
    """``part`` as often as there is room."""
    count = (2 * MIB - 1_000) // len(part)
    return pictures.svg(ELEMENT(part * count) if inside else part * count, before=before)


def tag(count: int, form: str) -> str:
    """With ``count`` attributes."""
    return "<g " + " ".join(form.format(number) for number in range(count)) + "/>"


def with_doctype(declarations: str, inside: str) -> bytes:
    return pictures.svg(inside, before=f"<!DOCTYPE svg [{declarations}]>")


SVG_BOMBS = {
    "laughs": (with_doctype(laughs(), ELEMENT("&j;")), "malformed_image"),
    "laughs in an attribute": (with_doctype(laughs(), '<openbadges:credential verify="&j;"/>'), "malformed_image"),
    "one entity often": (with_doctype(f'<!ENTITY a "{"a" * 100_000}">', ELEMENT("&a;" * 100_000)), "malformed_image"),
    "an entity of itself": (with_doctype('<!ENTITY a "&a;">', ELEMENT("&a;")), "malformed_image"),
    "parameter entities": (with_doctype('<!ENTITY % a "&#37;b;"><!ENTITY % b "x"> %a;', ""), "malformed_image"),
    "a deep model": (with_doctype("<!ELEMENT a " + "(" * MIB, ""), "malformed_image"),
    "declarations": (with_doctype("<!ELEMENT a ANY>" * 99_000, ""), "malformed_image"),
    "elements": (svg_of("<g/>"), "too_large"),
    "depth": (svg_of("<g>"), "too_large"),
    "elements with attributes": (svg_of(tag(200, 'a{}=""')), "not_a_credential"),
    "attributes": (pictures.svg(tag(180_000, 'a{}=""')), "too_large"),
    "some attributes": (pictures.svg(tag(4_000, 'a{}=""')), "too_large"),
    "namespaces": (pictures.svg(tag(100_000, 'xmlns:a{}="u"')), "too_large"),
    "some namespaces": (pictures.svg(tag(4_000, 'xmlns:a{}="u"')), "not_a_credential"),
    "a long attribute": (pictures.svg(f'<g a="{"x" * (2 * MIB - 1_000)}"/>'), "not_a_credential"),
    "a long name": (pictures.svg(f"<{'a' * (2 * MIB - 1_000)}/>"), "not_a_credential"),
    "references in an attribute": (pictures.svg(f'<g a="{"&#65;" * 400_000}"/>'), "not_a_credential"),
    "references": (svg_of("&#x10FFFF;", inside=True), "too_large"),
    "sections": (svg_of("<![CDATA[ ]]>", inside=True), "too_large"),
    "comments": (svg_of("<!---->"), "too_large"),
    "comments inside": (svg_of("<!---->", inside=True), "too_large"),
    "some comments inside": (pictures.svg(ELEMENT("<!---->" * 99_000)), "malformed_image"),
    "instructions": (svg_of("<?a?>"), "too_large"),
    "some instructions inside": (pictures.svg(ELEMENT("<?a?>" * 99_000)), "malformed_image"),
    "lines": (svg_of("\n", inside=True), "too_large"),
    "openings": (b"<" * (2 * MIB), "too_large"),
    "some openings": (b"<" * 99_000, "malformed_image"),
    "an open attribute": (pictures.svg('<g a="' + "x" * (2 * MIB - 1_000))[:-6], "malformed_image"),
    "equals": (pictures.svg("=" * (2 * MIB - 1_000)), "too_large"),
    "equals, almost too many": (pictures.svg(("<a>" + "=" * 4_000) * 500), "too_large"),
    "ampersands": (svg_of("&"), "malformed_image"),
    "spaces": (b" " * (2 * MIB - 10) + b"<svg/>", "not_a_credential"),
    "a large credential": (pictures.svg(ELEMENT("x" * (2 * MIB - 1_000))), "too_large"),
    "a large token": (pictures.svg(f'<openbadges:credential verify="{"x" * (2 * MIB - 1_000)}"/>'), "too_large"),
    "too many bytes": (svg_of("x") + b" " * 2_000, "too_large"),
}  # fmt: skip


@pytest.mark.parametrize("name", SVG_BOMBS)
def test_svg(name):
    raw, code = SVG_BOMBS[name]
    assert costs.refuse(formats.read_credential, raw, memory=20 * MIB) == code


def test_memory_stays_flat():
    """What expat and zlib allocate is not Python's, so the process itself is looked at, over all bombs."""

    def all_of_them():
        for raw, _ in (*PNG_BOMBS.values(), *SVG_BOMBS.values()):
            with pytest.raises(Exception, match=r"\["):
                formats.read_credential(raw)

    all_of_them()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(3):
        all_of_them()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 * 1024

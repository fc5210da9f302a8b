"""Text that is JSON or nearly so, pictures, and certificates on paper."""

from __future__ import annotations

import datetime
import struct
import zlib
from collections.abc import Iterator

from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from tests import papers
from tests.interop.parity import making as c
from tests.interop.parity.making import Case

PROFILES = {"vc1": OBV3_VC1, "vc2": OBV3_VC2}
SIGNERS = {"key": c.KEY, "web": c.WEB}
DAY = datetime.timedelta(days=1)


def texts() -> Iterator[Case]:
    good_one = c.dumps(c.credential())
    at_hand = c.published(c.KEY, OBV3_VC2)
    doubled = good_one[:-1] + b',"id":"urn:x:y"}'
    for what, raw in {
        "spaced": b" \n\t\r" + good_one + b"\n ",
        "marked": b"\xef\xbb\xbf" + good_one,
        "marked twice": b"\xef\xbb\xbf" * 2 + good_one,
        "form feed": b"\x0c" + good_one,
        "doubled key": doubled,
        "escaped double": good_one[:-1] + b',"\\u0069d":"urn:x:y"}',
        "cut": good_one[:-1],
        "followed": good_one + b"x",
        "followed by null": good_one + b"\0",
        "comma": good_one[:-1] + b",}",
        "empty": b"",
        "null": b"null",
        "true": b"true",
        "text": b'"x"',
        "number": b"1",
        "array": b"[]",
        "object": b"{}",
        "array of one": b"[" + good_one + b"]",
        "comment": b"/**/" + good_one,
        "single quotes": b"{'a':1}",
        "NaN": b'{"a":NaN}',
        "Infinity": b'{"a":-Infinity}',
        "plus": b'{"a":+1}',
        "leading zero": b'{"a":01}',
        "dot": b'{"a":1.}',
        "point": b'{"a":.1}',
        "overflow": b'{"a":1e999}',
        "underflow": b'{"a":1e-999}',
        "17 digits": b'{"a":12345678901234567}',
        "2^53": b'{"a":9007199254740992}',
        "2^53-1": b'{"a":9007199254740991}',
        "lone high": b'{"a":"\\ud800"}',
        "lone low": b'{"a":"\\udc00x"}',
        "swapped pair": b'{"a":"\\udc00\\ud800"}',
        "pair": b'{"a":"\\ud83d\\ude00"}',
        "bad escape": b'{"a":"\\x41"}',
        "control": b'{"a":"\x01"}',
        "tab": b'{"a":"\t"}',
        "delete": b'{"a":"\x7f"}',
        "utf-16": '{"a":1}'.encode("utf-16"),
        "overlong": b'{"a":"\xc0\xaf"}',
        "surrogate": b'{"a":"\xed\xa0\x80"}',
        "latin": b'{"a":"\xe9"}',
        "depth 24": b'{"a":' * 24 + b"1" + b"}" * 24,
        "depth 25": b'{"a":' * 25 + b"1" + b"}" * 25,
        "deep": b"[" * 100_000,
        "deep in text": b'{"a":"' + b"[" * 1000 + b'"}',
        "unclosed text": b'{"a":"' + b"[" * 1000,
        "escaped quote": b'{"a":"\\"' + b"[" * 30 + b'"}',
        "large": b'{"a":"' + b"x" * (512 * 1024) + b'"}',
        "many": b'{"a":[' + b"1," * 20_000 + b"1]}",
        "not so many": b'{"a":[' + b"1," * 19_990 + b"1]}",
        "empty ones": b'{"a":[' + b"[ ]," * 19_000 + b"{}]}",
        "many empty ones": b'{"a":[' + b"[]," * 20_000 + b"{}]}",
        "many and broken": b"[" + b"1," * 20_000,
        "many in text": good_one[:-1] + b',"a":"' + b"," * 30_000 + b'"}',
        "prototype": good_one[:-1] + b',"__proto__":{"x":1}}',
        "constructor": good_one[:-1] + b',"constructor":"x"}',
        "empty key": good_one[:-1] + b',"":"x"}',
    }.items():
        yield Case(f"text {what}", raw, at_hand)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*chunks: bytes, width: int = 1, height: int = 1) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    )


def baked(text: bytes, keyword: bytes = b"openbadgecredential", flags: bytes = b"\0\0") -> bytes:
    return chunk(b"iTXt", keyword + b"\0" + flags + b"\0\0" + text)


def pictures() -> Iterator[Case]:
    credential = c.dumps(c.credential())
    at_hand = c.published(c.KEY, OBV3_VC2)
    good_png = png(baked(credential))
    around = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0">%s</svg>'
    cdata = f"<openbadges:credential><![CDATA[{credential.decode()}]]></openbadges:credential>"
    escaped = credential.decode().replace("&", "&amp;").replace("<", "&lt;")
    for what, raw in {
        "png": good_png,
        "png with more after": good_png + b"x",
        "png two": png(baked(credential), baked(credential)),
        "png compressed": png(baked(zlib.compress(credential), flags=b"\1\0")),
        "png other method": png(baked(credential, flags=b"\0\1")),
        "png none": png(),
        "png earlier": png(baked(b"{}", b"openbadges")),
        "png text": png(chunk(b"tEXt", b"openbadgecredential\0" + credential)),
        "png packed text": png(chunk(b"zTXt", b"openbadgecredential\0\0" + zlib.compress(credential))),
        "png empty": png(baked(b"")),
        "png cut": good_png[:-5],
        "png broken": good_png[:-20] + b"\0" + good_png[-19:],
        "png wide": png(baked(credential), width=4097),
        "png flat": png(baked(credential), height=0),
        "png no header": b"\x89PNG\r\n\x1a\n" + baked(credential) + chunk(b"IEND", b""),
        "png many chunks": png(baked(credential), *[chunk(b"tIME", b"")] * 1000),
        "png huge": good_png + bytes(4 * 1024 * 1024),
        "png not text": png(baked(b"\xff")),
        "png of JSON": png(baked(b"[]")),
        "png signature alone": b"\x89PNG\r\n\x1a\n",
        "png with language": png(chunk(b"iTXt", b"openbadgecredential\0\0\0en\0Badge\0" + credential)),
        "png of png": png(baked(good_png)),
        "png in one part": png(chunk(b"iTXt", b"openbadgecredential\0\0\0" + credential)),
        "png large text": png(baked(b" " * (512 * 1024 + 1))),
        **{
            f"svg {name}": text.encode()
            for name, text in {
                "cdata": around % cdata,
                "declared": '<?xml version="1.0" encoding="UTF-8"?>\n' + around % cdata,
                "marked": "\ufeff" + around % cdata,
                "text": around % f"<openbadges:credential>{escaped}</openbadges:credential>",
                "two": around % (cdata + cdata),
                "none": around % "",
                "empty": around % "<openbadges:credential/>",
                "blank": around % "<openbadges:credential> </openbadges:credential>",
                "prefix": (around % cdata).replace("openbadges:", "ob:").replace(":openbadges", ":ob"),
                "no prefix": (around % cdata).replace(' xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"', ""),
                "other namespace": (around % cdata).replace("ob/v3p0", "ob/v3p1"),
                "default": around
                % cdata.replace(
                    "<openbadges:credential>", '<credential xmlns="https://purl.imsglobal.org/ob/v3p0">'
                ).replace("</openbadges:credential>", "</credential>"),
                "markup": around % cdata.replace("<![CDATA[", "<b/><![CDATA["),
                "doctype": "<!DOCTYPE svg>" + around % cdata,
                "entity": '<!DOCTYPE svg [<!ENTITY a "b">]>' + around % cdata,
                "unknown entity": around % ("&nbsp;" + cdata),
                "character": around % ("&#x41;&#65;" + cdata),
                "no character": around % ("&#0;" + cdata),
                "comment": around % ("<!-- x -->" + cdata),
                "double dash": around % ("<!-- a--b -->" + cdata),
                "instruction": around % ("<?x y?>" + cdata),
                "late declaration": around % ('<?xml version="1.0"?>' + cdata),
                "html": "<html>" + cdata + "</html>",
                "not closed": (around % cdata)[:-6],
                "two roots": around % cdata + "<svg/>",
                "text after": around % cdata + "x",
                "space after": around % cdata + "\n",
                "duplicate attribute": (around % cdata).replace("<svg ", '<svg a="1" a="2" '),
                "no quotes": (around % cdata).replace("<svg ", "<svg a=1 "),
                "less in attribute": (around % cdata).replace("<svg ", '<svg a="<" '),
                "crossed": around % f"<g>{cdata}<a></g></a>",
                "other encoding": '<?xml version="1.0" encoding="ISO-8859-1"?>' + around % cdata,
                "latin declared": '<?xml version="1.0" encoding="us-ascii"?>' + around % cdata,
                "deep": around % ("<g>" * 63 + cdata + "</g>" * 63),
                "not so deep": around % ("<g>" * 62 + cdata + "</g>" * 62),
                "many": around % ("<g/>" * 20_000 + cdata),
                "earlier": around % '<a xmlns="http://openbadges.org"/>',
                "cdata end": around % ("]]>" + cdata),
                "control": around % ("\x01" + cdata),
                "attributes": (around % cdata).replace(
                    "<svg ", "<svg " + " ".join(f'a{n}="1"' for n in range(257)) + " "
                ),
                "verify and text": around
                % cdata.replace("<openbadges:credential>", '<openbadges:credential verify="a.b.c">'),
                "space before": "\n " + around % cdata,
                "declared late": "\n<?xml version='1.0'?>" + around % cdata,
                "large": around % ("<!--" + " " * (2 * 1024 * 1024) + "-->" + cdata),
                "unbound xml": (around % cdata).replace("<svg ", '<svg xlink:href="x" '),
                "lang": (around % cdata).replace("<svg ", '<svg xml:lang="en" '),
                "returns": (around % cdata).replace(">", ">\r\n", 1),
            }.items()
        },
        "svg not utf-8": (around % cdata).encode().replace(b"<svg ", b'<svg a="\xff" '),
        "svg utf-16": (around % cdata).encode("utf-16"),
    }.items():
        yield Case(f"picture {what}", raw, at_hand)


def certificates() -> Iterator[Case]:
    credential = c.dumps(c.credential())
    at_hand = c.published(c.KEY, OBV3_VC2)
    good = papers.made(credential=credential)
    table = good.rindex(b"\nxref\n") + 1
    for what, raw in {
        "good": good,
        "plain": papers.made(credential=credential, name="", page="", verifier="", badge=b""),
        "arabic": papers.made(credential=credential, language="ar"),
        "tampered": good.replace(b"urn:uuid:", b"urn:uuid-", 1),
        "of an array": papers.made(credential=b"[]"),
        "of no text": papers.made(credential=b"\xff"),
        "large text": papers.made(credential=b" " * (512 * 1024 + 1)),
        "fitting text": papers.made(credential=b" " * (512 * 1024)),
        "start": b"%PDF-",
        "start and version": b"%PDF-1.7\n",
        "version 2": good.replace(b"%PDF-1.", b"%PDF-2.", 1),
        "another's": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<</Root 1 0 R>>\n%%EOF\n",
        "cut": good[:-1],
        "followed": good + b"\n",
        "before it": b"\n" + good,
        "twice": good + good,
        "added to": good + good[table:],
        "another at the start": papers.beginning_as(papers.made(credential=b"{}"), good),
        "object of another number": good.replace(b"\n3 0 obj\n", b"\n9 0 obj\n", 1),
        "object without end": good.replace(b"\nendobj\n3 0 obj\n", b"\nENDOBJ\n3 0 obj\n", 1),
        "object that is in no table": good[:table]
        + b"6 0 obj\n<<>>\nendobj\n"
        + good[table:].replace(b"%d" % table, b"%d" % (table + 20)),
        "first entry in use": good.replace(b"0000000000 65535 f ", b"0000000000 00000 n ", 1),
        "moved table": good[:table] + b" " + good[table:],
        "huge": good[:200] + bytes(4 * 1024 * 1024) + good[200:],
        "huge table": good[:table]
        + b"xref\n0 4000\n"
        + b"0000000000 65535 f \n" * 4000
        + good[good.index(b"trailer") :],
        **{
            f"without {part.decode()}": good.replace(part, part.swapcase(), 1)
            for part in (b"/EmbeddedFiles", b"/AF [", b"/AFRelationship", b"/Params", b"/Size", b"/Root", b"startxref")
        },
        **{f"changed {number}": _replaced(good, number) for number in range(0, len(good), len(good) // 150)},
        **{f"changed table {number}": _replaced(good, number) for number in range(table, len(good), 41)},
    }.items():
        yield Case(f"certificate {what}", raw, at_hand)


def _replaced(raw: bytes, number: int) -> bytes:
    """Another byte at that place."""
    return raw[:number] + bytes([raw[number] ^ 1]) + raw[number + 1 :]

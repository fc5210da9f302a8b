"""
Pictures that would like to run a script, to call home, or to cost more than they weigh: by name, as they are uploaded.

``CANARY`` sets a global of the page it runs in; ``HOME`` is where something would be fetched.
"""

from __future__ import annotations

import functools
import struct
import zlib
from collections.abc import Callable

from tests import badges
from tests import pictures

CANARY = "globalThis.canary=1"
HOME = "https://home.example/"
XHTML = "http://www.w3.org/1999/xhtml"


@functools.cache
def _packed(size: int) -> bytes:
    """Zlib of ``size`` zeros, made without having them."""
    packer = zlib.compressobj(9)
    block = bytes(1 << 20)
    return b"".join(packer.compress(block) for _ in range(size >> 20)) + packer.flush()


# --- SVG

_TEXT = '<text>x</text><rect width="4" height="4"/>'
# What stands in the drawing, beside something to see.
_INSIDE = {
    "script": f"<script>{CANARY}</script>",
    "script of SVG, with a prefix": f'<s:script xmlns:s="{badges.SVG}">{CANARY}</s:script>',
    "script by address": f'<script href="{HOME}x.js"/>',
    "script by old address": f'<script xlink:href="{HOME}x.js"/>',
    "module": f'<script type="module">import "{HOME}x.js"</script>',
    "script in definitions": f"<defs><g><script>{CANARY}</script></g></defs>",
    "script of HTML": f'<h:script xmlns:h="{XHTML}">{CANARY}</h:script>',
    "script without a vocabulary": f'<script xmlns="">{CANARY}</script>',
    "script in a note": f'<metadata><h:script xmlns:h="{XHTML}">{CANARY}</h:script></metadata>',
    "script in an editor's note": f'<x:a xmlns:x="urn:editor"><script>{CANARY}</script></x:a>',
    "script in a title": f"<title><script>{CANARY}</script></title>",
    "script in capitals": f"<SCRIPT>{CANARY}</SCRIPT>",
    "script in a section": f"<text><![CDATA[<script>{CANARY}</script>]]></text>",
    "script in references": f"<text>&lt;script&gt;{CANARY}&lt;/script&gt;</text>",
    "script in a comment": f"<!-- --><!--><script>{CANARY}</script>-->",
    "onload": f'<rect onload="{CANARY}" width="9" height="9"/>',
    "onerror of a picture": f'<image href="{HOME}x.png" onerror="{CANARY}"/>',
    "onclick": f'<g onclick="{CANARY}"><rect width="9" height="9"/></g>',
    "onmouseover in capitals": f'<rect ONMOUSEOVER="{CANARY}"/>',
    "onfocus": f'<rect tabindex="0" autofocus="" onfocus="{CANARY}"/>',
    "onbegin": f'<animate onbegin="{CANARY}" attributeName="x" dur="1s"/>',
    "onend of set": f'<rect><set onend="{CANARY}" attributeName="x" to="1" dur="1s"/></rect>',
    "an event attribute of another vocabulary": f'<rect xmlns:e="urn:e" e:onload="{CANARY}"/>',
    "set href": f'<use href="#a"><set attributeName="href" to="javascript:{CANARY}"/></use>',
    "set of an event attribute": f'<set attributeName="onmouseover" to="{CANARY}"/>',
    "animate of values": f'<a><animate attributeName="href" values="javascript:{CANARY}"/><text>x</text></a>',
    "animateTransform": '<animateTransform attributeName="transform" dur="1s" repeatCount="indefinite"/>',
    "animateMotion": '<animateMotion path="M0 0L9 9" dur="1s"/>',
    "link": f'<a href="javascript:{CANARY}"><text>x</text></a>',
    "link home": f'<a xlink:href="{HOME}" target="_top"><rect width="9" height="9"/></a>',
    "page": f'<foreignObject><i:iframe xmlns:i="{XHTML}" src="{HOME}"/></foreignObject>',
    "page of HTML": f'<foreignObject width="9" height="9"><body xmlns="{XHTML}" onload="{CANARY}"/></foreignObject>',
    "page with a form": f'<foreignObject><form xmlns="{XHTML}" action="{HOME}"><button/></form></foreignObject>',
    "frame of HTML": f'<iframe xmlns="{XHTML}" src="javascript:parent.{CANARY}"/>',
    "object of HTML": f'<object xmlns="{XHTML}" data="{HOME}x.svg"/>',
    "video of HTML": f'<video xmlns="{XHTML}" src="{HOME}x" autoplay="" onerror="{CANARY}"/>',
    "audio": f'<audio href="{HOME}x.mp3"/>',
    "style sheet of HTML": f'<link xmlns="{XHTML}" rel="stylesheet" href="{HOME}x.css"/>',
    "refresh of HTML": f'<meta xmlns="{XHTML}" http-equiv="refresh" content="0;url={HOME}"/>',
    "base of HTML": f'<base xmlns="{XHTML}" href="{HOME}"/>',
    "mathematics": f'<math xmlns="http://www.w3.org/1998/Math/MathML" href="javascript:{CANARY}"/>',
    "handler": f'<handler xmlns:v="http://www.w3.org/2001/xml-events" v:event="load">{CANARY}</handler>',
    "listener": f'<v:listener xmlns:v="http://www.w3.org/2001/xml-events" event="load" handler="{HOME}#x"/>',
    "inclusion": f'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="{HOME}x.svg"/>',
    "transformation": f'<x:value-of xmlns:x="http://www.w3.org/1999/XSL/Transform" select="document(\'{HOME}\')"/>',
    "picture": f'<image href="{HOME}x.png" width="9" height="9"/>',
    "picture by old address": f'<image xlink:href="{HOME}x.png" width="9" height="9"/>',
    "picture inside": '<image href="data:image/png;base64,iVBORw0KGgo=" width="9" height="9"/>',
    "drawing inside": f'<image href="data:image/svg+xml,%3Csvg onload=%22{CANARY}%22/%3E"/>',
    "use of another document": f'<use href="{HOME}x.svg#a"/>',
    "use of another document, old": f'<use xlink:href="{HOME}x.svg#a"/>',
    "use without a scheme": '<use href="//home.example/x.svg#a"/>',
    "use of a path": '<use href="/x.svg#a"/>',
    "use of data": "<use href=\"data:image/svg+xml,&lt;svg id='a' xmlns='http://www.w3.org/2000/svg'/&gt;#a\"/>",
    "use of two addresses": f'<use href="#a" xlink:href="{HOME}x.svg#a"/>',
    "gradient of another document": f'<linearGradient id="g" href="{HOME}x.svg#g"/>',
    "pattern of another document": f'<pattern id="p" xlink:href="{HOME}x.svg#p"/>',
    "path of another document": f'<text><textPath href="{HOME}x.svg#p">x</textPath></text>',
    "picture in a filter": f'<filter id="f"><feImage href="{HOME}x.png"/></filter><rect filter="url(#f)"/>',
    "cursor": f'<cursor id="c" href="{HOME}x.cur"/>',
    "font": f'<font-face><font-face-src><font-face-uri href="{HOME}x.svg#f"/></font-face-src></font-face>',
    "switch": '<switch><g systemLanguage="en"/></switch>',
    "discard": "<discard/>",
    "view": '<view id="v" viewBox="0 0 1 1"/>',
    "unknown element": "<rectangle/>",
    "fill from home": f'<rect fill="url({HOME}x.svg#a)" width="9" height="9"/>',
    "fill from home, in quotes": f"<rect fill=\"url( '{HOME}x.svg#a' )\" width='9' height='9'/>",
    "fill from home, in capitals": f'<rect fill="URL({HOME}x.svg#a)" width="9" height="9"/>',
    "fill with an escape": f'<rect fill="u\\72l({HOME}x.svg#a)" width="9" height="9"/>',
    "fill with a line": f'<rect fill="url(&#10;{HOME}x.svg#a)" width="9" height="9"/>',
    "filter from home": f'<rect filter="url({HOME}x.svg#a)" width="9" height="9"/>',
    "mask from home": f'<rect mask="url({HOME}x.svg#a)" width="9" height="9"/>',
    "clip from home": f'<rect clip-path="url({HOME}x.svg#a)" width="9" height="9"/>',
    "marker from home": f'<path d="M0 0L9 9" style="marker-end:url({HOME}x.svg#a)"/>',
    "style from home": f'<rect style="fill:url({HOME}x.svg)" width="9" height="9"/>',
    "style with a background": f'<rect style="background:url({HOME}x.png)" width="9" height="9"/>',
    "style with an image set": f"<rect style=\"background-image:image-set('{HOME}x.png' 1x)\"/>",
    "style with an expression": f'<rect style="width:expression({CANARY})"/>',
    "style with a behaviour": f'<rect style="behavior:url({HOME}x.htc)"/>',
    "style with a binding": f'<rect style="-moz-binding:url({HOME}x.xml#a)"/>',
    "style with an escape": f'<rect style="f\\69ll:url({HOME}x.svg#a)"/>',
    "style with a comment": f'<rect style="fill:ur/**/l({HOME}x.svg#a)"/>',
    "style with a script": f"<rect style=\"fill:url('javascript:{CANARY}')\"/>",
    "sheet with an import": f"<style>@import url({HOME}x.css);</style>",
    "sheet with an import, plain": f'<style>@import "{HOME}x.css";</style>',
    "sheet with a font": f"<style>@font-face {{ font-family: f; src: url({HOME}x.woff) }}</style>",
    "sheet with a name space": f'<style>@namespace h "{XHTML}";</style>',
    "sheet that animates": "<style>@keyframes k { to { fill: red } } rect { animation: k 1s infinite }</style>",
    "sheet that asks": f"<style>@media screen {{ rect {{ fill: url({HOME}x.svg#a) }} }}</style>",
    "sheet with an address": f"<style>rect {{ fill: url({HOME}x.svg#a) }}</style>",
    "sheet with an address in a section": f"<style><![CDATA[rect {{ fill: url({HOME}x.svg#a) }}]]></style>",
    "sheet with an escape": f"<style>rect {{ fill: \\75rl({HOME}x.svg#a) }}</style>",
    "sheet that looks at attributes": f"<style>rect[width^='9'] {{ fill: url({HOME}x.svg#a) }}</style>",
    "sheet that waits": f"<style>rect:hover {{ cursor: url({HOME}x.cur), auto }}</style>",
    "sheet that ends": f"<style>a {{ fill: red }} &lt;/style&gt;&lt;script&gt;{CANARY}&lt;/script&gt;</style>",
    "sheet in another language": '<style type="text/x-any">rect { fill: red }</style>',
    "sheet with elements": f"<style>rect {{ fill: red }}<script>{CANARY}</script></style>",
    "instruction": f'<?xml-stylesheet href="{HOME}x.xsl"?>',
    "base": f'<g xml:base="{HOME}"><use href="#a"/></g>',
    "text with direction marks": "<text>\u202egnp.egdab\u2066</text>",
    "path that is none": f'<path d="M0 0&quot; onload=&quot;{CANARY}"/>',
    "value that ends": f'<rect width="9&quot; onload=&quot;{CANARY}" height="9"/>',
    "id that ends": f'<rect id="a&quot;&gt;&lt;script&gt;{CANARY}&lt;/script&gt;" width="9"/>',
    "class that ends": f'<rect class="a&quot;&gt;&lt;script&gt;{CANARY}&lt;/script&gt;" width="9"/>',
    "font that ends": f"<text font-family=\"'a&quot;&gt;&lt;script&gt;{CANARY}&lt;/script&gt;'\">x</text>",
    "title that ends": f"<title>&lt;/title&gt;&lt;script&gt;{CANARY}&lt;/script&gt;</title>",
    "baked credential": f'<o:credential xmlns:o="{pictures.OPEN_BADGES}" verify="a.b.c"/>',
}
# On the first element.
_ON_ROOT = {
    "onload of the root": f'onload="{CANARY}"',
    "onfocus of the root": f'onfocus="{CANARY}" autofocus="" tabindex="0"',
    "onunload of the root": f'onunload="{CANARY}"',
    "base of the root": f'xml:base="{HOME}"',
    "style of the root": f'style="background:url({HOME}x.png)"',
    "script type of the root": 'contentScriptType="text/ecmascript"',
    "location of a schema": f'xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="{HOME} x.xsd"',
}
_BEFORE = {
    "document type": "<!DOCTYPE svg>",
    "document type from home": f'<!DOCTYPE svg SYSTEM "{HOME}x.dtd">',
    "entity from home": f'<!DOCTYPE svg [<!ENTITY e SYSTEM "{HOME}x">]>',
    "entity of a file": '<!DOCTYPE svg [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
    "parameter entity": f'<!DOCTYPE svg [<!ENTITY % e SYSTEM "{HOME}x"> %e;]>',
    "attribute by default": f'<!DOCTYPE svg [<!ATTLIST svg onload CDATA "{CANARY}">]>',
    "transformation by instruction": f'<?xml-stylesheet type="text/xsl" href="{HOME}x.xsl"?>',
    "style sheet by instruction": f'<?xml-stylesheet type="text/css" href="{HOME}x.css"?>',
    "other encoding": '<?xml version="1.0" encoding="utf-7"?>',
    "encoding of one byte": '<?xml version="1.0" encoding="ISO-8859-1"?>',
}


def _uses(levels: int, each: int = 10) -> str:
    """``each`` to the power of ``levels`` circles, in a few lines."""
    made = ['<g id="u0"><circle r="1"/></g>']
    for level in range(1, levels + 1):
        made.append(f'<g id="u{level}">' + f'<use href="#u{level - 1}"/>' * each + "</g>")
    return f'<defs>{"".join(made)}</defs><use href="#u{levels}"/>'


def _painted(kind: str, attribute: str, levels: int = 9) -> str:
    """Paint of paint of paint."""
    made = [f'<{kind} id="p0" width="1" height="1"><circle r="1"/></{kind}>']
    for level in range(1, levels + 1):
        inside = f'<rect width="1" height="1" {attribute}="url(#p{level - 1})"/>' * 10
        made.append(f'<{kind} id="p{level}" width="1" height="1">{inside}</{kind}>')
    return "".join(made) + f'<rect {attribute}="url(#p{levels})"/>'


def _laughs() -> bytes:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return badges.svg("<text>&e9;</text>", before=f'<!DOCTYPE svg [<!ENTITY e0 "ha">{entities}]>')


# What costs more than it weighs, made only where it is asked for.
SVG_BOMBS: dict[str, Callable[[], bytes]] = {
    "laughs": _laughs,
    "uses of uses": lambda: badges.svg(_uses(9)),
    "a few uses too many": lambda: badges.svg(_uses(5)),
    "uses of a million": lambda: badges.svg(_uses(2, 1000)),
    "a long chain of uses": lambda: badges.svg(_uses(500, 1)),
    "use of itself": lambda: badges.svg('<g id="a"><use href="#a"/></g>'),
    "uses of each other": lambda: badges.svg('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>'),
    "patterns of patterns": lambda: badges.svg(_painted("pattern", "fill")),
    "masks of masks": lambda: badges.svg(_painted("mask", "mask")),
    "clips of clips": lambda: badges.svg(_painted("clipPath", "clip-path")),
    "pattern of itself": lambda: badges.svg('<pattern id="a"><rect fill="url(#a)"/></pattern>'),
    "pattern that many inherit": lambda: badges.svg(
        f'<pattern id="a">{"<circle/>" * 300}</pattern><g fill="url(#a)">{"<rect/>" * 300}</g>'
    ),
    "pattern by a sheet": lambda: badges.svg(
        f'<style>rect {{ fill: url(#a) }}</style><pattern id="a">{"<circle/>" * 300}</pattern>{"<rect/>" * 300}'
    ),
    "filters": lambda: badges.svg(
        '<filter id="f"><feGaussianBlur stdDeviation="9"/></filter>' + '<g filter="url(#f)"/>' * 1_000
    ),
    "turbulence": lambda: badges.svg('<filter id="f"><feTurbulence numOctaves="99999"/></filter>'),
    "morphology": lambda: badges.svg('<filter id="f"><feMorphology radius="9999"/></filter>'),
    "depth": lambda: badges.svg("<g>" * 40_000),
    "closed depth": lambda: badges.svg("<g>" * 30_000 + "</g>" * 30_000),
    "depth in a note": lambda: badges.svg("<metadata>" + "<a>" * 20_000),
    "elements": lambda: badges.svg("<g/>" * 100_000),
    "some elements too many": lambda: badges.svg("<g/>" * 10_001),
    "notes": lambda: badges.svg('<x:a xmlns:x="urn:x"/>' * 20_000),
    "attributes": lambda: badges.svg("<g " + " ".join(f'a{n}=""' for n in range(40_000)) + "/>"),
    "name spaces": lambda: badges.svg("<g " + " ".join(f'xmlns:a{n}="u"' for n in range(20_000)) + "/>"),
    "comments": lambda: badges.svg("<!---->" * 70_000),
    "openings": lambda: b"<" * (512 * 1024),
    "one tag": lambda: b"<svg " + b"a=" * 200_000,
    "too many bytes": lambda: badges.svg(" " * (512 * 1024)),
    "rules": lambda: badges.svg(f"<style>{'g{fill:red}' * 40_000}</style>"),
    "rules times elements": lambda: badges.svg(f"<style>{'g{fill:red}' * 400}</style>{'<g/>' * 9_000}"),
    "rules that do not match": lambda: badges.svg(
        f"<style>{'g.a.b{fill:red}' * 400}</style>" + '<g class="a"/>' * 9_000
    ),
    "a sheet without an end": lambda: badges.svg(f"<style>{'a' * 500_000}</style>"),
    "braces": lambda: badges.svg(f"<style>{'{' * 500_000}</style>"),
    "comments in a sheet": lambda: badges.svg(f"<style>{'/*' * 250_000}</style>"),
    "quotes in a style": lambda: badges.svg(f"<g style=\"font-family:{'&apos;' * 80_000}\"/>"),
    "quotes and words in a value": lambda: badges.svg(f"<g font-family=\"{'a&apos;' * 70_000}x\"/>"),
    "brackets in a value": lambda: badges.svg(f'<g transform="{"rotate(" * 70_000}"/>'),
    "a path that ends badly": lambda: badges.svg(f'<path d="{"M1 1" * 120_000}!"/>'),
    "addresses": lambda: badges.svg(f'<g fill="{"url(" * 120_000}"/>'),
    "inlined, larger than allowed": lambda: badges.svg(
        f"<style>g{{font-family:'{'a' * 1_000}'}}</style>{'<g/>' * 9_000}"
    ),
    "huge": lambda: badges.svg(attributes='width="1000000" height="1000000"'),
    "huge box": lambda: badges.svg(attributes='viewBox="0 0 99999 99999"'),
    "huger box": lambda: badges.svg(attributes='viewBox="0 0 1e99 1e99"'),
    "tiny": lambda: badges.svg(attributes='width="0" height="0"'),
    "without a size": lambda: badges.svg(attributes='width="100%"'),
    "huge number": lambda: badges.svg('<rect width="1e38" height="9"/>'),
    "huge number in a path": lambda: badges.svg('<path d="M0 0L99999999999 1"/>'),
    "huge dashes": lambda: badges.svg('<path d="M0 0L9 9" stroke-dasharray="99999999"/>'),
}  # fmt: skip
# Whatever else calls itself a drawing.
_OTHERS = {
    "page": f"<html><script>{CANARY}</script></html>".encode(),
    "page of XHTML": f'<html xmlns="{XHTML}"><script>{CANARY}</script></html>'.encode(),
    "no vocabulary": f"<svg onload='{CANARY}'/>".encode(),
    "svg of another vocabulary": b'<svg xmlns="urn:x" viewBox="0 0 1 1"/>',
    "UTF-16": "<?xml version='1.0'?>".encode("utf-16"),
    "UTF-16 drawing": badges.svg().decode().encode("utf-16-be"),
    "UTF-7": b"+ADw-script+AD4-",
    "not UTF-8": badges.svg("<text>\u00e9</text>").replace(b"\xc3\xa9", b"\xe9"),
    "half": badges.svg()[:-3],
    "two": badges.svg() * 2,
    "packed": zlib.compress(badges.svg()),
    "a null": badges.svg("<text>\0</text>"),
    "nothing": b"",
    "gif": b"GIF89a" + bytes(100),
    "undefined entity": badges.svg("<text>&nbsp;</text>"),
    "undeclared prefix": badges.svg("<x:a/>"),
    "the same attribute twice": badges.svg('<g fill="red" fill="blue"/>'),
    "the same attribute in two vocabularies": badges.svg(f'<g xmlns:a="urn:x" xmlns:b="urn:x" a:c="{HOME}" b:c=""/>'),
}


def svgs() -> dict[str, bytes]:
    """All but the bombs."""
    return {
        **{name: badges.svg(inside + _TEXT) for name, inside in _INSIDE.items()},
        **{name: badges.svg(_TEXT, f'viewBox="0 0 10 10" {attributes}') for name, attributes in _ON_ROOT.items()},
        **{name: badges.svg(_TEXT, before=before) for name, before in _BEFORE.items()},
        **_OTHERS,
    }


# --- PNG


def _header(width: int, height: int, *, depth: int = 8, colour: int = 0, rest: bytes = b"\0\0\0") -> bytes:
    return pictures.chunk(b"IHDR", struct.pack(">IIBB", width, height, depth, colour) + rest)


def _png(*chunks: bytes, first: bytes | None = None, pixels: bytes | None = None, after: bytes = b"") -> bytes:
    """100 × 100 of grey, or what is said otherwise."""
    drawn = zlib.compress((b"\0" + bytes(100)) * 100) if pixels is None else pixels
    return b"".join(
        (
            pictures.SIGNATURE, first or _header(100, 100), *chunks,
            pictures.chunk(b"IDAT", drawn) if drawn else b"", pictures.chunk(b"IEND"), after,
        )
    )  # fmt: skip


_PAGE = f"<html><script>{CANARY}</script></html>".encode()
_GOOD = _png()
PNGS: dict[str, Callable[[], bytes]] = {
    "20,000 each way": lambda: _png(first=_header(20_000, 20_000), pixels=b"x"),
    "wide": lambda: _png(first=_header(2**31 - 1, 90)),
    "high": lambda: _png(first=_header(90, 2**32 - 1)),
    "a pixel too wide": lambda: _png(first=_header(2_001, 2_000)),
    "nothing to see": lambda: _png(first=_header(0, 0)),
    "small": lambda: badges.png(size=(89, 90)),
    "pixels without end": lambda: _png(pixels=_packed(1 << 27)),
    "pixels without end, in pieces": lambda: _png(
        *(pictures.chunk(b"IDAT", part) for part in (_packed(1 << 26)[:9_000],)), pixels=b"rest"
    ),
    "too few pixels": lambda: _png(pixels=zlib.compress(b"\0")),
    "a byte of pixels too many": lambda: _png(pixels=zlib.compress((b"\0" + bytes(100)) * 100 + b"\0")),
    "pixels cut off": lambda: _png(pixels=zlib.compress((b"\0" + bytes(100)) * 100)[:-4]),
    "pixels with a wrong sum": lambda: _png(pixels=zlib.compress((b"\0" + bytes(100)) * 100)[:-1] + b"\xff"),
    "pixels that are none": lambda: _png(pixels=b"not packed at all"),
    "no pixels": lambda: _png(pixels=b""),
    "a filter that is none": lambda: _png(pixels=zlib.compress((b"\x09" + bytes(100)) * 100)),
    "profile without end": lambda: _png(pictures.chunk(b"iCCP", b"a\0\0" + _packed(1 << 27))),
    "text without end": lambda: _png(pictures.chunk(b"zTXt", b"a\0\0" + _packed(1 << 27))),
    "text of a page": lambda: _png(pictures.chunk(b"tEXt", b"Comment\0" + _PAGE)),
    "baked credential": lambda: _png(pictures.itxt(b'{"a":1}')),
    "place and camera": lambda: _png(pictures.chunk(b"eXIf", b"MM\0*" + _PAGE)),
    "page in a chunk of its own": lambda: _png(pictures.chunk(b"paGe", _PAGE)),
    "page behind the end": lambda: _png(after=_PAGE),
    "archive behind the end": lambda: _png(after=b"PK\x03\x04" + bytes(100) + b"PK\x05\x06" + bytes(18)),
    "another picture behind the end": lambda: _GOOD + _GOOD,
    "page behind the pixels": lambda: _png(pixels=zlib.compress((b"\0" + bytes(100)) * 100) + _PAGE),
    "wrong checksum of the header": lambda: _png(first=_header(100, 100)[:-1] + b"\0"),
    "wrong checksum of pixels": lambda: _GOOD[:-13] + bytes([_GOOD[-13] ^ 1]) + _GOOD[-12:],
    "cut off": lambda: _GOOD[:-20],
    "without an end": lambda: _GOOD[:-12],
    "signature alone": lambda: pictures.SIGNATURE,
    "signature and a page": lambda: pictures.SIGNATURE + _PAGE,
    "length beyond the file": lambda: pictures.SIGNATURE + b"\xff\xff\xff\xffIHDR",
    "animated": lambda: _png(pictures.chunk(b"acTL", struct.pack(">II", 2, 0))),
    "a frame": lambda: _png(pictures.chunk(b"fcTL", bytes(26))),
    "header twice": lambda: _png(_header(90, 90)),
    "header late": lambda: _png(first=pictures.chunk(b"tEXt", b"a\0b") + _header(100, 100)),
    "depth that is none": lambda: _png(first=_header(100, 100, depth=3)),
    "colour that is none": lambda: _png(first=_header(100, 100, colour=5)),
    "compression that is none": lambda: _png(first=_header(100, 100, rest=b"\1\0\0")),
    "interlacing that is none": lambda: _png(first=_header(100, 100, rest=b"\0\0\7")),
    "palette that is missing": lambda: _png(first=_header(100, 100, colour=3)),
    "palette that is no palette": lambda: _png(pictures.chunk(b"PLTE", b"ab"), first=_header(100, 100, colour=3)),
    "palette that is too short": lambda: _png(
        pictures.chunk(b"PLTE", b"abc"),
        first=_header(100, 100, colour=3), pixels=zlib.compress((b"\0" + b"\xff" * 100) * 100),
    ),
    "palette twice": lambda: _png(pictures.chunk(b"PLTE", b"abc") * 2, first=_header(100, 100, colour=3)),
    "transparency that is too long": lambda: _png(
        pictures.chunk(b"PLTE", b"abc"), pictures.chunk(b"tRNS", bytes(900)), first=_header(100, 100, colour=3)
    ),
    "transparency that is too short": lambda: _png(pictures.chunk(b"tRNS", b"")),
    "pixels apart": lambda: _png(pictures.chunk(b"IDAT", b""), pictures.chunk(b"tEXt", b"a\0b")),
    "chunk that must be known": lambda: _png(pictures.chunk(b"ABCD")),
    "chunks": lambda: _png(pictures.chunk(b"abcd") * 40_000),
    "too many bytes": lambda: _png(after=bytes(512 * 1024)),
}  # fmt: skip


def png_of(side: int, depth: int, colour: int, before: bytes, pixels: bytes) -> bytes:
    """A square of these packed pixels."""
    return _png(before, first=_header(side, side, depth=depth, colour=colour), pixels=pixels)

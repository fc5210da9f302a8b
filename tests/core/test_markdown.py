"""Criteria are Markdown that others wrote: shown as what it says, never as anything that acts."""

import html.parser
import time

import pytest
from hypothesis import example
from hypothesis import given
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import markdown
from openedx_verifiable_credentials.core import text
from openedx_verifiable_credentials.core.markdown import Fault
from tests import properties

SHOWN = {"p", "strong", "em", "ul", "ol", "li", "a", "code", "pre", "blockquote", "hr", "br"}
REL = "nofollow noopener noreferrer"
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "a <b onclick=alert(1)>b</b>",
    "<svg/onload=alert(1)>",
    "<!-- --><![CDATA[x]]><?x?>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A;avascript&colon;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "[x](file:///etc/passwd)",
    "[x](//evil.example/)",
    "[x](/relative)",
    "[x](https://user:password@evil.example/)",
    "[x](https://evil.example/ \"' onmouseover='alert(1)\")",
    "[x](https://evil.example/\"onmouseover=alert(1))",
    "[x](mailto:a@example.org?bcc=b@example.org&body=x)",
    "![x](https://evil.example/pixel.png)",
    "![x][1]\n\n[1]: https://evil.example/pixel.png",
    "<javascript:alert(1)>",
    "<https://evil.example/<script>>",
    "[x][1]\n\n[1]: javascript:alert(1)",
    "# This credential is valid\n\nor\n==\n",
    "```html onload=alert(1)\n<script>alert(1)</script>\n```",
    "``` \"><script>alert(1)</script>\nx\n```",
    "`<script>alert(1)</script>`",
    "\\<script>alert(1)</script>",
    "{{ settings.SECRET_KEY }} {% debug %}",
    "[[[[[[[[x]](https://e.org)](javascript:1)",
)  # fmt: skip


class Reader(html.parser.HTMLParser):
    """Every tag with its attributes, and the text."""

    def __init__(self, source):
        super().__init__()
        self.tags, self.said = [], ""
        self.feed(source)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.said += data

    def handle_comment(self, data):
        self.tags.append(("!--", {}))

    def handle_decl(self, decl):
        self.tags.append(("!", {}))

    def handle_pi(self, data):
        self.tags.append(("?", {}))

    def unknown_decl(self, data):
        self.tags.append(("![", {}))


def require_harmless(written):
    for tag, attributes in Reader(written).tags:
        assert tag in SHOWN, tag
        if tag == "a":
            assert attributes.keys() <= {"href", "rel", "title"}
            assert attributes["rel"] == REL
            assert attributes["href"].lower().startswith(("http://", "https://", "mailto:"))
            assert "@" not in attributes["href"].partition("://")[2].partition("/")[0]
        elif tag == "ol":
            assert attributes.keys() <= {"start"}
        elif tag == "code":
            assert attributes.keys() <= {"class"}
        else:
            assert attributes == {}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_in_it_acts_fetches_or_looks_like_the_page(hostile):
    for source in (hostile, f"- {hostile}", f"> {hostile}\n", f"*{hostile}*", f"x\n\n{hostile}\n\ny"):
        require_harmless(markdown.to_html(source))
        require_harmless(markdown.to_html(text.clean_markdown(source)))


@given(st.lists(st.one_of(st.sampled_from(HOSTILE), properties.any_text), max_size=6).map("".join))
@example("\x00\ud800<script>")
def test_whatever_it_is_it_is_harmless(source):
    require_harmless(markdown.to_html(text.clean_markdown(source)))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("*a* **b** `c`", "<p><em>a</em> <strong>b</strong> <code>c</code></p>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("3. a", '<ol start="3">\n<li>a</li>\n</ol>\n'),
        ("# A\n\nb", "<p><strong>A</strong></p>\n<p>b</p>\n"),
        ("[a](https://e.org/b?c=1&d=2)", f'<p><a href="https://e.org/b?c=1&amp;d=2" rel="{REL}">a</a></p>\n'),
        ("<mail@e.org>", f'<p><a href="mailto:mail@e.org" rel="{REL}">mail@e.org</a></p>\n'),
        ("<b>", "<p>&lt;b&gt;</p>\n"),
        ("![a](https://e.org/b.png)", f'<p>!<a href="https://e.org/b.png" rel="{REL}">a</a></p>\n'),
        ("[a](javascript:b)", "<p>[a](javascript:b)</p>\n"),
        ("", ""),
    ],
)
def test_it_is_shown_as_what_it_says(source, expected):
    assert markdown.to_html(source) == expected


@given(properties.titles)
def test_text_that_was_escaped_is_shown_as_it_is(title):
    line = text.clean_line(title)
    written = Reader(markdown.to_html(text.escape_markdown(line)))
    assert [tag for tag, _ in written.tags] == ["p"]
    assert written.said == f"{line}\n"


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("a [link](https://e.org/) and <mail@e.org>", None),
        ("`<script>`", None),
        ("    <script>", None),
        ("<script>", Fault.HTML),
        ("a <b>", Fault.HTML),
        ("![a](https://e.org/b.png)", Fault.IMAGE),
        ("- > ![a](https://e.org/b.png)", Fault.IMAGE),
        ("[a](javascript:b)", Fault.LINK),
        ("[a](&#106;avascript:b)", Fault.LINK),
        ("[a](/b)", Fault.LINK),
        ("[a][1]\n\n[1]: data:b", Fault.LINK),
    ],
)
def test_what_may_not_be_there_is_found_before_it_is_signed(source, fault):
    assert markdown.find_fault(source) == fault


@pytest.mark.parametrize("source", ["[" * 5000, "> " * 2500, "*a " * 1600, "`" * 5000, "- " * 2500, "![" * 2500])
def test_it_takes_no_time_to_read(source):
    before = time.process_time()
    require_harmless(markdown.to_html(text.clean_markdown(source)))
    assert time.process_time() - before < 2


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("Earn a **grade** of _60_ %.", "Earn a grade of 60 %."),
        ("# Title\n\nText\nthat goes on.", "Title\nText that goes on."),
        ("- one\n- two\n\n1. three", "one\ntwo\nthree"),
        (
            "See [the page](https://example.org/) and <https://example.org/x>.",
            "See the page and https://example.org/x.",
        ),
        ("`a*b` stays\n\n```\nx  y\n```", "a*b stays\nx  y"),
        (r"5 \* 3 &amp; &lt;b&gt; <b>x</b>", "5 * 3 & <b> <b>x</b>"),
        ("", ""),
    ],
)
def test_for_paper_the_marks_are_taken_away(source, said):
    assert markdown.to_text(source) == said


@given(properties.any_text)
def test_text_for_paper_has_every_letter_of_the_line(value):
    plain = text.clean_line(value)
    assert "".join(markdown.to_text(text.escape_markdown(plain)).split()) == "".join(plain.split())

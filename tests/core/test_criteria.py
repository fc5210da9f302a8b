"""What may not stand in criteria is found before they are saved, however lenient their readers are."""

import time

import pytest

from openedx_verifiable_credentials.core import markdown
from openedx_verifiable_credentials.core.markdown import Fault

FINE = [
    "",
    "Pass the exam.",
    "# Criteria\n\n- one\n  - two\n\n1. *three*\n2. **four**\n\n> five\n\n---\n\n`<b>six</b>`",
    "    <script>code is text</script>",
    "```\n<script>code is text</script>\n```",
    "[here](https://example.org/a?b=c#d) and <http://example.org/> and <dean@example.org>",
    "[here][1]\n\n[1]: https://example.org/ 'A title'",
    "[Ä](https://example.org/ä)",
    "a < b > c & d",
    "\\<b>",
    "&lt;b&gt;",
]
WRONG = [
    ("<script>alert(1)</script>", Fault.HTML),
    ("a <b>b</b>", Fault.HTML),
    ("<!-- a -->", Fault.HTML),
    ("<?php echo 1 ?>", Fault.HTML),
    ("<!DOCTYPE html>", Fault.HTML),
    ("<![CDATA[a]]>", Fault.HTML),
    ("</div>", Fault.HTML),
    ("<svg/onload=alert(1)>", Fault.HTML),
    ("a\n<svg/onload=alert(1)\n>", Fault.HTML),
    ("&lt;b> is fine, <b/x> is not", Fault.HTML),
    ("- > <img src=x onerror=alert(1)>", Fault.HTML),
    ("![a](https://example.org/a.png)", Fault.IMAGE),
    ("[![a](https://example.org/a.png)](https://example.org/)", Fault.IMAGE),
    ("![a][1]\n\n[1]: https://example.org/a.png", Fault.IMAGE),
    ("[a](javascript:alert(1))", Fault.LINK),
    ("[a](JAVASCRIPT:alert(1))", Fault.LINK),
    ("[a](java\nscript:alert(1) 'x')\n\n[a](vbscript:x)", Fault.LINK),
    ("[a](<javascript:alert(1)>)", Fault.LINK),
    ("[a](&#x6a;avascript:alert(1))", Fault.LINK),
    ("[a](javascript&colon;alert(1))", Fault.LINK),
    ("<javascript:alert(1)>", Fault.LINK),
    ("[a][1]\n\n[1]: javascript:alert(1)", Fault.LINK),
    ("[a](data:text/html;base64,PHNjcmlwdD4=)", Fault.LINK),
    ("[a](file:///etc/passwd)", Fault.LINK),
    ("[a](/relative)", Fault.LINK),
    ("[a](#part)", Fault.LINK),
    ("[a](//example.org/)", Fault.LINK),
    ("[a](https://user:secret@example.org/)", Fault.LINK),
    ("[a](https://example.org@evil.example/)", Fault.LINK),
    ("[a](mailto:a@example.org?bcc=b@example.org)", Fault.LINK),
    ("[a](mailto:a@example.org,b@example.org)", Fault.LINK),
    ("[a]()", Fault.LINK),
]


@pytest.mark.parametrize("text", FINE)
def test_plain_markdown_is_fine(text):
    assert markdown.find_fault(text) is None


@pytest.mark.parametrize(("text", "fault"), WRONG)
def test_what_may_not_be_there_is_found(text, fault):
    assert markdown.find_fault(text) is fault


@pytest.mark.parametrize(
    "unit", ["[", "![", "*a **a ", "> ", "`", "<", "[a](<", "a_", "- ", "\\", "&", "<a ", "[a]: b\n"]
)
def test_the_longest_criteria_are_looked_through_in_less_than_a_second(unit):
    started = time.process_time()
    markdown.find_fault((unit * 5000)[:5000])
    assert time.process_time() - started < 1


def test_a_link_that_leads_nowhere_has_no_address():
    assert "href" not in markdown.to_html("[a]()")

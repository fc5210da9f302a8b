"""How hypothesis runs here, and strategies for the text and addresses people really type, and really should not."""

from hypothesis import HealthCheck
from hypothesis import settings
from hypothesis import strategies as st

# Canonicalising takes milliseconds and machines are shared: no test is about time, so none has a deadline.
settings.register_profile("ours", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])

BIDI_CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
SNIPPETS = (
    "\"double\" and 'single' quotes",
    "back\\slash \\n \\u0041",
    "&lt;b&gt; &copy &amp;copy=2 &#x41; &notin;",
    "R&D <script>alert(1)</script> <!-- -->",
    "line\nbreak\r\nand\ttab\u2028separator\u2029end\x85",
    "control\x00\x01\x08\x0b\x0c\x1b\x7f\x9f.",
    "مقدمة في البرمجة",
    "\u202eevil\u202c \u2066isolated\u2069 \u200fmarks",
    "emoji 👩‍🔬🏽 and \U0001f600",
    "fullwidth ＡＢＣ \uffe5 \ue000",
    "combining e\u0301 n\u0303 and \u1e9b\u0323",
    "half a pair \ud83d and \udc00",
    "not characters \ufdd0 \uffff \U0001fffe",
    "\ufeffbyte order mark",
    "*bold* _it_ `code` [link](javascript:alert(1)) ![i](x) # h > q ~~s~~ | t |",
    "{} %s ${x} {{ y }} \\x",
    "   spaces \u00a0 and \u3000 more   ",
    "1. a list",
    "- a dash",
    "@id",
    "_:b0",
    "https://example.org/?a=1&copy=2",
    "null",
)

# What a person may type, mixed with what only a program could: legal input for everything that cleans.
any_text = st.one_of(
    st.text(max_size=40),
    st.text(alphabet=st.characters(max_codepoint=0x3000), max_size=40),
    st.lists(st.sampled_from(SNIPPETS), max_size=4).map("".join),
    st.text(alphabet=BIDI_CONTROLS + "ab \n\t\ud800\udfff\U0001f468\u200d\uffff", max_size=12),
)
titles = st.one_of(
    any_text.map(lambda value: f"Course {value}"),
    any_text.map(lambda value: f"{value} course"),
    any_text.map(lambda value: ("Long " + value + "x ") * (5000 // (len(value) + 7) + 1)),
)
web_addresses = st.one_of(
    st.sampled_from(
        (
            "https://example.org/logo.png",
            "https://example.org/logo%20one.png?size=2&copy=1#top",
            "http://example.org:8000/a",
            "https://example.org/école/徽章.png",
            "https://[2001:db8::1]/logo.png",
        )
    ),
    st.text(alphabet="abz09-._~%/?#[]@!$&'()*+,;=:é徽\ue000\ufdd0\U0001f600 \"<>\\^`{|}\u202e\n", max_size=20).map(
        lambda value: f"https://example.org{value}"
    ),
    st.from_regex(r"https?://[a-z\[\]:@.%0-9]{1,12}/[!-~]{0,12}", fullmatch=True),
)
json_values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**53), 2**53),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=12),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=8,
)

"""Good documents, their dates, and members that canonicalisers read in different ways."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from tests import awards
from tests.interop.parity import making as c
from tests.interop.parity.making import Case
from tests.interop.parity.making import JsonObject

PROFILES = {"vc1": OBV3_VC1, "vc2": OBV3_VC2}
SIGNERS = {"key": c.KEY, "web": c.WEB}
DAY = datetime.timedelta(days=1)


def _good_award() -> Any:
    return awards.full_award(title="Résumé 🎓 „ﬁn“ \U0001f600\ufb01 \U0001d11e\uffee 中文")


def good() -> Iterator[Case]:
    for name, profile in PROFILES.items():
        for who, signer in SIGNERS.items():
            for what, award in {
                "full": awards.full_award(),
                "bare": awards.bare_award(),
                "program": awards.program_award(),
                "scripts": _good_award(),
            }.items():
                document = c.credential(signer, profile, award)
                yield Case(f"good {name} {who} {what}", c.dumps(document), c.published(signer, profile))
                yield Case(f"offline {name} {who} {what}", c.dumps(document))
            for what, award in {"course": awards.full_award(), "program": awards.program_award()}.items():
                document = c.credential(signer, profile, award, awards.EVERYTHING)
                yield Case(f"everything {name} {who} {what}", c.dumps(document), c.published(signer, profile))
    for who, signer in {"key": c.P256, "web": c.P256_WEB}.items():
        document = c.credential(signer, OBV3_VC2)
        yield Case(f"good P-256 {who}", c.dumps(document), c.published(signer, OBV3_VC2))


def dates() -> Iterator[Case]:
    for name, profile in PROFILES.items():
        document = c.unsigned(c.KEY, profile)
        starts, ends = profile.valid_from, profile.valid_until
        for what, changes in {
            "expired": {ends: "2026-05-31T00:00:00Z"},
            "just expired": {ends: "2026-06-01T11:56:00Z"},
            "expires later": {ends: "2026-06-02T00:00:00+02:00"},
            "not yet": {starts: "2026-07-01T00:00:00Z"},
            "nearly": {starts: "2026-06-01T12:04:59Z"},
            "contradicting": {starts: "2026-03-01T00:00:00Z", ends: "2026-02-01T00:00:00Z"},
            "no zone": {starts: "2026-03-01T00:00:00"},
            "a date alone": {starts: "2026-03-01"},
            "no such day": {starts: "2026-02-30T00:00:00Z"},
            "leap second": {starts: "2016-12-31T23:59:60Z"},
            "fractions": {starts: "2026-03-01T00:00:00.123456789Z"},
            "half a minute": {starts: "2026-03-01T00:00:00.Z"},
            "other offset": {starts: "2026-03-01T00:00:00-14:00"},
            "wild offset": {starts: "2026-03-01T00:00:00+14:30"},
            "year 0": {starts: "0000-01-01T00:00:00Z"},
            "year 1": {starts: "0001-01-01T00:00:00+01:00"},
            "year 50": {starts: "0050-01-01T00:00:00Z"},
            "year 9999": {ends: "9999-12-31T23:59:59-01:00"},
            "small t": {starts: "2026-03-01t00:00:00z"},
            "number": {starts: 20260301},
        }.items():
            signed = c.sign({**document, **changes}, c.KEY, profile)
            yield Case(f"dates {name} {what}", c.dumps(signed), c.published(c.KEY, profile))
        good_one = c.dumps(c.credential(c.KEY, profile))
        for days in (-200, -1, 5, 400):
            yield Case(f"dates {name} at {days}", good_one, c.published(c.KEY, profile), at=c.NOW + days * DAY)


def values() -> Iterator[Case]:
    """Members that canonicalisers read in different ways, signed."""
    base = c.unsigned(c.KEY, OBV3_VC2)
    at_hand = c.published(c.KEY, OBV3_VC2)
    subject = base["credentialSubject"]
    achievement = subject["achievement"]

    def with_subject(**members: Any) -> JsonObject:
        return {**base, "credentialSubject": {**subject, **members}}

    def with_achievement(**members: Any) -> JsonObject:
        return {**base, "credentialSubject": {**subject, "achievement": {**achievement, **members}}}

    for what, document in {
        **{
            f"credits {number!r}": with_subject(creditsEarned=number)
            for number in (
                0,
                -0.0,
                1,
                1.0,
                6.5,
                9.3,
                8.7,
                93.1,
                1e3,
                1e-7,
                2e-300,
                123456789.125,
                0.1,
                1 / 3,
                9007199254740991,
                -2.5e-3,
                1e15,
                5e-324,
                2.2250738585072014e-308,
            )
        },
        **{
            f"name {text!r}": {**base, "name": text}
            for text in (
                "\t",
                "\x0b\x0c\x08",
                "\x7f",
                "\u0085",
                "\u2028",
                "\ufeff",
                "\ufffe",
                "a\uffff\ufffeb",
                "\U0001f600\uff01",
                '"\\',
                "a\nb\rc",
                "é",
                "e\u0301",
                " ",
                "\u202eabc",
            )
        },
        "names in languages": {
            **base,
            "name": [{"@value": "a", "@language": "en"}, {"@value": "b", "@language": "DE-at"}],
        },
        "name with direction": {**base, "name": {"@value": "a", "@language": "ar-EG", "@direction": "rtl"}},
        "name with direction alone": {**base, "name": {"@value": "a", "@direction": "ltr"}},
        "name with a wrong direction": {**base, "name": {"@value": "a", "@language": "en", "@direction": "up"}},
        "name with a wrong language": {**base, "name": {"@value": "a", "@language": "not a language"}},
        "name with a type": {**base, "name": {"@value": "a", "@type": "https://example.org/type"}},
        "name with a relative type": {**base, "name": {"@value": "a", "@type": "type"}},
        "name null": {**base, "name": {"@value": None}},
        "name of a double": {**base, "name": {"@value": "1.0", "@type": "http://www.w3.org/2001/XMLSchema#double"}},
        "name of an odd double": {
            **base,
            "name": {"@value": "one", "@type": "http://www.w3.org/2001/XMLSchema#double"},
        },
        "name of a typed number": {**base, "name": {"@value": 5, "@type": "http://www.w3.org/2001/XMLSchema#double"}},
        "name of a typed fraction": {
            **base,
            "name": {"@value": 1e-7, "@type": "http://www.w3.org/2001/XMLSchema#double"},
        },
        "name of a typed integer": {
            **base,
            "name": {"@value": 5.5, "@type": "http://www.w3.org/2001/XMLSchema#integer"},
        },
        "name of a boolean": {**base, "name": {"@value": True, "@type": "https://example.org/type"}},
        "name number": {**base, "name": {"@value": 5}},
        "name many": {**base, "name": ["\U0001f600", "\uff01", "\ue000", "z"]},
        "tags": with_achievement(tag=["\U0001f600", "\uff01", "\ue000", "b", "a", "b"]),
        "tag null": with_achievement(tag=[None]),
        "tag empty": with_achievement(tag=[]),
        "tag nested": with_achievement(tag=[["a"]]),
        "image iri": with_achievement(image={"id": "https://example.org/é?ü#ö", "type": "Image"}),
        "alike": with_achievement(alignment=[_alignment("a"), _alignment("a")]),
        "alike five": with_achievement(alignment=[_alignment("a")] * 5),
        "alike six": with_achievement(alignment=[_alignment("a")] * 6),
        "alike in parts": with_achievement(alignment=[_alignment(str(number // 5)) for number in range(60)]),
        "alike in many parts": with_achievement(alignment=[_alignment(str(number // 5)) for number in range(70)]),
        "five hundred": with_achievement(alignment=[_alignment(str(number)) for number in range(490)]),
        "more than that": with_achievement(alignment=[_alignment(str(number)) for number in range(510)]),
        "endorsed": {**base, "endorsement": [c.credential(c.THIEF, OBV3_VC2)]},
        "evidence": {**base, "evidence": [{"id": "https://example.org/e", "type": ["Evidence"], "name": "x"}]},
        "terms of use": {**base, "termsOfUse": {"type": "https://example.org/Policy", "id": "urn:x:y"}},
        "undefined type": {**base, "termsOfUse": {"type": "IssuerPolicy"}},
        "absolute member": {**base, "https://example.org/x": "y"},
        "compact member": {**base, "xsd:x": "y"},
        "absolute type": {**base, "type": [*base["type"], "https://example.org/Type"]},
        "strange type": {**base, "type": [*base["type"], "a b"]},
        "type with colon": {**base, "type": [*base["type"], "a:b"]},
        "type twice": {**base, "type": [*base["type"], base["type"][1]]},
        "one type": {**base, "type": base["type"][:1]},
        "type text": {**base, "type": "VerifiableCredential"},
        "no name": {key: value for key, value in base.items() if key != "name"},
        "two subjects": {**base, "credentialSubject": [subject, {**subject, "id": "urn:uuid:1"}]},
        "subject without id": {
            **base,
            "credentialSubject": {key: value for key, value in subject.items() if key != "id"},
        },
        "subject empty": {**base, "credentialSubject": {}},
        "subject of an id": {**base, "credentialSubject": {"id": "urn:x:y"}},
        "achievement of a name": with_subject(achievement="Medal"),
        "id of mail": {**base, "id": "mailto:a@example.org"},
        "id of https": {**base, "id": "https://example.org/1"},
        "id with a space": {**base, "id": "https://example.org/a b"},
        "id with brackets": {**base, "id": "https://[::1]:80/a"},
        "id with an escape": {**base, "id": "https://example.org/%zz"},
        "id array": {**base, "id": ["urn:x:y"]},
        "presented": {
            "@context": [v.CREDENTIALS_V2],
            "type": ["VerifiablePresentation"],
            "verifiableCredential": [c.credential()],
        },
    }.items():
        yield from c.signed_or_not(f"value {what}", document, at_hand)


def _alignment(name: str) -> JsonObject:
    return {"type": ["Alignment"], "targetName": name, "targetUrl": "https://example.org/skill"}

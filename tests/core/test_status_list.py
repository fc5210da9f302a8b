"""Status lists as the standard has them: which bit is whose, how a list is written, who can tell what from an index."""

from __future__ import annotations

import base64
import datetime
import gzip
import itertools
import random
import tracemalloc
import zlib

import pytest
from hypothesis import example
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from openedx_verifiable_credentials.core import canonical
from openedx_verifiable_credentials.core import status_list
from openedx_verifiable_credentials.core import vocabulary as v
from openedx_verifiable_credentials.core.profiles import OBV3_VC1
from openedx_verifiable_credentials.core.profiles import OBV3_VC2
from openedx_verifiable_credentials.core.profiles import PROFILES
from openedx_verifiable_credentials.core.status_list import ListForm
from openedx_verifiable_credentials.exceptions import CompositionError
from openedx_verifiable_credentials.exceptions import SigningError
from openedx_verifiable_credentials.exceptions import StatusListError
from tests import awards
from tests import signed

LENGTH = status_list.MIN_LENGTH
EMPTY = status_list.empty_bits(LENGTH)
KEY = bytes(range(32))
# Index → the only byte that is not zero, and its value: from the left, most significant bit first (§3.2).
GOLDEN = {0: (0, 0x80), 7: (0, 0x01), 8: (1, 0x80), 9: (1, 0x40), 71: (8, 0x01), 131_071: (16_383, 0x01)}
# The list of the standard's own example (§2.2): nothing is set.
OF_THE_STANDARD = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"
indices = st.sets(st.integers(0, LENGTH - 1), max_size=40)
forms = pytest.mark.parametrize("form", list(ListForm))
forms_and_prefix = pytest.mark.parametrize("multibase", [True, False], ids=["bitstring", "2021"])


def code_of(work):
    """The code with which ``work`` is refused."""
    with pytest.raises(StatusListError) as refusal:
        work()
    return refusal.value.code


def spelled(raw, multibase=True):
    """``raw`` bytes as an encoded list."""
    return ("u" if multibase else "") + base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class TestBits:
    """Index 0 is the most significant bit of the first byte."""

    @pytest.mark.parametrize("index", GOLDEN)
    def test_an_index_is_the_bit_the_standard_says(self, index):
        position, value = GOLDEN[index]
        bits = status_list.with_bits(EMPTY, [index])
        assert bits == bytes(position) + bytes([value]) + bytes(LENGTH // 8 - position - 1)
        assert [number for number in GOLDEN if status_list.get_bit(bits, number)] == [index]

    def test_all_of_them_together(self):
        bits = status_list.with_bits(EMPTY, GOLDEN)
        assert bits == bytes([0x81, 0xC0, 0, 0, 0, 0, 0, 0, 0x01]) + bytes(16_374) + b"\x01"

    def test_the_list_of_the_standards_example_is_read(self):
        assert status_list.decode(OF_THE_STANDARD) == EMPTY
        assert status_list.decode(OF_THE_STANDARD[1:], multibase=False) == EMPTY

    @given(indices)
    @settings(max_examples=30)
    def test_what_is_set_is_read_and_nothing_else(self, chosen):
        bits = status_list.with_bits(EMPTY, chosen)
        assert {index for index in range(LENGTH) if bits[index >> 3] and status_list.get_bit(bits, index)} == chosen
        assert sum(byte.bit_count() for byte in bits) == len(chosen)

    @given(indices, indices)
    def test_clearing_takes_back_just_what_is_named(self, chosen, cleared):
        bits = status_list.with_bits(EMPTY, chosen)
        assert status_list.with_bits(bits, cleared, False) == status_list.with_bits(EMPTY, chosen - cleared)
        assert bits == status_list.with_bits(EMPTY, chosen), "the bits that were given are as they were"

    @given(indices, indices)
    @example(set(), set())
    @example({0}, {131_071})
    def test_whether_a_list_keeps_every_bit_of_another(self, earlier, later):
        answer = status_list.keeps_every_bit(status_list.with_bits(EMPTY, earlier), status_list.with_bits(EMPTY, later))
        assert answer is (earlier <= later)

    @given(indices, st.integers(0, LENGTH - 1))
    def test_one_bit_that_is_taken_back_is_noticed(self, earlier, index):
        before = status_list.with_bits(EMPTY, {*earlier, index})
        assert not status_list.keeps_every_bit(before, status_list.with_bits(before, [index], False))
        assert status_list.keeps_every_bit(before, status_list.with_bits(before, earlier | {7}))

    def test_a_list_of_another_length_keeps_nothing(self):
        assert not status_list.keeps_every_bit(EMPTY, EMPTY + b"\0")
        assert not status_list.keeps_every_bit(EMPTY + b"\0", EMPTY)

    @pytest.mark.parametrize("index", [-1, LENGTH, LENGTH + 7, -LENGTH])
    def test_an_index_that_is_not_in_the_list_is_refused(self, index):
        assert code_of(lambda: status_list.with_bits(EMPTY, [0, index])) == "index_out_of_range"
        assert code_of(lambda: status_list.get_bit(EMPTY, index)) == "index_out_of_range"

    @pytest.mark.parametrize("length", [LENGTH, 2 * LENGTH, status_list.MAX_LENGTH])
    def test_a_power_of_two_within_the_bounds_is_a_length(self, length):
        status_list.require_length(length)
        assert len(status_list.empty_bits(length)) * 8 == length

    @pytest.mark.parametrize("length", [-LENGTH, 0, 1, LENGTH // 2, LENGTH - 1, LENGTH + 8, 3 * LENGTH, 2**24])
    def test_every_other_number_is_none(self, length):
        assert code_of(lambda: status_list.require_length(length)) == "invalid_length"


class TestOrder:
    """The order in which indices are handed out: each once, and nothing can be read from them."""

    @given(st.binary(min_size=32, max_size=32), st.integers(1, 12))
    def test_every_index_comes_once(self, key, width):
        assert sorted(status_list.nth_index(key, 2**width, n) for n in range(2**width)) == list(range(2**width))

    def test_every_index_of_a_whole_list_comes_once(self):
        seen = bytearray(LENGTH)
        for n in range(LENGTH):
            seen[status_list.nth_index(KEY, LENGTH, n)] += 1
        assert set(seen) == {1}

    @pytest.mark.parametrize("length", [2 * LENGTH, 16 * LENGTH, status_list.MAX_LENGTH])
    def test_those_of_longer_lists_are_in_range_and_distinct(self, length):
        numbers = [*range(2000), *range(length - 2000, length)]
        found = [status_list.nth_index(KEY, length, n) for n in numbers]
        assert len(set(found)) == len(found)
        assert set(found) <= set(range(length))

    @pytest.mark.parametrize("n", [-1, LENGTH, LENGTH + 1, 2**40])
    def test_there_are_no_more_than_the_list_is_long(self, n):
        assert code_of(lambda: status_list.nth_index(KEY, LENGTH, n)) == "index_out_of_range"

    def test_the_same_key_gives_the_same_order_and_another_key_another(self):
        keys = (KEYS[0], KEYS[0], KEYS[1])
        first, again, other = ([status_list.nth_index(key, LENGTH, n) for n in range(1000)] for key in keys)
        assert first == again
        # Of two random orders 1000 / 131072 would agree.
        assert sum(a == b for a, b in zip(first, other, strict=True)) <= 2

    def test_one_order_is_known_by_its_values(self):
        """Rows that were allocated once must be found by every later release."""
        assert [status_list.nth_index(KEY, LENGTH, n) for n in range(6)] == FIRST_SIX

    # What follows are bounds that a random permutation breaks less than once in ten thousand; the keys are fixed.

    @pytest.mark.parametrize("start", [0, 65_536, LENGTH - 4096])
    def test_indices_do_not_tell_in_which_order_they_were_handed_out(self, start):
        for key in KEYS:
            found = [status_list.nth_index(key, LENGTH, start + n) for n in range(4096)]
            assert abs(correlation(range(4096), found)) < 4 / 64
            assert abs(correlation(found, found[1:] + found[:1])) < 4 / 64
            rises = sum(a < b for a, b in itertools.pairwise(found))
            assert abs(rises - 4095 / 2) < 4 * (4097 / 12) ** 0.5

    @pytest.mark.parametrize("count", [64, 1024, 65_536])
    def test_indices_do_not_tell_how_many_were_handed_out(self, count):
        """From the first on they are spread over the whole list, and over the bits of its bytes."""
        for key in KEYS[:2] if count > 5000 else KEYS:
            found = [status_list.nth_index(key, LENGTH, n) for n in range(count)]
            for buckets in ([n >> 13 for n in found], [n & 7 for n in found], [n >> 3 & 15 for n in found]):
                kinds = max(buckets) + 1
                counts = [buckets.count(kind) for kind in range(kinds)]
                expected = count / kinds
                assert sum((one - expected) ** 2 / expected for one in counts) < 46, counts  # χ², 15 degrees at most

    def test_one_bit_of_the_number_or_the_key_changes_half_the_bits_of_the_index(self):
        choose = random.Random(3)
        flips = []
        for _ in range(400):
            n, other_key = choose.randrange(LENGTH), bytearray(KEY)
            other_key[choose.randrange(32)] ^= 1 << choose.randrange(8)
            found = status_list.nth_index(KEY, LENGTH, n)
            for other in (
                status_list.nth_index(KEY, LENGTH, n ^ 1 << choose.randrange(17)),
                status_list.nth_index(bytes(other_key), LENGTH, n),
            ):
                flips.append((found ^ other).bit_count())
        mean = sum(flips) / len(flips)
        assert abs(mean - 8.5) < 4 * (17 / 4 / len(flips)) ** 0.5


KEYS = [bytes([number]) * 32 for number in range(6)]
FIRST_SIX = [7265, 49831, 16663, 50845, 80364, 96499]


def correlation(one, other):
    """Pearson's, of two sequences of numbers."""
    one, other = list(one), list(other)
    mean_one, mean_other = sum(one) / len(one), sum(other) / len(other)
    both = sum((a - mean_one) * (b - mean_other) for a, b in zip(one, other, strict=True))
    spread = sum((a - mean_one) ** 2 for a in one) * sum((b - mean_other) ** 2 for b in other)
    return both / spread**0.5


class TestEncoding:
    """gzip, base64url; with the prefix "u" for Bitstring, without for StatusList2021."""

    @forms_and_prefix
    @given(indices)
    @settings(max_examples=30)
    def test_what_was_encoded_is_decoded(self, multibase, chosen):
        bits = status_list.with_bits(EMPTY, chosen)
        encoded = status_list.encode(bits, multibase=multibase)
        assert status_list.decode(encoded, multibase=multibase) == bits
        assert status_list.encode(bits, multibase=multibase) == encoded
        assert encoded.startswith("uH4sI" if multibase else "H4sI")
        assert not set(encoded) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")

    @forms_and_prefix
    @pytest.mark.parametrize("length", [LENGTH, 2 * LENGTH, status_list.MAX_LENGTH])
    def test_noise_of_every_length_is_kept(self, length, multibase):
        bits = random.Random(length).randbytes(length // 8)
        assert status_list.decode(status_list.encode(bits, multibase=multibase), multibase=multibase) == bits

    def test_the_form_of_one_kind_is_not_read_as_the_other(self):
        assert code_of(lambda: status_list.decode(status_list.encode(EMPTY, multibase=False))) == "invalid_encoding"
        assert code_of(lambda: status_list.decode(status_list.encode(EMPTY), multibase=False)) == "invalid_encoding"

    @pytest.mark.parametrize("prefix", ["", "U", "z", "m", "uu", " u", "u ", "f", "\0u", "\u200bu"])
    def test_another_multibase_prefix_is_refused(self, prefix):
        good = status_list.encode(EMPTY)
        assert code_of(lambda: status_list.decode(prefix + good[1:])) == "invalid_encoding"

    @pytest.mark.parametrize("encoded", ["", "u", "u=", "uA", "u" * 9, "uAAAA", "uH4sI", "u\0", "uéé", "u👩‍🔬"])
    def test_what_is_no_list_at_all_is_refused(self, encoded):
        assert code_of(lambda: status_list.decode(encoded)) == "invalid_encoding"

    @pytest.mark.parametrize("after", ["=", "==", "A", "AA", "AAAA", "\n", " ", "\0", "é", "."])
    def test_what_follows_is_refused(self, after):
        assert code_of(lambda: status_list.decode(status_list.encode(EMPTY) + after)) == "invalid_encoding"

    @pytest.mark.parametrize("character", ["+", "/", "=", "\n", " ", ".", "é", "\0", "ａ"])
    def test_a_character_of_no_base64url_is_refused_wherever_it_is(self, character):
        good = status_list.encode(EMPTY)
        for position in range(1, len(good)):
            text = good[:position] + character + good[position + 1 :]
            assert code_of(lambda text=text: status_list.decode(text)) == "invalid_encoding"
            text = good[:position] + character + good[position:]
            assert code_of(lambda text=text: status_list.decode(text)) == "invalid_encoding"

    @pytest.mark.parametrize("left_over", range(3))
    def test_the_other_alphabet_and_padding_are_refused(self, left_over):
        # Every padding there is; noise, so that both characters occur.
        packed = (gzip.compress(random.Random(size).randbytes(size), mtime=0) for size in itertools.count(16_384))
        raw = next(raw for raw in packed if len(raw) % 3 == left_over)
        good = spelled(raw)
        padded = "u" + base64.urlsafe_b64encode(raw).decode()
        other = "u" + base64.b64encode(raw).rstrip(b"=").decode()
        assert len(status_list.decode(good)) >= 16_384
        assert (padded == good) is (left_over == 0)
        assert {"+", "/"} <= set(other)
        for text in {padded, other, "u" + base64.b64encode(raw).decode()} - {good}:
            assert code_of(lambda text=text: status_list.decode(text)) == "invalid_encoding"

    def test_each_list_of_bytes_has_one_spelling(self):
        """Bits of the last character that mean nothing must be clear."""
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        seen = set()
        for size in range(16_384, 16_390):
            raw = gzip.compress(random.Random(size).randbytes(size), mtime=0)
            good = spelled(raw)
            seen.add(len(raw) % 3)
            accepted = []
            for last in alphabet:
                try:
                    status_list.decode(good[:-1] + last)
                except StatusListError as error:
                    assert error.code == "invalid_encoding"
                else:
                    accepted.append(good[:-1] + last)
            assert accepted == [good]
        assert seen == {0, 1, 2}, "none, two and four bits that mean nothing"

    @given(st.integers(0, 2000), st.integers(0, 255))
    def test_one_wrong_byte_of_the_gzip_is_noticed_or_means_nothing(self, position, value):
        bits = status_list.with_bits(EMPTY, GOLDEN)
        raw = bytearray(gzip.compress(bits, mtime=0))
        raw[position % len(raw)] = value
        try:
            found = status_list.decode(spelled(bytes(raw)))
        except StatusListError as error:
            assert error.code == "invalid_encoding"
        else:  # time and system of the header are nobody's business
            assert found == bits

    def test_gzip_that_ends_early_is_refused_wherever_it_ends(self):
        raw = gzip.compress(status_list.with_bits(EMPTY, GOLDEN), mtime=0)
        for end in range(len(raw)):
            assert code_of(lambda end=end: status_list.decode(spelled(raw[:end]))) == "invalid_encoding"

    @pytest.mark.parametrize(
        "after", [b"\0", b"x", gzip.compress(b"", mtime=0), gzip.compress(EMPTY, mtime=0)], ids=repr
    )
    def test_whatever_follows_the_gzip_is_refused(self, after):
        raw = gzip.compress(EMPTY, mtime=0)
        assert code_of(lambda: status_list.decode(spelled(raw + after))) == "invalid_encoding"

    @pytest.mark.parametrize(
        "pack", [zlib.compress, lambda bits: zlib.compress(bits, wbits=-15), bytes], ids=["zlib", "deflate", "bare"]
    )
    def test_what_is_packed_otherwise_is_refused(self, pack):
        assert code_of(lambda: status_list.decode(spelled(pack(EMPTY)))) == "invalid_encoding"

    @pytest.mark.parametrize("size", [0, 1, 16_383])
    def test_a_list_that_is_too_short_is_refused(self, size):
        assert code_of(lambda: status_list.decode(spelled(gzip.compress(bytes(size))))) == "list_too_short"

    def test_the_cap_is_exact(self):
        cap = status_list.MAX_DECODED_BYTES
        assert len(status_list.decode(spelled(gzip.compress(bytes(cap))))) == cap
        assert code_of(lambda: status_list.decode(spelled(gzip.compress(bytes(cap + 1))))) == "list_too_large"
        assert code_of(lambda: status_list.decode(spelled(gzip.compress(EMPTY)), max_bytes=16_383)) == "list_too_large"
        assert status_list.decode(spelled(gzip.compress(EMPTY)), max_bytes=16_384) == EMPTY

    def test_two_gibibytes_in_two_megabytes_are_not_unpacked(self):
        bomb = spelled(zeros(2048))
        assert len(bomb) < 3 << 20
        tracemalloc.start()
        try:
            assert code_of(lambda: status_list.decode(bomb)) == "list_too_large"
            assert tracemalloc.get_traced_memory()[1] < 24 << 20
        finally:
            tracemalloc.stop()


def zeros(mebibytes):
    """gzip of that many mebibytes of zeros, all but its last bytes: those are never reached."""
    packer = zlib.compressobj(wbits=31)
    head = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return head + block * (mebibytes - 1) + packer.flush()


# --- Documents

BASE_URL = "https://credentials.example.org"
URL = status_list.list_url(BASE_URL, "6f2c1e0a", ListForm.REVOCATION)
MADE = datetime.datetime(2026, 3, 2, 8, 0, 0, tzinfo=datetime.UTC)
DID = signed.signer().method.controller
# The one pair that cannot be: VC 1.1 credentials have no suite for P-256.
SECURED = [
    pytest.param(profile, form, algorithm, id=f"{profile.id}-{form.value}-{algorithm}")
    for profile in PROFILES.values()
    for form in ListForm
    for algorithm in (v.ED25519, v.P256)
    if (profile, form.is_2021, algorithm) != (OBV3_VC1, False, v.P256)
]
every_list = pytest.mark.parametrize(("profile", "form", "algorithm"), SECURED)


def composed(profile, form, algorithm=v.ED25519, bits=EMPTY):
    """A list and the profile it is written by."""
    written = status_list.list_profile(profile, form, algorithm)
    document = status_list.compose_list(
        bits,
        form,
        profile=written,
        url=status_list.list_url(BASE_URL, "6f2c1e0a", form),
        issuer=DID,
        valid_from=MADE,
        valid_until=MADE + datetime.timedelta(days=3),
        ttl=datetime.timedelta(minutes=5),
    )
    return document, written


class TestDocuments:
    """What leaves is JSON-LD without a member that means nothing, for each kind of credential and key."""

    @every_list
    def test_a_list_is_canonicalised_alike_by_both(self, profile, form, algorithm):
        document, _ = composed(profile, form, algorithm)
        quads = canonical.canonicalize(document)
        assert quads == canonical.canonicalize_independently(document)
        assert document["credentialSubject"]["encodedList"] in quads
        assert document["id"] in quads

    @pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
    @forms
    def test_a_signed_list_is_too(self, profile, form):
        document, written = composed(profile, form)
        complete = signed.sign(document, written, signed.signer())
        assert canonical.canonicalize(complete) == canonical.canonicalize_independently(complete)
        assert written.detach(complete)[0] == document

    @every_list
    def test_a_member_that_no_context_defines_is_refused(self, profile, form, algorithm):
        document, _ = composed(profile, form, algorithm)
        document["credentialSubject"]["neverDefined"] = "x"
        with pytest.raises(CompositionError, match="neverDefined"):
            canonical.canonicalize(document)

    @pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
    @pytest.mark.parametrize("count", [1, 2])
    def test_a_credential_with_its_entries_is_canonicalised_alike_by_both(self, profile, count):
        entries = [
            status_list.compose_entry(status_list.list_url(BASE_URL, "6f2c1e0a", form), 94567, form)
            for form in (ListForm.REVOCATION, ListForm.SUSPENSION)
        ]
        document = signed.unsigned(awards.full_award(), profile, DID, status=entries[:count])
        quads = canonical.canonicalize(document)
        assert quads == canonical.canonicalize_independently(document)
        assert quads.count('"94567"') == quads.count("BitstringStatusListEntry") == count

    def test_an_entry_says_what_the_standard_wants(self):
        assert status_list.compose_entry(URL, 71, ListForm.REVOCATION) == {
            "id": f"{URL}#71",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "71",
            "statusListCredential": URL,
        }

    @forms
    def test_a_list_says_what_its_standard_wants(self, form):
        bits = status_list.with_bits(EMPTY, [71])
        document, _ = composed(OBV3_VC2, form, bits=bits)
        subject = document["credentialSubject"]
        kind = "StatusList2021" if form.is_2021 else "BitstringStatusList"
        assert document["type"] == ["VerifiableCredential", f"{kind}Credential"]
        assert document["issuer"] == DID
        # A string, not a list: @digitalbazaar's verifiers compare it.
        assert (subject["id"], subject["type"]) == (f"{document['id']}#list", kind)
        assert subject["statusPurpose"] == form.value.removesuffix("-2021")
        assert subject.get("ttl") == (None if form.is_2021 else 300_000)
        assert status_list.decode(subject["encodedList"], multibase=not form.is_2021) == bits
        dates = ("issuanceDate", "expirationDate") if form.is_2021 else ("validFrom", "validUntil")
        assert [document[name] for name in dates] == ["2026-03-02T08:00:00Z", "2026-03-05T08:00:00Z"]

    @pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
    @forms
    def test_a_list_is_secured_as_its_credentials_are(self, profile, form):
        document, written = composed(profile, form)
        first = v.CREDENTIALS_V1 if form.is_2021 else profile.contexts[0]
        assert document["@context"][0] == first
        if not form.is_2021:
            assert written.suite_for(v.ED25519) == profile.suite_for(v.ED25519)
        else:
            assert written.suite_for(v.ED25519) == v.ED25519_SIGNATURE_2020

    def test_a_key_that_cannot_sign_the_credentials_cannot_sign_their_list(self):
        with pytest.raises(SigningError) as refusal:
            composed(OBV3_VC1, ListForm.REVOCATION, v.P256)
        assert refusal.value.code == "unsupported_key"

    def test_each_form_has_an_address_of_its_own_that_tells_nothing(self):
        urls = {status_list.list_url(BASE_URL, "6f2c1e0a", form) for form in ListForm}
        assert urls == {
            "https://credentials.example.org/verifiable_credentials/status/6f2c1e0a.json",
            "https://credentials.example.org/verifiable_credentials/status/6f2c1e0a-suspension.json",
            "https://credentials.example.org/verifiable_credentials/status/2021/6f2c1e0a.json",
            "https://credentials.example.org/verifiable_credentials/status/2021/6f2c1e0a-suspension.json",
        }

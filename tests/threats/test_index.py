"""
Each threat of this release → the tests that prove it is met. A test that is renamed or removed must be replaced here.

The numbers are those of the threat table the project keeps; the words say what is promised.
"""

from __future__ import annotations

import ast
import functools
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
THREATS: dict[int, tuple[str, list[str]]] = {
    1: (
        "a forged, absent or truncated proof is refused, and the refusal is not for show",
        [
            "rest_api/test_bad_input.py::test_it_is_refused",
            "rest_api/test_bad_input.py::test_it_is_refused[no proof]",
            "rest_api/test_bad_input.py::test_it_is_refused[truncated proof value]",
            "rest_api/test_bad_input.py::test_it_is_refused[flipped proof value]",
            "rest_api/test_bad_input.py::test_it_is_refused[forged by another key]",
            "core/test_presentations.py::test_a_signature_of_another_key_is_refused",
            "core/test_mutants.py::test_a_check_that_is_gone_is_noticed",
        ],
    ),
    2: (
        "every endpoint × role × object answers as the table says, and refusals change and tell nothing",
        [
            "rest_api/test_access_matrix.py::test_access",
            "rest_api/test_access_matrix.py::test_the_table_names_every_address_of_ours",
            "pages/test_offer_page.py::test_to_another_learner_it_does_not_exist",
        ],
    ),
    3: (
        "an offer is taken once: a second holder 409, after its life 410, in parallel exactly one",
        [
            "rest_api/test_wallet_endpoint.py::test_another_holder_comes_too_late",
            "rest_api/test_wallet_endpoint.py::test_an_expired_offer_is_gone_for_everybody",
            "rest_api/test_wallet_endpoint.py::test_the_challenge_of_another_offer_opens_nothing",
            "rest_api/test_bad_input.py::test_a_reused_presentation_makes_no_second_credential",
            "concurrency/test_claims.py::test_of_many_holders_at_once_exactly_one_succeeds",
            "core/test_presentations.py::test_a_challenge_of_an_earlier_offer_cannot_be_replayed",
        ],
    ),
    4: (
        "the subject is the controller of the key that signed",
        [
            "rest_api/test_bad_input.py::test_it_is_refused[swapped holder]",
            "rest_api/test_bad_input.py::test_it_is_refused[holder swapped before signing]",
            "rest_api/test_bad_input.py::test_it_is_refused[method of another key]",
            "rest_api/test_wallet_endpoint.py::test_a_wallet_gets_the_credential",
        ],
    ),
    5: (
        "purpose, challenge and domain are exactly ours",
        [
            "core/test_presentations.py::test_a_presentation_counts_only_for_its_own_challenge_and_domain",
            "core/test_presentations.py::test_one_thing_wrong_in_what_was_signed_is_refused",
            "rest_api/test_bad_input.py::test_it_is_refused[wrong purpose]",
            "rest_api/test_bad_input.py::test_it_is_refused[other challenge]",
            "rest_api/test_bad_input.py::test_it_is_refused[other domain]",
            "rest_api/test_wallet_endpoint.py::test_a_proof_may_name_our_domain",
        ],
    ),
    8: (
        "an undefined term is refused at every object, when we issue and when we verify",
        [
            "core/test_canonical.py::test_an_undefined_member_is_refused_at_every_object",
            "core/test_lint.py::test_an_undefined_term_is_refused_at_every_object",
            "rest_api/test_bad_input.py::test_it_is_refused[undefined member]",
            "rest_api/test_bad_input.py::test_it_is_refused[undefined member in proof]",
        ],
    ),
    9: (
        "a poison graph never reaches the canonicaliser",
        [
            "core/test_presentations_fuzzed.py::test_a_poisonous_graph_is_refused_before_json_ld_sees_it",
            "rest_api/test_bad_input.py::test_it_is_refused[credentials inside]",
            "rest_api/test_bad_input.py::test_it_is_refused[id as object]",
        ],
    ),
    10: (
        "deep JSON, duplicate keys, NaN, huge numbers and half surrogates are a 4xx",
        [
            "rest_api/test_bad_input.py::test_it_is_refused[deep arrays]",
            "rest_api/test_bad_input.py::test_it_is_refused[deep objects]",
            "rest_api/test_bad_input.py::test_it_is_refused[duplicate key]",
            "rest_api/test_bad_input.py::test_it_is_refused[NaN]",
            "rest_api/test_bad_input.py::test_it_is_refused[huge integer]",
            "rest_api/test_bad_input.py::test_it_is_refused[lone surrogate]",
            "rest_api/test_bad_requests_for_offers.py::test_it_is_refused",
            "rest_api/test_junk.py::test_any_member_may_be_junk",
            "rest_api/test_junk.py::test_any_byte_may_be_junk",
            "core/test_json_text.py::test_whatever_comes_is_an_object_of_plain_json_or_refused",
        ],
    ),
    11: (
        "no context is fetched, and the pinned ones cannot drift",
        [
            "core/test_canonical.py::test_a_foreign_context_is_refused_at_every_object_and_never_fetched",
            "core/test_contexts.py::test_every_pinned_file_has_its_recorded_hash_and_origin",
            "rest_api/test_bad_input.py::test_it_is_refused[unknown context]",
            "rest_api/test_bad_input.py::test_it_is_refused[context of localhost]",
        ],
    ),
    12: (
        "no did:web is resolved, whatever a wallet names and whoever issues",
        [
            "rest_api/test_bad_input.py::test_it_is_refused[did:web holder]",
            "rest_api/test_bad_input.py::test_it_is_refused[did:web of localhost]",
            "rest_api/test_bad_input.py::test_it_is_refused[did:web method]",
            "adapters/test_didkit.py::test_a_did_web_issuer_is_refused_before_its_document_is_asked_for",
        ],
    ),
    18: (
        "no header gets into links or signed documents",
        ["rest_api/test_wallet_endpoint.py::test_no_header_gets_into_links_or_credentials"],
    ),
    21: (
        "keys and learners are in no log, column, admin page, dump, repr, refusal or debug page",
        [
            "threats/test_secrets.py::test_neither_logs_nor_refusals_hold_them",
            "threats/test_secrets.py::test_no_column_of_ours_holds_them_in_clear",
            "threats/test_secrets.py::test_no_column_holds_a_hash_of_them",
            "threats/test_secrets.py::test_events_are_ids",
            "threats/test_secrets.py::test_a_dump_of_our_rows_holds_none_in_clear",
            "threats/test_secrets.py::test_the_admin_shows_none",
            "threats/test_secrets.py::test_no_repr_tells_them",
            "threats/test_secrets.py::TestDebugPages::test_of_an_exception_inside_signing",
            "threats/test_secrets.py::TestDebugPages::test_of_a_bad_key_encryption_key_beside_a_good_one",
            "admin/test_admin.py::test_nothing_sealed_and_nobodys_name_is_shown",
        ],
    ),
    27: (
        "links go to us alone, percent-encoded, whatever a title holds",
        [
            "core/test_wallets.py::test_hostile_titles_and_addresses_round_trip_and_change_nothing_else",
            "core/test_wallets.py::test_whatever_the_issuer_is_called_the_request_goes_to_us",
            "rest_api/test_mfe_contract.py::test_an_offer_to_the_learner_credential_wallet",
            "pages/test_offer_page.py::test_titles_and_names_stay_text",
        ],
    ),
    28: (
        "a wallet that decodes HTML entities reads what was signed",
        [
            "rest_api/test_hostile_titles.py::test_there_are_two_hundred",
            "rest_api/test_hostile_titles.py::test_the_wallet_reads_what_was_signed",
            "core/test_json_text.py::test_written_text_is_immune_to_a_decoder_of_html_entities",
        ],
    ),
    29: (
        "a crash of native code loses no claim",
        [
            "rest_api/test_when_signing_fails.py::test_a_crash_inside_the_signer_is_answered_in_json",
            "rest_api/test_when_signing_fails.py::"
            "test_a_refused_signature_leaves_an_intent_and_a_retry_gives_the_same_credential",
            "servers/test_claims.py::test_a_worker_killed_under_load_loses_no_claim",
            "servers/test_exits.py::test_a_management_command_that_signs_always_exits_with_0",
        ],
    ),
    30: (
        "text that others typed is cleaned before it is signed, and stays text",
        [
            "core/test_open_badges.py::test_whatever_is_composed_is_clean_bounded_and_the_same_every_time",
            "core/test_open_badges.py::test_hostile_addresses_are_left_out",
            "core/test_text.py::test_what_is_clean_is_short_nfc_utf8_and_without_controls",
            "core/test_text.py::test_escaped_markdown_renders_as_the_text_itself",
        ],
    ),
    31: (
        "floods are slowed down: by offer, by learner, by an address that cannot be spoofed",
        [
            "rest_api/test_throttles.py::test_an_offer_has_a_limit_whoever_asks",
            "rest_api/test_throttles.py::test_a_learner_has_a_limit",
            "rest_api/test_throttles.py::test_the_buttons_of_our_claim_page_count_against_the_learner",
            "rest_api/test_throttles.py::test_an_address_has_a_limit",
            "rest_api/test_throttles.py::test_without_proxies_what_a_client_writes_gives_no_fresh_allowance",
            "rest_api/test_throttles.py::test_behind_proxies_the_address_they_saw_counts",
            "rest_api/test_budget.py::test_a_refused_presentation_costs_two_reads",
        ],
    ),
}
IN_THIS_RELEASE = (1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 18, 21, 27, 28, 29, 30, 31)


@functools.cache
def names_in(file: str) -> frozenset[str]:
    """The tests of a module: functions, methods with their class, and one for each key of a table ``BODIES``."""
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    names = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            names |= {f"{node.name}::{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef)}
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "BODIES":
            assert isinstance(node.value, ast.Dict)
            names |= {f"test_it_is_refused[{ast.literal_eval(key)}]" for key in node.value.keys if key}
    return frozenset(names)


@pytest.mark.parametrize("number", THREATS)
def test_every_test_that_is_named_exists(number):
    _, tests = THREATS[number]
    missing = [test for test in tests if test.partition("::")[2] not in names_in(test.partition("::")[0])]
    assert tests
    assert missing == []


def test_every_threat_of_this_release_is_listed():
    assert tuple(THREATS) == IN_THIS_RELEASE


def test_a_test_that_is_gone_is_noticed():
    assert "test_that_is_gone" not in names_in("rest_api/test_bad_input.py")
    assert "test_it_is_refused[no such input]" not in names_in("rest_api/test_bad_input.py")

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
            "admin/test_revocation.py::test_nobody_else_revokes",
            "admin/test_revocation.py::test_another_sites_form_cannot_revoke",
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
    6: (
        "a token is signed by the algorithm that its key is for, and names no key of its own",
        [
            "threats/test_hostile_tokens.py::test_there_are_enough_of_them",
            "threats/test_hostile_tokens.py::test_none_is_believed",
            "threats/test_hostile_tokens.py::test_the_verifier_believes_none",
            "core/test_vc_jwt.py::test_the_key_fixes_the_algorithm",
            "flows/test_verify_foreign.py::test_a_key_that_a_token_brings_along_is_not_the_issuers_for_that",
        ],
    ),
    7: (
        "contexts are an exact list of pinned ones, in one order, and stand nowhere else",
        [
            "core/test_checks_contexts.py::test_one_context_more_is_refused_wherever_it_is_put",
            "core/test_checks_contexts.py::test_another_order_is_refused",
            "core/test_checks_contexts.py::test_contexts_stand_nowhere_but_on_documents",
            "core/test_contexts.py::test_a_context_that_differs_from_its_hash_is_refused",
            "core/test_contexts.py::test_a_single_changed_byte_would_have_another_hash",
            "interop/test_verdicts.py::test_none_is_accepted",
        ],
    ),
    8: (
        "an undefined term is refused at every object, when we issue and when we verify",
        [
            "core/test_canonical.py::test_an_undefined_member_is_refused_at_every_object",
            "core/test_lint.py::test_an_undefined_term_is_refused_at_every_object",
            "rest_api/test_bad_input.py::test_it_is_refused[undefined member]",
            "rest_api/test_bad_input.py::test_it_is_refused[undefined member in proof]",
            "core/test_checks_coverage.py::test_an_undefined_member_is_refused_at_every_object",
            "core/test_checks_coverage.py::test_a_member_that_looks_like_a_keyword_is_refused_at_every_object",
            "core/test_checks_coverage.py::test_nothing_is_refused_in_the_place_of_every_member",
            "interop/test_verdicts.py::test_none_is_accepted",
        ],
    ),
    9: (
        "a poison graph never reaches the canonicaliser",
        [
            "core/test_presentations_fuzzed.py::test_a_poisonous_graph_is_refused_before_json_ld_sees_it",
            "rest_api/test_bad_input.py::test_it_is_refused[credentials inside]",
            "rest_api/test_bad_input.py::test_it_is_refused[id as object]",
            "core/test_checks_coverage.py::test_a_poisoned_document_is_refused_and_memory_stays_flat",
            "core/test_labelling.py::test_a_graph_made_to_take_for_ever_is_refused_in_few_steps_and_little_memory",
            "threats/test_bombs.py::test_json",
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
            "core/test_checks_reading.py::test_bytes_depth_and_number_of_values_have_limits",
            "core/test_checks_reading.py::test_any_bytes_are_read_or_refused_with_a_code_of_the_report",
            "threats/test_bombs.py::test_json",
            "threats/test_bombs.py::test_memory_stays_flat",
            "rest_api/test_vc_api_access.py::test_a_request_that_is_none_is_refused",
        ],
    ),
    11: (
        "no context is fetched, and the pinned ones cannot drift",
        [
            "core/test_canonical.py::test_a_foreign_context_is_refused_at_every_object_and_never_fetched",
            "core/test_contexts.py::test_every_pinned_file_has_its_recorded_hash_and_origin",
            "rest_api/test_bad_input.py::test_it_is_refused[unknown context]",
            "rest_api/test_bad_input.py::test_it_is_refused[context of localhost]",
            "core/test_contexts.py::test_any_other_address_is_refused",
        ],
    ),
    12: (
        "no wallet makes us resolve a did:web; a verifier asks public addresses only, and only so often",
        [
            "rest_api/test_bad_input.py::test_it_is_refused[did:web holder]",
            "rest_api/test_bad_input.py::test_it_is_refused[did:web of localhost]",
            "rest_api/test_bad_input.py::test_it_is_refused[did:web method]",
            "adapters/test_didkit.py::test_a_did_web_issuer_is_refused_before_its_document_is_asked_for",
            "adapters/test_vc_api_signer.py::test_a_tenant_stays_in_its_part_of_the_path",
            "adapters/test_vc_api_signer.py::test_an_answer_that_is_none_is_an_error",
            "threats/test_addresses.py::test_no_spelling_of_a_number_is_asked",
            "threats/test_addresses.py::test_no_other_form_of_address_is_asked",
            "threats/test_addresses.py::test_a_name_that_leads_to_a_place_like_that_is_not_asked",
            "threats/test_addresses.py::test_a_second_answer_of_the_name_server_counts_for_nothing",
            "threats/test_addresses.py::test_a_redirect_leads_nowhere",
            "rest_api/test_vc_api.py::TestPresentations::test_one_request_causes_ten_fetches_at_most",
        ],
    ),
    13: (
        "a list that unpacks to more than 2 MiB, or to several members, or with something after it, is not unpacked",
        [
            "core/test_status_list_bombs.py::test_a_bomb_is_not_unpacked",
            "core/test_status_list_bombs.py::test_one_member_and_nothing_after_it",
            "core/test_check_status.py::test_what_is_no_list_is_refused",
        ],
    ),
    14: (
        "the bit of a credential is its own, in its order, in every form",
        [
            "rest_api/test_status_lists.py::TestTheDocument::test_each_form_verifies_and_has_its_bits",
            "flows/test_publish_status.py::TestSuspension::test_it_comes_and_goes",
            "commands/test_vc_publish_status.py::TestCheck::test_a_bit_of_nobody",
            "core/test_check_status.py::test_the_bit_at_the_index_decides_and_no_other",
        ],
    ),
    15: (
        "no content of a row stops its list from answering, nor another list",
        [
            "rest_api/test_status_lists.py::TestFaults::test_whatever_is_in_the_row_there_is_no_200",
            "flows/test_publish_status.py::TestFailures::test_a_row_that_is_damaged_stops_no_other",
            "flows/test_publish_status.py::TestFailures::test_damaged_bits_are_in_no_revocations_way",
            "flows/test_revoke.py::test_a_damaged_place_stops_no_revocation",
        ],
    ),
    16: (
        "a signer that is down leaves the last good list up until its end, then 503; never a list without proof",
        [
            "flows/test_publish_status.py::TestFailures::"
            "test_while_the_signer_is_down_the_last_good_list_is_up_until_its_end",
            "flows/test_publish_status.py::TestFailures::test_a_signature_that_is_wrong_is_never_served",
            "rest_api/test_status_lists.py::TestFaults::test_what_is_over_is_not_served",
            "rest_api/test_status_lists.py::TestFaults::test_damaged_bytes_are_never_served",
            "rest_api/test_status_lists.py::TestFaults::test_while_the_database_is_gone_it_is_a_503",
            "flows/test_revoke.py::test_what_is_wrong_with_keys_does_not_stop_a_revocation",
        ],
    ),
    17: (
        "a list of another issuer, purpose, address or time in the place of ours is noticed, and goes to no CDN",
        [
            "commands/test_vc_publish_status.py::TestCheck::test_a_list_in_the_place_of_another",
            "commands/test_vc_publish_status.py::TestCheck::test_a_document_of_another_purpose",
            "commands/test_vc_publish_status.py::TestCheck::test_an_older_version_in_the_place_of_the_present_one",
            "commands/test_vc_publish_status.py::TestCheck::"
            "test_a_document_that_somebody_changed_together_with_its_hash",
            "commands/test_vc_publish_status.py::TestExport::test_an_older_version_never_replaces_a_newer_one",
            "flows/test_publish_status.py::TestTwoPublishers::test_the_stale_one_loses",
            "core/test_check_status.py::test_another_list_in_its_place_is_no_answer",
            "flows/test_verify_foreign.py::test_another_list_in_the_place_of_the_one_that_is_named_is_no_answer",
            "flows/test_verify_foreign.py::test_an_older_version_of_a_list_than_was_seen_is_out_of_date",
        ],
    ),
    18: (
        "no header gets into links or signed documents",
        [
            "rest_api/test_wallet_endpoint.py::test_no_header_gets_into_links_or_credentials",
            "rest_api/test_shared_documents.py::test_no_header_gets_into_an_address",
            "rest_api/test_status_lists.py::TestTheSameForEverybody::test_no_header_changes_it",
            "rest_api/test_status_lists.py::TestTheSameForEverybody::"
            "test_what_is_published_behind_a_hostile_header_names_the_issuers_address",
        ],
    ),
    19: (
        "lists and shared pages are the same for all readers and ask nobody who they are; ids are random",
        [
            "rest_api/test_status_lists.py::TestTheSameForEverybody::test_nobody_is_asked_who_they_are",
            "pages/test_credential_page.py::test_it_is_the_same_for_everyone_and_needs_no_cookie",
            "pages/test_credential_page.py::test_what_is_not_shared_is_one_and_the_same_page",
            "pages/test_credential_page.py::test_neither_its_id_nor_the_certificates_opens_anything",
            "flows/test_share.py::test_an_id_is_nothing_but_random",
        ],
    ),
    20: (
        "publishers and revocations at once lose nothing",
        [
            "concurrency/test_publishing.py::test_readers_never_see_less_than_before_nor_half_of_anything",
            "concurrency/test_publishing.py::"
            "test_after_a_revocation_and_publish_now_it_is_served_whoever_else_publishes",
            "concurrency/test_revocations.py::test_all_at_once_in_threads",
        ],
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
            "threats/test_key_material.py::test_it_is_in_no_log_answer_or_output",
            "threats/test_key_material.py::test_it_is_in_no_row_dump_or_page_of_the_admin",
            "threats/test_key_material.py::test_no_debug_page_shows_it",
            "adapters/test_keystores.py::test_a_file_without_a_key_is_refused_and_nothing_of_it_told",
            "adapters/test_vc_api_signer.py::test_an_answer_that_is_none_is_an_error",
            "threats/test_erased.py::test_no_row_of_ours_holds_anything",
            "threats/test_erased.py::test_the_file_of_the_database_holds_nothing",
            "threats/test_erased.py::test_an_error_while_signing_carries_nothing",
            "threats/test_erased.py::test_an_error_anywhere_else_shows_no_variable_of_ours",
            "threats/test_secrets.py::TestDebugPages::test_of_a_bad_key_encryption_key_beside_a_good_one",
            "admin/test_admin.py::test_nothing_sealed_and_nobodys_name_is_shown",
            "admin/test_revocation.py::test_a_status_list_shows_what_is_served_of_it_and_no_secret",
            "admin/test_revocation.py::test_a_key_shows_its_public_half_and_its_reference_as_text",
        ],
    ),
    22: (
        "a credential counts from its first moment to its last, clocks may differ by five minutes",
        [
            "core/test_check_dates.py::test_clocks_may_differ_by_five_minutes",
            "core/test_check_dates.py::test_a_date_that_is_none_is_malformed",
            "commands/test_vc_verify.py::test_another_moment",
            "flows/test_verify.py::test_for_a_moment_before_it_was_awarded_a_credential_is_not_valid_yet",
        ],
    ),
    23: (
        "a picture is read within its limits; nothing in it runs; what is uploaded is written anew before it is served",
        [
            "threats/test_bombs.py::test_png",
            "threats/test_bombs.py::test_svg",
            "core/test_baked_pictures.py::test_a_png_that_leaves_doubt_is_refused",
            "core/test_baked_pictures.py::test_an_svg_that_leaves_doubt_is_refused",
            "browser/test_hostile_files.py::test_there_are_sixty_of_them",
            "browser/test_hostile_files.py::test_no_script_of_a_file_runs",
            "browser/test_hostile_files.py::test_pictures_that_a_credential_names_are_not_fetched",
            "pages/test_credential_page.py::test_no_page_is_framed_indexed_or_runs_what_is_not_ours",
            "core/test_images.py::test_the_corpus_is_as_large_as_it_should_be",
            "core/test_images.py::test_hostile_drawings_are_refused_or_made_harmless",
            "core/test_images.py::test_hostile_pixels_are_refused_or_made_harmless",
            "core/test_images.py::test_whatever_is_accepted_is_accepted_again_and_holds_nothing_forbidden",
            "threats/test_pictures.py::test_drawings_are_refused_at_once",
            "threats/test_pictures.py::test_pixels_are_not_unpacked_beyond_what_the_header_says",
            "browser/test_badge_images.py::test_the_canary_sings_where_nothing_is_checked",
            "browser/test_badge_images.py::test_opened_by_itself_none_does_anything",
            "browser/test_badge_images.py::test_on_a_page_none_does_anything",
            "rest_api/test_badge_images.py::test_it_is_served_byte_for_byte_with_one_query",
        ],
    ),
    24: (
        "a Merkle proof leads from the document itself to the root, by one path",
        [
            "core/test_merkle_proof.py::test_no_other_leaf_path_or_root_is_sound",
            "core/test_merkle_proof.py::test_a_leaf_that_is_hashed_with_itself_is_in_no_honest_tree",
            "core/test_merkle_proof.py::test_a_node_of_the_tree_is_no_document",
            "core/test_merkle_proof.py::test_hashes_have_one_spelling",
            "core/test_merkle.py::test_what_is_no_set_of_hashes_gets_no_tree",
            "core/test_merkle.py::test_a_path_that_was_cut_lengthened_or_turned_is_not_of_its_position",
            "threats/test_merkle_forgeries.py::test_none_is_accepted",
            "threats/test_merkle_forgeries.py::test_none_is_accepted_whatever_the_batch",
            "threats/test_merkle_forgeries.py::test_a_tree_that_repeats_its_last_leaf_is_neither_made_nor_believed",
            "threats/test_merkle_forgeries.py::test_hashes_as_text_have_one_spelling",
            "threats/test_merkle_forgeries.py::test_members_that_are_doubled_or_missing_leave_no_choice",
            "threats/test_merkle_forgeries.py::test_a_stored_path_of_another_shape_is_noticed",
        ],
    ),
    25: (
        "an anchor on a test network, reverted, of another sender or contract, or not looked up has its own verdict, "
        "and is never valid",
        [
            "core/test_merkle_proof.py::test_an_anchor_on_a_test_network_is_marked_as_one",
            "flows/test_verify_anchored.py::test_an_anchor_counts_where_the_chain_has_the_root_from_the_issuers_account",
            "flows/test_verify_anchored.py::test_on_a_test_network_it_is_marked_and_never_simply_valid",
            "flows/test_verify_anchored.py::"
            "test_a_wrong_anchor_has_a_code_of_its_own_and_is_invalid_even_beside_a_good_signature",
            "flows/test_verify_anchored.py::"
            "test_without_a_signature_a_document_whose_anchor_is_not_confirmed_could_not_be_checked",
            "flows/test_verify_anchored.py::test_the_anchor_of_another_does_not_speak_for_the_issuer",
            "flows/test_verify_anchored.py::test_a_key_counts_from_its_beginning_to_its_end_by_the_time_of_the_block",
            "interop/test_parity_anchors.py::test_in_python_each_has_its_own_verdict",
            "interop/test_parity_anchors.py::test_in_a_browser_each_has_the_same",
            "interop/test_parity_anchors.py::test_nothing_but_a_whole_anchor_is_valid",
        ],
    ),
    26: (
        "whatever order events come in, and however often, nothing revives and no revocation is lost",
        [
            "flows/test_reconcile_all.py::test_in_whatever_order_events_come_nothing_revives_and_nothing_is_lost",
            "flows/test_reconcile_all.py::test_awarded_again_a_new_credential_can_be_had_and_the_old_one_stays_over",
            "flows/test_reconcile_all.py::TestStopped::test_the_next_run_goes_on_there_and_forgets_it",
            "flows/test_reconcile.py::TestReceivers::test_a_revocation_while_a_claim_is_on_its_way_is_noted",
            "flows/test_reconcile.py::test_what_the_host_takes_back_was_never_noted",
            "flows/test_revoke.py::test_what_is_over_stays_over_with_its_first_reason",
            "concurrency/test_revocations.py::test_all_at_once_in_threads_and_processes",
            "concurrency/test_revocations.py::test_killed_in_the_middle_again_and_again_nothing_is_lost_or_doubled",
            "concurrency/test_revocations.py::test_the_same_change_noted_and_worked_off_by_many_at_once_is_done_once",
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
            "rest_api/test_status_lists.py::TestWhatItCosts::test_one_query_and_from_the_cache_none",
            "pages/test_credential_page.py::test_an_address_has_a_limit",
            "pages/test_credential_page.py::test_it_takes_one_query_and_reads_no_bits",
            "rest_api/test_shared_documents.py::test_an_address_has_a_limit",
            "rest_api/test_vc_api_access.py::test_a_token_has_a_limit_of_its_own",
        ],
    ),
    32: (
        "a name that an issuer gives itself is marked as such, after the domain that its DID proves",
        [
            "pages/test_credential_page.py::test_a_domain_that_is_proved_comes_before_a_name_that_nobody_checks",
            "rest_api/test_shared_documents.py::test_a_did_web_has_its_domain_and_its_document",
            "pages/test_credential_page.py::test_names_and_titles_stay_text",
            "flows/test_verify.py::test_another_did_in_the_place_of_the_issuer_is_not_the_issuer",
            "flows/test_verify_foreign.py::test_another_did_cannot_sign_for_the_issuer",
        ],
    ),
}
IN_THIS_RELEASE = tuple(range(1, 33))


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

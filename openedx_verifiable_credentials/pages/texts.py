"""
What the page scripts say, for translators. The scripts have the English (``frontend/src/pages/texts.json``, and the
sentences of ``core/checks/codes.json``); a page in another language carries its translations, where there are any.
"""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from openedx_verifiable_credentials.core.checks import report

TEXTS = {
    "checking": _("Checking this credential…"),
    "checking_files": _("Checking…"),
    "valid": _("This credential is valid"),
    "valid_with_warnings": _("This credential is valid, with warnings"),
    "invalid": _("This credential is not valid"),
    "revoked": _("This credential has been revoked"),
    "suspended": _("This credential is suspended"),
    "expired": _("This credential has expired"),
    "not_yet_valid": _("This credential is not valid yet"),
    "could_not_be_checked": _("This credential could not be checked"),
    "presentation_valid": _("This presentation is valid"),
    "presentation_valid_with_warnings": _("This presentation is valid, with warnings"),
    "presentation_invalid": _("This presentation is not valid"),
    "presentation_could_not_be_checked": _("This presentation could not be checked"),
    "as_of": _("{headline} (as of {time})"),
    "all_passed": _("It is as its issuer signed it, and its issuer has not taken it back."),
    "not_a_fault": _("That says nothing against it: something that is needed could not be had, or is not known here."),
    "in_short": _("{check}: {message}"),
    "inner_credential": _("Credential {number}: {headline}"),
    "checked_at": _("Checked in your browser on {time}."),
    "checked_as_of": _("Checked in your browser, without the network, with what was known on {time}."),
    "check_again": _("Check again"),
    "what_was_checked": _("What was checked"),
    "technical_report": _("Technical report"),
    "browser_found": _("Your browser found: {headline}"),
    "script_failed": _("The check stopped with a fault of its own: {message}"),
    "check_schema": _("Form"),
    "check_signature": _("Signature"),
    "check_issuer": _("Issuer"),
    "check_status": _("Status"),
    "check_dates": _("Dates"),
    "check_disclosure": _("Disclosure"),
    "outcome_passed": _("Passed"),
    "outcome_warning": _("Warning"),
    "outcome_failed": _("Failed"),
    "outcome_not_checked": _("Not checked"),
    "anchor": _("It names the anchor {anchor}, which was not looked up."),
    "anchor_named": _("It names the anchor {anchor}."),
    "anchor_found": _("Its anchor {anchor} is in a block of {network}, made on {time}."),
    "anchor_mined": _("The block is new; it may still be replaced."),
    "anchor_safe": _("The block is safe."),
    "anchor_finalized": _("The block is final."),
    "test_network": _("Test network: anybody can write there, it proves nothing."),
    "anchor_node": _("Address of a node of {network} (JSON-RPC)"),
    "anchor_node_hint": _(
        "Only this node is asked, and learns the number of the transaction, not what the credential says. It sees "
        "who asks."
    ),
    "anchor_look_up": _("Look the anchor up"),
    "what_it_says": _("What it says"),
    "what_it_claims": _("What it claims, unconfirmed"),
    "unconfirmed": _("Do not rely on these lines: the check above did not confirm who wrote them."),
    "awarded_to": _("Awarded to"),
    "achievement": _("Achievement"),
    "description": _("Description"),
    "criteria": _("Earned by"),
    "result": _("Result"),
    "issuer": _("Issuer"),
    "issued_on": _("Valid from"),
    "expires_on": _("Valid until"),
    "identifier": _("Identifier"),
    "issuer_domain": _("The issuer's key is published at this web address."),
    "issuer_domain_claimed": _(
        "The credential claims that its issuer's key is published at this web address; that is not confirmed."
    ),
    "issuer_without_domain": _(
        "This identifier is bound to no web address: compare it with one that the issuer has given you."
    ),
    "calls_itself": _("Calls itself “{name}”. Nobody but the issuer has confirmed that name."),
    "verify_title": _("Check a credential"),
    "several_checked": _("Credentials checked: {count}. Valid: {valid}."),
    "pasted_text": _("the pasted text"),
    "file_too_large": _("{name} is too large: at most {limit} MB are read."),
    "file_empty": _("{name} is empty."),
    "file_unreadable": _("{name} could not be read. If it was moved or changed, choose it again."),
    "no_credential": _("No credential was found"),
    "file_without_credential": _(
        "{name} holds no credential that can be read. Choose the file that you were sent: JSON, a badge image in PNG "
        "or SVG, or the PDF certificate as it was downloaded. A screenshot, or a PDF that was changed or printed, "
        "does not hold it."
    ),
    "too_many_files": _("At most {limit} files are checked at a time."),
    "nothing_pasted": _("Paste a credential first."),
    "clear_results": _("Clear the results"),
}
SENTENCES = (
    _("The document is a well-formed credential."),
    _("The document is not JSON that can be read without doubt."),
    _("The document is larger or deeper than is accepted."),
    _("The image is damaged, or carries a credential in a way that leaves doubt."),
    _("The document is not a verifiable credential or presentation."),
    _("A member that a credential needs is missing, or has the wrong form."),
    _("A member or type is defined by none of the document's contexts, so no signature covers it."),
    _("A member is empty, null or of a kind that no signature covers."),
    _("An identifier or type is not an absolute IRI."),
    _("The document names blank nodes itself, which is not accepted."),
    _("Too many unnamed objects of the document cannot be told from each other."),
    _("The document contradicts its own contexts, so nobody can say what was signed."),
    _("The document uses a JSON-LD context that is not known here."),
    _("The document's contexts are not a list, in an order, that is accepted here."),
    _("The document could not be read."),
    _("The document was not looked at, because what secures it cannot be read."),
    _("Documents of this format cannot be checked here."),
    _("Credentials of this data model cannot be checked here."),
    _("The signature is valid: nothing was changed since the credential was issued."),
    _("The document carries no proof."),
    _("A proof lacks a member, or has one in the wrong form."),
    _("The signature is not valid: the document was changed, or another key signed it."),
    _("The proof was made for another purpose."),
    _("The proof was made for another challenge or domain."),
    _("The token names an algorithm that its key is not for."),
    _("The proof itself is no longer to be used."),
    _("The document is secured only in ways that cannot be checked here."),
    _("The signature could not be checked: its key could not be had."),
    _("The Merkle proof is sound in itself; whether its root is on the chain was not looked up."),
    _("The transaction that the Merkle proof names is in no block of the chain that was asked."),
    _("The issuer's signature is valid; the anchor beside it is in no block of the chain that was asked."),
    _("The document is anchored on a test network only, where anybody has coins and nothing needs to last."),
    _("The transaction that the Merkle proof names carries another root."),
    _("The anchor was sent by an account that is not the issuer's, or was not at that time."),
    _("The transaction that the Merkle proof names was reverted, so it anchors nothing."),
    _("The block that had the transaction is no longer part of the chain, so it anchors nothing."),
    _("Nobody signed the presentation: it does not show who presents the credentials in it."),
    _("The signature was not checked, because the document cannot be understood."),
    _("The key that signed is the issuer's, for this purpose."),
    _("The key that signed the presentation is its holder's."),
    _("The key that signed the presentation is controlled by another than its holder."),
    _("The presentation proves no holder; each credential in it stands for itself."),
    _("The issuer does not list the key that signed for this purpose."),
    _("The issuer has revoked the key that signed."),
    _("The key that signed was no longer to be used."),
    _("The key that signed is controlled by another than the issuer."),
    _("The issuer had retired the key when the credential was signed."),
    _("What is published under the issuer's identifier is not its DID document."),
    _("The issuer's DID document could not be fetched."),
    _("The issuer's DID document is at an address that is not asked."),
    _("The issuer's kind of identifier cannot be resolved here."),
    _("The issuer's DID document was not fetched: this check ran without the network."),
    _("The issuer was not checked, because no proof that could be looked at is said to be theirs."),
    _("The issuer's status list says that the credential counts."),
    _("The credential has no status: its issuer cannot revoke it."),
    _("The issuer's status list has a message about the credential."),
    _("The issuer has revoked the credential."),
    _("The issuer has suspended the credential."),
    _("The credential's status entry has the wrong form."),
    _("The credential's place is outside its status list."),
    _("The status list could not be fetched."),
    _("The status list is at an address that is not asked."),
    _("The status list is not signed by its issuer, is malformed or too large."),
    _("The status list is of another issuer, address or purpose than the credential says."),
    _("The status list is out of date."),
    _("The credential's kind of status cannot be checked here."),
    _("The status list was not fetched: this check ran without the network."),
    _("The status was not checked, because the document is not sound or cannot be understood."),
    _("The credential is in force at this time."),
    _("The credential has expired."),
    _("The credential is not valid yet."),
    _("The credential's dates are malformed or contradict each other."),
    _("A proof bears a date in the future."),
    _("The dates were not checked, because the document cannot be understood."),
    _("Its holder shows the credential as it was issued."),
    _("Only the issuer's own page can say whether its holder has withheld the credential."),
    _("The holder has withheld what the credential says; that is no failure of the credential."),
)


def translated() -> dict[str, dict[str, str]]:
    """Those texts and sentences that differ from English in the language of this moment, by key and by code."""
    sentences = {code: entry["message"] for code, entry in report.codes().items()}
    found = {"texts": _translations(TEXTS), "checks": _translations(sentences)}
    return {name: translations for name, translations in found.items() if translations}


def _translations(english: dict[str, str]) -> dict[str, str]:
    found = {key: gettext(text) for key, text in english.items()}
    return {key: text for key, text in found.items() if text != english[key]}

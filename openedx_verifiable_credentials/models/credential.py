"""The ledger: one row a credential, written before the key is used."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from openedx_verifiable_credentials.models.batch import Batch
from openedx_verifiable_credentials.models.document_shape import DocumentShape
from openedx_verifiable_credentials.models.issuer import Issuer
from openedx_verifiable_credentials.models.key import IssuerKey
from openedx_verifiable_credentials.models.learner import Learner
from openedx_verifiable_credentials.models.offer import Offer
from openedx_verifiable_credentials.models.status_list import StatusList


class CredentialState(models.TextChoices):
    """``INTENDED``: its bytes are recorded, its signature is not. ``ABANDONED``: never signed, its offer is over."""

    INTENDED = "intended", _("Intended")
    ISSUED = "issued", _("Issued")
    SUPERSEDED = "superseded", _("Superseded")
    REVOKED = "revoked", _("Revoked")
    ABANDONED = "abandoned", _("Abandoned")


class EndReason(models.TextChoices):
    """Why a credential ended."""

    HOST_REVOKED = "certificate_revoked", _("Host Revoked")
    HOST_DELETED = "certificate_deleted", _("Host Deleted")
    SUPERSEDED = "superseded", _("Superseded")
    NAME_CORRECTED = "name_corrected", _("Name Corrected")
    CONTENT_UPDATED = "content_updated", _("Content Updated")
    STAFF = "staff", _("Staff")
    HOLDER = "holder", _("Holder")
    KEY_COMPROMISED = "key_compromised", _("Key Compromised")
    NEVER_SIGNED = "never_signed", _("Never Signed")


LIVE_STATES = (CredentialState.INTENDED, CredentialState.ISSUED)


class Credential(models.Model):
    """
    A credential and the facts we filter by. The document is sealed under the learner's key, ``uuid`` as associated
    data: unsigned while the row is INTENDED, signed afterwards.

    .. pii: The sealed document names the learner and their wallet; in clear there is the learner's row, all of it gone
       once they are erased. The number of the staff account that ended a credential stays.
    .. pii_types: id, name, other
    .. pii_retirement: local_api, retained
    """

    uuid = models.UUIDField(unique=True, help_text=_("The credential's id is urn:uuid: and this."))
    certificate_uuid = models.UUIDField(db_index=True, help_text=_("The host's certificate."))
    learner = models.ForeignKey(Learner, on_delete=models.SET_NULL, null=True, related_name="credentials")
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="credentials")
    key = models.ForeignKey(IssuerKey, on_delete=models.PROTECT, related_name="credentials")
    # This one's index, and that of the status list, are the first columns of the constraints below.
    offer = models.ForeignKey(
        Offer, on_delete=models.SET_NULL, null=True, related_name="credentials", db_index=False
    )  # fmt: skip
    replaces = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, default=None, related_name="replaced_by",
        help_text=_("The credential that this one was issued for anew."),
    )  # fmt: skip
    batch = models.ForeignKey(
        Batch, on_delete=models.PROTECT, null=True, default=None, related_name="credentials", db_constraint=False,
        help_text=_("The batch that issued it, before any wallet was known."),
    )  # fmt: skip
    # These are never deleted, and not looked for: a constraint would lock them, an index would cost, at every insert.
    came_from = models.ForeignKey(
        "self", on_delete=models.DO_NOTHING, null=True, default=None, related_name="+", db_constraint=False,
        db_index=False, help_text=_("The credential of a batch that its learner claimed into a wallet by this one."),
    )  # fmt: skip
    shape = models.ForeignKey(
        DocumentShape, on_delete=models.DO_NOTHING, null=True, default=None, related_name="+", db_constraint=False,
        db_index=False, help_text=_("What its document says beside the sealed values, and its terms."),
    )  # fmt: skip
    profile_id = models.CharField(max_length=32, db_index=True)
    wallet_id = models.CharField(max_length=64, db_index=True)
    is_bound = models.BooleanField(help_text=_("Whether the subject is a wallet's DID."))
    kind = models.CharField(max_length=16, db_index=True)
    achievement_key = models.CharField(max_length=255, db_index=True, help_text=_("Course run key or program uuid."))
    organization_key = models.CharField(
        max_length=255, blank=True, db_index=True, help_text=_("The organisation it is issued for.")
    )
    issuer_organization = models.CharField(
        max_length=255, blank=True, default="", help_text=_("The organisation its issuer is.")
    )
    site_id = models.PositiveIntegerField(db_index=True)
    terms = models.JSONField(help_text=_("Empty where its shape has them."))
    state = models.CharField(max_length=16, choices=CredentialState.choices, db_index=True)
    # "<certificate>:<issuer>:<slot>" while the credential is live, NULL afterwards: slots bound the live ones. Of a
    # batch "<certificate>:<profile>:bulk:<n>": one for an award and profile, n counts the issuers of a joint program.
    live_key = models.CharField(max_length=64, unique=True, null=True)
    status_list = models.ForeignKey(
        StatusList, on_delete=models.PROTECT, null=True, related_name="credentials", db_index=False
    )  # fmt: skip
    status_index = models.PositiveIntegerField(null=True)
    suspended = models.BooleanField(default=False, db_index=True)
    sealed_document = models.BinaryField(null=True, help_text=_("NULL once erased."))
    created = models.DateTimeField(db_index=True, help_text=_("Of the intent; its proof says the same, to the second."))
    issued_at = models.DateTimeField(null=True, default=None)
    ended_at = models.DateTimeField(null=True, default=None)
    end_reason = models.CharField(max_length=32, blank=True, choices=EndReason.choices, db_index=True)
    ended_by = models.PositiveBigIntegerField(
        null=True, default=None, help_text=_("The staff account; NULL: the host.")
    )
    erased_at = models.DateTimeField(null=True, default=None)

    class Meta:
        verbose_name = "credential"
        permissions = [
            ("suspend_credential", "Can suspend credentials and reinstate them"),
            ("reissue_credential", "Can re-issue credentials"),
            ("erase_credential", "Can erase what is held about the learners of credentials"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["offer", "certificate_uuid", "issuer"], name="ovc_once_per_offer"),
            models.UniqueConstraint(fields=["status_list", "status_index"], name="ovc_one_index_each"),
            # An organisation signs for itself only.
            models.CheckConstraint(
                condition=models.Q(issuer_organization="") | models.Q(issuer_organization=models.F("organization_key")),
                name="ovc_signs_for_itself",
            ),
        ]

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def said_terms(self) -> dict[str, Any]:
        """What it may say, wherever that is kept."""
        return self.shape.terms if self.shape is not None else self.terms

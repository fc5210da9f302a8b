"""Anchors: what waits to be anchored, the batches it goes into, and the transactions that carry their roots."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from openedx_verifiable_credentials.models.credential import Credential

# Wei: as many digits as MySQL has, more than there will ever be of them.
_WEI_DIGITS = 65


class AnchorState(models.TextChoices):
    """
    ``PREPARED``: leaves, root and paths are fixed; ``SIGNED``: the raw transaction is stored, and may have been sent;
    ``BROADCAST``: a node has taken it. A reorganisation takes a batch back to BROADCAST.
    """

    PREPARED = "prepared", _("Prepared")
    SIGNED = "signed", _("Signed")
    BROADCAST = "broadcast", _("Broadcast")
    MINED = "mined", _("Mined")
    SAFE = "safe", _("Safe")
    FINALIZED = "finalized", _("Finalized")


# In these a transaction is in a block, and the anchored form can be had.
IN_BLOCK_STATES = (AnchorState.MINED, AnchorState.SAFE, AnchorState.FINALIZED)


class AnchorKey(models.Model):
    """
    A key that pays for anchors: its public half, as issuers publish it. Never an issuer's signing key.

    .. no_pii: A key of the installation.
    """

    address = models.CharField(max_length=42, unique=True, help_text=_("0x and 40 hexadecimal digits, lower case."))
    public_key_multibase = models.CharField(max_length=64, help_text=_("zQ3s…: the compressed point (CID 1.0)."))
    created = models.DateTimeField(help_text=_("Anchors that are older are not this key's."))
    retired_at = models.DateTimeField(null=True, default=None, help_text=_("It sends nothing new since then."))
    revoked_at = models.DateTimeField(
        null=True, default=None, help_text=_("No transaction of it since then is to be believed.")
    )

    class Meta:
        verbose_name = "anchoring key"

    def __str__(self) -> str:
        return self.address


class AnchorAccount(models.Model):
    """
    The key on one chain, and the number of its next transaction there: taken with this row locked.

    .. no_pii: An account of the installation.
    """

    key = models.ForeignKey(AnchorKey, on_delete=models.PROTECT, related_name="accounts")
    chain_id = models.PositiveBigIntegerField()
    next_nonce = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = "anchoring account"
        constraints = [models.UniqueConstraint(fields=["key", "chain_id"], name="ovc_one_anchoring_account")]

    def __str__(self) -> str:
        return f"eip155:{self.chain_id}:{self.key.address}"


class AnchorBatch(models.Model):
    """
    Leaves under one root, in ascending order of their hashes. ``root``, ``block_hash``: lower-case hexadecimal digits
    without a prefix.

    .. no_pii: Hashes.
    """

    uuid = models.UUIDField(unique=True)
    network = models.CharField(max_length=32, help_text=_("Its name in the settings."))
    chain_id = models.PositiveBigIntegerField()
    root = models.CharField(max_length=64, unique=True)
    leaf_count = models.PositiveIntegerField()
    state = models.CharField(
        max_length=16, choices=AnchorState.choices, default=AnchorState.PREPARED, db_index=True
    )  # fmt: skip
    problem = models.CharField(max_length=64, blank=True, default="", help_text=_("Code of what holds it up."))
    account = models.ForeignKey(AnchorAccount, on_delete=models.PROTECT, null=True, related_name="batches")
    nonce = models.PositiveBigIntegerField(null=True, default=None)
    # Set while a transaction is in a block.
    transaction = models.ForeignKey(
        "AnchorTransaction", on_delete=models.PROTECT, null=True, default=None, related_name="+"
    )  # fmt: skip
    block_number = models.PositiveBigIntegerField(null=True, default=None)
    block_hash = models.CharField(max_length=64, blank=True, default="")
    block_time = models.DateTimeField(null=True, default=None)
    fee = models.DecimalField(
        max_digits=_WEI_DIGITS, decimal_places=0, null=True, default=None, help_text=_("Paid, in wei.")
    )  # fmt: skip
    created = models.DateTimeField(db_index=True)
    changed = models.DateTimeField()

    class Meta:
        verbose_name = "anchor batch"
        verbose_name_plural = "anchor batches"
        constraints = [models.UniqueConstraint(fields=["account", "nonce"], name="ovc_one_anchor_a_nonce")]

    def __str__(self) -> str:
        return str(self.uuid)


class AnchorTransaction(models.Model):
    """
    A signed transaction that carries a batch's root: stored before it is sent, and sent again byte for byte. Of those
    of one batch, which share the nonce, any may get into a block, and one at most does.

    .. no_pii: What a public chain shows.
    """

    batch = models.ForeignKey(AnchorBatch, on_delete=models.PROTECT, related_name="transactions")
    hash = models.CharField(max_length=64, unique=True, help_text=_("Lower-case hexadecimal digits, no prefix."))
    raw = models.BinaryField()
    gas = models.PositiveBigIntegerField()
    max_fee_per_gas = models.DecimalField(max_digits=_WEI_DIGITS, decimal_places=0)
    max_priority_fee_per_gas = models.DecimalField(max_digits=_WEI_DIGITS, decimal_places=0)
    most = models.DecimalField(
        max_digits=_WEI_DIGITS, decimal_places=0, help_text=_("What it can cost at most, in wei, data fee included.")
    )  # fmt: skip
    created = models.DateTimeField(db_index=True)
    sent_at = models.DateTimeField(null=True, default=None, help_text=_("When a node last took it."))

    class Meta:
        verbose_name = "anchor transaction"

    def __str__(self) -> str:
        return self.hash


class LeafCover(models.TextChoices):
    """What the leaf is the hash of: the credential alone, or with the proof it was issued with."""

    DOCUMENT = "document", _("Document")
    PROOF = "proof", _("Proof")


class AnchorLeaf(models.Model):
    """
    A credential's leaf: written in the transaction that issues it, kept when the credential is erased. ``leaf``: 64
    lower-case hexadecimal digits. ``batch`` NULL: it waits.

    .. no_pii: A hash of a document that has an id drawn at random.
    """

    credential = models.OneToOneField(
        Credential, on_delete=models.PROTECT, related_name="anchor_leaf", db_constraint=False
    )  # fmt: skip
    leaf = models.CharField(max_length=64, unique=True)
    covers = models.CharField(max_length=16, choices=LeafCover.choices)
    batch = models.ForeignKey(AnchorBatch, on_delete=models.PROTECT, null=True, default=None, related_name="leaves")
    created = models.DateTimeField()

    class Meta:
        verbose_name = "anchor leaf"
        verbose_name_plural = "anchor leaves"

    def __str__(self) -> str:
        return self.leaf


class InclusionProof(models.Model):
    """
    The path from a leaf to its batch's root, written with the batch. ``path``: as :mod:`..core.merkle` packs it.

    .. no_pii: Hashes.
    """

    leaf = models.OneToOneField(AnchorLeaf, on_delete=models.PROTECT, primary_key=True, related_name="inclusion")
    path = models.BinaryField()

    class Meta:
        verbose_name = "inclusion proof"

    def __str__(self) -> str:
        return str(self.pk)

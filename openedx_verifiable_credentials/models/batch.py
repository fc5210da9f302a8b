"""Bulk issuance: what was ordered, the certificates it was frozen to, and what became of them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BatchOrigin(models.TextChoices):
    """Who ordered it."""

    COMMAND = "command", _("Command")
    ADMIN = "admin", _("Admin")
    AWARD = "award", _("Award")


class BatchState(models.TextChoices):
    """``REQUESTED``: its certificates are not listed yet. ``STOPPED``: by a failed check; nothing more is issued."""

    REQUESTED = "requested", _("Requested")
    READY = "ready", _("Ready")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")
    CANCELLED = "cancelled", _("Cancelled")


class Batch(models.Model):
    """
    One order to issue the credentials of many certificates without a wallet.

    .. pii: The number of the staff account that ordered it.
    .. pii_types: id
    .. pii_retirement: retained
    """

    uuid = models.UUIDField(unique=True)
    origin = models.CharField(max_length=16, choices=BatchOrigin.choices)
    selection = models.JSONField(help_text=_("Which certificates: what was ordered, in words of the command."))
    profile_id = models.CharField(max_length=32)
    most = models.PositiveBigIntegerField(null=True, default=None, help_text=_("No more certificates than these."))
    throttle = models.PositiveIntegerField(null=True, default=None, help_text=_("Credentials a second, all workers."))
    mail = models.BooleanField(default=False, help_text=_("Whether learners are told by e-mail, once."))
    ordered_by = models.PositiveBigIntegerField(null=True, default=None, help_text=_("The staff account."))
    state = models.CharField(max_length=16, choices=BatchState.choices, default=BatchState.REQUESTED, db_index=True)
    problem = models.CharField(max_length=64, blank=True, default="", help_text=_("Code of what stopped it."))
    selected = models.PositiveBigIntegerField(default=0, help_text=_("Certificates."))
    created = models.DateTimeField(db_index=True)
    selected_at = models.DateTimeField(null=True, default=None)
    finished_at = models.DateTimeField(null=True, default=None)
    # Who lists its certificates just now, and how long nobody else may.
    worker = models.CharField(max_length=64, blank=True, default="")
    leased_until = models.DateTimeField(null=True, default=None)
    # Where there is a throttle: before that, no worker takes more.
    next_at = models.DateTimeField(null=True, default=None)
    # Once it has long been over, what its parts, refusals and mails said together; then these go.
    totals = models.JSONField(null=True, default=None)
    has_parts = models.BooleanField(default=True)

    class Meta:
        verbose_name = "batch"
        permissions = [("issue_batch", "Can issue credentials in bulk")]
        indexes = [models.Index(fields=["has_parts", "finished_at"], name="ovc_batches_to_tidy")]

    def __str__(self) -> str:
        return str(self.uuid)


class ChunkState(models.TextChoices):
    """``INSERTED``: its credentials are issued; whether a certificate was revoked meanwhile is still to be asked."""

    WAITING = "waiting", _("Waiting")
    LEASED = "leased", _("Leased")
    INSERTED = "inserted", _("Inserted")
    DONE = "done", _("Done")


class BatchChunk(models.Model):
    """
    Certificates of one configuration, which one worker works through at once.

    ``certificates``: 16 bytes each. ``places``: what was taken of status lists before anything was signed, as
    ``[list, first number, how many]``, every attempt's: none of it is ever handed out again.

    .. no_pii: Uuids of certificates.
    """

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    configuration = models.CharField(max_length=64)
    certificates = models.BinaryField()
    count = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=ChunkState.choices, default=ChunkState.WAITING)
    worker = models.CharField(max_length=64, blank=True, default="")
    leased_until = models.DateTimeField(null=True, default=None)
    attempts = models.PositiveIntegerField(default=0)
    places = models.JSONField(default=list)
    issued = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0, help_text=_("Certificates whose credentials were there already."))
    refused = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=64, blank=True, default="", help_text=_("Code of the last failure."))

    class Meta:
        verbose_name = "part of a batch"
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="ovc_one_chunk_each")]
        indexes = [models.Index(fields=["batch", "state", "number"], name="ovc_chunks_to_do")]

    def __str__(self) -> str:
        return f"{self.batch_id}.{self.number}"


class BatchRefusal(models.Model):
    """
    A certificate that got no credential, and why.

    .. no_pii: The uuid of a certificate.
    """

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="refusals")
    certificate_uuid = models.UUIDField()
    code = models.CharField(max_length=64)
    sentence = models.CharField(max_length=512)

    class Meta:
        verbose_name = "refusal"
        indexes = [models.Index(fields=["batch", "code"], name="ovc_refusals_by_code")]

    def __str__(self) -> str:
        return f"{self.certificate_uuid}: {self.code}"


class BatchMail(models.Model):
    """
    One learner to be told by e-mail about a batch, once: a row that is being sent is never sent again.

    .. pii: Which learner (by their row) is told, and when. Goes with the learner.
    .. pii_types: id
    .. pii_retirement: local_api
    """

    class State(models.TextChoices):
        """``SENDING``: handed to the mail server, or its process died just then."""

        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="mails")
    learner = models.ForeignKey("Learner", on_delete=models.CASCADE, related_name="mails")
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    changed = models.DateTimeField()

    class Meta:
        verbose_name = "mail"
        constraints = [models.UniqueConstraint(fields=["batch", "learner"], name="ovc_one_mail_each")]
        indexes = [models.Index(fields=["state"], name="ovc_mails_by_state")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.pk}"


class NewAward(models.Model):
    """
    Work: a certificate was awarded, and some policy has credentials issued on award.

    .. no_pii: The uuid of a certificate.
    """

    certificate_uuid = models.UUIDField()
    created = models.DateTimeField()
    not_before = models.DateTimeField(db_index=True, help_text=_("When to look at it."))

    class Meta:
        verbose_name = "new award"

    def __str__(self) -> str:
        return str(self.certificate_uuid)

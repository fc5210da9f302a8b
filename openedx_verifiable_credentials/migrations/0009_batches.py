"""Batches, their parts, refusals and mails; what many documents say alike; awards that wait to be issued."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("openedx_verifiable_credentials", "0008_fill_event_credentials"),
    ]

    operations = [
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("uuid", models.UUIDField(unique=True)),
                (
                    "origin",
                    models.CharField(
                        choices=[("command", "Command"), ("admin", "Admin"), ("award", "Award")], max_length=16
                    ),
                ),
                (
                    "selection",
                    models.JSONField(help_text="Which certificates: what was ordered, in words of the command."),
                ),
                ("profile_id", models.CharField(max_length=32)),
                (
                    "most",
                    models.PositiveBigIntegerField(
                        default=None, help_text="No more certificates than these.", null=True
                    ),
                ),
                (
                    "throttle",
                    models.PositiveIntegerField(
                        default=None, help_text="Credentials a second, all workers.", null=True
                    ),
                ),
                ("mail", models.BooleanField(default=False, help_text="Whether learners are told by e-mail, once.")),
                ("ordered_by", models.PositiveBigIntegerField(default=None, help_text="The staff account.", null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "Requested"),
                            ("ready", "Ready"),
                            ("done", "Done"),
                            ("stopped", "Stopped"),
                            ("cancelled", "Cancelled"),
                        ],
                        db_index=True,
                        default="requested",
                        max_length=16,
                    ),
                ),
                (
                    "problem",
                    models.CharField(blank=True, default="", help_text="Code of what stopped it.", max_length=64),
                ),
                ("selected", models.PositiveBigIntegerField(default=0, help_text="Certificates.")),
                ("created", models.DateTimeField(db_index=True)),
                ("selected_at", models.DateTimeField(default=None, null=True)),
                ("finished_at", models.DateTimeField(default=None, null=True)),
                ("worker", models.CharField(blank=True, default="", max_length=64)),
                ("leased_until", models.DateTimeField(default=None, null=True)),
                ("next_at", models.DateTimeField(default=None, null=True)),
            ],
            options={
                "verbose_name": "batch",
                "permissions": [("issue_batch", "Can issue credentials in bulk")],
            },
        ),
        migrations.CreateModel(
            name="DocumentShape",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "digest",
                    models.CharField(help_text="SHA-256 of the outline and the terms.", max_length=64, unique=True),
                ),
                ("outline", models.BinaryField()),
                ("terms", models.JSONField()),
                ("created", models.DateTimeField()),
            ],
            options={
                "verbose_name": "document shape",
            },
        ),
        migrations.CreateModel(
            name="NewAward",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("certificate_uuid", models.UUIDField()),
                ("created", models.DateTimeField()),
                ("not_before", models.DateTimeField(db_index=True, help_text="When to look at it.")),
            ],
            options={
                "verbose_name": "new award",
            },
        ),
        migrations.AddField(
            model_name="credential",
            name="came_from",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                default=None,
                help_text="The credential of a batch that its learner claimed into a wallet by this one.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="openedx_verifiable_credentials.credential",
            ),
        ),
        migrations.AlterField(
            model_name="credential",
            name="terms",
            field=models.JSONField(help_text="Empty where its shape has them."),
        ),
        migrations.AddField(
            model_name="credential",
            name="batch",
            field=models.ForeignKey(
                db_constraint=False,
                default=None,
                help_text="The batch that issued it, before any wallet was known.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="credentials",
                to="openedx_verifiable_credentials.batch",
            ),
        ),
        migrations.AddField(
            model_name="credential",
            name="shape",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                default=None,
                help_text="What its document says beside the sealed values, and its terms.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="openedx_verifiable_credentials.documentshape",
            ),
        ),
        migrations.CreateModel(
            name="BatchChunk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("configuration", models.CharField(max_length=64)),
                ("certificates", models.BinaryField()),
                ("count", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("leased", "Leased"),
                            ("inserted", "Inserted"),
                            ("done", "Done"),
                        ],
                        default="waiting",
                        max_length=16,
                    ),
                ),
                ("worker", models.CharField(blank=True, default="", max_length=64)),
                ("leased_until", models.DateTimeField(default=None, null=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("places", models.JSONField(default=list)),
                ("issued", models.PositiveIntegerField(default=0)),
                (
                    "held",
                    models.PositiveIntegerField(
                        default=0, help_text="Certificates whose credentials were there already."
                    ),
                ),
                ("refused", models.PositiveIntegerField(default=0)),
                (
                    "problem",
                    models.CharField(blank=True, default="", help_text="Code of the last failure.", max_length=64),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chunks",
                        to="openedx_verifiable_credentials.batch",
                    ),
                ),
            ],
            options={
                "verbose_name": "part of a batch",
                "indexes": [models.Index(fields=["batch", "state", "number"], name="ovc_chunks_to_do")],
                "constraints": [models.UniqueConstraint(fields=("batch", "number"), name="ovc_one_chunk_each")],
            },
        ),
        migrations.CreateModel(
            name="BatchMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("sending", "Sending"),
                            ("sent", "Sent"),
                            ("failed", "Failed"),
                        ],
                        default="waiting",
                        max_length=16,
                    ),
                ),
                ("changed", models.DateTimeField()),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mails",
                        to="openedx_verifiable_credentials.batch",
                    ),
                ),
                (
                    "learner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mails",
                        to="openedx_verifiable_credentials.learner",
                    ),
                ),
            ],
            options={
                "verbose_name": "mail",
                "indexes": [models.Index(fields=["state"], name="ovc_mails_by_state")],
                "constraints": [models.UniqueConstraint(fields=("batch", "learner"), name="ovc_one_mail_each")],
            },
        ),
        migrations.CreateModel(
            name="BatchRefusal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("certificate_uuid", models.UUIDField()),
                ("code", models.CharField(max_length=64)),
                ("sentence", models.CharField(max_length=512)),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="refusals",
                        to="openedx_verifiable_credentials.batch",
                    ),
                ),
            ],
            options={
                "verbose_name": "refusal",
                "indexes": [models.Index(fields=["batch", "code"], name="ovc_refusals_by_code")],
            },
        ),
    ]

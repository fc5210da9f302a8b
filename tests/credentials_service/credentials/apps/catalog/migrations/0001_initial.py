import django.db.models.deletion
import django_extensions.db.fields
import sortedm2m.fields
from django.db import migrations
from django.db import models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("sites", "0002_alter_domain_unique"),
    ]

    operations = [
        migrations.CreateModel(
            name="Course",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "created",
                    django_extensions.db.fields.CreationDateTimeField(auto_now_add=True, verbose_name="created"),
                ),
                (
                    "modified",
                    django_extensions.db.fields.ModificationDateTimeField(auto_now=True, verbose_name="modified"),
                ),
                ("uuid", models.UUIDField()),
                ("key", models.CharField(max_length=255)),
                ("title", models.CharField(blank=True, default=None, max_length=255, null=True)),
                ("site", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="sites.site")),
            ],
        ),
        migrations.CreateModel(
            name="CourseRun",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "created",
                    django_extensions.db.fields.CreationDateTimeField(auto_now_add=True, verbose_name="created"),
                ),
                (
                    "modified",
                    django_extensions.db.fields.ModificationDateTimeField(auto_now=True, verbose_name="modified"),
                ),
                ("uuid", models.UUIDField()),
                ("key", models.CharField(max_length=255)),
                ("title_override", models.CharField(blank=True, default=None, max_length=255, null=True)),
                ("start_date", models.DateTimeField(blank=True, db_index=True, null=True)),
                ("end_date", models.DateTimeField(blank=True, db_index=True, null=True)),
                (
                    "course",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="course_runs", to="catalog.course"
                    ),
                ),
            ],
            options={
                "unique_together": {("course", "uuid")},
            },
        ),
        migrations.CreateModel(
            name="Organization",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "created",
                    django_extensions.db.fields.CreationDateTimeField(auto_now_add=True, verbose_name="created"),
                ),
                (
                    "modified",
                    django_extensions.db.fields.ModificationDateTimeField(auto_now=True, verbose_name="modified"),
                ),
                ("uuid", models.UUIDField()),
                ("key", models.CharField(max_length=255)),
                ("name", models.CharField(max_length=255)),
                ("certificate_logo_image_url", models.CharField(max_length=512, null=True)),
                ("site", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="sites.site")),
            ],
            options={
                "unique_together": {("site", "uuid")},
            },
        ),
        migrations.AddField(
            model_name="course",
            name="owners",
            field=sortedm2m.fields.SortedManyToManyField(
                blank=True, help_text=None, related_name="owned_courses", to="catalog.organization"
            ),
        ),
        migrations.CreateModel(
            name="Program",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "created",
                    django_extensions.db.fields.CreationDateTimeField(auto_now_add=True, verbose_name="created"),
                ),
                (
                    "modified",
                    django_extensions.db.fields.ModificationDateTimeField(auto_now=True, verbose_name="modified"),
                ),
                ("uuid", models.UUIDField()),
                ("title", models.CharField(max_length=255)),
                ("type", models.CharField(default="", max_length=32)),
                ("type_slug", models.CharField(default="", max_length=32)),
                ("total_hours_of_effort", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("status", models.CharField(default="active", max_length=24)),
                (
                    "authoring_organizations",
                    sortedm2m.fields.SortedManyToManyField(
                        blank=True, help_text=None, related_name="authored_programs", to="catalog.organization"
                    ),
                ),
                (
                    "course_runs",
                    sortedm2m.fields.SortedManyToManyField(
                        help_text=None, related_name="programs", to="catalog.courserun"
                    ),
                ),
                ("site", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="sites.site")),
            ],
            options={
                "unique_together": {("site", "uuid")},
            },
        ),
        migrations.AlterUniqueTogether(
            name="course",
            unique_together={("site", "uuid")},
        ),
        migrations.CreateModel(
            name="Pathway",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "created",
                    django_extensions.db.fields.CreationDateTimeField(auto_now_add=True, verbose_name="created"),
                ),
                (
                    "modified",
                    django_extensions.db.fields.ModificationDateTimeField(auto_now=True, verbose_name="modified"),
                ),
                (
                    "pathway_type",
                    models.CharField(
                        choices=[("credit", "credit"), ("industry", "industry")], default="credit", max_length=32
                    ),
                ),
                ("uuid", models.UUIDField()),
                ("name", models.CharField(max_length=255)),
                ("org_name", models.CharField(max_length=255)),
                ("email", models.EmailField(max_length=254)),
                (
                    "status",
                    models.CharField(
                        choices=[("retired", "retired"), ("unpublished", "unpublished"), ("published", "published")],
                        default="published",
                        max_length=24,
                    ),
                ),
                ("site", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="sites.site")),
                (
                    "programs",
                    sortedm2m.fields.SortedManyToManyField(
                        help_text=None, related_name="pathways", to="catalog.program"
                    ),
                ),
            ],
            options={
                "unique_together": {("site", "uuid")},
            },
        ),
    ]

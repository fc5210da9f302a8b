import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
from django.db import migrations
from django.db import models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("sites", "0002_alter_domain_unique"),
    ]

    operations = [
        migrations.CreateModel(
            name="SiteConfiguration",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("platform_name", models.CharField(max_length=255, null=True)),
                ("segment_key", models.CharField(blank=True, max_length=255, null=True)),
                ("theme_name", models.CharField(default="openedx", max_length=255)),
                ("partner_from_address", models.EmailField(blank=True, max_length=254, null=True)),
                ("lms_url_root", models.URLField()),
                ("catalog_api_url", models.URLField()),
                ("tos_url", models.URLField(null=True)),
                ("privacy_policy_url", models.URLField(null=True)),
                ("homepage_url", models.URLField(null=True)),
                ("company_name", models.CharField(max_length=255, null=True)),
                ("verified_certificate_url", models.URLField(blank=True, null=True)),
                ("certificate_help_url", models.URLField(null=True)),
                ("records_enabled", models.BooleanField(default=True)),
                ("records_help_url", models.URLField(blank=True, default="")),
                ("facebook_app_id", models.CharField(blank=True, max_length=32, null=True)),
                ("twitter_username", models.CharField(blank=True, max_length=15, null=True)),
                ("enable_facebook_sharing", models.BooleanField(default=False)),
                ("enable_linkedin_sharing", models.BooleanField(default=True)),
                ("enable_twitter_sharing", models.BooleanField(default=True)),
                ("site", models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, to="sites.site")),
            ],
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                ("full_name", models.CharField(blank=True, db_index=True, max_length=255, null=True)),
                ("lms_user_id", models.IntegerField(db_index=True, null=True)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "get_latest_by": "date_joined",
                "indexes": [
                    models.Index(fields=["is_staff", "is_superuser", "is_active"], name="core_user_is_staf_c26715_idx")
                ],
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
    ]

"""Importing this module is what loads the in-tree app's tables: it has no ``models`` module."""

from django.contrib import admin

from credentials.apps.verifiable_credentials.issuance.models import IssuanceConfiguration
from credentials.apps.verifiable_credentials.issuance.models import IssuanceLine
from credentials.apps.verifiable_credentials.toggles import is_verifiable_credentials_enabled

if is_verifiable_credentials_enabled():
    admin.site.register([IssuanceConfiguration, IssuanceLine])

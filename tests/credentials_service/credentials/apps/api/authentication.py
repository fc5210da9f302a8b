"""How the service reads a JWT."""

import edx_rest_framework_extensions.auth.jwt.authentication as jwt_authentication
from django.contrib.auth.models import Group

from credentials.apps.core.constants import Role


class JwtAuthentication(jwt_authentication.JwtAuthentication):
    """Membership of the Admins group follows the claim ``administrator``."""

    def authenticate_credentials(self, payload):
        user = super().authenticate_credentials(payload)
        admins = Group.objects.get(name=Role.ADMINS)
        change = user.groups.add if payload.get("administrator") else user.groups.remove
        change(admins)
        return user

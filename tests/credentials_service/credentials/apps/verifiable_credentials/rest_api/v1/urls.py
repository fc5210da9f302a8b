"""Version 1 of the in-tree app's API: the names and routes, answered by one plain view."""

from django.urls import path

from credentials.apps.verifiable_credentials.rest_api.v1.views import answered_in_tree

urlpatterns = [
    path("credentials/init/", answered_in_tree, name="credentials-init"),
    path("credentials/issue/<uuid:issuance_line_uuid>/", answered_in_tree, name="credentials-issue"),
    path("storages/", answered_in_tree, name="storages"),
    path("status-list/2021/v1/<str:issuer_id>/", answered_in_tree, name="status-list-2021-v1"),
    path("credentials/", answered_in_tree, name="credentials-list"),
]

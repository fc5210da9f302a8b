"""
What pages for a logged-in learner share: the log-in, the switch, a limit for what they send, and errors as pages.
"""

from __future__ import annotations

from typing import Any
from typing import cast

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache

from openedx_verifiable_credentials.api.http_status import status_of
from openedx_verifiable_credentials.api.switch import require_enabled
from openedx_verifiable_credentials.api.throttles import UserThrottle
from openedx_verifiable_credentials.api.variables import forget_variables
from openedx_verifiable_credentials.exceptions import OfferError
from openedx_verifiable_credentials.exceptions import VerifiableCredentialsError
from openedx_verifiable_credentials.pages import answers
from openedx_verifiable_credentials.pages import problems

# What a credential may say of its learner, in the order of the pages.
CLAIMS = {
    "name": gettext_lazy("your name"),
    "email": gettext_lazy("a hash of your e-mail address: who knows the address can tell that it is yours"),
    "grade": gettext_lazy("your grade"),
    "activity_dates": gettext_lazy("when the course or program took place"),
    "evidence": gettext_lazy("a link to your program record, where you share it"),
}


@method_decorator(never_cache, name="dispatch")
class OwnView(LoginRequiredMixin, View):
    """Errors become a page with a sentence, and a way back."""

    works_while_off = False
    _wait: float | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The switch comes first; every refusal has a code and a sentence."""
        try:
            if not self.works_while_off:
                require_enabled()
            if request.user.is_authenticated:
                self._count(request)
            return super().dispatch(request, *args, **kwargs)
        except VerifiableCredentialsError as error:
            return self._problem(error)
        except Exception as error:
            forget_variables(error)
            raise

    def _count(self, request: HttpRequest) -> None:
        throttle = UserThrottle()
        if not throttle.allow_request(cast(Any, request), cast(Any, self)):
            self._wait = throttle.wait()
            raise OfferError("too_many_requests", "Too many requests; wait a little and try again.")

    @property
    def user_id(self) -> int:
        """Who asks; they are logged in."""
        return int(cast(Any, self.request.user).pk)

    def page(
        self, template: str, context: dict[str, Any], status: int = 200, *, policy: str | None = None
    ) -> HttpResponse:
        """A page whose forms may be sent."""
        token = get_token(self.request)
        return answers.page(template, {**context, "csrf_token": token}, status, wait=self._wait, policy=policy)

    def _problem(self, error: VerifiableCredentialsError) -> HttpResponse:
        # While the switch is off there may be nothing to go back to.
        back = None if error.code == "switched_off" else reverse("openedx_verifiable_credentials:learner-page")
        return self.page(answers.PROBLEM, {**problems.shown(error), "back": back}, status_of(error))

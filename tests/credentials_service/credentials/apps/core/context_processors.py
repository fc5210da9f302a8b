"""Variables that every template of the service receives."""


def core(request):
    """The site, its platform name and the language of this request."""
    site = request.site
    return {
        "site": site,
        "platform_name": site.siteconfiguration.platform_name,
        "language_code": request.LANGUAGE_CODE,
    }

"""
What the plugin adds to the service's settings: nothing that could be read later.

The service's YAML file replaces whole values *after* these hooks ran, so defaults live in :mod:`..app_settings`, read
at use. The hooks exist so that every settings type of the service finds one, and may run any number of times.
"""

"""Settings that load in the service's order, with the plugin hooks in the same places."""

"""One file an outside system. Each wraps foreign errors once, in its own error, cause kept."""

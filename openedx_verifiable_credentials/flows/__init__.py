"""One verb a module. Flows do not import flows; what they share is in ``steps``; ``api`` composes them."""

"""Documents of every kind that verification tells apart, for our verifiers to be held against each other."""

"""The node that the tests about anchoring run against; see README.md."""

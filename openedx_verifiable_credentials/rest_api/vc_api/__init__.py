"""The VC API (VCALM): verification for programs that have a token."""

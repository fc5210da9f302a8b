"""A stand-in for the Open edX Credentials service: its names and shapes, for this plugin's tests."""

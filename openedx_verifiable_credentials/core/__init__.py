"""The pure heart: no Django, no I/O, no clock, no randomness. What comes in as arguments decides what comes out."""

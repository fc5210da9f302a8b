"""What ``vc_anchor`` says: of a round, of how things stand, of what it would cost, of keys, of leaves."""

"""What can be done to rows, each after a page that asks."""

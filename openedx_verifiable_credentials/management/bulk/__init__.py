"""What the commands of bulk issuance share: orders, processes that work, how far they are."""

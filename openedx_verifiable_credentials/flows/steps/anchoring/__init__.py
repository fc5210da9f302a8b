"""What anchoring goes through: leaves into batches, batches into transactions, transactions into final blocks."""

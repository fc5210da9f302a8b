"""Steps of bulk issuance: what was ordered → frozen certificates → leased parts → credentials in the ledger."""

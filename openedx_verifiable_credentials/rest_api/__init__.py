"""HTTP for programs: the learner-record MFE, wallets, verifiers."""

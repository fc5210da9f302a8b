"""Version 1: the contract of the learner-record MFE, the wallets' endpoint, and ours."""

"""Every command of ours starts with ``vc_``."""

"""What ``scripts/bench.py`` measures, and with what. Every module that does work does it in a process of its own."""

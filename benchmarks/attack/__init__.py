"""The attacker of a release; see ``benchmarks/attack_results.py``."""

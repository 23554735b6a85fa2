"""Proofs on real queues, through the real dialects and the real command line."""

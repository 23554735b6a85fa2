"""Parts of `bulk_tag.py`: queues to change, the loops people write, what is true afterwards, what it would take."""

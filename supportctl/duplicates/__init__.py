"""Duplicates: which older tickets tell the same story as this one."""

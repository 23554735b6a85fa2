"""Counts over raw files by short scripts that share no code with the tool."""

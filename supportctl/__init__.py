"""supportctl: one command line for the support queue."""

__version__ = "0.1.0"

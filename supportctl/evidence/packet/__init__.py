"""The packet: everything the receiver needs, redacted, in one folder and one zip."""

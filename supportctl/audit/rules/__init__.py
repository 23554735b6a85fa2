"""One file per rule, named ``<code>_<name>.py``; `supportctl.audit.registry` lists them."""

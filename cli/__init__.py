"""The `twinlens` command line: thin commands over the other packages."""

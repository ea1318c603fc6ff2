"""MiniStack as Twinlens runs it; imported in MiniStack's own environment alone."""

"""MiniStack as Twinlens runs it; imported only in MiniStack's environment."""

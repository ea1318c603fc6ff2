"""The front door's page: what it consists of, and what serves it on this machine."""

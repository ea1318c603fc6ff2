"""The permissions to deploy Twinlens, by the type of each resource that the program creates."""

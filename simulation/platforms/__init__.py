"""The models of the platforms, a file each."""

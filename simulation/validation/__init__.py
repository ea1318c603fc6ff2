"""The published measurements against what the models say of them."""

"""The stand-in for the Azure Native provider, on Azurite, the local host and a small inventory."""

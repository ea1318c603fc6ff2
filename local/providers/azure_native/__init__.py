"""The stand-in for the Azure Native provider: Azurite and the local host do, a small inventory remembers."""

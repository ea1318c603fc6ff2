"""The embedded default: emulators, stand-in providers and the Pulumi tool chain."""

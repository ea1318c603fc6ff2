"""The Pulumi program: read the stack's settings, build one pipeline, export what it is called."""

import os

import pulumi

from components.pipeline import build, outputs, refuse_emulators
from components.settings import Settings

refuse_emulators(pulumi.get_stack(), os.environ)
settings = Settings.read(pulumi.Config())
for name, value in outputs(settings, build("twinlens", settings)).items():
    pulumi.export(name, value)

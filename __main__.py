"""The Pulumi program: read the stack's settings, build one pipeline, export what it is called."""

import pulumi

from components.pipeline import build, outputs
from components.settings import Settings

settings = Settings.read(pulumi.Config())
for name, value in outputs(settings, build("twinlens", settings)).items():
    pulumi.export(name, value)

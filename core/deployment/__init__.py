"""What components and handlers share: whatever one side writes and the other reads stands here, once.

``names`` has what deployed things are called, ``variables`` what functions find in their environment,
``limits`` how much and how long. Deployed workers import these modules, so they import next to nothing.
"""

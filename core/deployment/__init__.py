"""The definitions that components and handlers share: everything that one side writes and the other reads.

``names`` has the names of deployed resources, ``variables`` the environment variables of functions, and
``limits`` sizes and durations. Deployed workers import these modules, so they import almost nothing.
"""

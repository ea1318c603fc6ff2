"""Stand-ins for the resource providers of AWS and Azure: ordinary Pulumi plugins that drive the emulators.

A plugin is a gRPC server (``server``) around a :class:`~local.providers.provider.StandIn`, which checks every
resource against the types of the installed SDK (``schema``, ``check``), names it (``naming``), compares it
(``diff``) and passes it to the :class:`~local.providers.resource.Resource` of its type.
"""

"""Events reach every process on this machine, through sockets in one directory.

[plugins.heliograph]
directory = "/run/my-application"
"""

from tidings_heliograph.broker import HeliographBroker

__all__ = ["HeliographBroker"]

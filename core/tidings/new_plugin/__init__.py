"""A plugin project to begin with: real files, in `project/`, of a plugin called heliograph.

`write` copies them under another name. A part of a path that begins with `dot-` begins with a
dot there: so that these files steer nothing here.
"""

from tidings.new_plugin.names import Names, names
from tidings.new_plugin.origin import clone
from tidings.new_plugin.writing import write

__all__ = ["Names", "clone", "names", "write"]

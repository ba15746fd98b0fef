"""The main job on real input: a git history becomes notifications, and every inbox is checked.

Each author is told of every later commit that touched a file they were the last to touch. What
each inbox must hold is worked out from the history alone, and compared with what the store and
every device show once all has come to rest. It runs on each transport in `worlds`.
"""

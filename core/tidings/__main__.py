"""`python -m tidings`: the command, where its script is not on the path."""

from tidings.cli import main

main()

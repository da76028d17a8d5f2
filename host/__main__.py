"""`python -m scribetree.host` is the command `scribetree`."""

from scribetree.host.cli import main

main()

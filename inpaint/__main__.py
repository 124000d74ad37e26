"""`python -m inpaint COMMAND`."""

from inpaint.cli.dispatch import main

main()

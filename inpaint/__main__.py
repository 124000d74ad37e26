"""`python -m inpaint COMMAND`."""

from inpaint.commands.dispatch import main

main()

"""The command line: everything that the app does, without a browser, on the same store."""

import sys

from tlcore.commands.parser import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

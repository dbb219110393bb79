"""``python -m simtui``."""

from simtui.cli import main

if __name__ == "__main__":
    main()

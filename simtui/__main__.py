"""``python -m simtui``."""

from simtui.cli import run

if __name__ == "__main__":
    run()

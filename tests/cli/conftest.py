from tests.cli.run import terminal

__all__ = ["terminal"]

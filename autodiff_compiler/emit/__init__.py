"""From IR to Python source, to a file, to a callable."""

"""From Python source to typed IR: what is accepted, desugared, inlined, and given types."""

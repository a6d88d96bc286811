"""The books on a server whose clock is set back, or that counts from lower, as migration 0092 installs it."""

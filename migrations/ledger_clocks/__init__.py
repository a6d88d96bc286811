"""The books on a server whose clock is set back, as migration 0092 installs it; and entries' numbers begin at 1."""

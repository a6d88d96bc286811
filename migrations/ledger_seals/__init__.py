"""The database's part of sealing, reading and archiving the books, as migration 0008 installs it."""

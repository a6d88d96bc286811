"""The SQL of migration 0050, by what it is about. Published with it, so later changes belong into later migrations."""

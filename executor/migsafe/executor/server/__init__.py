"""PostgreSQL as programs: which binaries there are, and a server of our own made from them."""

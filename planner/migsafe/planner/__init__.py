"""What should be done. Pure: documents in, documents out; no connection, no clock, no environment."""

"""What things are: documents and plain values. No I/O, no SQL, no connection."""

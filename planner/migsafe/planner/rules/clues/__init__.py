"""What several rules look at: what stands around a statement, what hangs on an object, what a whole set leaves."""

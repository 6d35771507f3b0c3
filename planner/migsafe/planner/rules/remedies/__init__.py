"""The SQL that rules offer in place of a statement."""

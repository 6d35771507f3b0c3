#!/bin/sh
# The door for those whose CI calls it: up down status history validate backup, with --dry-run --skip-backup --force --verbose.
exec "${MIGSAFE:-migsafe}" "$@"

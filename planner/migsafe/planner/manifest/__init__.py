"""The manifest: read from `migsafe.yaml`, checked, and begun for a new project."""

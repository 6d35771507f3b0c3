"""What differs between two catalogs, as data and in sentences."""

from migsafe.planner.catalog_difference.compare import difference

__all__ = ["difference"]

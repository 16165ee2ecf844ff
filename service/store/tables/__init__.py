"""The tables, one module for each part of the two straight lines."""

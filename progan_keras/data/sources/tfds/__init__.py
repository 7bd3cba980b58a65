"""Data sets of tensorflow-datasets: found, downloaded politely, and read."""

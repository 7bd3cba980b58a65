"""The least that it takes to run each kind of export: examples that are run.

Each is a script, called with the path of an export, of an `.npz` file of its
inputs, and of a `.npy` file to write its float images to.
"""

"""A reader's own data set, from a ZIP of folders of images or a CSV of pixels to the files that training maps.

The check runs in a process of its own (`python -m core.datasets.own.check`), with bounds on memory and time. Nothing of
an archive is ever written under a name that it gives.
"""

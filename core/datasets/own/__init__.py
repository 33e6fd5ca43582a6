"""A reader's own data set, from a ZIP of folders of images or a CSV of pixels to the files that training maps.

The check runs in a separate process (`python -m core.datasets.own.check`), with limits on memory and time. Nothing from
an archive is ever written under a name from the archive.
"""

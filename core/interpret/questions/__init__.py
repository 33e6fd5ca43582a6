"""Questions to a trained network, one per file: `answer(network, config, *arguments)`.

It runs in a worker, in a thread alongside a training slice: it must not touch torch's random state, should take well
under a second (longer ones are asked in parts), and returns arrays and plain values that can be read without torch.
"""

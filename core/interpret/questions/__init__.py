"""What a trained network can be asked, one question a file: `answer(network, config, *arguments)`.

It runs in a worker, in a thread beside a training slice: it must leave torch's random state alone, should take well
under a second (a longer one is asked in parts), and returns arrays and plain values that can be read without torch.
"""

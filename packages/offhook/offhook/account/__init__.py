"""One account on one's own machine, without input or output.

exchange  numbers, calls, queues, conferences, recordings and texts
"""

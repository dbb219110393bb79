"""The convnet: its architecture, checkpoints, training, and the similarities it gives. Only here is torch imported.

`simtui.network.layers` is the exception: names and sizes only, for those who must start fast.
"""

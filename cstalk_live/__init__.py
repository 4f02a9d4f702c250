"""cstalk-live: a voice goes in, MetaHuman curves come out, 60 times a second.

Reading order: ``records``, ``session``, then the stage folders ``audio``, ``features``, ``model``, ``motion``,
``rig`` and ``output``, and last ``daemon``, which joins them.
"""

__version__ = "0.1.0"

"""Other ways from speech to a face, trained and scored beside ours: ``cstalk-live compare``.

Every method gets the same items, the same random batches in the same order, the same count of optimiser steps, and
the same look-ahead. That look-ahead is 67 ms for all: our generator is usually trained for seven delays at once, which
no rival can do, so here it spends its whole budget on the one delay as they do.
"""

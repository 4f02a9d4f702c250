"""What ``cstalk-live bench`` measures on the user's own machine; one file for each question.

Nothing here is part of a run. Every measurement goes through the same objects as a run does, and gives rows of a table.
"""

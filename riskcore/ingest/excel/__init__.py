"""Workbooks read by a process of their own: the standard library only, and nothing of the server's memory.

The modules import each other by their place in this folder, so that they run both inside riskcore and alone.
"""

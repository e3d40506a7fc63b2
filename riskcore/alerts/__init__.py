"""Alerts: changes of customers that somebody should know of, the inbox they wait in, and who is watched."""

from riskcore.alerts.raising import raise_new

__all__ = ["raise_new"]

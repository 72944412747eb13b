"""Ceasefire deals as data, run as discrete events: who comes home, when, and how sure we are."""

__version__ = "0.1.0"

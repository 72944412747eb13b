"""Deals in the languages of other tools."""

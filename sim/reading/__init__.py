"""Deals and scenarios as documents: read, checked, resolved."""

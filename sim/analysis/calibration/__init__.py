"""Behaviour estimated from the records of deals and from base rates of others, with its evidence."""

"""Terms that negotiators could choose: which choices no other choice is better than, and what each costs whom."""

"""Where in the ranges of what is not known something happens more often: how much they explain, and a box of them."""

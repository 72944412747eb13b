"""A second simulator, written from the pages on the model and the documents; it shares no code with the program."""

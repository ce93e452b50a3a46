"""Pure facts about a function: what may share memory, what a statement does to memory, what is used."""

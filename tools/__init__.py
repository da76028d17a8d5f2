"""Pure judgement: text and numbers in, findings with evidence out; no I/O, no clock."""

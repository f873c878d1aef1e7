"""A fixed set of test questions, answered and measured: cases → runs → figures → reports."""

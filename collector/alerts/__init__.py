"""Alert rules over the questions (alerts.yaml): what is new, sent to channels; and as rules in JupiterOne."""

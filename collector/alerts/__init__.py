"""Alert rules over the questions: kept in alerts.yaml, and put into JupiterOne."""

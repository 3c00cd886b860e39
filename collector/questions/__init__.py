"""The questions a security owner asks of Zoom: kept in questions.yaml, checked, and answered from graph.db."""

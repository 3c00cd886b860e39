"""The pages on http://localhost:5000 that connect a Zoom account: a thin Flask application around `auth.signin`.

__main__.py       how `collector auth login` starts it
command.py        `python oauth-server`: options and exit codes
sandbox_mode.py   `--sandbox`
ports.py          loopback sockets
serving.py        serves the application on them, with waitress
probe.py          whether this server answers there, not another program
browser.py        whether to open a browser, and how to reach this server from another computer
terminal.py       pasting Zoom's answer into the terminal instead
shutdown.py       when the server ends
log.py            one line per event, without secrets

application.py    the Flask application: routes, checks and error pages
access_keys.py    which browsers may use the pages
guard.py          checks of every request, headers of every response
views.py          what each route does
pages.py          renders the templates
browsers.py       what the server remembers of each browser
flow.py           a sign-in from the first redirect to the saved token, without HTTP
problems.py       what a page about a failure says
problem_pages.py  which failure becomes which page
formatting.py     times and account names for people
templates/        the pages and their style sheet
"""

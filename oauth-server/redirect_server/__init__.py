"""The pages on http://localhost:5000 that connect a Zoom account: a thin Flask application around `auth.signin`.

__main__.py       how `collector auth login` starts it
command.py        `python oauth-server` with its options and exit codes
ports.py          loopback sockets; who holds a port that is taken
serving.py        those sockets served by waitress
probe.py          whether it is really this program that answers there
browser.py        whether to open a browser, and how to come here from another computer
terminal.py       pasting the address into the terminal instead
ending.py         when the server is to end
log.py            one line an event, without secrets
rehearsal.py      `--sandbox`

application.py    the Flask application: routes and error pages
entrance.py       which browsers are let in
guard.py          what is checked of every request, and the headers of every response
views.py          what each route does; pages.py renders
browsers.py       what is kept of each browser: its attempts, and what it is to be shown
flow.py           a sign-in from the first redirect to the token on disk, without any HTTP of ours
problems.py       what a page about a failure says
refusals.py       which failure becomes which page
words.py          times for people
templates/        the pages and their one style sheet
"""

"""The web process, with its number of processes looked at before gunicorn does: `python web.py`.

gunicorn reads WEB_CONCURRENCY as soon as it is imported, and what is no number there ends it with a stack trace. All
other settings are read by gunicorn.conf.py.
"""

import os
import sys

from app.environment import envint, given_environ, told_in_a_line

if __name__ == "__main__":
    with told_in_a_line():
        os.environ["WEB_CONCURRENCY"] = str(envint(given_environ(), "WEB_CONCURRENCY", 2, least=1))

    from gunicorn.app.wsgiapp import run

    sys.argv = [sys.argv[0], "--config", "gunicorn.conf.py", *sys.argv[1:]]
    run()

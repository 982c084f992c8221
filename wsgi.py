"""The web process: `gunicorn -c gunicorn.conf.py wsgi:app`; and the commands: `flask --app wsgi`."""

from app import create_app
from app.environment import told_in_a_line

with told_in_a_line():
    app = create_app()

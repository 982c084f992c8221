"""The limit app under the same server as Sill's web process, with nothing logged."""

from gevent import monkey

monkey.patch_all()

import os  # noqa: E402

wsgi_app = "bench.limit_app:app"
bind = [f"{os.environ.get('WEB_HOST', '127.0.0.1')}:{os.environ['PORT']}"]
workers = 2
worker_class = "gevent"
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None

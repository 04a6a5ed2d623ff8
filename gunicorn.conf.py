"""How gunicorn serves the product, in the demo as in production; each setting may be overruled on its command line."""

import os
from pathlib import Path

wsgi_app = "wsgi:app"
bind = os.environ.get("BIND", f"127.0.0.1:{os.environ.get('PORT', '8000')}")

# Threads share one rate limiter. With Redis the limits are shared between processes too, so more may be started.
# A request is given to a thread when it is whole: slow lines and idle sockets take none.
worker_class = "practice.http.standby.StandbyWorker"
workers = int(os.environ.get("WORKERS", "1"))
threads = int(os.environ.get("THREADS", "8"))

timeout = 30
graceful_timeout = 10
keepalive = 15

# Long lines and many fields are how a server is worn down; browsers send far less.
limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190

# Heartbeats in memory: a slow disk must not look like a dead worker.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - a directory, names are random

# Two instances on one machine would fight for the same control socket; nothing here uses it.
control_socket_disable = True

# Our own log has no addresses and no query strings in it; gunicorn's access log would.
accesslog = None
errorlog = "-"
loglevel = os.environ.get("LOG_LEVEL", "warning")
proc_name = "common-ground"

"""This folder knows HTTP for every room: who may open a page, the reader's zone and theme, forms, safe headers, errors.

Its door is `set_up`; what a view needs lies in `access`, `pages`, `forms`, `clocks`.
"""

from flask import Flask
from markupsafe import escape
from werkzeug.middleware.proxy_fix import ProxyFix

from practice.config import Config
from practice.store import sealed

from . import (
    assets,
    clocks,
    compression,
    error_pages,
    formats,
    frame,
    headers,
    pages,
    reader,
    request_checks,
    static_files,
    templating,
)
from .blueprint import bp
from .protection import csrf, limiter

FILTERS = (*clocks.FILTERS, *formats.FILTERS)


def set_up(app: Flask) -> None:
    """Plug headers, filters, marks and error pages into `app`."""
    config: Config = app.config["PRACTICE"]
    app.jinja_environment = templating.Templates
    if config.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=config.proxies, x_host=0)  # type: ignore[method-assign]
    csrf.init_app(app)
    limiter.init_app(app)
    app.register_blueprint(bp)
    app.before_request(request_checks.check_host)
    app.before_request(request_checks.check_site)
    app.before_request(request_checks.check_words)
    app.after_request(compression.pack)  # the last of all: what comes first here is done last
    app.after_request(headers.protect)
    app.after_request(static_files.keep_static)
    app.context_processor(reader.for_templates)
    for words in FILTERS:
        app.add_template_filter(words)
    app.jinja_env.globals.update(
        csrf_field=pages.csrf_field,
        link=pages.link,
        asset=assets.asset_url,
        css_url=assets.css_url,
        fonts=assets.font_urls,
        js_url=assets.js_url,
        zone_choices=clocks.zone_choices,
        change_zone=reader.change_zone,
        around=frame.around,
        older_zones=clocks.older_zones,
        escape=escape,
        unread=sealed.UNREAD,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension(templating.NoIndent)
    error_pages.set_up(app)

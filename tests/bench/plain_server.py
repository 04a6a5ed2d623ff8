"""This file knows the yardstick of pages and answers: the same server, Flask and Jinja, and nothing of the product.

`/slots` computes the whole answer of W1 with the bare sweep for each request; `/page` writes thirty cards from values
that lie ready in memory, `/page/41000` as many as make a page of so many bytes, the rest of it plain text. No database,
no account, no header that protects anybody.
"""

from datetime import timedelta
from functools import cache
from itertools import cycle

from flask import Flask, jsonify, render_template
from jinja2 import DictLoader

from tests.bench import workloads
from tests.bench.bench_slots import floor

FRAME = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{% block title %}{% endblock %}</title>
<link rel="stylesheet" href="{{ url_for('static', filename='all.css') }}"></head>
<body>
<nav>{% for words, address in ways %}<a href="{{ address }}">{{ words }}</a>{% endfor %}</nav>
<main>{% block main %}{% endblock %}</main>
<footer>{{ year }}</footer>
</body>
</html>
"""
CARD = """{% macro card(who) %}
<article id="p{{ who.number }}">
  <h2><a href="{{ url_for('person', number=who.number) }}">{{ who.name }}</a></h2>
  <p>{{ who.said }}</p>
  <ul>{% for topic in who.topics %}<li>{{ topic }}</li>{% endfor %}</ul>
  <p>{{ who.languages | join(", ") }} · {{ "%.2f" | format(who.price / 100) }} EUR</p>
  <p>{% for time in who.times %}<time datetime="{{ time.isoformat() }}">{{ time.strftime("%a %H:%M") }}</time>
  {% endfor %}</p>
</article>
{% endmacro %}
"""
PAGE = """{% extends "frame" %}{% from "card" import card %}
{% block title %}Find a specialist{% endblock %}
{% block main %}<h1>{{ people | length }} specialists</h1>{% for who in people %}{{ card(who) }}{% endfor %}
<p>{{ rest }}</p>{% endblock %}
"""
PEOPLE = [
    {
        "number": number,
        "name": f"Specialist <{number}> & partner",
        "said": "Quiet questions, plain <words> & a plan for the week that you can keep, one step after the other",
        "topics": ["stress & sleep", "work", "family"],
        "languages": ["English", "German"],
        "price": 6000 + number,
        "times": [workloads.NOW + timedelta(hours=number + 5 * place) for place in range(3)],
    }
    for number in range(30)
]

app = Flask(__name__)
app.jinja_loader = DictLoader({"frame": FRAME, "card": CARD, "page": PAGE})
answer = floor(workloads.w1())


@app.get("/healthz")
def healthz():
    return "ok"


@app.get("/slots")
def slots():
    return jsonify(answer())


@app.get("/page")
def page():
    return written(PEOPLE)


@app.get("/page/<int:size>")
def page_of(size):
    people, rest = filling(size)
    return written(people, "." * rest)


@cache
def filling(size):
    """So many people that their cards nearly make a page of this size, and how many bytes are still missing."""
    people, rest, crowd = [], size, cycle(PEOPLE)
    while (left := size - len(written(people).encode())) >= 0:
        rest = left
        people = [*people, next(crowd)]
    return people[:-1], rest


def written(people, rest=""):
    ways = [("Home", "/"), ("Find", "/page"), ("Sign in", "/sign-in")]
    return render_template("page", people=people, year=2027, ways=ways, rest=rest)


@app.get("/people/<int:number>")
def person(number):
    return str(number)

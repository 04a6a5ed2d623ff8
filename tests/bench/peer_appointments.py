"""This file knows how django-appointment, a booking package with the same purpose, sells forty times to fifty clients.

python tests/bench/peer_appointments.py    by a Python that has django-appointment; prints attempts, seconds, double bookings

Its own pages are used unchanged, called inside the process and not over HTTP, which is to its advantage: the day's
times are asked for, the chosen one is sent, the contact form after it too. No mail leaves. SQLite with its write-ahead
log; ten processes of five clients each, all signed in.
"""

import logging
import sys
import tempfile
import threading
from datetime import datetime, time, timedelta, timezone
from multiprocessing import Barrier, Process, Queue
from random import Random
from time import perf_counter
from zoneinfo import ZoneInfo

NOW = datetime(2027, 3, 1, 8, tzinfo=timezone.utc)
ZONE = "Europe/Vienna"
CLIENTS, PLACES, PROCESSES = 50, 40, 10
urlpatterns = []


def configure(folder):
    import django
    from django.conf import settings
    from django.urls import include, path
    from django.utils import timezone as django_clock

    names = ("contrib.auth", "contrib.contenttypes", "contrib.sessions", "contrib.messages", "contrib.staticfiles")
    options = {"timeout": 30, "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"}
    context = ("template.context_processors.request", "contrib.auth.context_processors.auth")
    settings.configure(
        SECRET_KEY="measured", ALLOWED_HOSTS=["*"], USE_TZ=True, TIME_ZONE=ZONE, ROOT_URLCONF=__name__,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{folder}/peer.db", "OPTIONS": options}},
        INSTALLED_APPS=["django.contrib.admin", *(f"django.{name}" for name in names), "phonenumber_field", "appointment"],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[{
            "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
            "OPTIONS": {"context_processors": [
                *(f"django.{each}" for each in context), "django.contrib.messages.context_processors.messages",
            ]},
        }],
        STATIC_URL="/static/", EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        APPOINTMENT_SLOT_DURATION=30, APPOINTMENT_BUFFER_TIME=12 * 60,
    )  # fmt: skip
    django.setup()
    logging.disable(logging.CRITICAL)
    django_clock.now = lambda: NOW
    urlpatterns[:] = [path("", include("appointment.urls"))]


def furnish():
    """One member of staff, weekdays 9 to 17, half an hour; fifty clients."""
    from appointment import models
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    call_command("migrate", verbosity=0, run_syncdb=True)
    people = get_user_model().objects
    owner = people.create_user("owner", "owner@practice.example", "x", first_name="Owner")
    for number in range(CLIENTS):
        people.create_user(f"client{number}", f"c{number}@people.example", "x", first_name=f"C{number}")
    service = models.Service.objects.create(name="Consultation", duration=timedelta(minutes=30), price=0)
    staff = models.StaffMember.objects.create(user=owner, slot_duration=30, appointment_buffer_time=12 * 60)
    staff.services_offered.add(service)
    for weekday in range(1, 6):
        models.WorkingHours.objects.create(
            staff_member=staff, day_of_week=weekday, start_time=time(9), end_time=time(17)
        )
    return staff.id, service.id


def places():
    """Forty starts an hour apart, from the next Monday on."""
    zone = ZoneInfo(ZONE)
    days = [datetime(2027, 3, 8 + number, tzinfo=zone) for number in range(14) if number % 7 < 5]
    return [day.replace(hour=hour) for day in days for hour in range(9, 17)][:PLACES]


def attempt(browser, start, staff, service, number):
    """As its page does: ask for the day's times, send the chosen one, then the contact form."""
    from django.urls import reverse

    day = {"selected_date": start.date().isoformat(), "staff_member": staff, "service_id": service}
    free = browser.get(reverse("appointment:available_slots_ajax"), day).json().get("available_slots", [])
    if f"{start:%Y-%m-%dT%H:%M}" not in {each[0][:16] for each in free}:
        return "taken"
    ends = start + timedelta(minutes=30)
    chosen = {"date": start.date().isoformat(), "start_time": f"{start:%H:%M}", "end_time": f"{ends:%H:%M}"}
    sent = browser.post(
        reverse("appointment:appointment_request_submit"), chosen | {"service": service, "staff_member": staff}
    )
    if sent.status_code != 302:
        return "refused"
    contact = {"name": f"C{number}", "email": f"c{number}@people.example", "phone_0": "DE", "phone_1": "30123456"}
    browser.post(sent.headers["Location"], contact | {"address": "-", "additional_info": "", "payment_type": "full"})
    return "sent"


def race(clients, staff, service, start_together, told):
    """One process with several clients, each in a thread, each trying every time once in an order of their own."""
    from django.contrib.auth import get_user_model
    from django.db import connections
    from django.test import Client

    counts = []

    def live(number):
        browser = Client(headers={"X-Requested-With": "XMLHttpRequest"})
        browser.force_login(get_user_model().objects.get(username=f"client{number}"))
        mine = places()
        Random(900 + number).shuffle(mine)
        start_together.wait()
        for start in mine:
            try:
                attempt(browser, start, staff, service, number)
            except Exception as error:
                print(type(error).__name__, error, file=sys.stderr)
            counts.append(1)
        connections.close_all()

    threads = [threading.Thread(target=live, args=(number,)) for number in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told.put(len(counts))


def main():
    with tempfile.TemporaryDirectory() as folder:
        configure(folder)
        from appointment.models import Appointment
        from django.db import connections

        staff, service = furnish()
        connections.close_all()
        start_together, told = Barrier(CLIENTS + 1), Queue()
        groups = [range(CLIENTS)[number::PROCESSES] for number in range(PROCESSES)]
        racers = [Process(target=race, args=(group, staff, service, start_together, told)) for group in groups]
        for racer in racers:
            racer.start()
        start_together.wait()
        begun = perf_counter()
        attempts = sum(told.get() for _ in racers)
        seconds = perf_counter() - begun
        for racer in racers:
            racer.join()
        rows = Appointment.objects.values_list("appointment_request__date", "appointment_request__start_time")
        sold = list(rows)
        print(attempts, seconds, len(sold), len(sold) - len(set(sold)))


if __name__ == "__main__":
    sys.path.pop(0)
    sys.modules["peer_appointments"] = sys.modules["__main__"]
    __name__ = "peer_appointments"
    main()

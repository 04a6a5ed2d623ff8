"""This file knows the twelve invented clients of the demo, in eight time zones."""

from practice.demo.shapes import ClientText

CLIENTS = (
    ClientText(name="Nora Brennan", mailbox="client", zone="Europe/Dublin", country="IE", place="IE"),
    ClientText(name="Declan Foley", mailbox="declan", zone="Europe/Dublin", country="IE", place="IE"),
    ClientText(name="Ben Ashworth", mailbox="ben", zone="Europe/London", country="GB", place="GB", mail_off=True),
    ClientText(name="Freya Lockwood", mailbox="freya", zone="Europe/London", country="GB", place="GB"),
    ClientText(name="Samir Benali", mailbox="samir", zone="Europe/Paris", country="FR", place="FR"),
    ClientText(name="Chloe Tran", mailbox="chloe", zone="America/New_York", country="US", place="US-NY"),
    ClientText(name="Luis Prado", mailbox="luis", zone="America/New_York", country="US", place="US-NJ"),
    ClientText(name="Maya Lindgren", mailbox="maya", zone="America/Toronto", country="CA", place="CA-ON"),
    ClientText(name="Anita Rao", mailbox="anita", zone="Asia/Kolkata", country="IN", place="IN"),
    ClientText(name="Wiremu Paki", mailbox="wiremu", zone="Pacific/Auckland", country="NZ", place="NZ"),
    ClientText(name="Carla Nunes", mailbox="carla", zone="Europe/Lisbon", country="PT", place="PT"),
    ClientText(name="Jonas Keller", mailbox="jonas", zone="Europe/Lisbon", country="PT", place="PT"),
)

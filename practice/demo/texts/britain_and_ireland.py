"""This file knows the invented specialists of Britain and Ireland."""

from practice.demo.shapes import Hours, Override, Paper, Person

PEOPLE = (
    Person(
        name="Siobhán Kearney",
        kind="counsellor",
        title="Accredited counsellor",
        place="Galway",
        country="IE",
        zone="Europe/Dublin",
        languages=(("en", "native"), ("ga", "fluent")),
        main_topics=("grief-and-loss", "friendship-and-loneliness"),
        other_topics=("caring-for-relatives", "life-transitions", "low-mood"),
        approaches=("Person-centred",),
        formats=("video", "phone", "in_person"),
        couple_stance=None,
        headline="You can talk about the person who died here. Also about the tax return.",
        best_at=(
            "Loss that everybody else seems to have finished with. Loneliness in people who are surrounded by others."
        ),
        not_right_for="Anyone looking for exercises and a plan. I listen, I ask, and I go at your speed.",
        about=(
            (
                "After the funeral people bring soup for two weeks. Then they stop, which is fair enough, and "
                "that’s often the time when somebody rings me. Grief has a second half that nobody brings food "
                "to."
            ),
            (
                "I was a primary school teacher in Connemara before I trained, and I still think that most of us "
                "were never taught how to be sad in company. I don’t have a programme with stages. We talk about "
                "the person you lost, or the marriage, or the house you grew up in, and about what the days are "
                "like now. Some people come three times, others for a year."
            ),
            (
                "My policy is a gentle one. If you wake up and can’t face it, send me a line, and we’ll find "
                "another day."
            ),
        ),
        first_session="Nothing to prepare. If you like, bring a photograph or an object and tell me about it.",
        training="Diploma in counselling and psychotherapy, Galway; bereavement training with a hospice.",
        years=12,
        supervision="Supervision every second week",
        paper=Paper("Irish association for counselling", "DEMO-IE-0772", 300),
        currency="EUR",
        prices=(4500, 7500, 11000),
        hours=(
            Hours("tue wed", "10:00-13:00 14:30-18:00"),
            Hours("thu", "14:00-20:00"),
            Hours("tue wed thu sat", "10:00-12:30", "consult"),
        ),
        overrides=(
            Override(10),
            Override(17, "10:00-12:00"),
        ),
    ),
    Person(
        name="Grace Whitfield",
        kind="counsellor",
        title="Counsellor",
        place="Leeds",
        country="GB",
        zone="Europe/London",
        languages=(("en", "native"),),
        main_topics=("grief-and-loss", "caring-for-relatives"),
        other_topics=("friendship-and-loneliness", "family-conflict", "boundaries", "sleep"),
        approaches=("Integrative", "Group process"),
        formats=("video", "phone", "chat"),
        couple_stance=None,
        headline="For people who look after somebody, and for the time after.",
        best_at=(
            "Carers who feel guilty for being tired. The odd mixture of relief and grief when a long illness ends."
        ),
        not_right_for=(
            "Eating distress or addiction that is active now; they deserve a specialist. I’m also not the person "
            "for quick advice."
        ),
        about=(
            (
                "I nursed my father for six years and worked part-time, badly. When he died, a friend asked what "
                "I’d do with all the time. I had no idea, and I was furious with her for a month. That question "
                "is why I do this work."
            ),
            (
                "Carers tell me things they wouldn’t tell their family: that they counted the weeks, that they "
                "were short with someone who couldn’t help it, that they miss being needed. I’m hard to shock. We "
                "sort out what is grief, what is exhaustion and what is a practical problem with a phone number. "
                "All three get their turn."
            ),
            (
                "I also write a little, and I run small groups for carers in the evenings. If the one-to-one hour "
                "isn’t what you need, I’ll tell you what else there is near you."
            ),
        ),
        first_session="I’ll ask about the person you care for, and then, for at least as long, about you.",
        training="Diploma in integrative counselling, Leeds; group facilitation certificate.",
        years=14,
        supervision="Individual supervision, twice a month",
        paper=Paper("British register of counsellors", "DEMO-GB-31840", 540),
        currency="GBP",
        prices=(3500, 6000, 8800),
        hours=(
            Hours("mon wed fri", "09:30-12:30 13:30-17:00"),
            Hours("tue thu", "13:00-20:00"),
            Hours("mon tue wed thu fri", "09:30-12:30 14:00-17:00", "consult"),
            Hours("sat sun", "10:00-13:00 15:00-18:00", "consult"),
        ),
        overrides=(
            Override(9, "13:00-16:00"),
            Override(23),
        ),
        weekly_consults=12,
    ),
)

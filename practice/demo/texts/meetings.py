"""This file knows the consultations of the demo, in every state there is: who, with whom, when, what came of it."""

from practice.demo.shapes import Meeting

TOOK_PLACE = ("join", "complete")

# The specialist to sign in as has a full week ahead; each line books the free time nearest to `starts`.
WEEK_OF_GRACE = (
    Meeting(client="carla", specialist="grace-w", booked=3.2, starts=3, topics=("caring-for-relatives",)),
    Meeting(
        client="declan",
        specialist="grace-w",
        booked=5,
        starts=7,
        then=("reconfirm",),
        topics=("grief-and-loss",),
        note="My father died in spring. I’m all right most days and then I’m not.",
    ),
    Meeting(client="jonas", specialist="grace-w", booked=4, starts=22, format="phone", topics=("sleep",)),
    Meeting(
        client="client",
        specialist="grace-w",
        booked=4,
        starts=27,
        then=("prepare",),
        topics=("caring-for-relatives", "boundaries"),
        note="I look after my mother with my brother. I’d like to talk about who does what.",
    ),
    Meeting(client="ben", specialist="grace-w", booked=3.5, starts=43, then=("reconfirm",), format="chat"),
    Meeting(client="freya", specialist="grace-w", booked=3, starts=65, topics=("friendship-and-loneliness",)),
    Meeting(client="maya", specialist="grace-w", booked=2.6, starts=70, format="phone"),
    Meeting(client="chloe", specialist="grace-w", booked=2.2, starts=90, then=("move",), topics=("grief-and-loss",)),
    Meeting(client="anita", specialist="grace-w", booked=1.4, starts=115, note="A question about my aunt’s care."),
    Meeting(client="wiremu", specialist="priya-r", booked=0.8, starts=138, topics=("family-conflict",)),
)

AHEAD = (
    Meeting(client="client", specialist="tomas-o", booked=2, starts=96, then=("move", "reconfirm"), topics=("sleep",)),
    Meeting(client="ben", specialist="bishnu-g", booked=1.2, starts=72, format="phone", topics=("long-distance",)),
    Meeting(client="samir", specialist="lucie-c", booked=2.4, starts=50, partner=True, topics=("neurodivergence",)),
    Meeting(client="samir", specialist="hannah-w", booked=1.9, starts=75, topics=("co-parenting",)),
    Meeting(client="samir", specialist="amara-o", booked=0.9, starts=120, format="chat", topics=("mutual-support",)),
    Meeting(client="chloe", specialist="naomi-f", booked=1.7, starts=46, partner=True, topics=("parenting-stress",)),
    Meeting(client="luis", specialist="marcus-b", booked=1.6, starts=73, format="phone", topics=("dating-again",)),
    Meeting(client="maya", specialist="daniel-o", booked=1.5, starts=52, topics=("identity-and-belonging",)),
    Meeting(client="wiremu", specialist="aroha-t", booked=1.3, starts=48, then=("propose",), topics=("anger",)),
    Meeting(client="carla", specialist="elena-m", booked=1.1, starts=30, topics=("panic",)),
    Meeting(client="jonas", specialist="chidinma-e", booked=1, starts=49, partner=True, topics=("money-together",)),
    # Right now, wherever in the world somebody is at work at this hour.
    Meeting(client="luis", specialist="", booked=2.8, starts=-0.2, then=("join",)),
)

BEHIND = (
    Meeting(client="client", specialist="meiling-c", booked=20, starts=-310, then=TOOK_PLACE, topics=("in-laws",)),
    Meeting(client="client", specialist="mateo-q", booked=9, starts=-70, then=("cancel",)),
    Meeting(client="client", specialist="amara-o", booked=5, starts=-30, then=TOOK_PLACE, topics=("mutual-support",)),
    Meeting(client="declan", specialist="siobhan-k", booked=12, starts=-145, then=("reconfirm", *TOOK_PLACE)),
    Meeting(client="declan", specialist="priya-r", booked=8, starts=-120, then=("join", "break_off")),
    Meeting(client="ben", specialist="hannah-w", booked=15, starts=-240, then=TOOK_PLACE),
    Meeting(client="freya", specialist="yuki-t", booked=44, starts=-960, then=("wait", "client_missed")),
    Meeting(client="freya", specialist="mateo-q", booked=19, starts=-360, then=("wait", "client_missed")),
    Meeting(client="freya", specialist="ilse-v", booked=9, starts=-96, then=("release",)),
    Meeting(client="samir", specialist="lucie-c", booked=13, starts=-190, then=("specialist_missed",), partner=True),
    Meeting(client="samir", specialist="grace-w", booked=18, starts=-330, then=TOOK_PLACE),
    Meeting(client="chloe", specialist="marcus-b", booked=16, starts=-290, then=TOOK_PLACE, format="phone"),
    Meeting(client="luis", specialist="naomi-f", booked=14, starts=-215, then=TOOK_PLACE, partner=True),
    Meeting(client="luis", specialist="mateo-q", booked=6, starts=-46, then=("release_late",)),
    Meeting(client="maya", specialist="meiling-c", booked=10, starts=-75, then=("cancel_by_specialist",)),
    Meeting(client="anita", specialist="priya-r", booked=11, starts=-165, then=TOOK_PLACE),
    Meeting(client="anita", specialist="tomas-o", booked=1.8, starts=60, then=("undo",)),
    Meeting(client="anita", specialist="bishnu-g", booked=6, starts=-50, then=("wait", "client_missed", "contest")),
    Meeting(client="wiremu", specialist="aroha-t", booked=30, starts=-600, then=("cancel",)),
    Meeting(client="carla", specialist="tomas-o", booked=7, starts=-72, then=("move", *TOOK_PLACE)),
    Meeting(client="luis", specialist="grace-w", booked=9, starts=-122, then=TOOK_PLACE, format="chat"),
    Meeting(client="jonas", specialist="hannah-w", booked=26, starts=-480, then=TOOK_PLACE),
    Meeting(
        client="jonas",
        specialist="lucie-c",
        booked=29,
        starts=-560,
        then=("wait", "client_missed", "contest", "took_place"),
    ),
)

# Times that were kept for somebody who never pressed the last button: one that ran out, one that lasts a while yet.
HOLDS = (
    Meeting(client="", specialist="ilse-v", booked=1, starts=40),
    Meeting(client="", specialist="ilse-v", booked=0, starts=60),
)

MEETINGS = (*BEHIND, *WEEK_OF_GRACE, *AHEAD, *HOLDS)

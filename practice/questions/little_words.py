"""This file knows the little words that most sentences hold: two questions are not alike because both hold them."""

from __future__ import annotations

from .search import folded

# As `search.folded` writes them. Only likeness leaves them out; who searches for one finds it.
_LITTLE = """
a about after again all also always am an and any are as at be because been before being but by can cant could did
didnt do does doesnt doing dont down ever every for from get getting go going got had has hasnt have havent having he
her here hers him his how i id if ill im in into is isnt it its ive just know let like made make makes many may me
more most much my myself never no not now of off on one only or other our out over own really s same say says she
should so some still such t than that the their them then there these they thing things this those through to too up
us very want wants was way we were what when where which while who why will with without wont would you your aber als
auch auf bei bin das dass dem den der des die ein eine einen er es habe haben hat ich ist mein meine mich mir mit
nicht noch nur oder sein sich sie sind und uns von war wenn wie wir zu zum au aux avec ce ces dans de du elle en est
et il je la le les ma mais mes moi mon ne nous ou par pas pour que qui sa se ses son sur un une vous al como con del
el esta las lo los mi mis mas muy nos para pero por si sin su sus una y yo o os um uma nao eu meu minha com em da dos
e ela ele het een van dat ik mijn niet op te voor met zijn w z na jest ze nie jak co и в на не я с что как у а но это
мне меня мой моя он она мы так же по за от к из о для
"""
LITTLE = frozenset(folded(_LITTLE).split())

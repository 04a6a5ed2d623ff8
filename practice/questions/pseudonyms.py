"""This file knows the names that stand in place of askers: two words, drawn anew for each question from what the
machine has of chance. Nothing of a person goes in, so nothing leads back, nor from one question to the next."""

from __future__ import annotations

import secrets

FORMER = "Former member"
_KINDS = """
Amber Autumn Brave Bright Calm Careful Clear Coastal Copper Curious Distant Early Easy Evening Fair Faithful Gentle
Golden Green Hidden Hopeful Humble Kind Late Lively Lucky Mellow Misty Modest Morning Mossy Narrow Noble Northern Open
Patient Plain Quick Quiet Rainy Round Rustic Sandy Silent Silver Simple Sleepy Slow Small Snowy Soft Southern Spring
Steady Still Summer Sunny Tall Tender Thoughtful Velvet Warm Wandering Western Wild Winding Winter Wise Wooden Young
"""
_THINGS = """
Acorn Alder Anchor Apple Aspen Badger Barley Basket Beacon Beech Birch Blackbird Boat Bramble Bridge Brook Candle Cedar
Chestnut Clover Comet Cottage Cove Crane Curlew Daisy Dove Dune Elm Ember Falcon Fern Field Finch Fir Forest Fox Garden
Gate Hare Harbour Hazel Heath Heron Hill Island Ivy Kestrel Kettle Lake Lamp Lantern Lark Leaf Lighthouse Lily Linden
Magpie Maple Marsh Meadow Mill Moth Nettle Oak Orchard Otter Owl Path Pebble Pine Plover Plum Pond Poplar Quill Raven
Reed River Robin Rowan Sail Shell Shore Sparrow Spruce Starling Stone Stream Swallow Swan Thistle Thrush Tide Valley
Wagon Walnut Wave Willow Window Wren Yarrow
"""
KINDS, THINGS = tuple(_KINDS.split()), tuple(_THINGS.split())


def drawn() -> str:
    """A name such as "Quiet Heron"; who draws twice may draw the same."""
    return f"{secrets.choice(KINDS)} {secrets.choice(THINGS)}"

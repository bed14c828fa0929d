"""The red flags, most urgent first. The questions are asked in this order.

All six stand on the source page, which says of each: call your doctor right away.
Three of them are also warning signs of cauda equina syndrome, which other
published guidance treats as an emergency (hospital within hours); their tier says
so. No clinician has reviewed this list yet, and each entry says that too.

To add one: an entry here, its three wordings in each prompts file, `ivr check`.
"""

from ivr.call.nodes import RedFlag, Tier

SOURCE_PAGE = "HealthPartners, Persistent back pain: call your doctor right away"
CAUDA_EQUINA = (
    "Norfolk and Waveney Community Health (NHS), Got back pain?: signs of cauda equina syndrome"
)

RED_FLAGS = (
    RedFlag("bladder-bowel", Tier.EMERGENCY, (SOURCE_PAGE, CAUDA_EQUINA)),
    RedFlag("upper-leg-numbness", Tier.EMERGENCY, (SOURCE_PAGE, CAUDA_EQUINA)),
    RedFlag("leg-weakness", Tier.EMERGENCY, (SOURCE_PAGE, CAUDA_EQUINA)),
    RedFlag("fever", Tier.URGENT, (SOURCE_PAGE,)),
    RedFlag("weight-loss", Tier.URGENT, (SOURCE_PAGE,)),
    RedFlag("night-pain", Tier.URGENT, (SOURCE_PAGE,)),
)

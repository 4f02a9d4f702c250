"""What speech alone does not give: a still mouth in silence, blinks, glances, a living head, and limits.

``MotionLayer`` joins the parts; each part is one file and works in place on float32 [185] board values at 60
Hz.
"""

from cstalk_live.motion.layer import LayerConfig, MotionLayer
from cstalk_live.motion.level import VoiceLevel

__all__ = ["LayerConfig", "MotionLayer", "VoiceLevel"]

"""
Canonicalisation templates: signing many documents of one shape at nearly the speed of the signature.

:func:`compile_template` once per shape, :meth:`Template.at` once per moment of signing, :meth:`Press.sign` once per
credential, :meth:`Outline.write` whenever the document is read. For what will be anchored, :meth:`Template.leaves` once
per shape, and its answer once per credential.
"""

from openedx_verifiable_credentials.core.templates.leaves import LeafOf as LeafOf
from openedx_verifiable_credentials.core.templates.leaves import Pressed as Pressed
from openedx_verifiable_credentials.core.templates.outline import Outline as Outline
from openedx_verifiable_credentials.core.templates.outline import escape as escape
from openedx_verifiable_credentials.core.templates.slots import CREATED as CREATED
from openedx_verifiable_credentials.core.templates.slots import PROOF_VALUE as PROOF_VALUE
from openedx_verifiable_credentials.core.templates.slots import Path as Path
from openedx_verifiable_credentials.core.templates.slots import Slot as Slot
from openedx_verifiable_credentials.core.templates.slots import SlotKind as SlotKind
from openedx_verifiable_credentials.core.templates.template import Press as Press
from openedx_verifiable_credentials.core.templates.template import Template as Template
from openedx_verifiable_credentials.core.templates.template import compile_template as compile_template

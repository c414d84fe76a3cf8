# Copyright: tedge maintainers
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations


class ModuleDocFragment:
    """What all modules of the collection take and are."""

    DOCUMENTATION = r"""
options:
  executable:
    description: Name or path of the program C(tedge) on the gateway.
    type: str
    default: tedge
  config_dir:
    description: The configuration directory, if it is not C(/etc/tedge).
    type: path
requirements:
  - The package C(tedge-swift) on the gateway.
attributes:
  check_mode:
    description: Can say what would change without a change.
    support: full
  diff_mode:
    description: Can show what changed, or would change. Secrets and the contents of keys are masked.
    support: full
  platform:
    description: Where it runs.
    platforms: linux
    support: full
notes:
  - Almost everything that the modules do needs root on the gateway; use C(become).
  - In check mode on a gateway where C(tedge) is not installed yet, a module says that it would change the gateway, because a play
    that installs C(tedge) first would. RV(installed) is then false.
"""

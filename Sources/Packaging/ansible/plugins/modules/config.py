#!/usr/bin/python
# Copyright: tedge maintainers
# SPDX-License-Identifier: Apache-2.0

from __future__ import annotations

DOCUMENTATION = r"""
module: config
short_description: Set and unset the settings of a gateway
description:
  - Sets settings with C(tedge config set) and removes them with C(tedge config unset).
  - It changes only files of settings. A setting of a connection counts when M(thin_edge_swift.gateway.bootstrap) or
    M(thin_edge_swift.gateway.connection) runs next.
version_added: 1.0.0
author:
  - tedge maintainers (@tedge-swift)
extends_documentation_fragment:
  - thin_edge_swift.gateway.tedge
options:
  settings:
    description:
      - Keys and values. A null value removes the setting, so that its default applies.
      - C(tedge config list --all --doc) explains all keys.
      - Secrets, such as a PIN, are refused, because the command line is no place for them.
    type: dict
    required: true
  profile:
    description: The cloud profile of the settings.
    type: str
seealso:
  - module: thin_edge_swift.gateway.bootstrap
"""

EXAMPLES = r"""
- name: The keepalive interval of the bridge is 90 seconds
  thin_edge_swift.gateway.config:
    settings:
      c8y.bridge.keepalive_interval: 90s
      c8y.availability.interval: null
"""

RETURN = r"""
settings:
  description: Whether each setting changed.
  returned: success
  type: dict
  sample: {c8y.bridge.keepalive_interval: true, c8y.availability.interval: false}
installed:
  description: Whether C(tedge) is installed on the gateway.
  returned: always
  type: bool
tedge:
  description: The last object that C(tedge --json) printed.
  returned: when tedge was run
  type: dict
reason:
  description: The id of the error.
  returned: failure
  type: str
retry:
  description: Whether the same task may succeed later without a change by anybody.
  returned: failure
  type: bool
commands:
  description: The arguments of each run of C(tedge).
  returned: when tedge was run
  type: list
  elements: list
seconds:
  description: How long C(tedge) ran.
  returned: when tedge was run
  type: float
cpu_seconds:
  description: The processor time of C(tedge) and what it started.
  returned: when tedge was run
  type: float
"""

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.thin_edge_swift.gateway.plugins.module_utils.tedge import (
    SECRET_ENDINGS, Tedge, common_arguments, text,
)


def main():
    module = AnsibleModule(
        argument_spec=common_arguments(settings=dict(type="dict", required=True), profile=dict(type="str")),
        supports_check_mode=True)
    settings = module.params["settings"]
    secret = sorted(key for key in settings if key.endswith(SECRET_ENDINGS))
    if secret:
        module.fail_json(msg="%s: a secret must not be on a command line, which every user of the gateway can read" % ", ".join(secret))
    tedge = Tedge(module)
    tedge.end_if_missing(changed=bool(settings), settings={key: True for key in settings})
    profile = ["--profile", module.params["profile"]] if module.params["profile"] else []
    changed, shown, answer = {}, [], {}
    for key in sorted(settings):
        value = settings[key]
        if value is None:
            words = ["config", "unset", key] + profile
        else:
            words = ["config", "set", key] + profile + ["--", text(value)]
        answer, diff = tedge.change(words)
        changed[key] = bool(answer.get("changed"))
        # One file holds many settings: each run alone shows it with one change only.
        shown += [one for one in diff if one["before_header"] == "settings"]
    total = [dict(before_header="settings", after_header="settings", before="".join(one["before"] for one in shown),
                  after="".join(one["after"] for one in shown))] if shown else []
    tedge.end(answer, total, changed=any(changed.values()), settings=changed)


if __name__ == "__main__":
    main()
